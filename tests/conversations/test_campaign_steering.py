"""Paused, resumed and cancelled from the chat, felt within a second, at the pace of a real Telegram."""

import asyncio
import time as real
from collections import Counter

import pytest
from sqlmodel import select

from actions import asks, spreading
from bot.pace import BURST, CHAT_EVERY
from models.ask import Ask
from models.campaign import Campaign, CampaignState
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.person import Person
from tests.conversations.asking import pressed, typed
from tests.conversations.campaigning import broadcast, counted, equation, launched, looked, moved, ticked
from tests.driving import Running
from tests.world import One, World

PER_SECOND = 29.0
PEOPLE = 120
A_FEW = 20
# One claim at that pace, and what the network and a busy machine make of it.
A_SECOND, ITS_MESSAGES = 1.5, 30


@pytest.fixture
async def paced(app: Running, world: World) -> list[One]:
    """Many people, a Telegram that keeps its limits, and the pace of every day."""
    people = [world.lihua, *[await world.graduate(name=f"学生{number}") for number in range(PEOPLE - 1)]]
    app.sandbox.paced = True
    app.app.pace.per_second, app.app.pace.every = PER_SECOND, 1 / PER_SECOND
    app.app.pace.chat_slack = (BURST - 1) * CHAT_EVERY
    app.app.pace.chats.clear()
    app.app.postman.handful = round(PER_SECOND)
    return people


def sends(app: Running, people: list[One]) -> list[float]:
    """When each card left, by the clock of the other side."""
    ids = {one.phone.user_id for one in people}
    return [
        call.moment
        for call in app.sandbox.calls
        if call.method == "sendMessage" and call.parameters["chat_id"] in ids and call.outcome == "ok"
    ]


async def under_way(app: Running, world: World, people: list[One]) -> None:
    """Launched in the chat, and some of it has left."""
    await looked(app, world.office)
    # Not waited for until all is said: a tick that comes by itself would have everything sent by then.
    await world.office.phone.press("发送")
    await world.office.phone.sees("正在发送")
    for _ in range(2):
        async with app.app.works.begin() as work:
            await spreading.spread(work)
    while len(sends(app, people)) < A_FEW:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def committed(app: Running, state: CampaignState) -> float:
    while (await app.row(select(Campaign))).state is not state:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    return real.monotonic()


def late(app: Running, people: list[One], since: float) -> list[float]:
    return [moment - since for moment in sends(app, people) if moment > since]


async def test_a_pause_is_felt_within_a_second_and_resumed_it_repeats_nobody(
    app: Running, world: World, paced: list[One]
) -> None:
    await under_way(app, world, paced)
    await world.office.phone.press("暂停发送")
    at = await committed(app, CampaignState.PAUSED)
    await app.settled()
    after = late(app, paced, at)
    assert len(after) <= ITS_MESSAGES
    assert max(after, default=0.0) < A_SECOND
    stopped_at = len(sends(app, paced))
    await ticked(app)
    await world.office.phone.sees("已暂停")
    assert len(sends(app, paced)) == stopped_at < PEOPLE
    app.app.pace.every = 1 / 2000
    app.sandbox.paced = False
    await pressed(app, world.office, "恢复发送")
    await ticked(app)
    per_person = Counter(call.parameters["chat_id"] for call in app.sandbox.calls if _is_card(call))
    assert {per_person[one.phone.user_id] for one in paced} == {1}
    assert equation(await counted(app)) == {"queued": PEOPLE, "accepted": PEOPLE}
    assert not [call for call in app.sandbox.calls if "429" in str(call.outcome)]


def _is_card(call: object) -> bool:
    return getattr(call, "method", "") == "sendMessage" and getattr(call, "outcome", "") == "ok"


async def test_a_cancel_is_felt_within_a_second(app: Running, world: World, paced: list[One]) -> None:
    await under_way(app, world, paced)
    await moved(app, world, "cancel")
    at = real.monotonic()
    await app.settled()
    after = late(app, paced, at)
    assert len(after) <= ITS_MESSAGES
    assert max(after, default=0.0) < A_SECOND
    await ticked(app)
    facts = await counted(app)
    left = len(sends(app, paced))
    assert equation(facts) == {"queued": PEOPLE, "accepted": left, "cancelled": PEOPLE - left}
    assert facts["balanced"] is True


