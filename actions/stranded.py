"""A case that nobody has at the end of the working day: an incident, and told to those who can see to it."""

from collections.abc import Sequence

from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import cases, owning, presence, rights, routing
from actions.work import Work
from models.case import Case, CaseState
from models.event import Event
from models.messages.absence import CaseStranded
from models.staff import Staff
from models.unit import Unit

BATCH, MANY = 50, 1000
NOBODYS = (col(Case.owner_id).is_(None), col(Case.state) != CaseState.CLOSED)


async def look(work: Work) -> bool:
    """One bounded batch; the next time for each is the close of the next working day."""
    query = select(Case).where(col(Case.own_by) <= work.now, *NOBODYS).order_by(col(Case.own_by))
    rows = (await work.session.exec(query.limit(BATCH).with_for_update(skip_locked=True))).all()
    for case in rows:
        case.own_by = work.rules.sla.close_of_day(work.now)
        work.record(owning.STRANDED, subject=case.id, graduate=case.graduate_id)
        await work.incident(owning.STRANDED, f"case {case.number} ({case.kind})")
        for staff in await _hearers(work, case):
            await rights.tell(
                work, staff, CaseStranded(case=case.id, graduate=case.graduate_id, reader=staff.id)
            )
    return len(rows) == BATCH


async def numbers(session: AsyncSession) -> Sequence[int]:
    """Of the open ones that nobody has, and had when a working day ended."""
    said = exists().where(col(Event.subject_id) == col(Case.id), col(Event.kind) == owning.STRANDED)
    query = select(Case.number).where(*NOBODYS, said).order_by(col(Case.number))
    return (await session.exec(query.limit(MANY))).all()


async def _hearers(work: Work, case: Case) -> list[Staff]:
    """Of each role all who are here; never anybody it is kept from."""
    unit, rules = await work.session.get_one(Unit, case.unit_id), work.rules.routing
    out = await routing.kept_from(work, case)
    roles = routing.may_know(work, case) if routing.guarded(work, case) else rules.stranded_to
    found = await routing.one_by_one(work, roles, unit)
    return presence.hearers(work, found, out)[: cases.POOL_TOLD]
