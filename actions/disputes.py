"""A dispute from its one screen to its filing; what comes after lives beside and is reached from here."""

from actions import answers, asks, cases, destinations, records, routing
from actions.dispute_alerts import next_digest, reveal, tell_counselors, tell_owner
from actions.dispute_outcome import close_after_review, judge, say_filed, seen, told, told_by_telephone
from actions.dispute_rows import held, listener, open_on
from actions.dispute_words import add_more, add_statement, press_pressure, text_for_open_dispute, withdraw
from actions.work import Work
from models.answer import Answer, AnswerKind, Source
from models.base import UUID
from models.case import CaseKind, Channel
from models.dispute import Dispute
from models.graduate import Destination, Graduate
from models.messages.dispute import DisputeOutcome, DisputePressure, DisputeScreen
from models.person import Person
from models.staff import Staff
from models.steps.dispute import AddingStatement

__all__ = [
    "add_more",
    "add_statement",
    "back",
    "close_after_review",
    "file",
    "judge",
    "open_screen",
    "press_file",
    "press_pressure",
    "reveal",
    "screen",
    "seen",
    "show",
    "text_for_open_dispute",
    "told",
    "told_by_telephone",
    "withdraw",
]


async def open_screen(work: Work, person: Person, destination_id: UUID, *, fresh: bool = False) -> None:
    """The third button of the card, in the card's place; `fresh` where it was offered elsewhere."""
    record = await records.mine(work, person, destination_id)
    if record.is_current or await open_on(work, record.destination):
        await screen(work, person, record.graduate, fresh=fresh)
    else:
        await asks.changed_card(work, person, record.graduate)


async def screen(work: Work, person: Person, graduate: Graduate, *, fresh: bool = True) -> None:
    """About the version registered now; one that is disputed already is shown as it stands."""
    destination = await destinations.current(work, graduate)
    existing = await open_on(work, destination)
    if existing is not None:
        say_filed(work, person, existing, again=True)
    elif not work.rules.disputes.button(destinations.cls_of(destination)):
        await asks.card(work, person, graduate)
    else:
        verified = await records.is_verified(work, person, graduate)
        message = DisputeScreen(graduate=graduate.id, destination=destination.id, verified=verified)
        work.say(person, message, replaces=await asks.place(work, person, graduate, fresh=fresh))


async def back(work: Work, person: Person, destination_id: UUID) -> None:
    await asks.back(work, person, destination_id)


async def press_file(work: Work, person: Person, destination_id: UUID, *, alone: bool) -> None:
    """A screen of an earlier version files nothing: the register says something else by now."""
    record = await records.mine(work, person, destination_id)
    existing = await open_on(work, record.destination)
    if existing is not None:
        say_filed(work, person, existing, again=True)
    elif not record.is_current:
        await asks.changed_card(work, person, record.graduate)
    elif not work.rules.disputes.button(destinations.cls_of(record.destination)):
        await asks.card(work, person, record.graduate)
    else:
        await file(work, person, record.graduate, record.destination, without_counselor=alone)


async def file(
    work: Work,
    person: Person | None,
    graduate: Graduate,
    destination: Destination,
    *,
    without_counselor: bool,
    source: Source | None = None,
    heard_by: Staff | None = None,
) -> Dispute:
    """One press, one dispute; `person` is None where it was filed on the national register.

    `heard_by` wrote down what was said on the telephone: no answer of the graduate's, and no judge of it."""
    graduate, source = await destinations.locked(work, graduate), source or work.door
    existing = await open_on(work, destination)
    if existing is not None:
        work.record(
            "dispute_filed_again", by=person, subject=existing.id, graduate=graduate.id, source=source
        )
        return existing
    answer = None
    if heard_by is None:
        answer = await answers.give(
            work, graduate, AnswerKind.DISPUTED, by=person, source=source, destination=destination
        )
    dispute = await _opened(work, graduate, destination, answer, source, without_counselor, heard_by)
    facts = {"source": source.value, "without_counselor": without_counselor}
    work.record("dispute_filed", by=person, subject=dispute.id, graduate=graduate.id, **facts)
    await _say_it(work, person, dispute)
    return dispute


async def _opened(
    work: Work,
    graduate: Graduate,
    destination: Destination,
    answer: Answer | None,
    source: Source,
    without_counselor: bool,
    heard_by: Staff | None,
) -> Dispute:
    """Owner and alerts follow from the record's columns and from the one choice the graduate made.

    On the telephone nobody was given the choice: it goes past the class."""
    hearers = {heard_by.id} if heard_by else set()
    owner, counted = await routing.dispute_owner(
        work,
        graduate,
        destination,
        without_counselor=without_counselor or heard_by is not None,
        besides=hearers,
    )
    case = await cases.open_case(
        work,
        CaseKind.DISPUTE,
        unit_id=graduate.unit_id,
        graduate=graduate,
        answer=answer,
        owner=owner,
        counselor_may_see=not without_counselor,
        channel=Channel.TELEPHONE if heard_by else None,
    )
    key, official = _sentence(work, destination)
    dispute = Dispute(
        graduate=graduate,
        destination=destination,
        case=case,
        answer_id=answer.id if answer else None,
        sentence=key,
        official_sentence=official,
        source=source,
        without_counselor=without_counselor,
        counselor_implicated=counted,
        hands=sorted(map(str, await routing.implicated(work, destination) | hearers)),
        counselors=sorted(str(one.id) for one in await routing.counselors_of(work, graduate)),
        quiet_until=next_digest(work) if without_counselor else None,
        filed_at=work.now,
    )
    work.session.add(dispute)
    await work.session.flush()
    await tell_owner(work, owner, case, graduate, dispute)
    await tell_counselors(work, owner, case, graduate, dispute)
    return dispute


async def _say_it(work: Work, person: Person | None, dispute: Dispute) -> None:
    """Filed elsewhere, it is told to whoever answers for the graduate here."""
    speaker = person or await listener(work, dispute)
    if speaker is not None:
        say_filed(work, speaker, dispute)
    if speaker is not None and dispute.source is not Source.REGISTER:
        work.say(speaker, DisputePressure(dispute=dispute.id), replaces=f"pressure:{dispute.id}")
    if person is not None:
        person.ask_for(AddingStatement(dispute=dispute.id))


def _sentence(work: Work, destination: Destination) -> tuple[str, bool]:
    """The register has the employers' sentence for any class; ours are counted apart."""
    sentences, cls = work.rules.disputes, destinations.cls_of(destination)
    if not sentences.button(cls):
        return f"register_{cls.value}", True
    found = sentences.sentence(cls)
    return found.key, found.official


async def show(work: Work, person: Person, dispute_id: UUID) -> None:
    """From /my: the number and the limit; once it is closed, what was found, and the answers to it."""
    found = (await held(work, person, dispute_id)).dispute
    if found.closed_at is not None:
        await seen(work, found.id)
        work.say(person, DisputeOutcome(dispute=found.id, case=found.case_id))
    else:
        say_filed(work, person, found, again=True)
