"""The record a button speaks of: whose it is, which version it names, and how much this account may see."""

from dataclasses import dataclass

from sqlmodel import col, select

from actions.work import Refusal, Work
from models.base import UUID
from models.graduate import Destination, Graduate
from models.messages.ask import AskNotBound, AskUnverified
from models.person import Binding, Person


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
    found = (
        await work.session.exec(
            select(Graduate, Destination, Binding)
            .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
            .join(Binding, col(Binding.graduate_id) == col(Graduate.id))
            .where(
                Destination.id == destination_id,
                Binding.person_id == person.id,
                col(Binding.ended_at).is_(None),
            )
            .limit(1)
            .with_for_update(of=Graduate)
        )
    ).first()
    if found is None:
        raise NotBound
    graduate, destination, binding = found
    return Record(person, graduate, destination, binding.verified)


async def mine_verified(work: Work, person: Person, destination_id: UUID) -> Record | None:
    """None once an unverified account has been told that it has to wait."""
    record = await mine(work, person, destination_id)
    if record.verified:
        return record
    work.say(person, AskUnverified(graduate=record.graduate.id, destination=record.destination.id))
    return None


async def is_verified(work: Work, person: Person, graduate: Graduate) -> bool:
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
