"""Several processes of one bot, one pace: shared slots, replies first, one pause for all of them."""

import asyncio
import time
from datetime import timedelta
from itertools import chain, pairwise

from sqlalchemy import event, text

from actions import delivery
from bot.database import Database
from bot.pace import Pace
from models.messages import Lane
from models.pace import resumes_in
from tests.delivery.office import BEGIN, Office
from tests.delivery.test_pace import moments


def paces(office: Office, count: int, per_second: float) -> list[Pace]:
    made = [Pace(per_second) for _ in range(count)]
    for number, pace in enumerate(made):
        office.share(f"process {number}", pace)
    return made


async def test_together_they_keep_to_one_pace(office: Office) -> None:
    one, two, three = paces(office, 3, 60)
    await asyncio.gather(*(moments(pace, [1]) for pace in (one, two, three)))
    chats: list[int | None] = list(range(2, 42))
    of_each = await asyncio.gather(*(moments(pace, chats) for pace in (one, two, three)))
    granted = sorted(chain.from_iterable(of_each))
    assert 40 <= (len(granted) - 1) / (granted[-1] - granted[0]) <= 62
    in_a_second = [sum(begin <= at < begin + 1 for at in granted) for begin in granted]
    assert max(in_a_second) <= 60 + 8


async def test_one_alone_asks_twice_a_second_however_much_it_sends(office: Office) -> None:
    asked = []
    event.listen(
        office.works.database.writer.sync_engine,
        "before_cursor_execute",
        lambda *given: asked.append(given[2]) if given[2].startswith("UPDATE allotment") else None,
    )
    (pace,) = paces(office, 1, 200)
    granted = await moments(pace, list(range(300)))
    assert 150 <= 299 / (granted[-1] - granted[0]) <= 208
    assert len(asked) <= 10


async def test_a_reply_does_not_wait_for_another_ones_campaign(office: Office) -> None:
    busy, other = paces(office, 2, 29)
    async with asyncio.TaskGroup() as tasks:
        campaign = tasks.create_task(moments(busy, list(range(60))))
        await asyncio.sleep(0.1)
        for _ in range(3):
            assert await other.turn(1000, within=1)
            began = time.monotonic()
            await asyncio.sleep(0.1)
            assert await other.turn(None)
            assert time.monotonic() - began < 0.1 + 0.35
        campaign.cancel()


async def test_a_window_that_one_met_holds_all_of_them(office: Office) -> None:
    one, two = paces(office, 2, 29)
    await asyncio.gather(moments(one, [1]), moments(two, [1]))
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(moments(two, list(range(10, 40))))
        await asyncio.sleep(0.2)
        shut_at = time.monotonic()
        assert one.pause(1.0, for_all=True)
        granted = await sending
    assert not [at for at in granted if shut_at + 0.35 < at < shut_at + 0.99]
    assert [at for at in granted if shut_at + 1 <= at < shut_at + 1.3]
    after = [later - earlier for earlier, later in pairwise(at for at in granted if at > shut_at + 0.99)]
    assert sum(after) / len(after) >= 0.9 / 29


async def test_a_second_refusal_in_the_window_does_not_make_it_longer(office: Office) -> None:
    one, two = paces(office, 2, 29)
    one.pause(1.0, for_all=True)
    await asyncio.sleep(0.3)
    two.pause(1.0, for_all=True)
    await asyncio.sleep(0.2)
    (third,) = paces(office, 1, 29)
    await asyncio.sleep(0.1)
    assert 0.2 < third.resumes_in() < 0.5


async def test_a_restart_remembers_the_window(office: Office) -> None:
    (pace,) = paces(office, 1, 29)
    pace.pause(3000, for_all=True)
    while pace.untold:
        await office.pause()
    await office.alone()
    (again,) = paces(office, 1, 29)
    assert not await again.turn(1, within=2)
    assert again.resumes_in() > 2900


async def test_a_clock_put_back_makes_no_window_longer(office: Office) -> None:
    (pace,) = paces(office, 1, 29)
    pace.pause(1, for_all=True)
    while pace.untold:
        await office.pause()
    await office.alone()
    async with office.works.begin() as work:
        ahead = ", ".join(f"{name} = {name} + 3600" for name in ("next_at", "paused_until", "others_at"))
        await work.session.execute(text(f"UPDATE allotment SET {ahead}"))
    (again,) = paces(office, 1, 29)
    async with office.works.reading() as session:
        assert await resumes_in(session, office.works.bot_id) == timedelta(0)
    assert await again.turn(1, within=2)
    again.pause(1, for_all=True)
    while again.untold:
        await office.pause()
    async with office.works.reading() as session:
        assert timedelta(0) < await resumes_in(session, office.works.bot_id) <= timedelta(seconds=1.1)


async def test_troubles_of_one_process_alone_hold_nobody_else(office: Office) -> None:
    one, two = paces(office, 2, 29)
    one.pause(5)
    assert await two.turn(1, within=1)
    assert not await one.turn(1, within=1)


async def test_of_two_that_are_shut_out_one_says_so(office: Office) -> None:
    for seconds in (0, 2, 1, 3600):
        async with office.works.begin() as work:
            await delivery.throttled(work, BEGIN + timedelta(seconds=seconds))
    assert await office.incidents() == ["throttled", "throttled"]


async def test_without_the_database_a_process_lives_on_its_own_share(office: Office) -> None:
    (pace,) = paces(office, 1, 29)
    assert await pace.turn(1)
    await asyncio.sleep(0.6)
    held = Database(office.works.database.url)
    async with held.writer.begin() as connection:
        await connection.execute(
            text("SELECT 1" if held.sqlite else "LOCK TABLE allotment IN EXCLUSIVE MODE")
        )
        began = time.monotonic()
        granted = await moments(pace, list(range(2, 14)), Lane.REPLY)
        assert granted[0] - began < 1.3
        assert 11 / (granted[-1] - granted[0]) <= 31
    await held.close()
