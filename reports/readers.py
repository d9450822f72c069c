"""Whether whoever a card was meant for may still read it when it is sent; read-only."""

from uuid import UUID

from sqlmodel import col, select

from models.case import Case, CaseState
from models.dispute import Dispute
from models.staff import Duty
from models.unit import Unit
from reports.facts import About


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
    found = await about.session.exec(select(Dispute).where(Dispute.case_id == case.id))
    dispute = found.first()
    if dispute is None or case.owner_id == reader:
        return False
    return reader in dispute.had_hands | dispute.were_counselors


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
