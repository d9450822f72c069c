"""From taking a case on to closing it: claim, method, finding, outcome."""

from uuid import UUID

from sqlmodel import col, select

from actions import cases, clocks, contacts, desk, identity, lookinto, presence, rights, routing
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.answer import ContactChange
from models.case import Case, CaseKind, CaseState, Method, NoteKind, Outcome
from models.followup import contacts_of
from models.graduate import Graduate
from models.messages.cases import (
    CaseFindingAsked,
    CaseMethodAsked,
    CaseOutcomeAsked,
    CaseOutcomeTold,
    CaseReviewAlert,
    CaseSettled,
    Verb,
)
from models.messages.general import Outdated
from models.person import Person
from models.staff import Staff
from models.steps.cases import AskingFinding
from models.unit import Unit

HELD_GOOD = frozenset({Outcome.DONE, Outcome.REGISTER_CORRECTED})


async def claim(work: Work, person: Person, case_id: UUID) -> None:
    """`我来处理`: of two who press at once one has it and the other is told who."""
    who, case = await desk.doing(work, person, case_id, Verb.CLAIM)
    case.owner_id, case.state = who.me.id, CaseState.WORKING
    clocks.owned(work, case)
    clocks.stepped(work, case)
    await cases.note(work, case, NoteKind.CLAIMED, staff=who.me)
    work.record("case_claimed", by=person, subject=case.id, graduate=case.graduate_id)
    await desk.card(work, who, case)


async def begin_closing(work: Work, person: Person, case_id: UUID) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.CLOSE)
    if case.kind is CaseKind.RECTIFICATION:
        from actions import rectified  # which closes as everything else does

        await rectified.begin(work, person, case)
        return
    await lookinto.must_be_written(work, case)
    work.say(person, CaseMethodAsked(case=case.id))


async def method(work: Work, person: Person, case_id: UUID, method: Method) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.CLOSE)
    await lookinto.must_be_written(work, case)
    case.state, case.method = CaseState.WORKING, method
    person.ask_for(AskingFinding(case=case.id))
    work.say(person, CaseFindingAsked(case=case.id, method=method))


async def finding(work: Work, person: Person, case: Case, text: str) -> None:
    """Kept as typed; the outcome is asked next."""
    case.finding = work.seal(text)
    person.close_step(AskingFinding.hat)
    offered = tuple(map(Outcome, cases.rule_of(work, case).outcomes))
    work.say(person, CaseOutcomeAsked(case=case.id, case_kind=case.kind, outcomes=offered))


async def outcome(work: Work, person: Person, case_id: UUID, outcome: Outcome) -> None:
    who, case = await desk.doing(work, person, case_id, Verb.CLOSE)
    rule = cases.rule_of(work, case)
    if outcome.value not in rule.outcomes:
        raise Refusal(Outdated())
    await lookinto.must_be_written(work, case)
    if case.method is None or case.finding is None:
        work.say(person, CaseMethodAsked(case=case.id))
        return
    await _settle(work, who, case, outcome)
    reviewed = rule.review == "always"
    by_phone = await _by_phone(work, case)
    work.say(person, CaseSettled(case=case.id, awaiting=reviewed, by_phone=by_phone))
    await (_to_second_person(work, case) if reviewed else _close(work, who, case, outcome))


async def _by_phone(work: Work, case: Case) -> bool:
    """The graduate is to hear how it ended, and no message of ours arrives."""
    told = case.kind is CaseKind.DISPUTE or cases.rule_of(work, case).told
    if not told or case.graduate_id is None or case.outcome is Outcome.NOT_REACHED:
        return False
    return await desk.reached_by_bot(work, case) is None


async def _settle(work: Work, who: Colleague, case: Case, outcome: Outcome) -> None:
    case.outcome, case.closer_id, case.settled_at = outcome, who.me.id, work.now
    await cases.note(
        work,
        case,
        NoteKind.SETTLED,
        staff=who.me,
        text=work.open(case.finding),
        method=case.method,
        outcome=outcome,
    )
    facts = {"outcome": outcome.value, "method": case.method.value if case.method else None}
    work.record("case_settled", by=who.person, subject=case.id, graduate=case.graduate_id, **facts)


async def _to_second_person(work: Work, case: Case) -> None:
    """Everybody who may pass it hears of it, but for whoever closed it."""
    case.state = CaseState.AWAITING_REVIEW
    clocks.settled(work, case)
    await work.session.flush()
    told = await second_persons(work, case)
    for person in told:
        work.say(person, CaseReviewAlert(case=case.id, graduate=case.graduate_id))
    if not told:
        await work.incident("case_without_reviewer", f"case {case.number}")


async def second_persons(work: Work, case: Case) -> list[Person]:
    """All who may pass this case or send it back, and are here."""
    unit = await work.session.get_one(Unit, case.unit_id)
    found: dict[UUID, tuple[Staff, Person]] = {}
    for staff in presence.able(await routing.holders(work, work.rules.routing.second_persons, unit)):
        person = await work.session.get_one(Person, staff.person_id)
        if await routing.may_review(work, await rights.colleague(work, person), case):
            found[staff.id] = staff, person
    told = presence.hearers(work, [staff for staff, _ in found.values()])
    return [found[staff.id][1] for staff in told]


async def _close(work: Work, who: Colleague, case: Case, outcome: Outcome) -> None:
    cases.close_now(work, case)
    if case.kind is CaseKind.CONTACT_CHANGE and outcome in HELD_GOOD:
        await _contact_held(work, who, case)
    if cases.rule_of(work, case).told:
        await _tell(work, case, outcome)


async def _contact_held(work: Work, who: Colleague, case: Case) -> None:
    """The newest unchecked contact of those the case was about."""
    query = select(ContactChange).where(contacts_of(case), col(ContactChange.verified_at).is_(None))
    newest = query.order_by(col(ContactChange.given_at).desc()).limit(1)
    unchecked = (await work.session.exec(newest)).first()
    if unchecked is not None:
        await contacts.verified(work, who.person, unchecked)


async def _tell(work: Work, case: Case, outcome: Outcome) -> None:
    graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    person = await identity.person_of(work, graduate) if graduate else None
    if person is not None:
        work.say(person, CaseOutcomeTold(case=case.id, outcome=outcome))
