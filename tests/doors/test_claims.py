"""Several processes, one pace: a row is claimed by one of them, and all together keep to the rules."""

import asyncio
import math
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from actions.dispatch_claims import claim, take_over
from actions.dispatch_outcomes import Outcome, Result, record
from actions.work import Work
from bot.delivery_verdicts import real_time
from models.campaign import Alarm, Campaign, CampaignState
from models.dispatch import Channel, Dispatch, DispatchState
from models.graduate import Graduate
from models.messages import Lane
from models.messages.general import Cancelled
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person
from models.staff import Invitation
from tests.conversations.campaigning import ticked
from tests.doors.opened import begun
from tests.doors.platform import Platform
from tests.driving import Running, Time
from tests.world import World

LEASE = timedelta(seconds=30)


@pytest.fixture
async def waiting(app: Running, world: World) -> int:
    """Five texts that wait for whoever claims them; the app's own couriers look on."""
    for courier in app.app.couriers:
        courier.halted_until = math.inf
    for number in range(5):
        await world.graduate(name=f"某{number}", enrolled=False, mobile=f"+861380000000{number}")
    await begun(app, world)
    return 5


async def claimed(app: Running, name: str, per_second: float = 50, later: float = 0) -> list[Dispatch]:
    works = app.app.works
    now = real_time(works.clock) + timedelta(seconds=later)
    async with works.begin() as work:
        parcels = await claim(work, Channel.SMS, name, now, LEASE, per_second)
    ids = [one.id for one in parcels]
    return [one for one in await app.rows(select(Dispatch)) if one.id in ids]


async def test_no_row_is_claimed_by_two(app: Running, waiting: int) -> None:
    found = await asyncio.gather(*(claimed(app, f"process {n}") for n in range(3)))
    ids = [one.id for rows in found for one in rows]
    assert len(ids) == len(set(ids)) == waiting
    assert {one.state for rows in found for one in rows} == {DispatchState.SENDING}
    assert await claimed(app, "late", later=60) == []


async def test_all_of_them_together_keep_the_pace(app: Running, waiting: int) -> None:
    """One second of it is being sent, and the next one is in hand: whoever else looks finds nothing."""
    found = [len(await claimed(app, name, 2)) for name in ("a", "b", "c")]
    assert found == [2, 2, 0]
    assert len(await claimed(app, "c", 2, later=1.5)) == 1


async def test_what_comes_back_gets_another_link(app: Running, waiting: int) -> None:
    one, *_ = await claimed(app, "a")
    async with app.app.works.begin() as work:
        await record(work, one.id, "a", Outcome(Result.RETURNED))
    assert (await app.row(select(Invitation).where(Invitation.id == one.invitation_id))).revoked_at
    again = await claimed(app, "b", later=60)
    assert [(row.id, row.attempts) for row in again] == [(one.id, None)]
    assert again[0].invitation_id != one.invitation_id


async def test_what_is_known_stands_against_a_guess_and_a_guess_against_nothing(
    app: Running, waiting: int
) -> None:
    first, second, third, *_ = await claimed(app, "a")
    works = app.app.works
    async with works.begin() as work:
        await take_over(work, Channel.SMS, real_time(works.clock) + timedelta(minutes=1))
    assert {one.state for one in await app.rows(select(Dispatch))} == {DispatchState.UNKNOWN}
    for row, result in ((first, Result.TAKEN), (second, Result.LATER), (third, Result.RETURNED)):
        async with works.begin() as work:
            await record(work, row.id, "a", Outcome(result, provider_id="m1"))
    found = {one.id: one for one in await app.rows(select(Dispatch))}
    assert found[first.id].state is DispatchState.SENT
    assert {found[one.id].state for one in (second, third)} == {DispatchState.UNKNOWN}


async def test_nothing_of_it_is_claimed_for_a_chat_that_is_up_to_date(app: Running, waiting: int) -> None:
    """Answered between the queue and the claim."""
    async with app.app.works.begin() as work:
        for graduate in await work.session.exec(select(Graduate)):
            graduate.removed_at = work.now
    assert await claimed(app, "a") == []
    assert {one.state for one in await app.rows(select(Dispatch))} == {DispatchState.CANCELLED}


