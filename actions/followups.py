"""Follow-ups: a chain of steps from the rules, each taken when it is due, until something ends it."""

from datetime import datetime

from sqlmodel import col, select

from actions import followup_ends, presence, rights, routing
from actions.followup_steps import TAKES, UNVERIFIED, Skipped, may_be_said, take_back
from actions.work import Work
from models.answer import Answer, AnswerKind, ContactChange
from models.case import Case
from models.followup import FollowUp, FollowUpKind, FollowUpStep, StepState
from models.graduate import Graduate
from models.messages.contact import FollowupAlert
from models.outgoing import Sending
from models.person import Binding, Person
from models.unit import Unit
from rules import Chain, Does, Moment
from rules.followups import TO_THE_GRADUATE

BATCH = 100
FEW = 20
FINISHED, SUPERSEDED = "finished", "superseded"
PASSED, PROVEN = Skipped("passed"), Skipped("proven")


async def open_followup(
    work: Work,
    graduate: Graduate,
    kind: FollowUpKind,
    *,
    contact_change: ContactChange | None = None,
    case: Case | None = None,
) -> FollowUp:
    """A newer one of its kind takes the place of the one before."""
    await work.session.flush()
    await close(work, graduate, kind, result=SUPERSEDED)
    chain = work.rules.followups.chains[kind.value]
    first = next(chain.moments())
    followup = FollowUp(
        graduate=graduate,
        kind=kind,
        contact_change_id=contact_change.id if contact_change else None,
        case_id=case.id if case else None,
        stage=first.step.key,
        opened_at=work.now,
        due_at=work.now,
    )
    work.session.add(followup)
    await work.session.flush()
    work.record("followup_opened", subject=followup.id, graduate=graduate.id, followup=kind.value)
    _wait_for(work, followup, first)
    if contact_change is not None and contact_change.proven and first.step.does is Does.CHECK:
        _note(work, followup, first, PROVEN)
        _go_on(work, followup, chain, first)
    await _tell_at_once(work, graduate, followup, case, chain)
    return followup


async def seeking(work: Work, graduate: Graduate) -> None:
    """「仍在求职」: help is offered later on; saying so again begins nothing anew."""
    await work.session.flush()
    query = select(FollowUp).where(
        FollowUp.graduate_id == graduate.id, FollowUp.kind == FollowUpKind.STILL_SEEKING
    )
    before = (await work.session.exec(query.order_by(col(FollowUp.opened_at).desc()).limit(1))).first()
    if before is not None:
        other = select(Answer.id).where(
            Answer.graduate_id == graduate.id,
            Answer.kind != AnswerKind.SEEKING,
            col(Answer.said_at) > before.opened_at,
        )
        if (await work.session.exec(other.limit(1))).first() is None:
            return
    await open_followup(work, graduate, FollowUpKind.STILL_SEEKING)


async def unchecked(work: Work, graduate: Graduate, binding: Binding) -> None:
    """An account that somebody has to check; its case, whichever it is, is the one to be reminded of."""
    await work.session.flush()
    if await _is_open(work, graduate, FollowUpKind.UNVERIFIED_PHONE):
        return
    query = select(Case).where(Case.binding_id == binding.id, col(Case.closed_at).is_(None))
    case = (await work.session.exec(query.order_by(col(Case.opened_at).desc()).limit(1))).first()
    await open_followup(work, graduate, FollowUpKind.UNVERIFIED_PHONE, case=case)


async def _is_open(work: Work, graduate: Graduate, kind: FollowUpKind) -> bool:
    query = select(FollowUp.id).where(
        FollowUp.graduate_id == graduate.id, FollowUp.kind == kind, col(FollowUp.done_at).is_(None)
    )
    return (await work.session.exec(query.limit(1))).first() is not None


async def close(work: Work, graduate: Graduate, kind: FollowUpKind, *, result: str) -> None:
    """What is still open of this kind needs no looking at any more."""
    found = await work.session.exec(
        select(FollowUp)
        .where(FollowUp.graduate_id == graduate.id, FollowUp.kind == kind, col(FollowUp.done_at).is_(None))
        .limit(FEW)
        .with_for_update()
    )
    for followup in found.all():
        await done(work, followup, graduate, result)


async def done(
    work: Work, followup: FollowUp, graduate: Graduate, result: str, *, by: Person | None = None
) -> None:
    followup.done_at, followup.result = work.now, result
    work.record("followup_done", by=by, subject=followup.id, graduate=followup.graduate_id, result=result)
    if result != FINISHED:
        await take_back(work, followup, graduate, Sending.CANCELLED, "followup_over")


