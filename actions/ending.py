"""A campaign that was cancelled, or is past its deadline, ends in batches, and only when it balances."""

from collections.abc import Sequence

from sqlalchemy import literal, select, update
from sqlmodel import col

from actions import campaigns, dispatching, ladder
from actions.work import Work
from models import broadcast
from models.ask import Ask, AskState
from models.base import UUID
from models.broadcast import Broadcast, text_of
from models.campaign import Campaign, CampaignState, LeftOut
from models.equation import WAITING, enrolled, to_come, without_message
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending

AT_ONCE = 40
TAKEN_BACK = 500
SLICE = 100
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
        .with_for_update(skip_locked=True, key_share=True)
    )
    return rows.scalars().all()


async def _wind_up(work: Work, campaign: Campaign) -> bool:
    """What is in hand just now is waited for: it may yet be accepted, or come back to be taken back."""
    if await _take_back(work, campaign) or await _walk(work, campaign):
        return True
    if await _left(work, campaign):
        return False
    await dispatching.end(work, campaign)
    if campaign.state is not CampaignState.CANCELLED:
        campaign.state = CampaignState.FINISHED
    campaign.finished_at = work.now
    work.record("campaign_finished", subject=campaign.id, state=campaign.state.value)
    return True


async def _take_back(work: Work, campaign: Campaign) -> bool:
    """What somebody waits for as a reply goes out even after the deadline."""
    queued = select(col(Outgoing.id)).where(
        col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state) == Sending.DUE
    )
    if campaign.state is not CampaignState.CANCELLED:
        queued = queued.where(col(Outgoing.lane) == Lane.CAMPAIGN)
    some = (await work.session.execute(queued.limit(TAKEN_BACK).with_for_update(skip_locked=True))).scalars()
    ids, (state, reason) = some.all(), _passed_over(campaign)
    await work.session.execute(
        update(Outgoing)
        .where(col(Outgoing.id).in_(ids))
        .values(state=state, reason=reason, settled_at=work.now),
        execution_options={"synchronize_session": False},
    )
    return bool(ids) or await dispatching.take_back(work, campaign, TAKEN_BACK)


async def _walk(work: Work, campaign: Campaign) -> bool:
    """Through the roster, a slice at a time, so that no batch walks past the others again."""
    text = await text_of(work.session, campaign)
    if text is not None and campaign.spread_done_at is not None:
        return False
    ids = select(col(Graduate.id)).order_by(col(Graduate.id)).limit(SLICE)
    if campaign.noted_after_id is not None:
        ids = ids.where(col(Graduate.id) > campaign.noted_after_id)
    if not (slice_ := (await work.session.execute(ids)).scalars().all()):
        return False
    if campaign.state is CampaignState.CANCELLED and text is None:
        await _close_asks(work, campaign, slice_[0], slice_[-1])
    await _note_left_out(work, campaign, text, slice_[0], slice_[-1])
    campaign.noted_after_id = slice_[-1]
    return True


async def _close_asks(work: Work, campaign: Campaign, first: UUID, last: UUID) -> None:
    """Past its deadline an ask expires by itself; of a cancelled campaign it is closed here."""
    rows = await work.session.execute(
        select(Ask)
        .where(col(Ask.graduate_id).between(first, last), col(Ask.state) == AskState.OPEN)
        .with_for_update(skip_locked=True)
    )
    # Asked for the campaign too, SQLite would go through all of it.
    for ask in rows.scalars().all():
        if ask.campaign_id == campaign.id:
            ladder.end(work, ask, AskState.CANCELLED)


async def _note_left_out(
    work: Work, campaign: Campaign, text: Broadcast | None, first: UUID, last: UUID
) -> None:
    """Whom it never came to, and who was not enrolled all the while."""
    unit = await campaigns.over(work, campaign)
    if text is None:
        left = (*without_message(campaign, unit, in_order=True), ~enrolled() | to_come(campaign))
    else:
        left = broadcast.to_come(campaign, text, unit, in_order=True)
    query = select(col(Graduate.id), enrolled()).where(*left, col(Graduate.id).between(first, last))
    for graduate_id, is_enrolled in await work.session.execute(query):
        state, reason = _passed_over(campaign) if is_enrolled else (Sending.UNREACHABLE, "not_enrolled")
        note = LeftOut(campaign_id=campaign.id, graduate_id=graduate_id, state=state, reason=reason)
        work.session.add(note)


def _passed_over(campaign: Campaign) -> tuple[Sending, str]:
    if campaign.state is CampaignState.CANCELLED:
        return Sending.CANCELLED, "campaign_cancelled"
    return Sending.SKIPPED, "past_deadline"


async def _left(work: Work, campaign: Campaign) -> bool:
    """Still queued, still in hand, or an open ask that another transaction held: that one is come back to."""
    waiting = select(col(Outgoing.id)).where(
        col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state).in_(WAITING)
    )
    if (await work.session.execute(waiting.limit(1))).first() is not None:
        return True
    if await dispatching.in_hand(work, campaign):
        return True
    if campaign.state is not CampaignState.CANCELLED:
        return False
    asking = select(literal(1)).where(col(Ask.campaign_id) == campaign.id, col(Ask.state) == AskState.OPEN)
    if (await work.session.execute(asking.limit(1))).first() is None:
        return False
    campaign.noted_after_id = None
    return True
