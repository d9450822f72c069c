"""The second person: passes what another closed, or sends it back; and tells an account from a stranger's."""

from uuid import UUID

from actions import bindings, cases, clocks, desk, disputes, rectified, rights
from actions.dispute_rows import untold
from actions.work import Work
from models.case import Case, CaseState, NoteKind, Outcome
from models.messages.cases import (
    CaseBindingDone,
    CaseReasonAsked,
    CaseReturned,
    CaseReviewed,
    Verb,
)
from models.person import Person
from models.staff import Staff
from models.steps.cases import AskingReturnReason


async def approve(work: Work, person: Person, case_id: UUID) -> None:
    """`复核通过`: only now is a dispute closed and its outcome told."""
    who, case = await desk.doing(work, person, case_id, Verb.APPROVE)
    case.reviewer_id = who.me.id
    await rectified.checked(work, case, who.me, passed=True)
    cases.close_now(work, case)
    await cases.note(work, case, NoteKind.APPROVED, staff=who.me)
    work.record("case_approved", by=person, subject=case.id, graduate=case.graduate_id)
    await disputes.close_after_review(work, case)
    await _both(work, person, case)


async def begin_return(work: Work, person: Person, case_id: UUID) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.RETURN)
    person.ask_for(AskingReturnReason(case=case.id))
    work.say(person, CaseReasonAsked(case=case.id))


async def give_back(work: Work, person: Person, case: Case, text: str) -> None:
    """`退回重办`: what was found stays in the history; the owner goes on."""
    who = await rights.colleague(work, person)
    await rectified.checked(work, case, who.me, passed=False)
    case.state, case.method, case.finding = CaseState.WORKING, None, None
    case.outcome, case.closer_id, case.settled_at = None, None, None
    clocks.returned(work, case)
    note = await cases.note(work, case, NoteKind.RETURNED, staff=who.me, text=text)
    work.record("case_returned", by=person, subject=case.id, graduate=case.graduate_id)
    person.close_step(AskingReturnReason.hat)
    work.say(person, CaseReviewed(case=case.id, approved=False))
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await rights.tell(work, owner, CaseReturned(case=case.id, note=note.id, reader=owner.id))


async def verify(work: Work, person: Person, case_id: UUID) -> None:
    await _tell_apart(work, person, case_id, approved=True)


async def reject(work: Work, person: Person, case_id: UUID) -> None:
    await _tell_apart(work, person, case_id, approved=False)


async def _tell_apart(work: Work, person: Person, case_id: UUID, *, approved: bool) -> None:
    """`核实通过` and `不予通过` settle the account and, with it, the case."""
    who, case = await desk.doing(work, person, case_id, Verb.VERIFY if approved else Verb.REJECT)
    binding = await desk.pending_binding(work, case)
    if binding is None:
        raise desk.NotNow(case)
    settle = bindings.verify_binding if approved else bindings.reject_binding
    await settle(work, person, binding)
    case.outcome = Outcome.DONE if approved else Outcome.NO_CHANGE_NEEDED
    case.closer_id, case.settled_at = who.me.id, work.now
    cases.close_now(work, case)
    await cases.note(work, case, NoteKind.SETTLED, staff=who.me, outcome=case.outcome)
    work.say(person, CaseBindingDone(case=case.id, approved=approved))


async def _both(work: Work, person: Person, case: Case) -> None:
    said = CaseReviewed(case=case.id, approved=True, by_phone=await untold(work, case) is not None)
    work.say(person, said)
    closer = await work.session.get(Staff, case.closer_id) if case.closer_id else None
    if closer is not None:
        await rights.tell(work, closer, said)
