"""Evenly spaced, replies first, one chat never in the way of another, and one pause per refusal window."""

import asyncio
import time
from itertools import pairwise

from bot.pace import ANSWER, Answer, Pace
from models.messages import Lane


async def moments(pace: Pace, chats: list[int | None], lane: Lane = Lane.CAMPAIGN) -> list[float]:
    async def one(chat: int | None) -> float:
        assert await pace.turn(chat, lane)
        return time.monotonic()

    return sorted(await asyncio.gather(*(one(chat) for chat in chats)))


async def test_evenly_spaced_from_the_first_on() -> None:
    granted = await moments(Pace(100), list(range(51)))
    gaps = [later - earlier for earlier, later in pairwise(granted)]
    assert 60 <= 50 / (granted[-1] - granted[0]) <= 104
    assert sum(gap > 0.005 for gap in gaps) >= 30


async def test_an_idle_pace_saves_nothing_up() -> None:
    pace = Pace(20)
    await moments(pace, [1])
    await asyncio.sleep(0.4)
    granted = await moments(pace, list(range(10)))
    assert granted[-1] - granted[0] >= 0.35


async def test_replies_overtake_a_campaign() -> None:
    pace, order = Pace(100), list[str]()

    async def one(chat: int, lane: Lane) -> None:
        await pace.turn(chat, lane)
        order.append(lane.value)

    campaign = [one(chat, Lane.CAMPAIGN) for chat in range(10)]
    await asyncio.gather(*campaign, *(one(chat, Lane.REPLY) for chat in range(20, 25)))
    assert order[:6] == ["campaign", *["reply"] * 5]


async def test_replies_overtake_the_answers_to_presses_and_those_the_rest() -> None:
    pace, order = Pace(100), list[str]()

    async def one(chat: int | None, lane: Lane | Answer) -> None:
        await pace.turn(chat, lane)
        order.append(lane)

    alerts = [one(chat, Lane.ALERT) for chat in range(10)]
    answers = [one(None, ANSWER) for _ in range(5)]
    await asyncio.gather(*alerts, *answers, *(one(chat, Lane.REPLY) for chat in range(20, 25)))
    assert order[1:11] == [*["reply"] * 5, *["answer"] * 5]


async def test_a_hot_chat_has_its_burst_and_then_waits_alone() -> None:
    pace = Pace(1000, burst=3, chat_every=0.2)
    began = time.monotonic()
    hot, others = await asyncio.gather(moments(pace, [1] * 5), moments(pace, list(range(10, 60))))
    assert others[-1] - began < 0.15
    assert hot[2] - began < 0.15
    assert 0.19 <= hot[3] - began < 0.3
    assert 0.39 <= hot[4] - began < 0.5


async def test_edits_and_callback_answers_take_tokens_of_the_bot_only() -> None:
    granted = await moments(Pace(100, burst=1, chat_every=5), [None] * 11)
    assert 0.09 <= granted[-1] - granted[0] < 0.15


async def test_one_window_is_one_pause_of_exactly_that_long() -> None:
    pace, began = Pace(1000), time.monotonic()
    assert pace.pause(0.3)
    assert not pace.pause(0.4)
    granted = await moments(pace, [1, 2])
    assert 0.3 <= granted[0] - began < 0.36
    assert pace.pause(0.01)


async def test_a_longer_refusal_in_an_open_window_is_one_of_its_own() -> None:
    pace = Pace(1000)
    assert pace.pause(3)
    assert pace.pause(2000)
    assert not pace.pause(1999)
    assert pace.resumes_in() > 1990


async def test_as_shipped_29_a_second_and_three_at_once_for_a_chat() -> None:
    pace = Pace()
    hot, others = await asyncio.gather(moments(pace, [1] * 4), moments(pace, list(range(10, 36))))
    everybody = sorted([*hot, *others])
    assert 20 <= 28 / (everybody[28] - everybody[0]) <= 30
    assert hot[2] - hot[0] < 0.5
    assert 0.9 <= hot[3] - hot[2] < 1.5


async def test_whoever_cannot_be_served_in_time_is_told_at_once() -> None:
    pace, began = Pace(1000), time.monotonic()
    waiting = asyncio.gather(pace.turn(1, within=0.5), pace.turn(2))
    pace.pause(0.1)
    assert all(await waiting)
    pace.pause(2)
    assert not await pace.turn(1, within=0.5)
    assert time.monotonic() - began < 0.4


async def test_a_cancelled_waiter_leaves_no_trace() -> None:
    pace = Pace(1000)
    pace.pause(0.05)
    try:
        async with asyncio.timeout(0.01):
            await pace.turn(1)
    except TimeoutError:
        pass
    assert not any(pace.waiting.values())
    assert await pace.turn(1)
