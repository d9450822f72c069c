"""Asking whether the record is true: opened with a deadline, shown as a card, closed by any answer."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from actions import destinations, identity, ladder_next, records, replanning, stepping
from actions.work import Work
from actions.written import written
from models.answer import AnswerKind
from models.ask import Ask, AskState
from models.base import UUID
from models.campaign import Campaign, CampaignState, of_the_rules
from models.graduate import Graduate
from models.messages import Lane, Say
from models.messages.ask import AskCard, AskUnverified, AskWelcome, Why
from models.outgoing import Outgoing, Sending
from models.person import Person, Unreachable
from models.steps import Hat
from models.unit import Unit
from rules import Ladder, Step

USUAL = "confirm"
NOT_OVER = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.WAITING)


async def open_ask(
    work: Work,
    graduate: Graduate,
    *,
    campaign: Campaign | None = None,
    say: bool = True,
    why: Why = Why.ASKED,
) -> Ask:
    """The one open ask of a graduate; its first card goes to the account that answers for them."""
    graduate = await destinations.locked(work, graduate)
    ask = await _open(work, graduate)
    if ask is None:
        ends = campaign.deadline_at if campaign else await usual_deadline(work, graduate)
        ask = Ask(
            graduate=graduate,
            campaign=campaign,
            version=graduate.version,
            deadline_at=ends,
            target_on=await replanning.target_of(work, graduate.cohort, ends),
            opened_at=work.now,
        )
        work.session.add(ask)
        await work.session.flush()
        work.ahead.asks[graduate.id] = ask
        work.record("ask_opened", subject=ask.id, graduate=graduate.id, version=ask.version)
        await _plan_after_the_first(work, ask)
    person = await identity.person_of(work, graduate) if say else None
    if person is not None and person.unreachable is not Unreachable.NOT_ENROLLED:
        await _first_card(work, person, graduate, ask, why)
    return ask


async def _first_card(
    work: Work, person: Person, graduate: Graduate, ask: Ask, why: Why, *, hurried: bool = False
) -> None:
    """Said once per ask: a second opening finds it sent, or still in a campaign's queue.

    It is the step that stands now, whenever they came. Hurried where they wait for it themselves; else
    whenever a campaign is silent, or has just written to them, so is this. That the register says something
    else now is news: it waits for the morning, and not for the gap."""
    if (already := await _said_first(work, ask)) is not None:
        if hurried:
            await _hurried(work, person, graduate, already)
        return
    climb, before = await ladder_next.climb_of(work, ask), await written(work, [person.id], [ask.id])
    news = why is Why.CHANGED
    step = stepping.first(work, climb, None if news or hurried else before.last_at(person.id))
    stands = climb.plan.step(step.step_key)
    leaves_at = work.now if hurried else max(step.at, work.now)
    changes = climb.invites_changes(stands.key, leaves_at)
    card = await card_of(work, person, graduate, ask, why, stands, changes=changes)
    stepping.pass_over(work, ask, climb, step.passed, person, before, lambda _: card)
    if not hurried and stepping.used_up(ask, climb, step.step_key, person.id, before):
        stepping.leave_out(work, ask, step.step_key, person, card, (Sending.SKIPPED, "maximum"))
        return
    work.say(
        person,
        card,
        at=None if hurried else step.at,
        replaces=await place(work, person, graduate, fresh=True),
        ask_id=ask.id,
        campaign_id=ask.campaign_id,
        step=step.step_key,
        lane=Lane.REPLY if hurried else Lane.CAMPAIGN,
    )


async def _said_first(work: Work, ask: Ask) -> Outgoing | None:
    """What was passed over was never said."""
    found = await work.session.exec(
        select(Outgoing)
        .where(
            Outgoing.ask_id == ask.id,
            col(Outgoing.step).is_not(None),
            Outgoing.state != Sending.SKIPPED,
        )
        .order_by(col(Outgoing.id).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def _plan_after_the_first(work: Work, ask: Ask) -> None:
    """The step that stands now is its opening; what follows is looked at when its time comes."""
    climb = await ladder_next.climb_of(work, ask)
    now = climb.first(work.now)
    ladder_next.schedule(work, ask, climb.next({now.step_key}, work.now, None) if now else None)


async def _hurried(work: Work, person: Person, graduate: Graduate, queued: Outgoing) -> None:
    """A campaign's ask still in the queue becomes a reply; one meant for another account, or
    another door, is shown anew."""
    if queued.person_id != person.id or work.page is not None:
        await card(work, person, graduate, why=Why.ASKED)
    elif queued.state is Sending.DUE:
        queued.lane, queued.due_at = Lane.REPLY, min(queued.due_at, work.now)


async def card(work: Work, person: Person, graduate: Graduate, *, why: Why = Why.AGAIN) -> None:
    """The card as it stands now, as a new message."""
    work.say(
        person,
        await card_of(work, person, graduate, await latest(work, graduate), why),
        replaces=await place(work, person, graduate, fresh=True),
    )


async def changed_card(work: Work, person: Person, graduate: Graduate) -> None:
    """The button was of an earlier version: nothing is recorded, and the new one is shown."""
    await card(work, person, graduate, why=Why.CHANGED)


async def back(work: Work, person: Person, destination_id: UUID) -> None:
    """「返回」: the card again, in the place of the menu."""
    record = await records.mine(work, person, destination_id)
    person.close_step(Hat.GRADUATE)
    ask = await latest(work, record.graduate)
    await in_place(work, record, await card_of(work, person, record.graduate, ask, Why.AGAIN))


async def card_again(work: Work, person: Person, destination_id: UUID) -> None:
    """「修改我的回答」"""
    record = await records.mine(work, person, destination_id)
    await card(work, person, record.graduate)


async def card_of(
    work: Work,
    person: Person,
    graduate: Graduate,
    ask: Ask | None,
    why: Why,
    step: Step | None = None,
    *,
    changes: bool = True,
) -> Say:
    """What this account may see of the record: all of it, or that it has to be checked first."""
    destination = await destinations.current(work, graduate)
    ask_id = ask.id if ask else None
    if not await records.is_verified(work, person, graduate):
        return AskUnverified(graduate=graduate.id, destination=destination.id, ask=ask_id)
    return AskCard(
        graduate=graduate.id,
        destination=destination.id,
        ask=ask_id,
        why=why,
        late=work.now > await deadline_of(work, graduate, ask),
        several=len(await identity.bindings(work, person)) > 1,
        ladder="august" if step and step.ladder is Ladder.AUGUST else "confirm",
        changes=changes,
    )


async def ask_now(work: Work, person: Person, graduate: Graduate) -> None:
    """Right after enrolling: asked at once, at any hour; not while the office holds its campaign back."""
    campaign = await live_campaign(work, graduate)
    held = campaign is not None and campaign.state is not CampaignState.RUNNING
    if _wanted(graduate) and not held and not await _stands_beside(work, person, graduate):
        opened = await open_ask(work, graduate, campaign=campaign, say=False)
        if opened.asked_at is None:
            await _first_card(work, person, graduate, opened, Why.ASKED, hurried=True)
        else:
            await card(work, person, graduate, why=Why.ASKED)
        return
    if not await records.is_verified(work, person, graduate):
        await card(work, person, graduate)
        return
    current = await destinations.current(work, graduate)
    work.say(person, AskWelcome(graduate=graduate.id, destination=current.id))


async def ask_on(work: Work, graduate: Graduate) -> None:
    """A stranger's answer is gone: whoever answers for the graduate is asked, unless that goes on already."""
    asked = await _open(work, graduate) is not None
    campaign = await live_campaign(work, graduate)
    held = campaign is not None and campaign.state is not CampaignState.RUNNING
    if _wanted(graduate) and not asked and not held and await identity.person_of(work, graduate) is not None:
        await open_ask(work, graduate, campaign=campaign)


