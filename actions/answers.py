"""An answer is given: appended for good, pointing at the version it speaks of, and the asking ends."""

from sqlmodel import col, select

from actions import asks, destinations, followups, records
from actions.records import Record
from actions.work import Work
from models.answer import OWN_WORDS, Answer, AnswerKind, Claim, HelpClaim, RegisterConfirmedClaim, Source
from models.ask import AskState
from models.base import UUID
from models.case import Case, CaseKind, Note, NoteKind
from models.graduate import Destination, Graduate
from models.messages.ask import (
    AskAnswered,
    AskConfirmed,
    AskNothingChanged,
    AskRecord,
    AskRegisterConfirmed,
)
from models.person import Person

# Nobody is sent to the register about a record that is in dispute, or not theirs.
ENDS_POINTING = (AnswerKind.DISPUTED, AnswerKind.NOT_ME)
CASES_TOLD = 20
# Of what is said since, whoever works on one of these hears.
TOLD = (CaseKind.CHANGE_REQUEST, CaseKind.SUPPORT)


async def give(
    work: Work,
    graduate: Graduate,
    kind: AnswerKind,
    *,
    by: Person | None,
    claim: Claim | None = None,
    source: Source | None = None,
    destination: Destination | None = None,
) -> Answer:
    """The latest about the current version counts; an unverified account displaces and closes nothing."""
    graduate, source = await destinations.locked(work, graduate), source or work.door
    about = destination or await destinations.current(work, graduate)
    answer = await _append(work, graduate, kind, by=by, claim=claim, source=source, about=about)
    if by is not None:
        by.nudge_at = None
    if _counts(graduate, about, verified=answer.verified):
        graduate.answer, graduate.answer_id = kind, answer.id
        graduate.answer_version, graduate.answer_verified = about.number, answer.verified
        if answer.verified:
            await asks.close(work, graduate, AskState.ANSWERED, here=source in OWN_WORDS)
            if kind is AnswerKind.SEEKING and not _wants_help(claim):
                await followups.seeking(work, graduate)
    if kind in ENDS_POINTING:
        await asks.stop_pointing(work, graduate)
    return answer


def _wants_help(claim: Claim | None) -> bool:
    return isinstance(claim, HelpClaim) and claim.wanted


def _counts(graduate: Graduate, about: Destination, *, verified: bool) -> bool:
    return about.number == graduate.version and (verified or not graduate.answer_verified)


async def _append(
    work: Work,
    graduate: Graduate,
    kind: AnswerKind,
    *,
    by: Person | None,
    claim: Claim | None,
    source: Source,
    about: Destination,
) -> Answer:
    ask = await asks.latest(work, graduate)
    answer = work.answer(
        graduate_id=graduate.id,
        destination_id=about.id,
        ask_id=ask.id if ask else None,
        person_id=by.id if by else None,
        kind=kind,
        claim=claim,
        source=source,
        verified=by is None or await records.is_verified(work, by, graduate),
        late=work.now > await asks.deadline_of(work, graduate, ask),
    )
    work.ahead.answers[answer.id] = answer
    work.record(
        "answered",
        by=by,
        subject=answer.id,
        graduate=graduate.id,
        answer=kind.value,
        source=source.value,
        verified=answer.verified,
        late=answer.late,
        counts=_counts(graduate, about, verified=answer.verified),
    )
    return answer


async def confirm(work: Work, person: Person, destination_id: UUID) -> None:
    """Only the version on the card is confirmed; of an older one the new card is shown instead."""
    record = await records.mine_verified(work, person, destination_id)
    if record is None:
        return
    if not record.is_current:
        await asks.changed_card(work, person, record.graduate)
        return
    answer = await _same_again(work, record, AnswerKind.CONFIRMED)
    if answer is None:
        answer = await give(
            work, record.graduate, AnswerKind.CONFIRMED, by=person, destination=record.destination
        )
        await cases_told(work, record.graduate, answer)
    work.say(
        person,
        AskConfirmed(graduate=record.graduate.id, destination=record.destination.id, answer=answer.id),
        replaces=f"answer:{answer.id}",
    )


async def contacts_unchanged(work: Work, person: Person, destination_id: UUID) -> None:
    record = await records.mine(work, person, destination_id)
    work.record("contacts_unchanged", by=person, graduate=record.graduate.id)
    work.say(person, AskNothingChanged(), replaces=f"contacts:{record.graduate.id}")


