"""A running campaign goes through its scope a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, union
from sqlmodel import col, select

from actions import delivery, elsewhere, ladder, ladder_next, replanning, stepping
from actions.recipients import Recipient, recipients
from actions.ways import Way, ways
from actions.work import Work
from actions.written import Written, written
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import Campaign, CampaignState, LeftOut, of_the_rules
from models.dispatch import Dispatch
from models.equation import enrolled, silent, under_dispute, within
from models.graduate import Graduate
from models.messages.campaign import Why
from models.outgoing import Outgoing, Sending
from models.unit import Unit

BATCH = 40


async def spread(work: Work) -> bool:
    """One batch of one campaign; True while there may be more."""
    campaign = await running(work, col(Campaign.spread_done_at).is_(None))
    return campaign is not None and await _next_batch(work, campaign)


async def running(work: Work, which: ColumnElement[bool]) -> Campaign | None:
    """The one of these that was launched first, held; what another process holds is left to it."""
    found = await work.session.exec(
        select(Campaign)
        .where(
            Campaign.state == CampaignState.RUNNING,
            of_the_rules(),
            which,
            col(Campaign.deadline_at) >= work.now,
        )
        .order_by(col(Campaign.launched_at))
        .limit(1)
        # Not against its key: whoever writes a row of it may hold what we wait for, and would wait for us.
        .with_for_update(skip_locked=True, key_share=True)
    )
    return found.first()


async def _next_batch(work: Work, campaign: Campaign) -> bool:
    graduates = await _silent(work, campaign)
    found, busy = await recipients(work, graduates)
    # Up to the first whose account is busy; the rest comes with the next batch.
    reached = next((n for n, one in enumerate(graduates) if one.id in busy), len(graduates))
    people = [found[one.id] for one in graduates[:reached] if one.id in found]
    await _ask(work, campaign, people, await ways(work, [one.graduate for one in people], found))
    if reached:
        campaign.spread_after_id = graduates[reached - 1].id
    if len(graduates) < BATCH and reached == len(graduates):
        campaign.spread_done_at = work.now
        work.record("campaign_spread", subject=campaign.id)
    return reached > 0


async def _silent(work: Work, campaign: Campaign) -> Sequence[Graduate]:
    """Enrolled, without an answer, and their record not under dispute; who is not enrolled is asked then."""
    over = await work.session.get_one(Unit, campaign.unit_id) if campaign.unit_id else None
    here = within(campaign.cohort, over, in_order=True)
    query = select(Graduate).where(*here, silent(), enrolled(), ~under_dispute())
    if campaign.spread_after_id is not None:
        query = query.where(col(Graduate.id) > campaign.spread_after_id)
    return (await work.session.exec(query.order_by(col(Graduate.id)).limit(BATCH))).all()


async def _ask(
    work: Work, campaign: Campaign, people: Sequence[Recipient], others: Mapping[UUID, Way]
) -> None:
    target = await replanning.target_of(work, campaign.cohort, campaign.deadline_at)
    standing = await open_asks(work, [one.graduate.id for one in people])
    asked = await ladder_next.steps_of(work, [ask.id for ask in standing.values()])
    counted = await _counted(work, campaign, asked)
    to_say, left_out = list[tuple[Recipient, Ask]](), list[Recipient]()
    for one in people:
        ask = await usable(work, standing.get(one.graduate.id), campaign, target)
        if ask is None:
            ask = opened(work, made(work, campaign, one.graduate, target))
        elif ask.id in asked:
            left_out += [] if ask.id in counted else [one]
            continue
        to_say.append((one, ask))
    await work.session.flush()
    before = await written(work, [one.person.id for one, _ in to_say], [])
    for one, ask in to_say:
        if not await _say(work, one, ask, before, others.get(one.graduate.id)):
            left_out.append(one)
    if left_out:
        await _note(work, campaign, left_out)


async def _counted(work: Work, campaign: Campaign, asks: Collection[UUID]) -> set[UUID]:
    """Those with a row of this campaign; one that was said before may have joined it since without any."""
    queued = select(col(Outgoing.ask_id), col(Outgoing.campaign_id)).where(col(Outgoing.ask_id).in_(asks))
    dispatched = select(col(Dispatch.ask_id), col(Dispatch.campaign_id)).where(col(Dispatch.ask_id).in_(asks))
    # Asked for the campaign too, SQLite would find all of its rows first.
    rows = await work.session.execute(union(queued, dispatched)) if asks else ()
    return {ask_id for ask_id, of in rows if ask_id and of == campaign.id}


async def _note(work: Work, campaign: Campaign, people: Sequence[Recipient]) -> None:
    """Each once, however often it is resumed: no card of it is for them."""
    noted = await work.session.exec(
        select(LeftOut.graduate_id).where(
            LeftOut.campaign_id == campaign.id,
            col(LeftOut.graduate_id).in_([one.graduate.id for one in people]),
        )
    )
    known = set(noted.all())
    for one in people:
        if one.graduate.id not in known:
            why = Why.UNVERIFIED if await one.has_said(work) else Why.ASKED_BEFORE
            state, reason = delivery.not_to_be_asked(one.person) or (Sending.SKIPPED, why.value)
            note = LeftOut(campaign_id=campaign.id, graduate_id=one.graduate.id, state=state, reason=reason)
            work.session.add(note)


async def usable(work: Work, ask: Ask | None, campaign: Campaign, target: date | None) -> Ask | None:
    """The open ask, where it may go on as one of this campaign; else it is ended."""
    if ask is None or await _still_good(work, ask, campaign, target):
        return ask
    ladder.end(work, ask, AskState.CANCELLED)
    await work.session.flush()
    return None


async def _still_good(work: Work, ask: Ask, campaign: Campaign, target: date | None) -> bool:
    """An ask of nobody's campaign joins this one; of one that is over it is closed."""
    if ask.campaign_id is None:
        ask.campaign_id, ask.deadline_at, ask.target_on = campaign.id, campaign.deadline_at, target
        return True
    other = await work.session.get(Campaign, ask.campaign_id)
    return other is not None and not other.over


