"""An owner who is still here and may still own; and what becomes of a case when its owner is not."""

from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from actions import cases, clocks, registering, routing
from actions.dispute_alerts import tell_owner
from actions.work import Work
from models.case import WORKED_ON, Case, CaseKind, CaseState, Note, NoteKind
from models.dispute import Dispute
from models.event import Event
from models.graduate import Destination, Graduate
from models.staff import Duty, Role, Staff
from models.unit import Unit

ESCALATED = ("escalated_contact", "escalated_step", "escalated_settle")
STRANDED = "case_stranded"
TAKEN = (NoteKind.OPENED, NoteKind.CLAIMED, NoteKind.HANDED_OVER, NoteKind.REOPENED)
MANY = 200


async def may_own(work: Work, case: Case, staff_id: UUID) -> bool:
    """Still here, and still without a hand in it: an owner who is neither can only hand it on."""
    held = await _roles_over(work, staff_id, await work.session.get_one(Unit, case.unit_id))
    dispute = await routing.dispute_of(work, case)
    if dispute is None:
        fit = held & {*routing.may_know(work, case)} if case.for_few else held
        return bool(fit) and staff_id not in await routing.kept_from(work, case)
    eligible = {*routing.independent(work), *(() if dispute.past_class else (Role.COUNSELOR,))}
    return bool(held & eligible) and staff_id not in await routing.kept_from_owning(work, dispute)


async def adrift(work: Work, case: Case) -> bool:
    """Nobody took it in a day; or its owner is away, can do nothing with it, or let it be told above."""
    if case.state not in WORKED_ON:
        return False
    if case.owner_id is None:
        return await _stranded(work, case)
    if await _waits_for_return(work, case) or not await may_own(work, case, case.owner_id):
        return True
    return case.overdue(work.now) and await _escalated(work, case)


async def _waits_for_return(work: Work, case: Case) -> bool:
    """Its owner is away, and a clock of it runs out before they are back."""
    owner = await work.session.get_one(Staff, case.owner_id)
    due = case.next_due
    return owner.is_away(work.now) and due is not None and due <= (owner.away_until or due)


async def _stranded(work: Work, case: Case) -> bool:
    said = select(Event.id).where(Event.subject_id == case.id, Event.kind == STRANDED)
    return (await work.session.exec(said.limit(1))).first() is not None


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
        if case.kind is CaseKind.REGISTER_CHANGE:
            await registering.another(work, case)
        elif dispute:
            await _give(work, case, dispute, await next_owner(work, dispute))
        else:
            await cases.release(work, case)


async def set_aside(work: Work, case: Case) -> None:
    """Its owner goes away and has not begun: the next who is here has it, or their pool; else it stays."""
    if dispute := await routing.dispute_of(work, case):
        owner = await next_owner(work, dispute)
        if owner is not None and not owner.is_away(work.now):
            await _give(work, case, dispute, owner)
        return
    if case.kind is CaseKind.REGISTER_CHANGE:
        await registering.another(work, case)
        return
    owner, pool = await cases.owner_now(work, case)
    if pool or (owner is not None and not owner.is_away(work.now)):
        await cases.give_out(work, case, owner, pool)


async def somebody(work: Work, case: Case) -> list[Staff]:
    """For what nobody has: theirs at once whose alone it is; else whoever may take it is to hear of it."""
    if dispute := await routing.dispute_of(work, case):
        if owner := await next_owner(work, dispute):
            await _give(work, case, dispute, owner)
        return []
    if case.kind is CaseKind.REGISTER_CHANGE:
        await registering.another(work, case)
        return []
    owner, pool = await cases.theirs_or_pool(work, case)
    if owner is not None:
        await cases.give_out(work, case, owner, [])
    return pool[: cases.POOL_TOLD]


async def next_owner(work: Work, dispute: Dispute) -> Staff | None:
    """Whoever it would go to if it were filed now."""
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    destination = await work.session.get_one(Destination, dispute.destination_id)
    alone = dispute.past_class
    owner, _ = await routing.dispute_owner(
        work, graduate, destination, without_counselor=alone, filed=dispute
    )
    return owner


async def _give(work: Work, case: Case, dispute: Dispute, owner: Staff | None) -> None:
    case.owner_id, case.state = owner.id if owner else None, CaseState.OPEN
    clocks.owned(work, case)
    await cases.released(work, case)
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
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
