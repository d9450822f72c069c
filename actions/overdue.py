"""A clock of a case that has run out: the owner is told, then one after another above; each only once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from actions import cases, clocks, desk, presence, rights, routing, settling
from actions.work import Work
from models.case import Case, Clock, NoteKind
from models.event import Event
from models.messages import Say
from models.messages.cases import CaseGoesOn, CaseReviewLate
from models.messages.office import OfficeEscalated, OfficeOverdue
from models.staff import Staff
from models.unit import Unit

BATCH = 50


async def look(work: Work) -> bool:
    """One bounded batch of those whose instant has come; the events say what was said already."""
    query = select(Case).where(col(Case.escalate_at) <= work.now).order_by(col(Case.escalate_at))
    rows = (await work.session.exec(query.limit(BATCH).with_for_update(skip_locked=True))).all()
    for case in rows:
        await (_unanswered(work, case) if case.waiting_since else _late(work, case))
    return len(rows) == BATCH


async def _unanswered(work: Work, case: Case) -> None:
    """The graduate was waited for as long as the rules allow: the case goes on without their answer."""
    clocks.go_on(work, case)
    work.record("case_goes_on", subject=case.id, graduate=case.graduate_id)
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await rights.tell(work, owner, CaseGoesOn(case=case.id, graduate=case.graduate_id))


async def _late(work: Work, case: Case) -> None:
    """What was said of a clock since it ran out tells whose turn it is now."""
    coming: list[datetime] = []
    wait = clocks.terms_of(work, case).escalate_after
    for clock, due in case.clocks().items():
        if due > work.now:
            coming.append(due)
            continue
        said = await _said(work, case, clock, due)
        if not said:
            await _remind(work, case, clock)
        at = work.rules.sla.after(said[-1].at if said else due, wait)
        if at <= work.now:
            if not await _climb(work, case, clock, {str(one.facts.get("to")) for one in said}):
                continue
            at = work.rules.sla.after(work.now, wait)
        coming.append(at)
    case.escalate_at = min(coming, default=None)


async def _said(work: Work, case: Case, clock: Clock, since: datetime) -> Sequence[Event]:
    kinds = (f"overdue_{clock.value}", f"escalated_{clock.value}")
    query = select(Event).where(
        Event.subject_id == case.id, col(Event.kind).in_(kinds), col(Event.at) >= since
    )
    return (await work.session.exec(query.order_by(col(Event.at)))).all()


async def _climb(work: Work, case: Case, clock: Clock, told: Collection[str]) -> bool:
    """One rung more each time, whoever came or went meanwhile; False when there is nobody further up."""
    above = await _above(work, case, clock)
    left = [one for one in above if str(one.id) not in told]
    if left:
        await _escalate(work, case, clock, left[0])
    elif not above:
        await work.incident("overdue_without_anybody_above", f"case {case.number} ({case.kind})")
    return bool(left)


async def _remind(work: Work, case: Case, clock: Clock) -> None:
    work.record(f"overdue_{clock.value}", subject=case.id, graduate=case.graduate_id)
    if clock is Clock.REVIEW:
        for person in await settling.second_persons(work, case):
            work.say(person, CaseReviewLate(case=case.id, graduate=case.graduate_id))
        return
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await rights.tell(work, owner, OfficeOverdue(case=case.id, clock=clock))


async def _escalate(work: Work, case: Case, clock: Clock, above: Staff) -> None:
    """The owner stays the owner; somebody above knows that it waits."""
    kind = f"escalated_{clock.value}"
    work.record(kind, subject=case.id, graduate=case.graduate_id, to=str(above.id))
    await cases.note(work, case, NoteKind.ESCALATED)
    if clock is Clock.REVIEW:
        said: Say = CaseReviewLate(case=case.id, graduate=case.graduate_id, escalated=True)
    else:
        said = OfficeEscalated(case=case.id, clock=clock)
    await rights.tell(work, above, said)


async def _above(work: Work, case: Case, clock: Clock) -> list[Staff]:
    """One of each role on the way up, but for whoever had a hand in it; above the reviewers the fallback."""
    unit = await work.session.get_one(Unit, case.unit_id)
    own = {one for one in (case.owner_id, case.closer_id) if one}
    out, rules = await routing.kept_from(work, case) | own, work.rules.routing
    fallback = clock is Clock.REVIEW and not case.for_few
    guarded = rules.dispute_fallback if fallback else routing.may_know(work, case)
    roles = guarded if desk.guarded(work, case) else rules.overdue_to
    rungs = [presence.able(await routing.holders(work, [role], unit), out) for role in roles]
    # With everybody above away too, they hear of it all the same.
    return _one_each([presence.here(work, rung) for rung in rungs]) or _one_each(rungs)


def _one_each(rungs: Sequence[Sequence[Staff]]) -> list[Staff]:
    found: dict[UUID, Staff] = {}
    for rung in rungs:
        if one := next((staff for staff in rung if staff.id not in found), None):
            found[one.id] = one
    return list(found.values())
