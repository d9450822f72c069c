"""An owner who is still here and may still own; and what becomes of a case when its owner is not."""

from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from actions import cases, routing
from actions.dispute_alerts import tell_owner
from actions.work import Work
from models.case import Case, CaseState, Note, NoteKind
from models.dispute import Dispute
from models.event import Event
from models.graduate import Destination, Graduate
from models.staff import Duty, Role, Staff
from models.unit import Unit

WORKED_ON = (CaseState.OPEN, CaseState.WORKING)
ESCALATED = ("escalated_contact", "escalated_settle")
TAKEN = (NoteKind.OPENED, NoteKind.CLAIMED, NoteKind.HANDED_OVER, NoteKind.REOPENED)
MANY = 200


async def may_own(work: Work, case: Case, staff_id: UUID) -> bool:
    """Still here, and still without a hand in it: an owner who is neither can only hand it on."""
    held = await _roles_over(work, staff_id, await work.session.get_one(Unit, case.unit_id))
    dispute = await routing.dispute_of(work, case)
    if dispute is None:
        return bool(held) and staff_id not in await routing.kept_from(work, case)
    eligible = {*routing.independent(work), *(() if dispute.without_counselor else (Role.COUNSELOR,))}
    return bool(held & eligible) and staff_id not in await routing.kept_from_owning(work, dispute)


async def adrift(work: Work, case: Case) -> bool:
    """Its owner can do nothing with it, or has done nothing until it was told above."""
    if case.owner_id is None or case.state not in WORKED_ON:
        return False
    if not await may_own(work, case, case.owner_id):
        return True
    return case.overdue(work.now) and await _escalated(work, case)


async def give_back(work: Work, staff: Staff, unit: Unit) -> None:
    """What somebody may no longer own under this unit finds a new owner, or waits for one."""
    rows = await work.session.exec(
        select(Case)
        .join(Unit, col(Unit.id) == col(Case.unit_id))
        .where(
            Case.owner_id == staff.id,
            col(Case.state).in_(WORKED_ON),
            col(Unit.path).startswith(unit.path),
        )
        .order_by(col(Case.id))
        .with_for_update(of=Case)
    )
    for case in rows.all():
        if await may_own(work, case, staff.id):
            continue
        dispute = await routing.dispute_of(work, case)
        await (_another(work, case, dispute) if dispute else cases.release(work, case))


async def _another(work: Work, case: Case, dispute: Dispute) -> None:
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    destination = await work.session.get_one(Destination, dispute.destination_id)
    alone = dispute.without_counselor
    owner, _ = await routing.dispute_owner(
        work, graduate, destination, without_counselor=alone, filed=dispute
    )
    case.owner_id, case.state = owner.id if owner else None, CaseState.OPEN
    work.record("case_released", subject=case.id, graduate=case.graduate_id)
    await tell_owner(work, owner, case, graduate, dispute)


async def _escalated(work: Work, case: Case) -> bool:
    """Whoever took it after that is given their time."""
    told = select(func.max(Event.at)).where(Event.subject_id == case.id, col(Event.kind).in_(ESCALATED))
    given = and_(col(Note.kind) == NoteKind.ESCALATED, col(Note.staff_id).is_not(None))
    taken = select(func.max(Note.at)).where(Note.case_id == case.id, or_(col(Note.kind).in_(TAKEN), given))
    escalated, since = (await work.session.exec(told)).one(), (await work.session.exec(taken)).one()
    return escalated is not None and (since is None or since < escalated)


async def _roles_over(work: Work, staff_id: UUID, unit: Unit) -> set[Role]:
    rows = await work.session.exec(
        select(Duty.role)
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(Duty.staff_id == staff_id, col(Duty.ended_at).is_(None), col(Unit.path).in_(unit.paths_above))
        .limit(MANY)
    )
    return {Role(role) for role in rows.all()}
