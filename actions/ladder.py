"""The ladder: every ask whose moment has come gets its latest due step, waits on, or ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from actions import elsewhere, followups, ladder_next, pointing, replanning, stepping, switch
from actions.ladder_next import SNOOZE, Climb
from actions.recipients import Recipient, recipients
from actions.ways import Way, ways
from actions.work import Work
from actions.written import Written, written
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import HELD, Campaign, CampaignState
from models.equation import under_dispute
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages import Lane
from models.messages.campaign import CampaignSnoozed
from models.outgoing import Outgoing, Sending

BATCH = 50
CAMPAIGNS = 200
LOOKED_AT = (AskState.OPEN, AskState.ANSWERED)
# A message of this ask is still on its way; its outcome plans anew, this is only for when there is none.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Batch:
    """What was found for all of them with one question each; `spoken_to` has one step each from it:

    an account, or a number or address; `ways` are of those whom another door than the chat reaches."""

    graduates: dict[UUID, Graduate]
    recipients: dict[UUID, Recipient]
    ways: dict[UUID, Way]
    disputed: Collection[UUID]
    written: Written
    spoken_to: set[UUID | str] = field(default_factory=set)


async def due(work: Work) -> bool:
    """One bounded batch; True while there may be more."""
    if await switch.is_on(work):
        return False
    waiting = await _due(work)
    if not waiting:
        return False
    graduates = await _graduates(work, waiting)
    found, busy = await recipients(work, list(graduates.values()))
    free = await _locked(work, [ask.id for ask in waiting if ask.graduate_id not in busy])
    people = {one.person.id for one in found.values()}
    others = await ways(work, list(graduates.values()), found)
    before = await written(work, people, [ask.id for ask in free], list(others))
    batch = Batch(graduates, found, others, await _disputed(work, graduates), before)
    for ask in free:
        await _look_at(work, ask, batch)
    return bool(free) and len(waiting) == BATCH


async def _due(work: Work) -> Sequence[Ask]:
    """Not locked yet: people come before asks, wherever anybody locks both."""
    held = await work.session.exec(select(Campaign.id).where(col(Campaign.state).in_(HELD)).limit(CAMPAIGNS))
    query = select(Ask).where(col(Ask.state).in_(LOOKED_AT), col(Ask.next_at) <= work.now)
    if paused := held.all():
        query = query.where(col(Ask.campaign_id).is_(None) | col(Ask.campaign_id).not_in(paused))
    return (await work.session.exec(query.order_by(col(Ask.next_at), col(Ask.id)).limit(BATCH))).all()


async def _graduates(work: Work, waiting: Sequence[Ask]) -> dict[UUID, Graduate]:
    rows = await work.session.exec(
        select(Graduate).where(col(Graduate.id).in_([ask.graduate_id for ask in waiting]))
    )
    return {one.id: one for one in rows}


async def _locked(work: Work, ids: Sequence[UUID]) -> Sequence[Ask]:
    """Those that are still looked at and due now that nobody else holds them."""
    rows = await work.session.exec(
        select(Ask)
        .where(col(Ask.id).in_(ids), col(Ask.state).in_(LOOKED_AT), col(Ask.next_at) <= work.now)
        .order_by(col(Ask.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _disputed(work: Work, graduates: Collection[UUID]) -> Collection[UUID]:
    found = await work.session.exec(
        select(Graduate.id).where(col(Graduate.id).in_(graduates), under_dispute())
    )
    return set(found.all())


async def _look_at(work: Work, ask: Ask, batch: Batch) -> None:
    graduate, to = batch.graduates[ask.graduate_id], batch.recipients.get(ask.graduate_id)
    campaign = await work.session.get(Campaign, ask.campaign_id) if ask.campaign_id else None
    disputed = graduate.id in batch.disputed
    if ask.state is AskState.ANSWERED:
        over = disputed or (campaign is not None and campaign.over)
        await pointing.take(work, ask, graduate, None if over else to, batch.written)
    elif campaign and campaign.state is CampaignState.CANCELLED:
        end(work, ask, AskState.CANCELLED)
    elif ask.deadline_at < work.now or graduate.removed_at is not None:
        if to is not None and not disputed:
            await stepping.leave_the_rest(work, ask, to, batch.written)
        end(work, ask, AskState.EXPIRED)
    elif disputed:
        # Nobody is reminded of a record under dispute; once its outcome is told, the next step is planned.
        ask.next_step, ask.next_at = ladder_next.EXPIRE, ask.deadline_at + ladder_next.JUST_AFTER
    else:
        await _take_step(work, ask, to, batch)


async def _take_step(work: Work, ask: Ask, to: Recipient | None, batch: Batch) -> None:
    before, way = batch.written, batch.ways.get(ask.graduate_id)
    climb, done = await ladder_next.climb_of(work, ask), before.done(ask)
    if ask.next_step == SNOOZE and ask.next_at is not None:
        await _come_back(work, ask, to, before, climb)
        return
    person_id = to.person.id if to else None
    to_them = before.last_at(person_id) if person_id else ask.last_sent_at
    moments = (to_them, before.last_to(ask.graduate_id), way.last_at if way else None)
    last_at = max((at for at in moments if at), default=None)
    sent = before.sent(climb.plan, ask, person_id) if to or way else None
    step = climb.next(done, work.now, last_at, sent)
    if step is None or step.at > work.now:
        ladder_next.schedule(work, ask, step)
        return
    spoken_to = {one for one in (person_id, way.digest if way else None) if one}
    if spoken_to & batch.spoken_to or (before.waiting(ask) and await _on_its_way(work, ask)):
        ask.next_at = work.now + LOOK_AGAIN
        return
    batch.spoken_to.update(spoken_to)
    if way is not None and ask.campaign_id is not None:
        await elsewhere.say(work, ask, batch.graduates[ask.graduate_id], climb, step, way, person_id)
    elif to is not None:
        await stepping.take(work, ask, climb, step, to, before)
    ladder_next.schedule(work, ask, climb.next(done | {step.step_key}, work.now, ask.last_sent_at))


async def _come_back(work: Work, ask: Ask, to: Recipient | None, before: Written, climb: Climb) -> None:
    """A moment chosen by the graduate comes first; only where it was missed does it wait for the morning."""
    morning = work.rules.quiet.next_allowed(work.now)
    if morning > work.now:
        ask.next_at = morning
        return
    if before.waiting(ask) and await _on_its_way(work, ask):
        ask.next_at = work.now + LOOK_AGAIN
        return
    if to is not None and to.wants_reminders and not await to.has_said(work):
        work.say(
            to.person,
            to.card(CampaignSnoozed, ask),
            replaces=await to.place(work),
            ask_id=ask.id,
            campaign_id=ask.campaign_id,
        )
        work.record("reminded", subject=ask.id, graduate=ask.graduate_id, step=SNOOZE)
        ask.last_step, ask.last_sent_at = SNOOZE, work.now
        await followups.open_followup(work, to.graduate, FollowUpKind.SNOOZED)
    ask.snoozed_until = None
    ladder_next.schedule(work, ask, climb.next(before.done(ask), work.now, ask.last_sent_at))


async def _on_its_way(work: Work, ask: Ask) -> bool:
    """An earlier one that never left gives way to this one; what is being sent, or is a reply, does not."""
    rows = await work.session.exec(
        select(Outgoing)
        .where(
            Outgoing.ask_id == ask.id,
            col(Outgoing.state).in_((Sending.DUE, Sending.CLAIMED)),
        )
        .with_for_update()
    )
    waiting = rows.all()
    if any(row.state is Sending.CLAIMED or row.lane is Lane.REPLY for row in waiting):
        return True
    if not await elsewhere.gives_way(work, ask):
        return True
    for row in waiting:
        row.state, row.reason, row.settled_at = Sending.SUPERSEDED, "later_step", work.now
    return False


async def other_plan(work: Work) -> bool:
    """The rules were changed: what was planned by others is planned anew, a batch at a time."""
    version = work.rules.plan_version
    waiting = select(Ask.plan).where(col(Ask.next_at).is_not(None), col(Ask.plan).is_not(None))
    for end_of_it in (col(Ask.plan).asc(), col(Ask.plan).desc()):
        found = (await work.session.exec(waiting.order_by(end_of_it).limit(1))).first()
        if found is not None and found != version:
            return await _plan_anew(work, found)
    return False


async def _plan_anew(work: Work, version: str) -> bool:
    rows = await work.session.exec(
        select(Ask)
        .where(col(Ask.plan) == version, col(Ask.next_at).is_not(None))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    done = await ladder_next.steps_of(work, [ask.id for ask in found])
    graduates, targets = await _graduates(work, found), dict[tuple[int, datetime], date | None]()
    for ask in found:
        about = graduates[ask.graduate_id].cohort, ask.deadline_at
        if about not in targets:
            targets[about] = await replanning.target_of(work, *about)
        ask.plan, ask.target_on = work.rules.plan_version, targets[about]
        if ask.state is AskState.OPEN:
            await ladder_next.plan_next(work, ask, done[ask.id])
        elif ask.next_step in ladder_next.POINTERS:
            ladder_next.schedule_pointer(work, ask, ladder_next.POINTERS.index(ask.next_step))
    return bool(found)


def end(work: Work, ask: Ask, state: AskState) -> None:
    """Silence stays silence: the graduate remains without an answer."""
    ask.state, ask.closed_at = state, work.now
    ask.next_step = ask.next_at = ask.snoozed_until = None
    work.record("ask_closed", subject=ask.id, graduate=ask.graduate_id, state=state.value)
