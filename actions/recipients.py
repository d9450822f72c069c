"""Who is written to about a batch of graduates: found with one question each, and locked without waiting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import col, select

from actions import asks
from actions.ladder_next import Climb
from actions.work import Work
from models.answer import Answer
from models.ask import Ask
from models.base import UUID
from models.graduate import Destination, Graduate
from models.messages.campaign import CampaignAsk, CampaignReminder, CampaignSnoozed
from models.person import Binding, Person, Unreachable

Card = TypeVar("Card", CampaignAsk, CampaignReminder, CampaignSnoozed)
# A bad request was a fault of ours: it says nothing about the person.
STILL_REACHED = (None, Unreachable.BAD_REQUEST)


@dataclass(frozen=True)
class Recipient:
    """The account that answers for a graduate, and what a card to it needs to know."""

    person: Person
    graduate: Graduate
    destination: Destination
    verified: bool
    several: bool

    @property
    def wants_reminders(self) -> bool:
        return self.person.stopped_at is None and self.person.unreachable in STILL_REACHED

    async def has_said(self, work: Work) -> bool:
        """An account that answered and waits to be checked is not asked again; the asking goes on."""
        if self.verified or self.graduate.answer_id is None:
            return False
        answer = await work.session.get(Answer, self.graduate.answer_id)
        return answer is not None and answer.person_id == self.person.id

    def card(self, kind: type[Card], ask: Ask, **more: int | str | bool) -> Card:
        return kind.model_validate(
            {
                "graduate": self.graduate.id,
                "destination": self.destination.id,
                "ask": ask.id,
                "verified": self.verified,
                "several": self.several,
                **more,
            }
        )

    def step(self, ask: Ask, climb: Climb, key: str, now: datetime) -> CampaignAsk | CampaignReminder:
        """Whichever step it is, the first that somebody sees is the whole card."""
        plan = climb.plan
        step, changes = plan.step(key), climb.invites_changes(key, now)
        if ask.asked_at is None:
            return self.card(CampaignAsk, ask, ladder=step.ladder.value, changes=changes)
        return self.card(
            CampaignReminder,
            ask,
            ladder=step.ladder.value,
            changes=changes,
            number=[one.key for one in plan.steps if one.ladder is step.ladder].index(key),
            last=plan.is_last(climb.span, key),
        )

    async def place(self, work: Work) -> str:
        return await asks.place(work, self.person, self.graduate, fresh=True)


async def recipients(work: Work, graduates: Sequence[Graduate]) -> tuple[dict[UUID, Recipient], set[UUID]]:
    """By graduate; and those whose account is busy in another transaction, to be come back to."""
    bound = await bound_to(work, [one.id for one in graduates])
    people = await _locked(work, {binding.person_id for binding in bound.values()})
    several = await _several(work, list(people))
    registered = await registered_of(work, [one.id for one in graduates])
    found = {
        one.id: Recipient(
            people[binding.person_id],
            one,
            registered[one.id],
            binding.verified,
            binding.person_id in several,
        )
        for one in graduates
        if (binding := bound.get(one.id)) and binding.person_id in people and one.id in registered
    }
    busy = {one.id for one in graduates if one.id in bound and bound[one.id].person_id not in people}
    return found, busy


async def bound_to(work: Work, graduates: Collection[UUID]) -> dict[UUID, Binding]:
    """The verified account first, else the latest unverified one; whom only the page knows has no chat."""
    rows = await work.session.exec(
        select(Binding)
        .join(Person, col(Person.id) == col(Binding.person_id))
        .where(
            col(Binding.graduate_id).in_(graduates),
            col(Binding.ended_at).is_(None),
            col(Person.unreachable).is_distinct_from(Unreachable.NOT_ENROLLED),
        )
        .order_by(col(Binding.verified), col(Binding.bound_at))
    )
    return {binding.graduate_id: binding for binding in rows}


async def _locked(work: Work, people: Collection[UUID]) -> dict[UUID, Person]:
    rows = await work.session.exec(
        select(Person)
        .where(col(Person.id).in_(people))
        .order_by(col(Person.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return {person.id: person for person in rows}


async def _several(work: Work, people: Collection[UUID]) -> set[UUID]:
    """Who answers for more than one record is told which one is meant."""
    rows = await work.session.exec(
        select(Binding.person_id)
        .where(col(Binding.person_id).in_(people), col(Binding.ended_at).is_(None))
        .group_by(col(Binding.person_id))
        .having(func.count() > 1)
    )
    return set(rows.all())


async def registered_of(work: Work, graduates: Collection[UUID]) -> dict[UUID, Destination]:
    rows = await work.session.exec(
        select(Destination)
        .join(Graduate, col(Graduate.id) == col(Destination.graduate_id))
        .where(col(Graduate.id).in_(graduates), col(Destination.number) == col(Graduate.version))
    )
    return {row.graduate_id: row for row in rows}