async def register_confirmed(work: Work, person: Person, destination_id: UUID) -> None:
    """A claim beside one's own confirmation, and no answer: of anything else what is true now is shown."""
    record = await records.mine_verified(work, person, destination_id)
    if record is None:
        return
    work.record("register_confirmed", by=person, subject=record.destination.id, graduate=record.graduate.id)
    if not record.is_current:
        await asks.changed_card(work, person, record.graduate)
    elif not await _confirmed_by(work, record):
        await asks.card(work, person, record.graduate)
    else:
        if not await _claimed_register(work, record):
            await _claim_register(work, record)
        await asks.stop_pointing(work, record.graduate)
        work.say(
            person,
            AskRegisterConfirmed(graduate=record.graduate.id),
            replaces=f"register:{record.destination.id}",
        )


async def _confirmed_by(work: Work, record: Record) -> bool:
    latest = await latest_answer(work, record.graduate)
    return (
        latest is not None
        and latest.kind is AnswerKind.CONFIRMED
        and latest.person_id == record.person.id
        and latest.destination_id == record.destination.id
    )


async def _claim_register(work: Work, record: Record) -> None:
    """Beside the confirmation it belongs to; reports do not count it as one more."""
    work.session.add(
        Answer(
            graduate=record.graduate,
            destination=record.destination,
            person_id=record.person.id,
            kind=AnswerKind.CONFIRMED,
            claim=RegisterConfirmedClaim(),
            source=work.door,
            said_at=work.now,
        )
    )
    await work.session.flush()


async def _claimed_register(work: Work, record: Record) -> bool:
    found = await work.session.exec(
        select(Answer)
        .where(Answer.destination_id == record.destination.id, col(Answer.claim).is_not(None))
        .order_by(col(Answer.said_at).desc())
        .limit(destinations.CLAIMS_READ)
    )
    return any(isinstance(answer.claim, RegisterConfirmedClaim) for answer in found)


async def status(work: Work, person: Person, destination_id: UUID, kind: AnswerKind) -> None:
    """One press that shows nothing of the record, so an unverified account may, too."""
    record = await records.mine(work, person, destination_id)
    if not record.is_current:
        await asks.changed_card(work, person, record.graduate)
        return
    answer = await _same_again(work, record, kind)
    if answer is None:
        answer = await give(work, record.graduate, kind, by=person, destination=record.destination)
        await cases_told(work, record.graduate, answer)
    work.say(
        person,
        AskAnswered(
            graduate=record.graduate.id, destination=record.destination.id, answer=answer.id, said=kind
        ),
        replaces=f"answer:{answer.id}",
    )


async def show(work: Work, person: Person, destination_id: UUID) -> None:
    """「查看登记信息」: what is registered now, whichever version the button was of."""
    record = await records.mine_verified(work, person, destination_id)
    if record is None:
        return
    current = await destinations.current(work, record.graduate)
    work.say(
        person,
        AskRecord(graduate=record.graduate.id, destination=current.id, answer=record.graduate.answer_id),
    )


async def latest_answer(work: Work, graduate: Graduate) -> Answer | None:
    """The answer that counts now, while it is not stale."""
    if graduate.answer_id is None:
        return None
    return work.ahead.answers.get(graduate.answer_id) or await work.session.get(Answer, graduate.answer_id)


async def _same_again(work: Work, record: Record, kind: AnswerKind) -> Answer | None:
    """The same press on the same version: told again, not counted again."""
    latest = await latest_answer(work, record.graduate)
    if latest is None or latest.kind is not kind or latest.destination_id != record.destination.id:
        return None
    return latest if latest.person_id == record.person.id and latest.claim is None else None


async def open_change(work: Work, graduate: Graduate, reason: str) -> Case | None:
    """A change request of this kind that nobody has settled yet."""
    found = await work.session.exec(
        select(Case)
        .where(
            Case.graduate_id == graduate.id,
            Case.kind == CaseKind.CHANGE_REQUEST,
            Case.reason == reason,
            col(Case.closed_at).is_(None),
        )
        .order_by(col(Case.opened_at).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def cases_told(work: Work, graduate: Graduate, answer: Answer) -> None:
    """Whoever works on a change or a wish of theirs sees that they have said something else since."""
    if graduate.id in work.ahead.without_change:
        return
    found = await work.session.exec(
        select(Case)
        .where(
            Case.graduate_id == graduate.id,
            col(Case.kind).in_(TOLD),
            col(Case.closed_at).is_(None),
        )
        .order_by(col(Case.opened_at))
        .limit(CASES_TOLD)
    )
    for case in found.all():
        told(work, case, answer)


def told(work: Work, case: Case, answer: Answer) -> None:
    """One more line of the case, pointing at what was said."""
    work.session.add(Note(case=case, kind=NoteKind.ANSWERED, answer_id=answer.id, at=work.now))
    work.record("case_answered", subject=case.id, graduate=case.graduate_id, answer=answer.kind.value)
