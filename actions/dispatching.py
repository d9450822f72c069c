"""Who is written to by another door than the chat, and with which step: the campaign's own ladder decides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions import campaigns, invitations, ladder_next, next_steps, spreading, switch, watching
from actions.next_steps import Batch, Because
from actions.ways import Standing, mobile, standings_of
from actions.work import Refusal, Work
from actions.written import keep_the_gap
from models.ask import Ask
from models.campaign import Campaign, CampaignState
from models.dispatch import Channel, Dispatch, DispatchState
from models.equation import reached, silent, under_dispute, within
from models.graduate import Graduate
from models.messages.campaign import CampaignAsItIs
from models.person import Person
from models.unit import Unit
from rules import Due

BATCH = 40
# A list that was never finished is given up after so long: another may be in the making just now.
GIVEN_UP_AFTER = timedelta(hours=1)


class NotRunning(Refusal):
    """Paused, over, waiting for a second person, or everything is paused."""

    def __init__(self, said: CampaignAsItIs) -> None:
        super().__init__(said)
        self.state, self.all_paused = said.state, said.all_paused


@dataclass(frozen=True)
class Line:
    """What the list says of one graduate; the code leaves the process there and nowhere else."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    code: str = field(repr=False)
    deadline_at: datetime


@dataclass
class Round:
    """One going through a campaign's scope; `after` is how far it came."""

    campaign_id: UUID
    channel: Channel
    everyone: bool = False
    again: bool = False
    id: UUID = field(default_factory=uuid4)
    after: UUID | None = None
    over: bool = False
    left_out: Counter[Because] = field(default_factory=Counter)


async def running(work: Work, by: Person, campaign_id: UUID) -> Campaign:
    """Locked, theirs to steer, asking by a plan, and sending just now."""
    campaign, _ = await campaigns.theirs(work, by, campaign_id)
    live = campaign.state is CampaignState.RUNNING and campaign.deadline_at >= work.now
    if not (campaign.asks and live) or await switch.is_on(work):
        raise NotRunning(await watching.as_it_is(work, campaign))
    return campaign


async def prepare(work: Work, by: Person, round_: Round) -> list[Line]:
    """The next few of the list: each with a link of its own, and a row that says which step it is."""
    campaign = await running(work, by, round_.campaign_id)
    rows = await _candidates(work, campaign, round_)
    standings = await standings_of(work, [one.id for one in rows])
    ruled_out = {one.id: _ruled_out(one, standings[one.id]) for one in rows}
    round_.left_out.update(why for why in ruled_out.values() if why)
    wanted = [one for one in rows if ruled_out[one.id] is None]
    batch = await next_steps.found(work, campaign, wanted, await _asks(work, round_, wanted))
    lines, people = [], []
    for one in wanted:
        if (line := await _line(work, round_, batch, one)) is not None:
            lines.append(line)
            people += [batch.bindings[one.id].person_id] if one.id in batch.bindings else []
    if people:
        await keep_the_gap(work, people, work.now)
    round_.over = len(rows) < BATCH
    if rows:
        round_.after = rows[-1].id
    return lines


async def _candidates(work: Work, campaign: Campaign, round_: Round) -> Sequence[Graduate]:
    """Silent, not under dispute, still on the roster; and out of a chat's reach, unless everyone is meant."""
    unit = await work.session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    query = select(Graduate).where(*within(campaign.cohort, unit, in_order=True), silent(), ~under_dispute())
    if not round_.everyone:
        query = query.where(~reached())
    if round_.after is not None:
        query = query.where(col(Graduate.id) > round_.after)
    query = query.order_by(col(Graduate.id)).limit(BATCH).with_for_update(of=Graduate)
    return (await work.session.exec(query)).all()


def _ruled_out(graduate: Graduate, standing: Standing) -> Because | None:
    """What closes this door, whatever else reaches them."""
    found = (
        (standing.opted_out, Because.OPTED_OUT),
        (standing.wrong_person, Because.WRONG_PERSON),
        (standing.dead_number, Because.DEAD_NUMBER),
        (standing.takes_no_texts, Because.TAKES_NO_TEXTS),
        (graduate.phone_digest is None, Because.NO_ADDRESS),
    )
    return next((why for holds, why in found if holds), None)


async def _asks(work: Work, round_: Round, graduates: Sequence[Graduate]) -> dict[UUID, Ask]:
    asks = await spreading.open_asks(work, [one.id for one in graduates])
    if round_.again:
        await _take_back(work, round_, list(asks.values()))
    return asks


