"""What is different, as the graduate says it: a claim, an answer, a case; the register is not edited here."""

from dataclasses import dataclass

from actions import answers, asks, cases, followups, records
from actions.records import Record
from actions.work import Work
from models.answer import (
    Answer,
    AnswerKind,
    Claim,
    EmployerClaim,
    FieldClaim,
    LeftClaim,
    SettledClaim,
    TerminatedClaim,
    TypeClaim,
)
from models.base import UUID
from models.case import Case, CaseKind
from models.followup import FollowUpKind
from models.messages import Say
from models.messages.change import (
    Asked,
    ChangeAsked,
    ChangeClasses,
    ChangeFields,
    ChangeFiled,
    ChangeMenu,
)
from models.person import Person
from models.steps import Hat, Step
from models.steps.ask import ClaimingEmployer, ClaimingField, ClaimingLeft, ClaimingName
from rules.taxonomy import DestinationClass

CONTACTS = frozenset({"contact_name", "contact_phone"})
TYPE = "code"
WITHOUT_NAME = frozenset(
    {
        DestinationClass.SEEKING,
        DestinationClass.NOT_SEEKING,
        DestinationClass.FREELANCE,
        DestinationClass.CONSCRIPT,
    }
)


@dataclass(frozen=True)
class Filing:
    """What kind of change it is, for the case, and what has to be looked at again later."""

    reason: str
    follow_up: FollowUpKind | None = None


FILINGS: dict[type[Claim], Filing] = {
    FieldClaim: Filing("field"),
    EmployerClaim: Filing("changed_employer", FollowUpKind.CHANGED_EMPLOYER),
    LeftClaim: Filing("left_job", FollowUpKind.LEFT_JOB),
    TerminatedClaim: Filing("terminated", FollowUpKind.TERMINATED),
    TypeClaim: Filing("type"),
    SettledClaim: Filing("settled"),
}


async def speakable(work: Work, person: Person, destination_id: UUID) -> Record | None:
    """The record, if this account may speak about it and the version is current; else what is true now."""
    record = await records.mine_verified(work, person, destination_id)
    if record is None:
        return None
    if not record.is_current:
        await asks.changed_card(work, person, record.graduate)
        return None
    return record


async def menu(work: Work, person: Person, destination_id: UUID) -> None:
    if record := await speakable(work, person, destination_id):
        await _shown(work, record, ChangeMenu(graduate=record.graduate.id, destination=record.destination.id))


async def fields(work: Work, person: Person, destination_id: UUID) -> None:
    if record := await speakable(work, person, destination_id):
        await _shown(
            work, record, ChangeFields(graduate=record.graduate.id, destination=record.destination.id)
        )


async def classes(work: Work, person: Person, destination_id: UUID, settled: bool) -> None:
    """Which class it is by now."""
    if record := await open_for(work, person, destination_id, settled):
        await _shown(
            work,
            record,
            ChangeClasses(graduate=record.graduate.id, destination=record.destination.id, settled=settled),
        )


async def field(work: Work, person: Person, destination_id: UUID, name: str) -> None:
    """The type is chosen, contacts have a way of their own, everything else is typed."""
    if name == TYPE:
        await classes(work, person, destination_id, False)
    elif name in CONTACTS:
        await contacts(work, person, destination_id)
    elif record := await speakable(work, person, destination_id):
        await ask(
            work, record, ClaimingField(destination=destination_id, field=name), Asked.FIELD, field=name
        )


async def contacts(work: Work, person: Person, destination_id: UUID) -> None:
    """「联系方式变了」"""
    from actions import contacts as contact_changes

    record = await records.mine(work, person, destination_id)
    person.close_step(Hat.GRADUATE)
    await contact_changes.menu(work, person, record.graduate)


async def employer(work: Work, person: Person, destination_id: UUID) -> None:
    if record := await speakable(work, person, destination_id):
        await ask(work, record, ClaimingEmployer(destination=destination_id), Asked.EMPLOYER)


async def left(work: Work, person: Person, destination_id: UUID) -> None:
    if record := await speakable(work, person, destination_id):
        await ask(work, record, ClaimingLeft(destination=destination_id), Asked.LEFT_ON)


