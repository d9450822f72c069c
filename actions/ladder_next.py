"""When an open ask is looked at next: the coming step of its ladder, a moment they chose, or its end."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from actions.work import Work
from models.answer import Answer
from models.ask import Ask, AskState
from models.base import UUID, held
from models.campaign import Campaign
from models.outgoing import Outgoing
from rules import Audience, Due, StepKind
from rules import Campaign as Plan

USUAL = "confirm"
SNOOZE, EXPIRE = "snooze", "expire"
# The deadline itself still counts as in time.
JUST_AFTER = timedelta(seconds=1)


async def plan_next(work: Work, ask: Ask, done: Collection[str] | None = None) -> None:
    """Written when its cause happens: the ask was opened, or a message of it was accepted."""
    if ask.state is AskState.OPEN and not snoozed(work, ask):
        plan = await plan_of(work, ask)
        schedule(work, ask, plan, await steps_done(work, ask) if done is None else done)


def schedule(work: Work, ask: Ask, plan: Plan, done: Collection[str]) -> None:
    """`done` are the steps that were queued; where none is left the deadline ends the ask."""
    due = next_due(work, ask, plan, done)
    ask.next_step = due.step_key if due else EXPIRE
    ask.next_at = due.at if due else ask.deadline_at + JUST_AFTER


def next_due(work: Work, ask: Ask, plan: Plan, done: Collection[str]) -> Due | None:
    """Of an ask that never arrived, the ladder counts from its opening."""
    asked_at = ask.asked_at or ask.opened_at
    return plan.next_step(asked_at, ask.last_sent_at, done, ask.deadline_at, work.now)


def snoozed(work: Work, ask: Ask) -> bool:
    return ask.next_step == SNOOZE and ask.snoozed_until is not None and ask.snoozed_until > work.now


async def steps_done(work: Work, ask: Ask) -> set[str]:
    return (await steps_of(work, [ask.id]))[ask.id]


async def steps_of(work: Work, asks: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """What was queued for each of them."""
    done: defaultdict[UUID, set[str]] = defaultdict(set)
    queued = select(Outgoing.ask_id, Outgoing.step)
    for ask_id, step in await work.session.exec(
        queued.where(col(Outgoing.ask_id).in_(asks), col(Outgoing.step).is_not(None))
    ):
        if ask_id and step:
            done[ask_id].add(step)
    return done


async def plan_of(work: Work, ask: Ask) -> Plan:
    """The ladder for this audience: who answered an earlier version is spared what is for the silent only."""
    campaign = await held(work.session, Campaign, ask.campaign_id) if ask.campaign_id else None
    plan = usual(work, campaign)
    if ask.version > 1 and await _answered_before(work, ask):
        steps = tuple(one for one in plan.steps if one.kind is StepKind.ASK or one.audience is not SILENT)
        return replace(plan, values=plan.values.model_copy(update={"steps": steps}))
    return plan


SILENT = Audience.UNANSWERED


def usual(work: Work, campaign: Campaign | None) -> Plan:
    plans = work.rules.campaigns
    return plans.get(campaign.name, plans[USUAL]) if campaign else plans[USUAL]


async def _answered_before(work: Work, ask: Ask) -> bool:
    earlier = select(Answer.id).where(
        Answer.graduate_id == ask.graduate_id, col(Answer.said_at) <= ask.opened_at
    )
    return (await work.session.exec(earlier.limit(1))).first() is not None