async def _line(work: Work, round_: Round, batch: Batch, graduate: Graduate) -> Line | None:
    phone = mobile(work.open(graduate.phone))
    if phone is None or graduate.id not in batch.registered:
        round_.left_out[Because.NO_ADDRESS] += 1
        return None
    ask = await spreading.usable(work, batch.asks.get(graduate.id), batch.campaign, batch.target)
    new = ask is None
    ask = ask or spreading.made(work, batch.campaign, graduate, batch.target)
    due = await next_steps.due(work, batch, graduate, graduate.phone_digest or "", ask, new=new)
    if isinstance(due, Because):
        round_.left_out[due] += 1
        return None
    if new:
        spreading.opened(work, ask)
    code = await _taken(work, round_, batch, graduate, ask, due)
    return Line(graduate.name, phone, code, ask.deadline_at)


async def _taken(work: Work, round_: Round, batch: Batch, graduate: Graduate, ask: Ask, due: Due) -> str:
    code, link = invitations.make_short(work, graduate)
    await work.session.flush()
    work.session.add(
        Dispatch(
            graduate_id=graduate.id,
            campaign_id=batch.campaign.id,
            ask_id=ask.id,
            step=due.step_key,
            invitation_id=link.id,
            channel=round_.channel,
            address_digest=graduate.phone_digest or "",
            batch=round_.id,
            state=DispatchState.PREPARED,
            created_at=work.now,
        )
    )
    batch.same_number[graduate.phone_digest or ""] = work.now
    ask.last_step, ask.last_sent_at = due.step_key, work.now
    climb = await ladder_next.climb_of(work, ask)
    done = {*batch.before.done(ask), due.step_key}
    ladder_next.schedule(work, ask, climb.next(done, work.now, work.now))
    by = round_.channel.value
    work.record("reminded", subject=ask.id, graduate=graduate.id, step=due.step_key, channel=by)
    return code


async def exported(work: Work, by: Person, round_: Round) -> int:
    """The list is whole: from now on its lines count as handed over."""
    await running(work, by, round_.campaign_id)
    made = await work.session.execute(
        update(Dispatch)
        .where(col(Dispatch.batch) == round_.id, col(Dispatch.state) == DispatchState.PREPARED)
        .values(state=DispatchState.EXPORTED, left_at=work.now)
        .returning(col(Dispatch.id)),
        execution_options={"synchronize_session": False},
    )
    count = len(made.all())
    work.record("texts_exported", by=by, subject=round_.campaign_id, batch=str(round_.id), count=count)
    return count


async def give_up(work: Work, round_: Round) -> None:
    """The list did not come about: its lines, and those of one that was broken off long ago, never left."""
    mine = col(Dispatch.batch) == round_.id
    forgotten = col(Dispatch.created_at) < work.now - GIVEN_UP_AFTER
    await _cancelled(
        work,
        select(Dispatch.id).where(or_(mine, forgotten), col(Dispatch.state) == DispatchState.PREPARED),
    )


async def end(work: Work, campaign: Campaign) -> None:
    """The campaign is over: a list that was still in the making does not come about."""
    mine = select(Dispatch.id).where(
        Dispatch.campaign_id == campaign.id, Dispatch.state == DispatchState.PREPARED
    )
    await _cancelled(work, mine)


async def take_back(work: Work, campaign: Campaign, most: int) -> bool:
    """What we would have sent ourselves and nobody has claimed yet."""
    queued = select(Dispatch.id).where(
        Dispatch.campaign_id == campaign.id, Dispatch.state == DispatchState.QUEUED
    )
    some = (await work.session.exec(queued.limit(most).with_for_update(skip_locked=True))).all()
    if some:
        await _cancelled(work, select(Dispatch.id).where(col(Dispatch.id).in_(some)))
    return bool(some)


async def in_hand(work: Work, campaign: Campaign) -> bool:
    """Claimed just now, or queued and held: it may yet be taken, or come back to be taken back."""
    waiting = (DispatchState.QUEUED, DispatchState.SENDING)
    query = select(Dispatch.id).where(Dispatch.campaign_id == campaign.id, col(Dispatch.state).in_(waiting))
    return (await work.session.exec(query.limit(1))).first() is not None


async def _take_back(work: Work, round_: Round, asks: Sequence[Ask]) -> None:
    """`--again`: the earlier list was not used; what the platform has spoken of since stands."""
    latest = [(col(Dispatch.ask_id) == ask.id) & (col(Dispatch.step) == ask.last_step) for ask in asks]
    if latest:
        mine = col(Dispatch.batch).is_distinct_from(round_.id)
        unheard = col(Dispatch.state) == DispatchState.EXPORTED
        of = col(Dispatch.channel) == round_.channel
        await _cancelled(work, select(Dispatch.id).where(or_(*latest), unheard, of, mine))


async def _cancelled(work: Work, which: SelectOfScalar[UUID]) -> None:
    rows = await work.session.execute(
        update(Dispatch)
        .where(col(Dispatch.id).in_(which))
        .values(state=DispatchState.CANCELLED, settled_at=work.now)
        .returning(col(Dispatch.invitation_id)),
        execution_options={"synchronize_session": False},
    )
    await invitations.revoke(work, [one for (one,) in rows.all() if one])