async def test_one_campaign_is_paused_and_resumed_from_the_lists(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await typed(app, world.office, "/pause")
    await world.office.phone.sees("· 2024 届去向核对：正在发送")
    await pressed(app, world.office, "暂停 2024 届去向核对")
    await world.office.phone.sees("2024 届去向核对：已暂停")
    assert (await app.row(select(Campaign))).state is CampaignState.PAUSED
    await typed(app, world.office, "/pause")
    assert world.office.phone.buttons() == ["暂停全部发送"]
    await typed(app, world.office, "/resume")
    await world.office.phone.sees("· 2024 届去向核对：已暂停")
    await pressed(app, world.office, "恢复 2024 届去向核对")
    assert (await app.row(select(Campaign))).state is CampaignState.RUNNING
    await typed(app, world.office, "/resume")
    await world.office.phone.sees("没有需要恢复的")


async def test_on_its_card_it_is_paused_and_resumed_in_place(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await pressed(app, world.office, "暂停发送")
    await world.office.phone.sees("2024 届去向核对：已暂停", times=1)
    await pressed(app, world.office, "恢复发送")
    await world.office.phone.sees("2024 届去向核对：进行中", times=1)
    assert len([one for one in world.office.phone.shown if "届去向核对：" in one.text]) == 1
    assert (await app.row(select(Campaign))).state is CampaignState.RUNNING


async def test_an_old_pause_button_says_what_is_true_now(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await typed(app, world.office, "/pause")
    await moved(app, world, "cancel")
    await pressed(app, world.office, "暂停 2024 届去向核对")
    await world.office.phone.sees("2024 届去向核对：已取消")
    assert (await app.row(select(Campaign))).state is CampaignState.CANCELLED


async def test_one_enrolled_while_it_is_paused_is_asked_when_it_goes_on(app: Running, world: World) -> None:
    await launched(app, world)
    await moved(app, world, "pause")
    await ticked(app)
    assert not await app.rows(select(Outgoing).where(Outgoing.state == Sending.DUE))
    late_comer = await world.graduate(name="王芳")
    await moved(app, world, "resume")
    await ticked(app)
    await late_comer.phone.sees("王芳同学", times=1)
    await world.lihua.phone.sees("李华同学", times=1)


async def enrolled(app: Running, one: One) -> None:
    """At the end of enrolling."""
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, one.person_id)
        await asks.ask_now(work, person, await work.session.get_one(Graduate, one.id))
    await app.settled()


async def test_paused_after_it_came_to_everybody_it_still_asks_who_enrols_meanwhile(
    app: Running, world: World
) -> None:
    others = [await world.graduate(name=f"学生{number}") for number in range(45)]
    await broadcast(app, world.office)
    await moved(app, world, "pause")
    late_comer = await world.graduate(name="王芳")
    await enrolled(app, late_comer)
    await late_comer.phone.sees("核对开始后，我们会把学校登记的去向发给您看")
    await moved(app, world, "resume")
    assert (await counted(app))["balanced"] is False
    await ticked(app)
    await late_comer.phone.sees("目前登记的您的毕业去向是", times=1)
    for one in (world.lihua, *others):
        await one.phone.sees("目前登记的您的毕业去向是", times=1)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 47, "accepted": 47}, True)
    assert (await app.row(select(Campaign))).spread_done_at is not None


async def test_resumed_it_leaves_the_moment_somebody_chose_as_it_is(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await pressed(app, world.lihua, "稍后提醒我")
    await pressed(app, world.lihua, world.lihua.phone.buttons()[0])
    before = await app.row(select(Ask))
    await moved(app, world, "pause")
    await moved(app, world, "resume")
    await ticked(app)
    after = await app.row(select(Ask))
    assert (
        (after.next_step, after.next_at) == (before.next_step, before.next_at) == ("snooze", before.next_at)
    )
