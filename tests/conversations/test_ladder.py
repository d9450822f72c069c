"""The ladder from July to the deadline: when a silent graduate is reminded, and what ends it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions import campaigns, switch
from models.ask import Ask, AskState
from models.campaign import Campaign, CampaignState
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Person
from models.unit import Unit
from tests.conversations.asking import CARD, pressed, registered, row, typed
from tests.driving import Running, Time
from tests.world import One, World

ZONE = ZoneInfo("Asia/Shanghai")
LADDER = [
    ("ask", "07-08"),
    ("after_three_days", "07-11"),
    ("august_first", "08-01"),
    ("august_second", "08-12"),
    ("last", "08-29"),
]


async def launched(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        unit = await work.session.get_one(Unit, world.units[""].id)
        await campaigns.launch(work, office, "confirm", 2024, unit)
    await app.app.schedule.look_now()
    await app.settled()


async def steps(world: World, one: One, *states: Sending) -> list[tuple[str, str]]:
    """What reached them, in order: the step and the day."""
    rows = await world.rows(
        select(Outgoing)
        .join(Ask, col(Ask.id) == col(Outgoing.ask_id))
        .where(Ask.graduate_id == one.id, col(Outgoing.state).in_(states or (Sending.ACCEPTED,)))
        .order_by(col(Outgoing.id))
    )
    return [(one.step or "snooze", f"{one.settled_at.astimezone(ZONE):%m-%d}") for one in rows]


async def through_august(time: Time, begin: int = 9) -> None:
    """Day by day."""
    for day in range(begin, 32):
        await time.to(f"2024-07-{day:02} 10:30")
    for day in range(1, 32):
        await time.to(f"2024-08-{day:02} 10:30")


async def test_a_silent_graduate_is_asked_five_times_and_stays_unanswered(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await through_august(time)
    assert await steps(world, world.lihua) == LADDER
    await time.to("2024-09-02 10:00")
    ask = await world.row(select(Ask))
    assert (ask.state, ask.next_at) == (AskState.EXPIRED, None)
    assert (await row(world, world.lihua)).answer is None
    campaign = await world.row(select(Campaign))
    assert campaign.state is CampaignState.FINISHED
    await world.lihua.phone.sees("8月30日（周五）前都可以核对去向信息。这是这次核对的最后一条提醒。", times=1)
    texts = [text for text in world.lihua.phone.transcript().split("\n") if "李华同学" in text]
    assert len(set(texts)) == len(texts) == 5


async def test_every_reminder_carries_the_card_and_its_buttons(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-11 10:30")
    reminder = await world.lihua.phone.sees("前几天请您看一眼登记的去向信息")
    assert "江城精密机械有限公司（湖北省武汉市）" in reminder.text
    assert world.lihua.phone.buttons() == CARD
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.sees("已记下：信息属实")


async def test_any_answer_ends_the_reminders(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "以上信息属实")
    await through_august(time)
    assert await steps(world, world.lihua) == LADDER[:1]


async def test_stop_ends_the_reminders(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await typed(app, world.lihua, "停止")
    await through_august(time)
    assert await steps(world, world.lihua) == LADDER[:1]


async def test_a_dispute_ends_the_reminders(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
    await through_august(time)
    assert await steps(world, world.lihua) == LADDER[:1]


async def test_a_chosen_moment_comes_before_the_ladder(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-10 10:00")
    await pressed(app, world.lihua, "稍后提醒我", "三天后")
    await time.to("2024-07-12 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
    await time.to("2024-07-13 10:00")
    await world.lihua.phone.sees("您让我们这时候再提醒您", times=1)
    await time.to("2024-07-15 10:30")
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("snooze", "07-13")]
    await time.to("2024-07-16 10:30")
    await time.to("2024-07-17 10:30")
    await through_august(time, 18)
    ladder = [("after_three_days", "07-16"), *LADDER[2:]]
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("snooze", "07-13"), *ladder]


async def test_nothing_leaves_at_night(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:15")
    await launched(app, world)
    assert await steps(world, world.lihua) == []
    await time.to("2024-07-09 07:59")
    assert await steps(world, world.lihua) == []
    await time.to("2024-07-09 08:00")
    assert await steps(world, world.lihua) == [("ask", "07-09")]


async def test_a_restart_in_the_middle_says_nothing_twice(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-11 10:30")
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    await app.kill()
    await app.start()
    await app.app.schedule.look_now()
    await app.settled()
    assert await steps(world, world.lihua) == LADDER[:2]


async def test_after_a_long_silence_only_the_latest_step_is_said(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-08-13 09:00")
    assert await steps(world, world.lihua) == [LADDER[0], ("august_second", "08-13")]
    await time.to("2024-08-13 15:00")
    assert len(await steps(world, world.lihua)) == 2


async def test_launched_two_days_before_the_deadline_it_asks_once(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-08-28 10:00")
    await launched(app, world)
    for day in (29, 30, 31):
        await time.to(f"2024-08-{day} 12:00")
    assert await steps(world, world.lihua) == [("ask", "08-28")]
    await time.to("2024-09-02 09:00")
    assert (await world.row(select(Ask))).state is AskState.EXPIRED


async def test_launched_after_the_deadline_it_lasts_thirty_days(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-09-03 10:00")
    await launched(app, world)
    campaign = await world.row(select(Campaign))
    assert campaign.deadline_at == datetime(2024, 10, 3, 15, 59, 59, tzinfo=UTC)
    await time.to("2024-09-06 10:30")
    assert await steps(world, world.lihua) == [("ask", "09-03"), ("after_three_days", "09-06")]


async def test_an_ask_that_was_refused_moves_on(app: Running, world: World, time: Time) -> None:
    await world.lihua.phone.block()
    await app.settled()
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        person.unreachable = None
    await launched(app, world)
    assert await steps(world, world.lihua, Sending.REFUSED, Sending.UNREACHABLE) == LADDER[:1]
    await world.lihua.phone.unblock()
    await app.settled()
    await time.to("2024-07-11 10:30")
    assert await steps(world, world.lihua) == [LADDER[1]]


async def test_a_version_that_matters_is_asked_about_with_a_ladder_of_its_own(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "以上信息属实")
    await time.to("2024-07-20 10:00")
    await registered(app, world.lihua, employer="江城软件有限公司", employer_key="江城软件有限公司")
    for day in (23, 24, 25):
        await time.to(f"2024-07-{day} 10:30")
    assert await steps(world, world.lihua) == [LADDER[0], ("ask", "07-20")]
    await time.to("2024-08-01 10:30")
    assert (await steps(world, world.lihua))[-1] == ("august_first", "08-01")


async def test_the_kill_switch_holds_the_ladder_until_it_is_lifted(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    async with app.app.works.begin() as work:
        await switch.pause_all(work, await work.session.get_one(Person, world.office.person_id))
    await time.to("2024-07-11 10:30")
    await time.to("2024-08-02 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
    async with app.app.works.begin() as work:
        await switch.resume_all(work, await work.session.get_one(Person, world.office.person_id))
    await time.to("2024-08-02 11:00")
    assert await steps(world, world.lihua) == [LADDER[0], ("august_first", "08-02")]


async def test_reminders_go_out_in_the_campaign_lane(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-11 10:30")
    rows = await world.rows(select(Outgoing).where(col(Outgoing.ask_id).is_not(None)))
    assert {one.lane for one in rows} == {Lane.CAMPAIGN}
    assert {one.campaign_id for one in rows} == {(await world.row(select(Campaign))).id}


async def test_a_removed_record_is_not_reminded_of(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).removed_at = work.now
    await time.to("2024-07-11 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
