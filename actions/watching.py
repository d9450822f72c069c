"""How a campaign stands, on one card per person that moves along with it until the end."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import col, select

from actions import switch, texts
from actions.work import Work
from models.broadcast import begins_later
from models.campaign import OVER, Campaign, CampaignState, Watch
from models.equation import COUNTED, WAITING, of_dispatches, of_left_out, of_messages
from models.messages import Lane
from models.messages.campaign import CampaignAsItIs, Number
from models.outgoing import Outgoing, Sending
from models.pace import resumes_in
from models.person import Person

MANY = 200
LOOKED_BACK = timedelta(minutes=1)
LONG_ENOUGH = timedelta(seconds=15)


async def look(work: Work, person: Person, campaign: Campaign, *, fresh: bool = True) -> None:
    """The newest card is the one that moves; after a press on the card itself it stays where it is."""
    said = await as_it_is(work, campaign)
    if campaign.finished_at is not None:
        work.say(person, said)
        return
    watch = await _watch(work, person, campaign)
    if watch is None:
        watch = Watch(campaign_id=campaign.id, person_id=person.id, place=_place(), said=said)
    elif fresh:
        watch.place = _place()
    watch.said = said
    work.session.add(watch)
    work.say(person, said, replaces=watch.place)


def _place() -> str:
    return f"campaign:{uuid4().hex}"


async def _watch(work: Work, person: Person, campaign: Campaign) -> Watch | None:
    found = await work.session.exec(
        select(Watch).where(Watch.campaign_id == campaign.id, Watch.person_id == person.id).with_for_update()
    )
    return found.first()


async def show(work: Work) -> bool:
    """A card is edited only where it would read differently; the last edit says how it ended."""
    later = begins_later(work.now) & col(Campaign.state).not_in(OVER)
    rows = await work.session.exec(
        select(Watch, Campaign, later)
        .join(Campaign, col(Campaign.id) == col(Watch.campaign_id))
        # Many texts whose moment has yet to come must not crowd out what moves.
        .order_by(later, col(Watch.id))
        .limit(MANY)
        .with_for_update(of=Watch, skip_locked=True)
    )
    all_paused = await switch.is_on(work)
    now_is: dict[UUID, CampaignAsItIs] = {}
    for watch, campaign, has_to_begin in rows.all():
        if has_to_begin and _stands(watch, campaign, all_paused=all_paused):
            continue
        if campaign.id not in now_is:
            now_is[campaign.id] = await as_it_is(work, campaign)
        await _move(work, watch, now_is[campaign.id])
        if campaign.finished_at is not None:
            await work.session.delete(watch)
    return False


def _stands(watch: Watch, campaign: Campaign, *, all_paused: bool) -> bool:
    """Of what has not begun nothing else changes, and nothing has to be counted to see that."""
    said = watch.said
    assert isinstance(said, CampaignAsItIs)
    return (said.state, said.all_paused) == (campaign.state, all_paused)


async def _move(work: Work, watch: Watch, said: CampaignAsItIs) -> None:
    if watch.said == said:
        return
    watch.said = said
    person = await work.session.get_one(Person, watch.person_id)
    # Everything people wait for goes first; no notification comes of an edit, so it may come at any hour.
    work.say(person, said, replaces=watch.place, lane=Lane.ALERT)


async def as_it_is(work: Work, campaign: Campaign) -> CampaignAsItIs:
    """Counted by an index, whatever the size; whom it has not come to yet is as expected at the launch."""
    counts, waiting = await _counted(work, campaign)
    all_paused = await switch.is_on(work)
    sending = waiting and campaign.state is CampaignState.RUNNING and not all_paused
    starts_at = None if campaign.over else await texts.starts_at(work, campaign)
    return CampaignAsItIs(
        campaign=campaign.id,
        state=campaign.state,
        alarm=campaign.alarm,
        all_paused=all_paused,
        finished=campaign.finished_at is not None,
        queued=counts.total() + waiting,
        waiting=waiting,
        accepted=counts[Number.ACCEPTED],
        refused=counts[Number.REFUSED],
        unreachable=counts[Number.UNREACHABLE],
        skipped=counts[Number.SKIPPED],
        cancelled=counts[Number.CANCELLED],
        unknown=counts[Number.UNKNOWN],
        ends_at=await _ends_at(work, campaign, waiting, starts_at) if sending else None,
        starts_at=starts_at,
    )


async def _counted(work: Work, campaign: Campaign) -> tuple[Counter[Number], int]:
    """What became of its messages, and how many still wait."""
    counts, waiting = Counter[Number](), 0
    for question in (of_messages(campaign), of_left_out(campaign), of_dispatches(campaign)):
        for state, count in await work.session.execute(question):
            if state in WAITING:
                waiting += count
            else:
                counts[COUNTED[state]] += count
    if campaign.spread_done_at is None and not campaign.over:
        waiting = max(waiting, campaign.expected - counts.total())
    return counts, waiting


async def _ends_at(work: Work, campaign: Campaign, waiting: int, starts_at: datetime | None) -> datetime:
    """To the minute: by the pace of the last minute, else the planned one, and around what holds it up."""
    free_from = work.now + await resumes_in(work.session, work.bot_id)
    begins = max(free_from, starts_at or free_from)
    plan, pace = work.rules.plan(campaign.name), await _pace(work, campaign)
    at = plan.ends_at(waiting, begins, pace)
    if (found := await _held_back(work, campaign, begins)) is not None:
        count, last = found
        at = max(at, plan.ends_at(count, last, pace))
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _held_back(work: Work, campaign: Campaign, begins: datetime) -> tuple[int, datetime] | None:
    """What has a moment of its own to wait for, as after another message to the same person."""
    query = select(func.count(), func.max(col(Outgoing.due_at))).where(
        Outgoing.campaign_id == campaign.id,
        Outgoing.state == Sending.DUE,
        Outgoing.lane == Lane.CAMPAIGN,
        col(Outgoing.due_at) > begins,
    )
    count, last = (await work.session.exec(query)).one()
    return (count, last) if last else None


async def _pace(work: Work, campaign: Campaign) -> float | None:
    since = max(campaign.since_at or campaign.launched_at, work.now - LOOKED_BACK)
    query = select(func.count(), func.min(col(Outgoing.settled_at))).where(
        Outgoing.campaign_id == campaign.id,
        Outgoing.state == Sending.ACCEPTED,
        col(Outgoing.settled_at) > since,
    )
    count, first = (await work.session.exec(query)).one()
    if first is None or work.now - first < LONG_ENOUGH:
        return None
    return (count - 1) / (work.now - first).total_seconds() or None