def _wanted(graduate: Graduate) -> bool:
    return not graduate.answered or graduate.answer is AnswerKind.NOT_ME


async def _stands_beside(work: Work, person: Person, graduate: Graduate) -> bool:
    """Somebody verified answers already: the asking is theirs, not this account's."""
    answering = await identity.person_of(work, graduate)
    return answering is not None and answering.id != person.id


async def close(work: Work, graduate: Graduate, state: AskState, *, here: bool = False) -> None:
    """No reminder leaves after this; an ask that is closed already stays as it ended.

    Answered by themselves, the register is pointed to later."""
    ask = await _open(work, graduate)
    if ask is None:
        return
    ask.state, ask.closed_at = state, work.now
    ask.next_step = ask.next_at = ask.snoozed_until = None
    if here and state is AskState.ANSWERED:
        ladder_next.point(work, ask)
    work.record("ask_closed", subject=ask.id, graduate=graduate.id, state=state.value)


async def stop_pointing(work: Work, graduate: Graduate) -> None:
    """The register is confirmed, they say, or the record is in dispute: what is queued is taken back."""
    ask = await latest(work, graduate)
    if ask is None or ask.state is not AskState.ANSWERED:
        return
    ask.next_step = ask.next_at = None
    await work.session.execute(
        update(Outgoing)
        .where(col(Outgoing.ask_id) == ask.id, col(Outgoing.state) == Sending.DUE)
        .where(col(Outgoing.step).in_(ladder_next.POINTERS))
        .values(state=Sending.CANCELLED, reason="ask_answered", settled_at=work.now),
        execution_options={"synchronize_session": False},
    )


