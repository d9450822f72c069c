"""Follow-ups: a change is checked by the school, asked about again, or becomes a case."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlmodel import col, select

from actions import asks, identity, mine, rights, routing
from actions.cases import open_case
from actions.work import Refusal, Work
from models.answer import Answer, ContactChange, ContactKind
from models.base import UUID
from models.case import Case, CaseKind
from models.dispute import Dispute
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.messages.contact import (
    FollowupAlert,
    FollowupConfirmed,
    FollowupOver,
    FollowupRecheck,
    FollowupUnverified,
)
from models.messages.general import Outdated
from models.person import Person
from models.staff import Staff
from rules import Followup

BATCH = 100
FEW = 20
CHECK, RECHECK, ANSWER = "check", "recheck", "answer"
UNVERIFIED = "unverified"
CONTACTS = frozenset({FollowUpKind.OWN_PHONE, FollowUpKind.PARENT_PHONE, FollowUpKind.EMPLOYER_CONTACT})


async def open_followup(
    work: Work,
    graduate: Graduate,
    kind: FollowUpKind,
    *,
    contact_change: ContactChange | None = None,
    case: Case | None = None,
) -> FollowUp:
    """First it is to be checked, then asked about again; a newer one of its kind takes its place."""
    await work.session.flush()
    await close(work, graduate, kind, result="superseded")
    rule = _rule(work, kind)
    proven = contact_change is not None and contact_change.proven
    stage = RECHECK if proven else CHECK
    followup = FollowUp(
        graduate=graduate,
        kind=kind,
        contact_change_id=contact_change.id if contact_change else None,
        case_id=case.id if case else None,
        stage=stage,
        opened_at=work.now,
        due_at=_due(stage, rule, work.now),
    )
    work.session.add(followup)
    await work.session.flush()
    work.record("followup_opened", subject=followup.id, graduate=graduate.id, followup=kind.value)
    if rule.counselor_told:
        await _tell_counselors(work, graduate, followup, case)
    return followup


async def close(work: Work, graduate: Graduate, kind: FollowUpKind, *, result: str) -> None:
    """What is still open of this kind needs no looking at any more."""
    found = await work.session.exec(
        select(FollowUp)
        .where(FollowUp.graduate_id == graduate.id, FollowUp.kind == kind, col(FollowUp.done_at).is_(None))
        .limit(FEW)
        .with_for_update()
    )
    for followup in found.all():
        _done(work, followup, result)


async def due_followups(work: Work) -> bool:
    """One bounded batch of what is due; each row moves on, so nothing is looked at twice."""
    found = await work.session.exec(
        select(FollowUp)
        .where(col(FollowUp.done_at).is_(None), col(FollowUp.due_at) <= work.now)
        .order_by(col(FollowUp.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    due = found.all()
    for followup in due:
        graduate = await work.session.get_one(Graduate, followup.graduate_id)
        await STAGES[followup.stage](work, followup, graduate)
    return bool(due)


async def still(work: Work, person: Person, followup_id: UUID) -> None:
    """「是的」: what was said before still holds."""
    found = await _asked(work, person, followup_id)
    if found is None:
        return
    followup, _ = found
    _done(work, followup, "confirmed", by=person)
    work.say(person, FollowupConfirmed(followup=followup.id))


async def changed(work: Work, person: Person, followup_id: UUID) -> None:
    """「又变了」: a contact is asked for anew, else the card is shown."""
    from actions import contacts  # it opens follow-ups in its turn

    found = await _asked(work, person, followup_id)
    if found is None:
        return
    followup, graduate = found
    _done(work, followup, "changed", by=person)
    if followup.kind in CONTACTS:
        await contacts.ask(work, person, graduate, ContactKind(followup.kind.value))
    else:
        await asks.card(work, person, graduate)


async def _asked(work: Work, person: Person, followup_id: UUID) -> tuple[FollowUp, Graduate] | None:
    """Locked; None once it has been settled another way, which is said."""
    followup = await work.session.get(FollowUp, followup_id, with_for_update=True)
    if followup is None:
        raise Refusal(Outdated())
    graduate, verified = await mine.held(work, person, followup.graduate_id)
    if followup.done_at is not None or not verified:
        work.say(person, FollowupOver())
        return None
    return followup, graduate


async def _check(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    """Unchecked for as long as the rules allow: the owner hears of it, or a case is opened."""
    if not await _checked(work, followup):
        await _to_case(work, followup, graduate)
    followup.stage = RECHECK
    followup.due_at = _due(RECHECK, _rule(work, followup.kind), followup.opened_at)


async def _recheck(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    """The graduate is asked, outside the quiet hours; who cannot be asked becomes a case at once."""
    if over := await _moot(work, followup, graduate):
        _done(work, followup, over)
        return
    person = await identity.person_of(work, graduate)
    if person is None or person.stopped_at or person.unreachable:
        await _to_case(work, followup, graduate)
        _done(work, followup, UNVERIFIED)
        return
    at = work.rules.quiet.next_allowed(work.now)
    followup.stage, followup.due_at = ANSWER, at + _patience(_rule(work, followup.kind))
    work.record("followup_asked", subject=followup.id, graduate=graduate.id, followup=followup.kind.value)
    question = FollowupRecheck(
        followup=followup.id,
        graduate=graduate.id,
        about=followup.kind,
        contact=followup.contact_change_id,
    )
    work.say(person, question, at=at, replaces=f"followup:{followup.id}")


async def _unanswered(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    over = await _moot(work, followup, graduate)
    if over is None:
        await _to_case(work, followup, graduate)
    _done(work, followup, over or UNVERIFIED)


STAGES: dict[str, Callable[[Work, FollowUp, Graduate], Awaitable[None]]] = {
    CHECK: _check,
    RECHECK: _recheck,
    ANSWER: _unanswered,
}


async def _checked(work: Work, followup: FollowUp) -> bool:
    if followup.contact_change_id is not None:
        change = await work.session.get_one(ContactChange, followup.contact_change_id)
        return change.verified_at is not None
    case = await _case(work, followup)
    return case is not None and case.closed_at is not None


async def _moot(work: Work, followup: FollowUp, graduate: Graduate) -> str | None:
    """Why nobody is asked: a dispute silences reminders, a newer answer says more than a re-check."""
    if graduate.removed_at is not None:
        return "removed"
    if followup.kind in CONTACTS:
        return None
    if await _disputed(work, graduate):
        return "disputed"
    latest = await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    return "answered" if latest and latest.said_at > followup.opened_at else None


async def _disputed(work: Work, graduate: Graduate) -> bool:
    found = await work.session.exec(
        select(Dispute.id)
        .where(Dispute.graduate_id == graduate.id, col(Dispute.closed_at).is_(None))
        .limit(1)
    )
    return found.first() is not None


async def _to_case(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    """One open case is enough: whoever has it is told; otherwise a new one is opened."""
    work.record(
        "followup_unverified", subject=followup.id, graduate=graduate.id, followup=followup.kind.value
    )
    case = await _case(work, followup)
    if case is None or case.closed_at is not None:
        kind = _case_kind(_rule(work, followup.kind))
        case = await open_case(work, kind, unit_id=graduate.unit_id, graduate=graduate, reason=UNVERIFIED)
        followup.case_id = case.id
        return
    owner = await work.session.get(Staff, case.owner_id) if case.owner_id else None
    if owner is not None:
        said = FollowupUnverified(followup=followup.id, graduate=graduate.id, case=case.id)
        await rights.tell(work, owner, said)


def _case_kind(rule: Followup) -> CaseKind:
    """What is no kind of its own is a change request."""
    known = rule.case_kind in {kind.value for kind in CaseKind}
    return CaseKind(rule.case_kind) if known else CaseKind.CHANGE_REQUEST


async def _case(work: Work, followup: FollowUp) -> Case | None:
    return await work.session.get(Case, followup.case_id) if followup.case_id else None


async def _tell_counselors(work: Work, graduate: Graduate, followup: FollowUp, case: Case | None) -> None:
    """Whoever owns the case has been told of it already."""
    for counselor in await routing.counselors_of(work, graduate):
        if case is None or case.owner_id != counselor.id:
            said = FollowupAlert(followup=followup.id, graduate=graduate.id, case=case.id if case else None)
            await rights.tell(work, counselor, said)


def _done(work: Work, followup: FollowUp, result: str, *, by: Person | None = None) -> None:
    followup.done_at, followup.result = work.now, result
    work.record("followup_done", by=by, subject=followup.id, graduate=followup.graduate_id, result=result)


def _rule(work: Work, kind: FollowUpKind) -> Followup:
    return work.rules.followups[kind.value]


def _due(stage: str, rule: Followup, since: datetime) -> datetime:
    if stage == CHECK:
        return since + _patience(rule)
    return since + timedelta(days=rule.recheck_after_days)


def _patience(rule: Followup) -> timedelta:
    return timedelta(days=rule.unverified_after_days)
