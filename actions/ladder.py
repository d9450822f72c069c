"""The ladder: every open ask whose moment has come gets its latest due step, waits on, or ends."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from actions import ladder_next, switch
from actions.ladder_next import SNOOZE
from actions.recipients import Recipient, recipients
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import Campaign, CampaignState
from models.dispute import Dispute
from models.graduate import Graduate
from models.messages.campaign import CampaignAsk, CampaignReminder, CampaignSnoozed
from models.outgoing import Outgoing, Sending
from rules import Campaign as Plan
from rules import Due, StepKind

BATCH = 50
CAMPAIGNS = 200
HELD = (CampaignState.PAUSED, CampaignState.WAITING)
# A message of this ask is still on its way; its outcome plans anew, this is only for when there is none.
LOOK_AGAIN = timedelta(hours=1)


async def due(work: Work) -> bool:
    """One bounded batch; True while there may be more."""
    if await switch.is_on(work):
        return False
    waiting = await _due(work)
    graduates = await _graduates(work, waiting)
    found, busy = await recipients(work, list(graduates.values()))
    free = await _locked(work, [ask.id for ask in waiting if ask.graduate_id not in busy])
    for ask in free:
        await _look_at(work, ask, graduates[ask.graduate_id], found.get(ask.graduate_id))
    return bool(free) and len(waiting) == BATCH


async def _due(work: Work) -> Sequence[Ask]:
    """Not locked yet: people come before asks, wherever anybody locks both."""
    held = await work.session.exec(select(Campaign.id).where(col(Campaign.state).in_(HELD)).limit(CAMPAIGNS))
    query = select(Ask).where(Ask.state == AskState.OPEN, col(Ask.next_at) <= work.now)
    if paused := held.all():
        query = query.where(col(Ask.campaign_id).is_(None) | col(Ask.campaign_id).not_in(paused))
    return (await work.session.exec(query.order_by(col(Ask.next_at), col(Ask.id)).limit(BATCH))).all()


async def _graduates(work: Work, waiting: Sequence[Ask]) -> dict[UUID, Graduate]:
    rows = await work.session.exec(
        select(Graduate).where(col(Graduate.id).in_([ask.graduate_id for ask in waiting]))
    )
    return {one.id: one for one in rows}


async def _locked(work: Work, ids: Sequence[UUID]) -> Sequence[Ask]:
    """Those that are still open and due now that nobody else holds them."""
    rows = await work.session.exec(
        select(Ask)
        .where(col(Ask.id).in_(ids), Ask.state == AskState.OPEN, col(Ask.next_at) <= work.now)
        .order_by(col(Ask.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _look_at(work: Work, ask: Ask, graduate: Graduate, to: Recipient | None) -> None:
    campaign = await work.session.get(Campaign, ask.campaign_id) if ask.campaign_id else None
    if campaign and campaign.state is CampaignState.CANCELLED:
        end(work, ask, AskState.CANCELLED)
    elif ask.deadline_at < work.now or graduate.removed_at is not None:
        end(work, ask, AskState.EXPIRED)
    elif await disputed(work, graduate):
        # Nobody is reminded of a record under dispute; should it be reopened, it is asked about anew.
        ask.next_step, ask.next_at = ladder_next.EXPIRE, ask.deadline_at + ladder_next.JUST_AFTER
    else:
        await _take_step(work, ask, to)


async def _take_step(work: Work, ask: Ask, to: Recipient | None) -> None:
    plan, done = await ladder_next.plan_of(work, ask), await ladder_next.steps_done(work, ask)
    step = _snooze(work, ask) or ladder_next.next_due(work, ask, plan, done)
    if step is not None and step.step_key == SNOOZE and step.at > work.now:
        ask.next_at = step.at
        return
    if step is None or step.at > work.now:
        ladder_next.schedule(work, ask, plan, done)
        return
    if await _on_its_way(work, ask):
        ask.next_at = work.now + LOOK_AGAIN
        return
    if to is not None and to.wants_reminders and not await to.has_said(work):
        await _say(work, ask, plan, step, to)
        ask.last_step, ask.last_sent_at = step.step_key, work.now
    ask.snoozed_until = None
    ladder_next.schedule(work, ask, plan, done | {step.step_key})


def _snooze(work: Work, ask: Ask) -> Due | None:
    """A moment chosen by the graduate comes first, and in the quiet hours it waits for their end."""
    if ask.next_step != SNOOZE or ask.next_at is None:
        return None
    return Due(SNOOZE, work.rules.quiet.next_allowed(work.now))


async def _on_its_way(work: Work, ask: Ask) -> bool:
    """An earlier reminder that never left gives way to this one; the first card does not."""
    rows = await work.session.exec(
        select(Outgoing)
        .where(
            Outgoing.ask_id == ask.id,
            col(Outgoing.state).in_((Sending.DUE, Sending.CLAIMED)),
        )
        .with_for_update()
    )
    waiting, first = rows.all(), work.rules.campaigns[ladder_next.USUAL].ask.key
    if any(row.state is Sending.CLAIMED or row.step == first for row in waiting):
        return True
    for row in waiting:
        row.state, row.reason, row.settled_at = Sending.SUPERSEDED, "later_step", work.now
    return False


async def _say(work: Work, ask: Ask, plan: Plan, step: Due, to: Recipient) -> None:
    """Ask and step together are unique, so that a second look can never say it twice."""
    snoozed = step.step_key == SNOOZE
    card = to.card(CampaignSnoozed, ask) if snoozed else _worded(plan, step, ask, to)
    work.say(
        to.person,
        card,
        replaces=await to.place(work),
        ask_id=ask.id,
        campaign_id=ask.campaign_id,
        step=None if snoozed else step.step_key,
    )
    work.record("reminded", subject=ask.id, graduate=ask.graduate_id, step=step.step_key)


def _worded(plan: Plan, step: Due, ask: Ask, to: Recipient) -> CampaignAsk | CampaignReminder:
    this = plan.step(step.step_key)
    if this.kind is StepKind.ASK:
        return to.card(CampaignAsk, ask)
    number = [one.key for one in plan.steps].index(this.key)
    return to.card(CampaignReminder, ask, number=number, last=this.kind is StepKind.LAST)


async def disputed(work: Work, graduate: Graduate) -> bool:
    found = await work.session.exec(
        select(Dispute.id)
        .where(Dispute.graduate_id == graduate.id, col(Dispute.closed_at).is_(None))
        .limit(1)
    )
    return found.first() is not None


def end(work: Work, ask: Ask, state: AskState) -> None:
    """Silence stays silence: the graduate remains without an answer."""
    ask.state, ask.closed_at = state, work.now
    ask.next_step = ask.next_at = ask.snoozed_until = None
    work.record("ask_closed", subject=ask.id, graduate=ask.graduate_id, state=state.value)
