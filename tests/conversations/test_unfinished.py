"""An answer left half finished: one word about it the next day, and no more."""

import pytest
from sqlmodel import select

from actions.unfinished import NUDGED
from models.answer import AnswerKind
from models.ask import Ask
from models.event import Event
from models.outgoing import Outgoing, Sending
from models.person import Locale, Person
from tests.conversations.asking import answers, pressed, registered, row, typed
from tests.conversations.test_ladder import launched, steps
from tests.driving import Running, Time
from tests.world import World

ONCE = "还差一步没有写完"


async def begun(app: Running, world: World) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await world.lihua.phone.sees("新单位的全称是？")


async def test_after_twenty_hours_the_question_comes_once_more(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    await time.to("2024-07-09 10:59")
    world.lihua.phone.never_saw(ONCE)
    await time.to("2024-07-09 11:01")
    nudge = await world.lihua.phone.sees(ONCE, times=1)
    assert "新单位的全称是？请直接输入。" in nudge.text
    assert nudge.button("返回")
    for day in (10, 11, 12):
        await time.to(f"2024-07-{day} 11:30")
    await world.lihua.phone.sees(ONCE, times=1)


async def test_what_is_typed_then_goes_on_where_it_stood(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    await typed(app, world.lihua, "江城软件有限公司")
    await time.to("2024-07-09 11:01")
    await world.lihua.phone.sees(ONCE, times=1)
    await pressed(app, world.lihua, "跳过")
    await time.to("2024-07-10 11:30")
    assert len(await world.rows(select(Event).where(Event.kind == NUDGED))) == 1
    await pressed(app, world.lihua, "跳过")
    [answer] = await answers(world, world.lihua)
    assert answer.kind is AnswerKind.CHANGED
    assert (await row(world, world.lihua)).answer is AnswerKind.CHANGED


async def test_not_at_night(app: Running, world: World, time: Time) -> None:
    await begun(app, world)
    await time.to("2024-07-09 06:30")
    world.lihua.phone.never_saw(ONCE)
    await time.to("2024-07-09 08:59")
    world.lihua.phone.never_saw(ONCE)
    await time.to("2024-07-09 09:00")
    await world.lihua.phone.sees(ONCE, times=1)


async def test_away_when_it_was_due_it_still_waits_for_the_morning(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    await time.to("2024-07-09 23:30")
    world.lihua.phone.never_saw(ONCE)
    await time.to("2024-07-10 09:00")
    await world.lihua.phone.sees(ONCE, times=1)


async def test_the_next_step_of_the_ladder_waits_for_the_gap_after_it(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    await time.to("2024-07-09 11:01")
    await time.to("2024-07-10 15:30")
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("snooze", "07-09")]
    await time.to("2024-07-11 11:30")
    assert (await steps(world, world.lihua))[-1] == ("after_2", "07-11")


@pytest.mark.parametrize("how", ["/cancel", "停止", "answered", "changed", "later"])
async def test_who_has_left_it_is_not_asked_about_it(
    app: Running, world: World, time: Time, how: str
) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    match how:
        case "answered":
            await pressed(app, world.lihua, "返回", "返回", "以上信息属实")
        case "changed":
            changed = "江城软件有限公司"
            await registered(app, world.lihua, employer=changed, employer_key=changed)
        case "later":
            async with app.app.works.begin() as work:
                ask = await work.session.get_one(Ask, (await world.row(select(Ask))).id)
                ask.snoozed_until = work.now.replace(day=11)
        case _:
            await typed(app, world.lihua, how)
    await time.to("2024-07-09 11:01")
    world.lihua.phone.never_saw(ONCE)
    person = await world.row(select(Person).where(Person.id == world.lihua.person_id))
    assert person.nudge_at is None


async def test_who_is_out_of_reach_is_let_be(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 15:00")
    await begun(app, world)
    await world.lihua.phone.block()
    await app.settled()
    await time.to("2024-07-09 11:01")
    rows = await world.rows(select(Outgoing).where(Outgoing.person_id == world.lihua.person_id))
    assert all(one.message.kind != "change_unfinished" for one in rows)
    assert all(one.state is not Sending.DUE for one in rows)


async def test_in_english_too(app: Running, world: World, time: Time) -> None:
    ming = await world.graduate(name="Ming", locale=Locale.EN)
    await time.to("2024-07-08 15:00")
    await launched(app, world)
    await pressed(app, ming, "Something changed or is wrong", "I have another employer")
    await time.to("2024-07-09 11:01")
    await ming.phone.sees("one step is left, and what you wrote is still here", times=1)
