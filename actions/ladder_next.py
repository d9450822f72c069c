"""When an open ask is looked at next: the coming step of its ladder, a moment they chose, or its end."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import union_all
from sqlmodel import col, select

from actions.work import Work
from models.answer import Answer
from models.ask import Ask, AskState
from models.base import UUID, held
from models.campaign import Campaign
from models.dispatch import Dispatch, DispatchState
from models.outgoing import Outgoing
from rules import Audience, Due, Ladder, Span
from rules import Campaign as Plan

USUAL = "confirm"
SNOOZE, EXPIRE = "snooze", "expire"
POINTERS = ("register_1", "register_2")
# The deadline itself still counts as in time.
JUST_AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class Climb:
    """The ladders as they are for one ask: its audience's steps, and what they count from."""

    plan: Plan
    span: Span

    def first(self, now: datetime, last_sent_at: datetime | None = None) -> Due | None:
        return self.plan.first_step(self.span, now, last_sent_at=last_sent_at)

    def invites_changes(self, key: str, now: datetime) -> bool:
        return self.plan.invites_changes(self.span, key, now)

    def next(
        self,
        done: Collection[str],
        now: datetime,
        last_sent_at: datetime | None,
        sent: Mapping[Ladder, int] | None = None,
    ) -> Due | None:
        return self.plan.next_step(self.span, done, now, last_sent_at=last_sent_at, sent=sent)


async def plan_next(
    work: Work, ask: Ask, done: Collection[str] | None = None, *, said_at: datetime | None = None
) -> None:
    """Written when its cause happens: the ask was opened, or a message of it was accepted.

    From what they were told at `said_at` the next step keeps as far as from a message."""
    if ask.state is AskState.OPEN and not snoozed(ask):
        climb = await climb_of(work, ask)
        done = await steps_done(work, ask) if done is None else done
        schedule(work, ask, climb.next(done, work.now, said_at or ask.last_sent_at))


def schedule(work: Work, ask: Ask, due: Due | None) -> None:
    """Where no step is left the deadline ends the ask."""
    ask.next_step = due.step_key if due else EXPIRE
    ask.next_at = due.at if due else ask.deadline_at + JUST_AFTER
    ask.plan = work.rules.plan_version


def point(work: Work, ask: Ask) -> None:
    """Answered in chat: the register is pointed to after a while, by whoever looks at what is due."""
    schedule_pointer(work, ask, 0)


def schedule_pointer(work: Work, ask: Ask, number: int) -> None:
    """Counted from the answer; what would come after the deadline is left out."""
    waits, closed_at = work.rules.nudges.pointer.after_days, ask.closed_at or work.now
    ask.next_step = ask.next_at = None
    if number < len(waits):
        at = work.rules.quiet.next_allowed(max(closed_at + timedelta(days=waits[number]), work.now))
        if at <= ask.deadline_at:
            ask.next_step, ask.next_at, ask.plan = POINTERS[number], at, work.rules.plan_version


def snoozed(ask: Ask) -> bool:
    """A moment they chose is kept until it was looked at, however late that is."""
    return ask.next_step == SNOOZE


async def steps_done(work: Work, ask: Ask) -> set[str]:
    return (await steps_of(work, [ask.id]))[ask.id]


async def steps_of(work: Work, asks: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """What was queued for each of them, by whichever door, or passed over."""
    done: defaultdict[UUID, set[str]] = defaultdict(set)
    queued = select(col(Outgoing.ask_id), col(Outgoing.step)).where(
        col(Outgoing.ask_id).in_(asks), col(Outgoing.step).is_not(None)
    )
    elsewhere = select(col(Dispatch.ask_id), col(Dispatch.step)).where(
        col(Dispatch.ask_id).in_(asks), col(Dispatch.state) != DispatchState.CANCELLED
    )
    for ask_id, step in await work.session.execute(union_all(queued, elsewhere)):
        if ask_id and step:
            done[ask_id].add(step)
    return done


async def climb_of(work: Work, ask: Ask) -> Climb:
    """Who answered an earlier version is spared the reminders that are for the silent only."""
    campaign = await held(work.session, Campaign, ask.campaign_id) if ask.campaign_id else None
    plan = usual(work, campaign)
    if ask.version > 1 and await _answered_before(work, ask):
        plan = for_the_changed(plan)
    begins_at = campaign.launched_at if campaign else ask.opened_at
    return Climb(plan, Span(begins_at, ask.target_on, ask.deadline_at))


def for_the_changed(plan: Plan) -> Plan:
    steps = tuple(one for one in plan.steps if one is plan.ask or one.audience is not Audience.UNANSWERED)
    return replace(plan, values=plan.values.model_copy(update={"steps": steps}))


def usual(work: Work, campaign: Campaign | None) -> Plan:
    plans = work.rules.campaigns
    return plans.get(campaign.name, plans[USUAL]) if campaign else plans[USUAL]


async def _answered_before(work: Work, ask: Ask) -> bool:
    earlier = select(Answer.id).where(
        Answer.graduate_id == ask.graduate_id, col(Answer.said_at) <= ask.opened_at
    )
    return (await work.session.exec(earlier.limit(1))).first() is not None
