"""Whoever no chat reaches is looked for in a running campaign's scope once a day, and asked otherwise."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_
from sqlmodel import col, select

from actions import elsewhere, ladder_next, next_steps, spreading, switch
from actions.next_steps import Batch, Because
from actions.ways import Way, channels, ways
from actions.work import Work
from models.ask import Ask
from models.campaign import Campaign
from models.equation import reached, silent, under_dispute, within
from models.graduate import Graduate
from models.unit import Unit
from rules import Due

BATCH = 40
# What follows the first step is the ladder's, to the hour; this is for who was not there, or had no number.
EVERY = timedelta(days=1)


async def look(work: Work) -> bool:
    """One batch of one campaign; True while there may be more."""
    if not channels(work.rules) or await switch.is_on(work):
        return False
    due = or_(col(Campaign.walked_at).is_(None), col(Campaign.walked_at) <= work.now - EVERY)
    campaign = await spreading.running(work, due)
    return campaign is not None and await _next_batch(work, campaign)


async def _next_batch(work: Work, campaign: Campaign) -> bool:
    graduates = await _out_of_chats_reach(work, campaign)
    others = await ways(work, graduates, {})
    wanted = [one for one in graduates if one.id in others]
    asks = await spreading.open_asks(work, [one.id for one in wanted])
    batch = await next_steps.found(work, campaign, wanted, asks)
    for one in wanted:
        await _ask(work, batch, one, others[one.id])
    if graduates:
        campaign.walked_after_id = graduates[-1].id
    if len(graduates) < BATCH:
        campaign.walked_after_id, campaign.walked_at = None, work.now
        return False
    return True


async def _out_of_chats_reach(work: Work, campaign: Campaign) -> Sequence[Graduate]:
    unit = await work.session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    here = within(campaign.cohort, unit, in_order=True)
    query = select(Graduate).where(*here, silent(), ~reached(), ~under_dispute())
    if campaign.walked_after_id is not None:
        query = query.where(col(Graduate.id) > campaign.walked_after_id)
    return (
        await work.session.exec(query.order_by(col(Graduate.id)).limit(BATCH).with_for_update(of=Graduate))
    ).all()


async def _ask(work: Work, batch: Batch, graduate: Graduate, way: Way) -> None:
    if graduate.id not in batch.registered:
        return
    ask = await spreading.usable(work, batch.asks.get(graduate.id), batch.campaign, batch.target)
    new = ask is None
    ask = ask or spreading.made(work, batch.campaign, graduate, batch.target)
    due = await next_steps.due(work, batch, graduate, way.digest, ask, new=new)
    if isinstance(due, Because):
        return
    if new:
        spreading.opened(work, ask)
        await work.session.flush()
    await _say(work, batch, graduate, ask, way, due)


async def _say(work: Work, batch: Batch, graduate: Graduate, ask: Ask, way: Way, due: Due) -> None:
    binding = batch.bindings.get(graduate.id)
    climb = await ladder_next.climb_of(work, ask)
    await elsewhere.say(work, ask, graduate, climb, due, way, binding.person_id if binding else None)
    batch.same_number[way.digest] = work.now
    done = {*batch.before.done(ask), due.step_key}
    ladder_next.schedule(work, ask, climb.next(done, work.now, work.now))
