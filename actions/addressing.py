"""A text of the office's own words goes through whom it is for, a batch at a time: sent, or noted why not."""

from collections.abc import Sequence

from sqlmodel import col, select

from actions.recipients import Recipient, recipients
from actions.work import Work
from models.base import UUID
from models.broadcast import Addressed, Broadcast, beyond, members
from models.campaign import Campaign, CampaignState, LeftOut
from models.equation import WAITING, looked_into
from models.graduate import Graduate
from models.messages.broadcast import BroadcastText
from models.messages.campaign import Why
from models.outgoing import Outgoing, Sending
from models.person import Person, Unreachable
from models.unit import Unit

BATCH = 40
AT_ONCE = 40
Fate = tuple[Sending, Why]


async def look(work: Work) -> bool:
    """One batch of one text that has begun; else those are over of which nothing is on its way."""
    if (found := await _begun(work)) is not None:
        return await _next_batch(work, *found)
    await _finish(work)
    return False


async def _begun(work: Work) -> tuple[Campaign, Broadcast] | None:
    found = await work.session.exec(
        select(Campaign, Broadcast)
        .join(Broadcast, col(Broadcast.campaign_id) == col(Campaign.id))
        .where(
            Campaign.state == CampaignState.RUNNING,
            col(Campaign.spread_done_at).is_(None),
            col(Campaign.deadline_at) >= work.now,
            col(Broadcast.starts_at) <= work.now,
        )
        .order_by(col(Broadcast.starts_at))
        .limit(1)
        .with_for_update(of=Campaign, skip_locked=True, key_share=True)
    )
    return found.first()


async def _next_batch(work: Work, campaign: Campaign, text: Broadcast) -> bool:
    listed = await _listed(work, campaign, text)
    graduates = [one for one, _ in listed]
    found, busy = await recipients(work, graduates)
    # Up to the first whose account is busy; the rest comes with the next batch.
    reached = next((n for n, one in enumerate(graduates) if one.id in busy), len(graduates))
    written = await _written_to(work, campaign, [one.person.id for one in found.values()])
    for graduate, disputed in listed[:reached]:
        to = found.get(graduate.id)
        why = _left_out(graduate, to, disputed=disputed, written=written)
        if why is not None or to is None:
            _note(work, campaign, graduate, why or (Sending.UNREACHABLE, Why.NOT_ENROLLED))
            continue
        written.add(to.person.id)
        _address(work, campaign, text, to)
    if reached:
        campaign.spread_after_id = graduates[reached - 1].id
    if len(graduates) < BATCH and reached == len(graduates):
        campaign.spread_done_at = work.now
        work.record("campaign_spread", subject=campaign.id)
    return reached > 0


async def _listed(work: Work, campaign: Campaign, text: Broadcast) -> Sequence[tuple[Graduate, bool]]:
    """In the order of their ids, so that it goes on where it was; with who is under an open dispute."""
    unit = await work.session.get_one(Unit, text.unit_id)
    query = select(Graduate, looked_into()).where(*members(text, unit, in_order=True), beyond(campaign))
    return (await work.session.exec(query.order_by(col(Graduate.id)).limit(BATCH))).all()


async def _written_to(work: Work, campaign: Campaign, people: Sequence[UUID]) -> set[UUID]:
    found = await work.session.exec(
        select(Addressed.person_id).where(
            Addressed.campaign_id == campaign.id, col(Addressed.person_id).in_(people)
        )
    )
    return set(found.all())


def _left_out(graduate: Graduate, to: Recipient | None, *, disputed: bool, written: set[UUID]) -> Fate | None:
    """Why this one is not written to; what it is about shows something of them, so only who has proven it."""
    if graduate.removed_at is not None:
        return Sending.SKIPPED, Why.REMOVED
    if disputed:
        return Sending.SKIPPED, Why.DISPUTED
    if to is None:
        return Sending.UNREACHABLE, Why.NOT_ENROLLED
    if not to.verified:
        return Sending.SKIPPED, Why.UNVERIFIED
    if not to.wants_reminders:
        return _silenced(to.person)
    return (Sending.SKIPPED, Why.SAME_ACCOUNT) if to.person.id in written else None


def _silenced(person: Person) -> Fate:
    if person.stopped_at is not None or person.unreachable in (None, Unreachable.OPTED_OUT):
        return Sending.SKIPPED, Why.OPTED_OUT
    return Sending.UNREACHABLE, Why(person.unreachable.value)


def _note(work: Work, campaign: Campaign, graduate: Graduate, fate: Fate) -> None:
    state, why = fate
    note = LeftOut(campaign_id=campaign.id, graduate_id=graduate.id, state=state, reason=why.value)
    work.session.add(note)


def _address(work: Work, campaign: Campaign, text: Broadcast, to: Recipient) -> None:
    """The key of the row itself refuses a second one to the same person."""
    row = Addressed(campaign_id=campaign.id, person_id=to.person.id, graduate_id=to.graduate.id)
    work.session.add(row)
    work.say(
        to.person,
        BroadcastText(broadcast=text.id),
        at=work.rules.quiet.next_allowed(work.now),
        campaign_id=campaign.id,
    )


async def _finish(work: Work) -> None:
    """Nobody is asked anything, so it is over as soon as the last one has left."""
    waiting = select(Outgoing.id).where(
        col(Outgoing.campaign_id) == col(Campaign.id), col(Outgoing.state).in_(WAITING)
    )
    found = await work.session.exec(
        select(Campaign)
        .join(Broadcast, col(Broadcast.campaign_id) == col(Campaign.id))
        .where(
            Campaign.state == CampaignState.RUNNING,
            col(Campaign.spread_done_at).is_not(None),
            ~waiting.exists(),
        )
        .limit(AT_ONCE)
        .with_for_update(of=Campaign, skip_locked=True, key_share=True)
    )
    for campaign in found.all():
        campaign.state, campaign.finished_at = CampaignState.FINISHED, work.now
        work.record("campaign_finished", subject=campaign.id, state=campaign.state.value)
