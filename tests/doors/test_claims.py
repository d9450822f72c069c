"""Several processes, one pace: a row is claimed by one of them, and all together keep to the rules."""

import asyncio
import math
from datetime import timedelta

import pytest
from sqlmodel import select

from actions.dispatch_claims import claim, take_over
from actions.dispatch_outcomes import Outcome, Result, record
from bot.delivery_verdicts import real_time
from models.campaign import Alarm, Campaign, CampaignState
from models.dispatch import Channel, Dispatch, DispatchState
from models.graduate import Graduate
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


async def test_too_many_refusals_stop_the_campaign(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    for number in range(60):
        mobile = f"138000001{number:02d}"
        platform.says[mobile] = (200, {"code": 9, "message": "空号"})
        await world.graduate(name="某", enrolled=False, mobile=f"+86{mobile}")
    await begun(app, world)
    await ticked(app)
    campaign = await app.row(select(Campaign))
    assert (campaign.state, campaign.alarm) == (CampaignState.PAUSED, Alarm.REFUSED)
    await world.office.phone.sees("暂停")
