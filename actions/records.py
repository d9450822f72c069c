"""The record a button speaks of: whose it is, which version it names, and how much this account may see."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from actions.work import Refusal, Work
from models.answer import Answer
from models.ask import Ask, AskState
from models.base import UUID
from models.case import Case, CaseKind
from models.graduate import Destination, Graduate
from models.messages.ask import AskNotBound, AskUnverified
from models.person import Binding, Person

# Asked for every press: built once, for building them costs as much as asking.
HELD = (
    select(Graduate, Destination, Binding)
    .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
    .join(Binding, col(Binding.graduate_id) == col(Graduate.id))
    .where(
        col(Destination.id).in_(bindparam("versions", expanding=True)),
        col(Binding.person_id).in_(bindparam("people", expanding=True)),
        col(Binding.ended_at).is_(None),
    )
    .order_by(col(Graduate.id))
    .with_for_update(of=Graduate)
    .execution_options(populate_existing=True)
)
CHANGE = select(Case.id).where(
    Case.graduate_id == Ask.graduate_id,
    col(Case.kind).in_((CaseKind.CHANGE_REQUEST, CaseKind.SUPPORT)),
    col(Case.closed_at).is_(None),
)
ASKED = (
    select(Ask, Answer, CHANGE.exists())
    .join(Graduate, col(Graduate.id) == col(Ask.graduate_id))
    .join(Answer, col(Answer.id) == col(Graduate.answer_id), isouter=True)
    .where(col(Ask.graduate_id).in_(bindparam("graduates", expanding=True)))
    .order_by(col(Graduate.id), col(Ask.state) == AskState.OPEN, col(Ask.opened_at))
    .with_for_update(of=Ask)
)


class NotBound(Refusal):
    """Never bound, or not any more: nothing personal is said."""

    def __init__(self) -> None:
        super().__init__(AskNotBound())


@dataclass(frozen=True)
class Record:
    person: Person
    graduate: Graduate
    destination: Destination
    verified: bool

    @property
    def is_current(self) -> bool:
        return self.destination.number == self.graduate.version


async def mine(work: Work, person: Person, destination_id: UUID) -> Record:
    """Refuses what is not this person's; the graduate is held until the work ends."""
    if (person.id, destination_id) not in work.ahead.records:
        await _held(work, [(person.id, destination_id)])
    found = work.ahead.records.get((person.id, destination_id))
    if found is None:
        raise NotBound
    graduate, destination = found
    binding = work.ahead.bindings[person.id, graduate.id]
    if binding.ended_at is not None:
        raise NotBound
    return Record(person, graduate, destination, binding.verified)


async def read_ahead(work: Work, wanted: Collection[tuple[UUID, UUID]]) -> None:
    """What presses of these people on these versions will need, in two questions for all of them."""
    ids = await _held(work, wanted)
    if not ids:
        return
    found = await work.session.exec(ASKED, params={"graduates": ids})
    ahead = work.ahead
    ahead.asks.update(dict.fromkeys(ids))
    for ask, answer, changing in found:
        ahead.asks[ask.graduate_id] = ask
        if answer is not None:
            ahead.answers[answer.id] = answer
        if not changing:
            ahead.without_change.add(ask.graduate_id)


async def _held(work: Work, wanted: Collection[tuple[UUID, UUID]]) -> list[UUID]:
    """Graduates are locked before anything of theirs is read: what others just wrote is seen."""
    people, versions = {person for person, _ in wanted}, {version for _, version in wanted}
    found = await work.session.exec(HELD, params={"people": list(people), "versions": list(versions)})
    ahead, ids = work.ahead, []
    for graduate, destination, binding in found:
        ahead.graduates.add(graduate.id)
        ahead.records[binding.person_id, destination.id] = graduate, destination
        ahead.bindings[binding.person_id, graduate.id] = binding
        ids.append(graduate.id)
    return ids


async def mine_verified(work: Work, person: Person, destination_id: UUID) -> Record | None:
    """None once an unverified account has been told that it has to wait."""
    record = await mine(work, person, destination_id)
    if record.verified:
        return record
    work.say(person, AskUnverified(graduate=record.graduate.id, destination=record.destination.id))
    return None


async def is_verified(work: Work, person: Person, graduate: Graduate) -> bool:
    held = work.ahead.bindings.get((person.id, graduate.id))
    if held is not None and held.ended_at is None:
        return held.verified
    found = await work.session.exec(
        select(Binding.verified)
        .where(
            Binding.person_id == person.id,
            Binding.graduate_id == graduate.id,
            col(Binding.ended_at).is_(None),
        )
        .limit(1)
    )
    return bool(found.first())
