"""Which step of its ladder is due for whoever is written to by another door than the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from actions import ladder_next, replanning, stepping
from actions.recipients import bound_to, registered_of
from actions.ways import last_to
from actions.work import Work
from actions.written import Written, written
from models.ask import Ask
from models.campaign import Campaign
from models.graduate import Destination, Graduate
from models.person import Binding
from rules import Due


class Because(StrEnum):
    """Why somebody in scope is not written to by this door now."""

    NO_ADDRESS = "no_address"
    DEAD_NUMBER = "dead_number"
    TAKES_NO_TEXTS = "takes_no_texts"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    WAITS = "waits"
    ENOUGH = "enough"


@dataclass(frozen=True)
class Batch:
    """What was found for all of them with one question each; `same_number` also of what is added since."""

    campaign: Campaign
    registered: dict[UUID, Destination]
    bindings: dict[UUID, Binding]
    asks: Mapping[UUID, Ask]
    before: Written
    same_number: dict[str, datetime]
    target: date | None


async def found(
    work: Work, campaign: Campaign, graduates: Sequence[Graduate], asks: Mapping[UUID, Ask]
) -> Batch:
    ids = [one.id for one in graduates]
    bindings = await bound_to(work, ids)
    people = {binding.person_id for binding in bindings.values()}
    digests = [digest for one in graduates for digest in (one.phone_digest, one.email_digest)]
    return Batch(
        campaign=campaign,
        registered=await registered_of(work, ids),
        bindings=bindings,
        asks=asks,
        before=await written(work, people, [ask.id for ask in asks.values()], ids),
        same_number=await last_to(work, digests),
        target=await replanning.target_of(work, campaign.cohort, campaign.deadline_at),
    )


async def due(
    work: Work, batch: Batch, graduate: Graduate, digest: str, ask: Ask, *, new: bool
) -> Due | Because:
    """The ladder's own word: its step, its gap and its most; as of when it may be sent."""
    binding = batch.bindings.get(graduate.id)
    person_id = binding.person_id if binding else None
    at = work.rules.quiet.next_allowed(work.now)
    climb = await ladder_next.climb_of(work, ask)
    last_at = _last_at(batch, graduate, digest, person_id)
    if new:
        due: Due | None = stepping.first(work, climb, last_at)
    elif batch.before.waiting(ask) or ladder_next.snoozed(ask):
        return Because.WAITS
    else:
        sent = batch.before.sent(climb.plan, ask, person_id)
        due = climb.next(batch.before.said(ask), at, last_at, sent)
    if due is None or stepping.used_up(ask, climb, due.step_key, person_id, batch.before):
        return Because.ENOUGH
    return due if due.at <= at else Because.WAITS


def _last_at(batch: Batch, graduate: Graduate, digest: str, person_id: UUID | None) -> datetime | None:
    """By any door, to their account, about this record, or to this number."""
    moments = (
        batch.before.last_to(graduate.id),
        batch.before.last_at(person_id) if person_id else None,
        batch.same_number.get(digest),
    )
    return max((one for one in moments if one), default=None)
