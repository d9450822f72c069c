"""Whether whoever a card was meant for may still read it when it is sent; read-only."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import Case, CaseState
from models.dispute import Dispute
from models.kept import kept_from
from models.lead import hands_in
from models.staff import Duty, Role, Staff
from models.unit import Unit
from reports.facts import About
from reports.registering import dispute_behind


async def reads_still(about: About, case_id: UUID, reader: UUID | None) -> bool:
    """The words of those concerned: for the owner, and for the second person while it waits for one."""
    case = await about.session.get_one(Case, case_id)
    if reader is None or await shut_out(about, case_id, reader):
        return False
    reviews = case.state is CaseState.AWAITING_REVIEW and case.closer_id != reader
    return case.owner_id == reader or reviews


async def shut_out(about: About, case_id: UUID, reader: UUID | None) -> bool:
    """Without a duty there by now, or with a hand in what is disputed."""
    if reader is None:
        return False
    case = await about.session.get_one(Case, case_id)
    if not await _has_duty(about, case, reader):
        return True
    for _, hands in (await about.session.execute(hands_in([case.id]))).all():
        if str(reader) in hands:
            return True
    found = await about.session.exec(select(Dispute).where(Dispute.case_id == case.id))
    dispute = found.first() or await dispute_behind(about.session, case)
    if dispute is None or case.owner_id == reader:
        return False
    return reader in dispute.had_hands | dispute.were_counselors


async def moved_on(about: About, case_id: UUID, reader: UUID | None, *, owned: bool = False) -> bool:
    """Before it was sent the reader lost their duty there or, where it was theirs, the case."""
    case = await about.session.get_one(Case, case_id)
    lost = owned and reader is not None and case.owner_id != reader
    return lost or await shut_out(about, case_id, reader)


async def kept_away(about: About, graduate_id: UUID | None, reader: UUID | None) -> bool:
    """No number of a graduate's is for whoever is kept from one of their open disputes."""
    if reader is None or graduate_id is None:
        return False
    for dispute in await _open_disputes(about, graduate_id):
        if reader in dispute.had_hands or (dispute.past_class and reader in dispute.were_counselors):
            return True
    return False


async def under_dispute(about: About, graduate_id: UUID) -> bool:
    return bool(await _open_disputes(about, graduate_id))


async def _open_disputes(about: About, graduate_id: UUID) -> Sequence[Dispute]:
    query = select(Dispute).where(Dispute.graduate_id == graduate_id, col(Dispute.closed_at).is_(None))
    return (await about.session.exec(query)).all()


async def _has_duty(about: About, case: Case, reader: UUID) -> bool:
    unit = await about.session.get_one(Unit, case.unit_id)
    duties = await about.session.exec(
        select(Duty.id)
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(
            Duty.staff_id == reader,
            col(Duty.ended_at).is_(None),
            col(Unit.path).in_(unit.paths_above),
        )
        .limit(1)
    )
    return duties.first() is not None


async def kept_of(session: AsyncSession, person_id: UUID | None) -> ColumnElement[bool]:
    """Whose disputes are folded where this person reads a number."""
    query = select(Staff).where(col(Staff.person_id) == person_id)
    staff = (await session.exec(query)).first() if person_id else None
    if staff is None:
        return false()
    classes = select(Unit).join(Duty, col(Duty.unit_id) == col(Unit.id))
    own = (Duty.staff_id == staff.id, Duty.role == Role.COUNSELOR, col(Duty.ended_at).is_(None))
    return kept_from(staff.id, (await session.exec(classes.where(*own))).all())


async def away_until(about: About, case: Case) -> datetime | None:
    """Of its owner, who has it because everybody is away."""
    owner = await about.session.get(Staff, case.owner_id) if case.owner_id else None
    return owner.away_until if owner and owner.is_away(about.now) else None
