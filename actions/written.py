"""What was written to people before: which steps are over, how many messages, when the last one was taken."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, false, or_, select, true, union_all, update
from sqlmodel import col

from actions.work import Work
from models.ask import Ask
from models.base import UUID
from models.dispatch import Dispatch, DispatchState, as_sending
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Binding
from rules import Campaign as Plan
from rules import Ladder

ON_ITS_WAY = (Sending.DUE, Sending.CLAIMED)
# What may have reached them counts as if it had.
REACHED = (Sending.ACCEPTED, Sending.UNKNOWN)


@dataclass(frozen=True)
class Line:
    """A text of the office is about no ask, and counts all the same for when the last one was taken."""

    ask_id: UUID | None
    graduate_id: UUID | None
    campaign_id: UUID | None
    person_id: UUID | None
    step: str | None
    state: Sending
    settled_at: datetime | None
    in_chat: bool


@dataclass(frozen=True)
class Written:
    lines: Sequence[Line] = field(default=())

    def done(self, ask: Ask) -> set[str]:
        return {line.step for line in self.lines if line.ask_id == ask.id and line.step}

    def said(self, ask: Ask) -> set[str]:
        """The same, but for what never left since no chat took it: another door may still say it."""
        return {
            line.step
            for line in self.lines
            if line.ask_id == ask.id
            and line.step
            and not (line.in_chat and line.state is Sending.UNREACHABLE)
        }

    def waiting(self, ask: Ask) -> bool:
        return any(line.ask_id == ask.id and line.state in ON_ITS_WAY for line in self.lines)

    def last_at(self, person_id: UUID) -> datetime | None:
        """Whatever record it was about: a person has one telephone."""
        found = (
            line.settled_at for line in self.lines if line.person_id == person_id and line.state in REACHED
        )
        return max((at for at in found if at), default=None)

    def last_to(self, graduate_id: UUID) -> datetime | None:
        """About this record, whoever answers for it, or nobody yet."""
        found = (
            line.settled_at
            for line in self.lines
            if line.graduate_id == graduate_id and line.state in REACHED
        )
        return max((at for at in found if at), default=None)

    def sent(self, plan: Plan, ask: Ask, person_id: UUID | None) -> Counter[Ladder]:
        """How many messages of each ladder this campaign has for them, on their way or there."""
        ladders = {step.key: step.ladder for step in plan.steps}
        return Counter(
            ladders[line.step]
            for line in self.lines
            if _theirs(line, ask, person_id)
            and line.state in (*ON_ITS_WAY, *REACHED)
            and line.step in ladders
            and _together(line, ask)
        )

    def steps_of(self, ask: Ask) -> set[str]:
        """Of this graduate, by whichever ask: a card about another version is the same step."""
        own = (line for line in self.lines if line.graduate_id == ask.graduate_id and _together(line, ask))
        return {line.step for line in own if line.step}

    def ever(self, graduate_id: UUID) -> set[str]:
        return {line.step for line in self.lines if line.graduate_id == graduate_id and line.step}


def _theirs(line: Line, ask: Ask, person_id: UUID | None) -> bool:
    """What went by another door before they had an account was theirs all the same."""
    return line.graduate_id == ask.graduate_id or (person_id is not None and line.person_id == person_id)


def _together(line: Line, ask: Ask) -> bool:
    """Of one campaign; of people who came by themselves, about one record."""
    if line.ask_id == ask.id:
        return True
    return line.campaign_id == ask.campaign_id and (
        line.campaign_id is not None or line.graduate_id == ask.graduate_id
    )


async def written(
    work: Work, people: Collection[UUID], asks: Collection[UUID], graduates: Collection[UUID] = ()
) -> Written:
    """One question for a whole batch, by every door."""
    of_a_campaign = or_(col(Outgoing.ask_id).is_not(None), col(Outgoing.lane) == Lane.CAMPAIGN)
    said = (
        select(
            col(Outgoing.ask_id),
            col(Ask.graduate_id),
            col(Ask.campaign_id),
            col(Outgoing.person_id),
            col(Outgoing.step),
            col(Outgoing.state),
            col(Outgoing.settled_at),
            true(),
        )
        .outerjoin(Ask, col(Ask.id) == col(Outgoing.ask_id))
        .where(or_(and_(col(Outgoing.person_id).in_(people), of_a_campaign), col(Outgoing.ask_id).in_(asks)))
    )
    rows = await work.session.execute(union_all(said, _elsewhere(people, asks, graduates)))
    return Written(tuple(Line(*row) for row in rows))


def _elsewhere(
    people: Collection[UUID], asks: Collection[UUID], graduates: Collection[UUID]
) -> Select[*tuple[Any, ...]]:
    """What left by another door, and who answers for that record now."""
    theirs = select(col(Binding.graduate_id)).where(
        col(Binding.person_id).in_(people), col(Binding.ended_at).is_(None)
    )
    answers = (
        select(col(Binding.person_id))
        .where(
            col(Binding.graduate_id) == col(Dispatch.graduate_id),
            col(Binding.ended_at).is_(None),
            col(Binding.person_id).in_(people),
        )
        .limit(1)
        .scalar_subquery()
    )
    return select(
        col(Dispatch.ask_id),
        col(Dispatch.graduate_id),
        col(Dispatch.campaign_id),
        answers,
        col(Dispatch.step),
        as_sending(),
        col(Dispatch.left_at),
        false(),
    ).where(
        or_(
            col(Dispatch.graduate_id).in_(theirs),
            col(Dispatch.graduate_id).in_(graduates),
            col(Dispatch.ask_id).in_(asks),
        ),
        col(Dispatch.state) != DispatchState.CANCELLED,
    )


def the_gap(work: Work) -> timedelta:
    """Between two messages to one person, whichever campaigns they are of."""
    return max(plan.gap for plan in work.rules.campaigns.values())


async def keep_the_gap(work: Work, people: Collection[UUID], taken_at: datetime) -> None:
    """Something was taken just now: what is queued for the same people about another record waits."""
    free_at = taken_at + the_gap(work)
    await work.session.execute(
        update(Outgoing)
        .where(
            col(Outgoing.person_id).in_(people),
            col(Outgoing.state) == Sending.DUE,
            col(Outgoing.lane) == Lane.CAMPAIGN,
            col(Outgoing.step).is_not(None),
            col(Outgoing.due_at) < free_at,
        )
        .values(due_at=free_at),
        execution_options={"synchronize_session": False},
    )