async def due_followups(work: Work) -> bool:
    """One bounded batch of what is due; graduates come before their follow-ups, wherever both are locked."""
    late = select(FollowUp).where(col(FollowUp.done_at).is_(None), col(FollowUp.due_at) <= work.now)
    waiting = (await work.session.exec(late.order_by(col(FollowUp.due_at)).limit(BATCH))).all()
    people = select(Graduate).where(col(Graduate.id).in_({one.graduate_id for one in waiting}))
    held = await work.session.exec(people.order_by(col(Graduate.id)).with_for_update(skip_locked=True))
    graduates = {one.id: one for one in held}
    mine = late.where(
        col(FollowUp.id).in_([one.id for one in waiting]), col(FollowUp.graduate_id).in_(graduates)
    )
    free = mine.order_by(col(FollowUp.due_at)).with_for_update(skip_locked=True)
    rows = (await work.session.exec(free.execution_options(populate_existing=True))).all()
    for followup in rows:
        await _look_at(work, followup, graduates[followup.graduate_id])
    return bool(rows) and len(waiting) == BATCH


async def _look_at(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    chain = work.rules.followups.chains[followup.kind.value]
    if (result := await followup_ends.over(work, followup, graduate, chain)) is not None:
        await done(work, followup, graduate, result)
        return
    moment = _latest_due(work, followup, chain)
    loud = moment.step.does in TO_THE_GRADUATE
    if loud and (at := await may_be_said(work, followup, graduate)) > work.now:
        followup.due_at = at
        return
    skipped = await TAKES[moment.step.does](work, followup, graduate, moment)
    _note(work, followup, moment, skipped)
    if skipped is None:
        followup.last_at = work.now
    if skipped is not None and skipped.ends is not None:
        await done(work, followup, graduate, skipped.ends)
    elif not _go_on(work, followup, chain, moment):
        as_a_case = moment.step.does is Does.CASE
        await done(work, followup, graduate, UNVERIFIED if as_a_case else FINISHED)


def _latest_due(work: Work, followup: FollowUp, chain: Chain) -> Moment:
    """After a time away only the latest step is taken; those before it are written down as passed."""
    moment = chain.at(followup.stage, followup.round)
    while (later := chain.following(moment)) is not None:
        at = later.due(followup.opened_at, None)
        if at is None or at > work.now:
            break
        _note(work, followup, moment, PASSED)
        moment = later
        followup.stage, followup.round, followup.due_at = moment.step.key, moment.round, at
    return moment


def _note(work: Work, followup: FollowUp, moment: Moment, skipped: Skipped | None) -> None:
    state = StepState.TAKEN if skipped is None else StepState.SKIPPED
    key, number, why = moment.step.key, moment.round, skipped.why if skipped else None
    work.session.add(
        FollowUpStep(
            followup_id=followup.id,
            key=key,
            round=number,
            state=state,
            reason=why,
            due_at=followup.due_at,
            at=work.now,
        )
    )
    work.record(
        "followup_step",
        subject=followup.id,
        graduate=followup.graduate_id,
        step=key,
        round=number,
        state=state.value,
        reason=why,
    )


def _go_on(work: Work, followup: FollowUp, chain: Chain, moment: Moment) -> bool:
    """On to the step after this one; False where there is none."""
    later = chain.following(moment)
    if later is not None:
        _wait_for(work, followup, later)
    return later is not None


def _wait_for(work: Work, followup: FollowUp, moment: Moment) -> None:
    """What will be said to the graduate waits for the end of the quiet hours."""
    due: datetime = moment.due(followup.opened_at, work.now) or work.now
    loud = moment.step.does in TO_THE_GRADUATE
    followup.stage, followup.round = moment.step.key, moment.round
    followup.due_at = work.rules.quiet.next_allowed(due) if loud else due


async def _tell_at_once(
    work: Work, graduate: Graduate, followup: FollowUp, case: Case | None, chain: Chain
) -> None:
    """Whoever owns the case has been told of it already."""
    if not chain.told:
        return
    unit = await work.session.get_one(Unit, graduate.unit_id)
    of_class = set(work.rules.routing.class_roles) & set(chain.told)
    found = list(await routing.counselors_of(work, graduate)) if of_class else []
    if others := [role for role in chain.told if role not in of_class]:
        found += await routing.holders(work, others, unit)
    for staff in {one.id: one for one in presence.hearers(work, found)}.values():
        if case is None or case.owner_id != staff.id:
            said = FollowupAlert(followup=followup.id, graduate=graduate.id, case=case.id if case else None)
            await rights.tell(work, staff, said)