async def terminated(work: Work, person: Person, destination_id: UUID) -> None:
    if record := await speakable(work, person, destination_id):
        await file(work, record, TerminatedClaim())


async def to_class(
    work: Work, person: Person, destination_id: UUID, cls: DestinationClass, settled: bool
) -> None:
    """A class with a name behind it asks for the name; the others are filed at the press."""
    record = await open_for(work, person, destination_id, settled)
    if record is None:
        return
    if cls in WITHOUT_NAME:
        await file(work, record, class_claim(cls, None, settled))
        return
    step = ClaimingName(destination=destination_id, cls=cls.value, settled=settled)
    await ask(work, record, step, Asked.NAME, cls=cls.value, settled=settled)


def class_claim(cls: str, name: str | None, settled: bool) -> Claim:
    return SettledClaim(cls=cls, name=name) if settled else TypeClaim(cls=cls, name=name)


async def ask(
    work: Work,
    record: Record,
    step: Step,
    asked: Asked,
    *,
    field: str | None = None,
    cls: str | None = None,
    settled: bool = False,
    fresh: bool = False,
) -> None:
    """The question takes the card's place; what is typed next answers it."""
    ask_for(work, record.person, step)
    question = ChangeAsked(
        graduate=record.graduate.id,
        destination=record.destination.id,
        asked=asked,
        field=field,
        cls=cls,
        settled=settled,
    )
    await asks.in_place(work, record, question, fresh=fresh)


def ask_for(work: Work, person: Person, step: Step) -> None:
    """Left half finished, it is asked about once more, and not at night."""
    person.ask_for(step)
    person.nudge_at = work.rules.quiet.next_allowed(work.now + work.rules.nudges.unfinished.after)


async def file(work: Work, record: Record, claim: Claim) -> None:
    """An answer that points at the version, and one open case per kind of change."""
    record.person.close_step(Hat.GRADUATE)
    filing = FILINGS[type(claim)]
    answer, again = await _said_before(work, record, claim), True
    case = await answers.open_change(work, record.graduate, filing.reason)
    if answer is None or case is None:
        kind = AnswerKind.SETTLED if isinstance(claim, SettledClaim) else AnswerKind.CHANGED
        answer = await answers.give(
            work, record.graduate, kind, by=record.person, claim=claim, destination=record.destination
        )
        again = case is not None
        case = await _case(work, record, answer, case, filing)
    work.say(
        record.person,
        ChangeFiled(
            graduate=record.graduate.id,
            destination=record.destination.id,
            answer=answer.id,
            case=case.id,
            again=again,
        ),
        replaces=f"answer:{answer.id}",
    )


async def _case(work: Work, record: Record, answer: Answer, case: Case | None, filing: Filing) -> Case:
    """A second change of one kind joins the first; whoever works on the others hears of it too."""
    await answers.cases_told(work, record.graduate, answer)
    if case is not None:
        return case
    case = await cases.open_case(
        work,
        CaseKind.CHANGE_REQUEST,
        unit_id=record.graduate.unit_id,
        graduate=record.graduate,
        answer=answer,
        reason=filing.reason,
    )
    if filing.follow_up is not None:
        await followups.open_followup(work, record.graduate, filing.follow_up, case=case)
    return case


async def _said_before(work: Work, record: Record, claim: Claim) -> Answer | None:
    """The very same claim as the answer that counts now: a second press, not a second answer."""
    latest = await answers.latest_answer(work, record.graduate)
    same = latest is not None and latest.claim == claim and latest.destination_id == record.destination.id
    return latest if same else None


async def open_for(work: Work, person: Person, destination_id: UUID, settled: bool) -> Record | None:
    """A claim about a record without a destination shows nothing: an unverified account may make it."""
    if not settled:
        return await speakable(work, person, destination_id)
    record = await records.mine(work, person, destination_id)
    if record.is_current:
        return record
    await asks.changed_card(work, person, record.graduate)
    return None


async def _shown(work: Work, record: Record, message: Say) -> None:
    """A menu is not a question to type an answer to."""
    record.person.close_step(Hat.GRADUATE)
    await asks.in_place(work, record, message)
