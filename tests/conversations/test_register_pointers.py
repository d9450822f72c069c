"""After an answer in chat: at most two pointers to the national register, and what ends them."""

from datetime import datetime

import pytest
from sqlmodel import col, select

from actions import switch
from models.ask import Ask
from models.graduate import Graduate
from models.official import Official
from models.outgoing import Outgoing, Sending
from models.person import Locale, Person
from tests.conversations.asking import pressed, registered, typed
from tests.conversations.test_ladder import launched, steps
from tests.driving import ZONE, Running, Time
from tests.world import One, World

POINTERS = [("register_1", "07-13"), ("register_2", "07-22")]


async def confirmed(app: Running, world: World, one: One) -> None:
    await launched(app, world)
    await pressed(app, one, "以上信息属实")


async def pointed(world: World, one: One) -> list[tuple[str, str]]:
    return [step for step in await steps(world, one) if step[0].startswith("register")]


async def weeks_pass(time: Time) -> None:
    for day in ("07-13", "07-22", "08-10"):
        if time.running.now < datetime.fromisoformat(f"2024-{day} 10:30").replace(tzinfo=ZONE):
            await time.to(f"2024-{day} 10:30")


async def says(app: Running, world: World, official: Official) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).official = official


async def test_two_pointers_and_then_silence(app: Running, world: World, time: Time) -> None:
    await confirmed(app, world, world.lihua)
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == POINTERS
    first = await world.lihua.phone.sees("全国系统里的确认要由您本人在 dj.ncss.cn 完成", times=1)
    assert "李华同学，您对学校的答复我们收到了。" in first.text
    assert first.button("我已在全国系统确认")
    await world.lihua.phone.sees("这件事我们不再提醒。", times=1)
    rows = await world.rows(select(Outgoing).where(col(Outgoing.step).startswith("register")))
    assert {row.plan for row in rows} == {app.app.rules.plan_version}
    ask = await world.row(select(Ask))
    assert (ask.next_step, ask.next_at) == (None, None)


async def test_one_that_was_confirmed_there_is_pointed_nowhere(
    app: Running, world: World, time: Time
) -> None:
    await confirmed(app, world, world.lihua)
    await says(app, world, Official.CONFIRMED)
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == []


@pytest.mark.parametrize("official", [Official.UNCONFIRMED, Official.CHANGED])
async def test_confirmed_there_after_the_first_there_is_no_second(
    app: Running, world: World, time: Time, official: Official
) -> None:
    await confirmed(app, world, world.lihua)
    await says(app, world, official)
    await time.to("2024-07-13 10:30")
    assert await pointed(world, world.lihua) == POINTERS[:1]
    await says(app, world, Official.CONFIRMED)
    await time.to("2024-07-22 10:30")
    assert await pointed(world, world.lihua) == POINTERS[:1]


async def test_who_says_it_is_confirmed_there_is_believed(app: Running, world: World, time: Time) -> None:
    await confirmed(app, world, world.lihua)
    await time.to("2024-07-13 10:30")
    await pressed(app, world.lihua, "我已在全国系统确认")
    await world.lihua.phone.sees("已记下您说的：已在全国系统确认")
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == POINTERS[:1]


async def test_stop_ends_them(app: Running, world: World, time: Time) -> None:
    await confirmed(app, world, world.lihua)
    await typed(app, world.lihua, "停止")
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == []


async def test_a_dispute_ends_them(app: Running, world: World, time: Time) -> None:
    await confirmed(app, world, world.lihua)
    await pressed(app, world.lihua, "修改我的回答", "从未与该单位签约或被录用")
    await pressed(app, world.lihua, "确认提出异议，辅导员可以参与")
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == []


async def test_one_in_the_queue_is_taken_back(app: Running, world: World, time: Time) -> None:
    """Everything was paused while it waited; meanwhile they have said that it is done."""
    await confirmed(app, world, world.lihua)
    await app.app.postman.stop(within=0)
    await time.to("2024-07-13 10:30")
    waiting = await world.row(select(Outgoing).where(Outgoing.step == "register_1"))
    assert waiting.state is Sending.DUE
    await world.lihua.phone.press("我已在全国系统确认")
    await app.sandbox.updates.emptied()
    taken_back = await world.row(select(Outgoing).where(Outgoing.step == "register_1"))
    assert (taken_back.state, taken_back.reason) == (Sending.CANCELLED, "ask_answered")


async def test_after_weeks_away_only_the_one_that_is_due_is_said(
    app: Running, world: World, time: Time
) -> None:
    await confirmed(app, world, world.lihua)
    await time.to("2024-07-25 10:30")
    await time.to("2024-07-29 10:30")
    assert await pointed(world, world.lihua) == [("register_2", "07-25")]
    passed = await world.row(select(Outgoing).where(Outgoing.step == "register_1"))
    assert (passed.state, passed.reason) == (Sending.SKIPPED, "passed")


async def test_an_answer_about_the_next_version_points_no_third_time(
    app: Running, world: World, time: Time
) -> None:
    await confirmed(app, world, world.lihua)
    await time.to("2024-07-13 10:30")
    await registered(app, world.lihua, employer="江城软件有限公司", employer_key="江城软件有限公司")
    await pressed(app, world.lihua, "以上信息属实")
    await weeks_pass(time)
    assert [step for step, _ in await pointed(world, world.lihua)] == ["register_1", "register_2"]


async def test_who_disputed_from_the_start_is_pointed_nowhere(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
    await weeks_pass(time)
    assert await pointed(world, world.lihua) == []


async def test_while_everything_is_paused_none_is_queued(app: Running, world: World, time: Time) -> None:
    await confirmed(app, world, world.lihua)
    async with app.app.works.begin() as work:
        await switch.pause_all(work, await work.session.get_one(Person, world.office.person_id))
    await time.to("2024-07-13 10:30")
    assert not await world.rows(select(Outgoing).where(Outgoing.step == "register_1"))


async def test_in_english_too(app: Running, world: World, time: Time) -> None:
    ming = await world.graduate(name="Ming", locale=Locale.EN)
    await launched(app, world)
    await pressed(app, ming, "All of this is true")
    await time.to("2024-07-13 10:30")
    await ming.phone.sees("a look at it, whenever it suits you, is enough.", times=1)
    await time.to("2024-07-22 10:30")
    await ming.phone.sees("We will not mention this again.", times=1)