async def test_two_records_of_one_telephone_are_not_texted_in_one_breath(app: Running, waiting: int) -> None:
    """Queued for two numbers, of which the register makes one before they leave."""
    async with app.app.works.begin() as work:
        first, second, third, *_ = await work.session.exec(select(Dispatch).order_by(col(Dispatch.due_at)))
        for one in (first, second, third):
            one.address_digest = "one"
            (await work.session.get_one(Graduate, one.graduate_id)).phone_digest = "one"
        third.state, third.left_at = DispatchState.SENT, work.now - timedelta(hours=50)
    assert len(await claimed(app, "a")) == 3
    waits = await app.row(select(Dispatch).where(Dispatch.state == DispatchState.QUEUED))
    assert waits.address_digest == "one"
    assert near(waits.due_at, app.now + timedelta(hours=48))


async def test_a_message_in_the_chat_holds_back_what_is_queued(app: Running, waiting: int) -> None:
    async with app.app.works.begin() as work:
        one = (await work.session.exec(select(Dispatch).limit(1))).one()
        row = told(work, one, Sending.ACCEPTED)
        row.settled_at = work.now - timedelta(hours=1)
    found = await claimed(app, "a")
    assert (len(found), one.id in {row.id for row in found}) == (4, False)
    kept = await app.row(select(Dispatch).where(Dispatch.state == DispatchState.QUEUED))
    assert kept.id == one.id
    assert near(kept.due_at, app.now + timedelta(hours=47))


async def test_what_may_have_left_holds_back_the_chat(app: Running, waiting: int) -> None:
    """Unknown by what was heard, and unknown by a process that did not come back."""
    works = app.app.works
    first, second, *_ = await claimed(app, "a")
    async with works.begin() as work:
        for one in (first, second):
            told(work, one, Sending.DUE)
    async with works.begin() as work:
        await record(work, first.id, "a", Outcome(Result.UNKNOWN))
    async with works.begin() as work:
        await take_over(work, Channel.SMS, real_time(works.clock) + timedelta(minutes=1))
    rows = await app.rows(select(Outgoing).where(Outgoing.step == "after_2"))
    assert [near(one.due_at, app.now + timedelta(hours=48)) for one in rows] == [True, True]


def told(work: Work, about: Dispatch, state: Sending) -> Outgoing:
    """A message of a campaign to the account that answers for the same record."""
    person = Person(created_at=work.now)
    bound = Binding(graduate_id=about.graduate_id, person=person, verified=True, bound_at=work.now)
    row = Outgoing(
        bot_id=work.bot_id,
        person_id=person.id,
        message=Cancelled(),
        lane=Lane.CAMPAIGN,
        state=state,
        due_at=work.now + timedelta(hours=1),
        created_at=work.now,
        step="after_2",
    )
    work.session.add_all([person, bound, row])
    return row


def near(one: datetime | None, other: datetime) -> bool:
    """The product's clock goes on."""
    return one is not None and abs(one - other) < timedelta(minutes=1)


async def test_switched_off_telephones_are_nobodys_refusal(
    app: Running, world: World, platform: Platform
) -> None:
    await crowd(world, platform, "关机")
    await begun(app, world)
    await ticked(app)
    assert (await app.row(select(Campaign))).state is CampaignState.RUNNING


async def crowd(world: World, platform: Platform, reason: str) -> None:
    for number in range(60):
        mobile = f"138000001{number:02d}"
        platform.says[mobile] = (200, {"code": 9, "message": reason})
        await world.graduate(name="某", enrolled=False, mobile=f"+86{mobile}")


async def test_too_many_refusals_stop_the_campaign(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    await crowd(world, platform, "空号")
    await begun(app, world)
    await ticked(app)
    campaign = await app.row(select(Campaign))
    assert (campaign.state, campaign.alarm) == (CampaignState.PAUSED, Alarm.REFUSED)
    await world.office.phone.sees("暂停")