def made(work: Work, campaign: Campaign, graduate: Graduate, target: date | None) -> Ask:
    return Ask(
        graduate_id=graduate.id,
        campaign_id=campaign.id,
        version=graduate.version,
        deadline_at=campaign.deadline_at,
        target_on=target,
        opened_at=work.now,
    )


def opened(work: Work, ask: Ask) -> Ask:
    work.session.add(ask)
    work.record("ask_opened", subject=ask.id, graduate=ask.graduate_id, version=ask.version)
    return ask


async def _say(work: Work, to: Recipient, ask: Ask, before: Written, way: Way | None) -> bool:
    """Queued for everybody, the stopped and blocked too: what becomes of each row is what is counted.

    False where they have answered, and only have to be verified."""
    climb = await ladder_next.climb_of(work, ask)
    moments = (before.last_at(to.person.id), way.last_at if way else None)
    step = stepping.first(work, climb, max((at for at in moments if at), default=None))
    card = to.step(ask, climb, step.step_key, max(step.at, work.now))
    ladder_next.schedule(work, ask, climb.next({step.step_key}, work.now, None))
    stepping.pass_over(
        work, ask, climb, step.passed, to.person, before, lambda key: to.step(ask, climb, key, work.now)
    )
    if await to.has_said(work):
        return False
    if stepping.used_up(ask, climb, step.step_key, to.person.id, before):
        stepping.leave_out(work, ask, step.step_key, to.person, card, (Sending.SKIPPED, "maximum"))
        return True
    if way is not None:
        await elsewhere.say(work, ask, to.graduate, climb, step, way, to.person.id)
        return True
    work.say(
        to.person,
        card,
        at=step.at,
        replaces=await to.place(work),
        ask_id=ask.id,
        campaign_id=ask.campaign_id,
        step=step.step_key,
    )
    return True


async def open_asks(work: Work, graduates: Sequence[UUID]) -> dict[UUID, Ask]:
    rows = await work.session.exec(
        select(Ask)
        .where(col(Ask.graduate_id).in_(graduates), Ask.state == AskState.OPEN)
        .order_by(col(Ask.id))
        .with_for_update()
    )
    return {ask.graduate_id: ask for ask in rows}
