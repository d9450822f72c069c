"""A campaign that was cancelled, or is past its deadline, ends in batches, and only when it balances."""

from collections.abc import Sequence

from sqlalchemy import literal, select
from sqlmodel import col

from actions import campaigns, ladder
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import Campaign, CampaignState, LeftOut
from models.equation import WAITING, bound, to_come, without_message
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending

AT_ONCE = 40
TAKEN_BACK = 200
NOTED = 1000
LIVE = (CampaignState.WAITING, CampaignState.RUNNING, CampaignState.PAUSED)


async def look(work: Work) -> bool:
    """One batch of one campaign; one that waits for an outcome holds up no other."""
    for campaign in await _ending(work):
        if await _wind_up(work, campaign):
            return True
    return False


async def _ending(work: Work) -> Sequence[Campaign]:
    cancelled = col(Campaign.state) == CampaignState.CANCELLED
    past = col(Campaign.state).in_(LIVE) & (col(Campaign.deadline_at) < work.now)
    rows = await work.session.execute(
        select(Campaign)
        .where(cancelled | past, col(Campaign.finished_at).is_(None))
        .order_by(col(Campaign.launched_at))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return rows.scalars().all()


async def _wind_up(work: Work, campaign: Campaign) -> bool:
    """What is in hand just now is waited for: it may yet be accepted, or come back to be taken back."""
    cancelled = campaign.state is CampaignState.CANCELLED
    if cancelled and await _close_asks(work, campaign):
        return True
    if await _take_back(work, campaign) or await _note_left_out(work, campaign):
        return True
    if await _left(work, campaign):
        return False
    campaign.finished_at = work.now
    if not cancelled:
        campaign.state = CampaignState.FINISHED
    work.record("campaign_finished", subject=campaign.id, state=campaign.state.value)
    return True


async def _close_asks(work: Work, campaign: Campaign) -> bool:
    """Past its deadline an ask expires by itself; of a cancelled campaign it is closed here."""
    rows = await work.session.execute(
        select(Ask)
        .where(col(Ask.campaign_id) == campaign.id, col(Ask.state) == AskState.OPEN)
        .limit(TAKEN_BACK)
        .with_for_update(skip_locked=True)
    )
    closed = rows.scalars().all()
    for ask in closed:
        ladder.end(work, ask, AskState.CANCELLED)
    return bool(closed)


async def _take_back(work: Work, campaign: Campaign) -> bool:
    """What somebody waits for as a reply goes out even after the deadline."""
    query = select(Outgoing).where(
        col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state) == Sending.DUE
    )
    if campaign.state is not CampaignState.CANCELLED:
        query = query.where(col(Outgoing.lane) == Lane.CAMPAIGN)
    rows = await work.session.execute(query.limit(TAKEN_BACK).with_for_update(skip_locked=True))
    queued = rows.scalars().all()
    for row in queued:
        row.settled_at = work.now
        row.state, row.reason = _passed_over(campaign)
    return bool(queued)


async def _note_left_out(work: Work, campaign: Campaign) -> bool:
    """Whom it never came to, and who was not enrolled all the while; a slice of the roster at a time."""
    slice_ = await _slice(work, campaign.noted_after_id)
    if not slice_:
        return False
    query = select(col(Graduate.id), bound()).where(
        *without_message(campaign, await campaigns.over(work, campaign)),
        ~bound() | to_come(campaign),
        col(Graduate.id).between(slice_[0], slice_[-1]),
    )
    for graduate_id, is_bound in await work.session.execute(query):
        state, reason = _passed_over(campaign) if is_bound else (Sending.UNREACHABLE, "not_enrolled")
        note = LeftOut(campaign_id=campaign.id, graduate_id=graduate_id, state=state, reason=reason)
        work.session.add(note)
    campaign.noted_after_id = slice_[-1]
    return True


async def _slice(work: Work, after: UUID | None) -> Sequence[UUID]:
    query = select(col(Graduate.id)).order_by(col(Graduate.id)).limit(NOTED)
    if after is not None:
        query = query.where(col(Graduate.id) > after)
    return (await work.session.execute(query)).scalars().all()


def _passed_over(campaign: Campaign) -> tuple[Sending, str]:
    if campaign.state is CampaignState.CANCELLED:
        return Sending.CANCELLED, "campaign_cancelled"
    return Sending.SKIPPED, "past_deadline"


async def _left(work: Work, campaign: Campaign) -> bool:
    """Still queued, still in hand, or still an open ask that another transaction holds."""
    waiting = select(col(Outgoing.id)).where(
        col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state).in_(WAITING)
    )
    if (await work.session.execute(waiting.limit(1))).first() is not None:
        return True
    if campaign.state is not CampaignState.CANCELLED:
        return False
    asking = select(literal(1)).where(col(Ask.campaign_id) == campaign.id, col(Ask.state) == AskState.OPEN)
    return (await work.session.execute(asking.limit(1))).first() is not None
