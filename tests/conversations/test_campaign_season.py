"""A season with interruptions: the process away for a week, everything paused, and numbers that add up."""

import asyncio
from datetime import datetime

from sqlmodel import col, func, select

from actions import campaigns, switch
from models.ask import Ask
from models.campaign import Campaign
from models.outgoing import Outgoing, Sending
from models.person import Person
from models.unit import Unit
from reports.campaigns import numbers
from tests.conversations.asking import asked, pressed, typed
from tests.driving import ZONE, Running, Time
from tests.world import One, World

FIRST = "江城理工学院目前登记的您的毕业去向是"
A_HANDFUL = 5
SLOWLY = 0.3


async def launched(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        unit = await work.session.get_one(Unit, world.units[""].id)
        await campaigns.launch(work, office, "confirm", 2024, unit)
    await app.app.schedule.look_now()


async def switched(app: Running, world: World, *, on: bool) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await (switch.pause_all if on else switch.resume_all)(work, office)


async def accepted(app: Running) -> int:
    async with app.app.works.reading() as session:
        sent = select(func.count()).where(
            col(Outgoing.campaign_id).is_not(None), Outgoing.state == Sending.ACCEPTED
        )
        return (await session.exec(sent)).one()


async def somebody_sees(people: list[One], text: str) -> None:
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(one.phone.sees(text)) for one in people]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def said(world: World, one: One) -> list[str | None]:
    rows = await world.rows(
        select(Outgoing)
        .join(Ask, col(Ask.id) == col(Outgoing.ask_id))
        .where(Ask.graduate_id == one.id, Outgoing.state == Sending.ACCEPTED)
        .order_by(col(Outgoing.id))
    )
    return [row.step for row in rows]


async def away_until(app: Running, local: str) -> None:
    """Killed, and started again only then."""
    await app.settled()
    await app.kill()
    instant = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    app.settings = app.settings.model_copy(update={"clock": instant})
    await app.start()
    await app.app.schedule.look_now()
    await app.settled()


async def test_a_week_away_loses_nothing_and_doubles_nothing(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await away_until(app, "2024-07-15 10:30")
    assert await said(world, world.lihua) == ["ask", "after_7"]
    await away_until(app, "2024-08-01 10:30")
    await away_until(app, "2024-08-01 10:40")
    assert await said(world, world.lihua) == ["ask", "after_7", "august_29"]
    await away_until(app, "2024-09-02 10:00")
    assert len(await said(world, world.lihua)) == 3


async def test_what_was_typed_while_it_was_away_is_answered_before_anything_is_sent(
    app: Running, world: World
) -> None:
    await launched(app, world)
    await app.settled()
    await app.kill()
    await world.lihua.phone.press("以上信息属实")
    app.settings = app.settings.model_copy(update={"clock": datetime(2024, 7, 15, 10, 30, tzinfo=ZONE)})
    await app.start()
    await world.lihua.phone.sees("已记下：信息属实")
    await app.settled()
    await app.app.schedule.look_now()
    await app.settled()
    assert await said(world, world.lihua) == ["ask"]


async def test_pausing_everything_stops_after_what_is_already_in_hand(app: Running, world: World) -> None:
    """A claim is at most a second of pace; not one more is taken."""
    people = [await world.graduate(name=f"学生{number}") for number in range(60)]
    app.app.pace.every, app.app.postman.handful = SLOWLY, A_HANDFUL
    await launched(app, world)
    await somebody_sees(people, FIRST)
    await switched(app, world, on=True)
    before = await accepted(app)
    await app.settled()
    stopped_at = await accepted(app)
    assert stopped_at <= before + 2 * A_HANDFUL
    assert stopped_at < len(people)
    await app.app.schedule.look_now()
    await app.settled()
    assert await accepted(app) == stopped_at
    await typed(app, people[0], "/my")
    await people[0].phone.sees("谁查看过", times=1)
    app.app.pace.every = 1 / app.app.pace.per_second
    await switched(app, world, on=False)
    await app.settled()
    assert await accepted(app) == len(people) + 1
    assert all([await said(world, one) == ["ask"] for one in people])


async def test_everybody_of_the_campaign_is_accounted_for(app: Running, world: World, time: Time) -> None:
    """Asked, not enrolled, gone, stopped before and after, answered before, in dispute before."""
    blocked, stopped, later = [await world.graduate(name=name) for name in ("王芳", "赵敏", "孙丽")]
    answered, disputing = [await world.graduate(name=name) for name in ("钱七", "周八")]
    for number in range(2):
        await world.graduate(name=f"未绑定{number}", enrolled=False)
    for one in (answered, disputing):
        await asked(app, one)
    await pressed(app, answered, "以上信息属实")
    await pressed(app, disputing, "从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
    await typed(app, stopped, "停止")
    await blocked.phone.block()
    await app.settled()
    await launched(app, world)
    await app.settled()
    found = await _numbers(app)
    assert found["balanced"] is True
    assert (found["queued"], found["accepted"], found["unreachable"], found["skipped"]) == (6, 2, 3, 1)
    await typed(app, later, "停止")
    await time.to("2024-07-10 10:30")
    found = await _numbers(app)
    assert found["balanced"] is True
    assert found["accepted"] == 3
    assert await said(world, later) == ["ask"]


async def _numbers(app: Running) -> dict[str, int | bool]:
    async with app.app.works.reading() as session:
        return await numbers(session, (await session.exec(select(Campaign))).one())
