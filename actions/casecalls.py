"""`电话记录` inside a case: a neutral script, who answered, what was found; never anybody's answer."""

from uuid import UUID

from actions import attempts as tries
from actions import calls, cases, casework, clocks, desk, disputes, todo
from actions.dispute_rows import TELLING_TRIED
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.case import Asked, Case, CaseKind, CaseState, Method, NoteKind
from models.followup import CallAnsweredBy, CallFinding
from models.graduate import Graduate
from models.messages.casecalls import CaseCall, CaseCallFinding
from models.messages.cases import Verb
from models.messages.general import Outdated
from models.person import Person
from models.unit import Unit

# Whose word it was; a call that nobody took has none.
ASKED = {
    CallAnsweredBy.GRADUATE: Asked.GRADUATE,
    CallAnsweredBy.PARENT: Asked.PARENT,
    CallAnsweredBy.EMPLOYER: Asked.EMPLOYER,
}


async def begin(work: Work, person: Person, case_id: UUID) -> None:
    """The numbers and what to say: looked at is told in /my."""
    who, case = await desk.doing(work, person, case_id, Verb.CALL)
    graduate = await _callee(work, case)
    unit = await work.session.get_one(Unit, case.unit_id)
    desk.viewed(work, who, graduate.id, case.id, unit)
    attempts = await todo.attempts_of(work, graduate)
    said = CaseCall(case=case.id, graduate=graduate.id, reader=who.me.id, attempts=attempts)
    work.say(person, said)


async def answered(work: Work, person: Person, case_id: UUID, by: CallAnsweredBy, attempts: int) -> None:
    who, case = await desk.doing(work, person, case_id, Verb.CALL)
    if not _had_findings(case, by):
        await _write(work, who, case, by, None, attempts)
        return
    graduate = await _callee(work, case)
    work.say(person, CaseCallFinding(case=case.id, graduate=graduate.id, answered_by=by, attempts=attempts))


def _had_findings(case: Case, by: CallAnsweredBy) -> bool:
    """Nobody spoke of the record where nobody answered, or where only its outcome was told."""
    return by in calls.SPOKE and case.state is not CaseState.CLOSED


async def found(
    work: Work,
    person: Person,
    case_id: UUID,
    by: CallAnsweredBy,
    finding: CallFinding,
    attempts: int,
) -> None:
    who, case = await desk.doing(work, person, case_id, Verb.CALL)
    if not _had_findings(case, by):
        raise Refusal(Outdated())
    await _write(work, who, case, by, finding, attempts)


async def _write(
    work: Work,
    who: Colleague,
    case: Case,
    by: CallAnsweredBy,
    finding: CallFinding | None,
    attempts: int,
) -> None:
    """The graduate's own "never signed" opens a dispute beside a case that is none; nobody else's does.

    A second press on the same card writes nothing."""
    graduate = await _callee(work, case)
    if await todo.attempts_of(work, graduate) != attempts:
        await desk.card(work, who, case)
        return
    telling = case.state is CaseState.CLOSED
    if not telling:
        casework.begun(case)
        clocks.stepped(work, case, contact=by is CallAnsweredBy.GRADUATE)
    method = Method.EMPLOYER_CALLBACK if by is CallAnsweredBy.EMPLOYER else Method.PHONE_CHECK
    await cases.note(work, case, NoteKind.CALLED, staff=who.me, asked=ASKED.get(by), method=method)
    await calls.record(work, who, graduate, by, finding, case)
    work.record("case_called", by=who.person, subject=case.id, graduate=graduate.id, answered_by=by.value)
    if case.kind is not CaseKind.DISPUTE and calls.denied(by, finding):
        await calls.dispute_of_denial(work, who, graduate)
    if telling:
        await _telling(work, who, graduate, case, by)
    await desk.card(work, who, case)


async def _telling(work: Work, who: Colleague, graduate: Graduate, case: Case, by: CallAnsweredBy) -> None:
    """The outcome is known from then on; tried often enough, it waits on the page and in no list."""
    if by is CallAnsweredBy.GRADUATE:
        await disputes.told_by_telephone(work, who.person, case)
    elif case.closed_at is not None:
        made = await tries.of(work, graduate, case.closed_at)
        if tries.enough(work, made):
            work.record(TELLING_TRIED, by=who.person, subject=case.id, graduate=graduate.id)


async def _callee(work: Work, case: Case) -> Graduate:
    if case.graduate_id is None:
        raise Refusal(Outdated())
    return await work.session.get_one(Graduate, case.graduate_id)
