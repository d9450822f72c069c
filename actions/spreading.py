"""A running campaign goes through its scope a batch at a time."""

from collections.abc import Sequence

from sqlmodel import col, select

from actions import destinations, ladder, ladder_next
from actions.recipients import Recipient, recipients
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import Campaign, CampaignState
from models.equation import bound, silent, under_dispute, within
from models.graduate import Graduate
from models.messages.campaign import CampaignAsk
from models.outgoing import Outgoing
from models.unit import Unit

BATCH = 40


async def spread(work: Work) -> bool:
    """One batch of one campaign; True while there may be more."""
    campaign = await _running(work)
    return campaign is not None and await _next_batch(work, campaign)


async def _running(work: Work) -> Campaign | None:
    found = await work.session.exec(
        select(Campaign)
        .where(
            Campaign.state == CampaignState.RUNNING,
            col(Campaign.spread_done_at).is_(None),
            col(Campaign.deadline_at) >= work.now,
        )
        .order_by(col(Campaign.launched_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found.first()


async def _next_batch(work: Work, campaign: Campaign) -> bool:
    graduates = await _silent(work, campaign)
    found, busy = await recipients(work, graduates)
    # Up to the first whose account is busy; the rest comes with the next batch.
    reached = next((n for n, one in enumerate(graduates) if one.id in busy), len(graduates))
    await _ask(work, campaign, [found[one.id] for one in graduates[:reached] if one.id in found])
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
    query = select(Graduate).where(*here, silent(), bound(), ~under_dispute())
    if campaign.spread_after_id is not None:
        query = query.where(col(Graduate.id) > campaign.spread_after_id)
    return (await work.session.exec(query.order_by(col(Graduate.id)).limit(BATCH))).all()


async def _ask(work: Work, campaign: Campaign, people: Sequence[Recipient]) -> None:
    wanted = [one for one in people if _in_scope(work, campaign, one)]
    standing = await _open_asks(work, [one.graduate.id for one in wanted])
    asked = await _asked(work, [ask.id for ask in standing.values()])
    opened: list[tuple[Recipient, Ask]] = []
    for one in wanted:
        ask = standing.get(one.graduate.id)
        if ask is not None and not await _still_good(work, ask, campaign):
            ladder.end(work, ask, AskState.CANCELLED)
            await work.session.flush()
            ask = None
        if ask is None:
            ask = _open(work, campaign, one.graduate)
        elif ask.id in asked:
            continue
        opened.append((one, ask))
    await work.session.flush()
    for one, ask in opened:
        await _say(work, campaign, one, ask)


def _in_scope(work: Work, campaign: Campaign, one: Recipient) -> bool:
    scope = ladder_next.usual(work, campaign).scope
    settled = destinations.cls_of(one.destination).settled
    return scope == "everyone" or (scope == "settled") == settled


async def _still_good(work: Work, ask: Ask, campaign: Campaign) -> bool:
    """An ask of nobody's campaign joins this one; of one that is over it is closed."""
    if ask.campaign_id is None:
        ask.campaign_id, ask.deadline_at = campaign.id, campaign.deadline_at
        return True
    other = await work.session.get(Campaign, ask.campaign_id)
    return other is not None and not other.over


def _open(work: Work, campaign: Campaign, graduate: Graduate) -> Ask:
    ask = Ask(
        graduate_id=graduate.id,
        campaign_id=campaign.id,
        version=graduate.version,
        deadline_at=campaign.deadline_at,
        opened_at=work.now,
    )
    work.session.add(ask)
    work.record("ask_opened", subject=ask.id, graduate=graduate.id, version=ask.version)
    return ask


async def _say(work: Work, campaign: Campaign, to: Recipient, ask: Ask) -> None:
    """Queued for everybody, the stopped and blocked too: what becomes of each row is what is counted."""
    plan = ladder_next.usual(work, campaign)
    ladder_next.schedule(work, ask, plan, {plan.ask.key})
    if await to.has_said(work):
        return
    work.say(
        to.person,
        to.card(CampaignAsk, ask),
        at=work.rules.quiet.next_allowed(work.now),
        replaces=await to.place(work),
        ask_id=ask.id,
        campaign_id=campaign.id,
        step=plan.ask.key,
    )


async def _open_asks(work: Work, graduates: Sequence[UUID]) -> dict[UUID, Ask]:
    rows = await work.session.exec(
        select(Ask)
        .where(col(Ask.graduate_id).in_(graduates), Ask.state == AskState.OPEN)
        .order_by(col(Ask.id))
        .with_for_update()
    )
    return {ask.graduate_id: ask for ask in rows}


async def _asked(work: Work, asks: Sequence[UUID]) -> set[UUID | None]:
    rows = await work.session.exec(
        select(Outgoing.ask_id).where(col(Outgoing.ask_id).in_(asks), col(Outgoing.step).is_not(None))
    )
    return set(rows.all())