async def latest(work: Work, graduate: Graduate) -> Ask | None:
    """The open ask, else the last one there was."""
    if graduate.id in work.ahead.asks:
        return work.ahead.asks[graduate.id]
    found = await work.session.exec(
        select(Ask)
        .where(Ask.graduate_id == graduate.id)
        .order_by((col(Ask.state) == AskState.OPEN).desc(), col(Ask.opened_at).desc())
        .limit(1)
    )
    return found.first()


async def _open(work: Work, graduate: Graduate) -> Ask | None:
    if graduate.id in work.ahead.asks:
        ask = work.ahead.asks[graduate.id]
        return ask if ask and ask.state is AskState.OPEN else None
    found = await work.session.exec(
        select(Ask).where(Ask.graduate_id == graduate.id, Ask.state == AskState.OPEN).with_for_update()
    )
    return found.first()


async def usual_deadline(work: Work, graduate: Graduate) -> datetime:
    update_deadline = await replanning.update_deadline(work, graduate.cohort)
    return work.rules.campaigns[USUAL].deadline(work.now, update_deadline)


async def deadline_of(work: Work, graduate: Graduate, ask: Ask | None) -> datetime:
    """Of the ask where there is one; a record that nobody asked about is never late."""
    return ask.deadline_at if ask else await usual_deadline(work, graduate)


async def running_campaign(work: Work, graduate: Graduate) -> Campaign | None:
    found = await live_campaign(work, graduate)
    return found if found is not None and found.state is CampaignState.RUNNING else None


async def live_campaign(work: Work, graduate: Graduate) -> Campaign | None:
    """The campaign that covers this graduate and is not over; a running one before one held back."""
    found = await work.session.exec(
        select(Campaign, Unit)
        .join(Unit, col(Unit.id) == col(Campaign.unit_id), isouter=True)
        .where(
            Campaign.cohort == graduate.cohort,
            of_the_rules(),
            col(Campaign.state).in_(NOT_OVER),
            col(Campaign.deadline_at) >= work.now,
        )
        .order_by((col(Campaign.state) == CampaignState.RUNNING).desc(), col(Campaign.launched_at).desc())
        .limit(20)
    )
    unit = await work.session.get_one(Unit, graduate.unit_id)
    for campaign, over in found.all():
        if (over is None or over.covers(unit)) and campaign.name in work.rules.campaigns:
            return campaign
    return None


async def in_place(work: Work, record: records.Record, message: Say, *, fresh: bool = False) -> None:
    """A step through the menus edits the card; a fresh one is a new message, edited from then on."""
    work.say(record.person, message, replaces=await place(work, record.person, record.graduate, fresh=fresh))


async def place(work: Work, person: Person, graduate: Graduate, *, fresh: bool = False) -> str:
    """The newest card is the one that is edited: an older one may be far up in the chat."""
    stem = f"ask:{graduate.id.hex}:"
    newest = await newest_place(work, person, graduate)
    number = int(newest.removeprefix(stem)) if newest else 0
    return f"{stem}{number + 1 if fresh or not newest else number}"


async def newest_place(work: Work, person: Person, graduate: Graduate) -> str | None:
    """None where no card was ever sent to a chat of theirs."""
    found = await work.session.exec(
        select(Outgoing.replaces)
        .where(Outgoing.person_id == person.id, col(Outgoing.replaces).startswith(f"ask:{graduate.id.hex}:"))
        .order_by(col(Outgoing.id).desc())
        .limit(1)
    )
    return found.first()
