"""The ladder from July to the deadline: when a silent graduate is reminded, and what ends it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from actions import campaigns, switch
from models.ask import Ask, AskState
from models.campaign import Campaign, CampaignState
from models.graduate import Graduate
from models.messages import Lane
from models.official import Official
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person
from models.unit import Unit
from tests.conversations.asking import CARD, asked, pressed, registered, row, typed
from tests.driving import Running, Time
from tests.world import One, World

ZONE = ZoneInfo("Asia/Shanghai")
CONFIRM = [("ask", "07-08"), ("after_2", "07-10"), ("after_7", "07-15"), ("after_16", "07-24")]
# Counted back from 08-29, the day before 8月30日前; the step of 08-05 has given way to it.
AUGUST = [
    ("august_29", "07-31"),
    ("august_22", "08-07"),
    ("august_12", "08-17"),
    ("august_5", "08-24"),
    ("august_1", "08-28"),
]
LADDER = [*CONFIRM, *AUGUST]
POINTERS = [("register_1", "07-13"), ("register_2", "07-22")]


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


async def day_by_day(time: Time) -> None:
    for day in range(9, 32):
        await time.to(f"2024-07-{day:02} 10:30")
    for day in range(1, 32):
        await time.to(f"2024-08-{day:02} 10:30")


async def through_august(time: Time, begin: int = 9) -> None:
    """The days of both ladders and of the register's pointers, those after them, and the last."""
    days = {date.fromisoformat(f"2024-{day}") for _, day in (*LADDER, *POINTERS)}
    days |= {day + timedelta(days=n) for day in days for n in (1, 2)} | {date(2024, 8, 31)}
    for day in sorted(days):
        if day >= date(2024, 7, begin):
            await time.to(f"{day} 10:30")


async def test_a_silent_graduate_is_asked_on_both_ladders_and_stays_unanswered(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await day_by_day(time)
    assert await steps(world, world.lihua) == LADDER
    await time.to("2024-09-02 10:00")
    ask = await world.row(select(Ask))
    assert (ask.state, ask.next_at) == (AskState.EXPIRED, None)
    assert (await row(world, world.lihua)).answer is None
    campaign = await world.row(select(Campaign))
    assert campaign.state is CampaignState.FINISHED
    await world.lihua.phone.sees("8月30日（周五）前都可以核对去向信息。这是这次核对的最后一条提醒。", times=1)
    texts = [text for text in world.lihua.phone.transcript().split("\n") if "李华同学" in text]
    assert len(set(texts)) == len(texts) == len(LADDER)
    august = await world.lihua.phone.sees("教育部8月也会提醒还没有确认的毕业生", times=len(AUGUST))
    assert "按常规提出更正的时间已经过了；登记确有不符的，您现在告诉我们，仍会如实记下。" in august.text
    await world.lihua.phone.sees("按常规提出更正的时间已经过了", times=1)
    rows = await world.rows(select(Outgoing).where(col(Outgoing.step).is_not(None)))
    assert {(one.state, one.plan) for one in rows} == {(Sending.ACCEPTED, app.app.rules.plan_version)}


async def test_every_reminder_carries_the_card_and_its_buttons(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-10 10:30")
    reminder = await world.lihua.phone.sees("前几天请您看一眼登记的去向信息")
    assert "江城精密机械有限公司（湖北省武汉市）" in reminder.text
    assert world.lihua.phone.buttons() == CARD
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.sees("已记下：信息属实")


async def test_any_answer_ends_the_reminders(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "以上信息属实")
    await through_august(time)
    assert await steps(world, world.lihua) == [*LADDER[:1], *POINTERS]


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
    """It is bound by no gap; the next step of the ladder waits for the gap after it."""
    await launched(app, world)
    await time.to("2024-07-09 10:00")
    await pressed(app, world.lihua, "稍后提醒我", "三天后")
    await time.to("2024-07-10 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
    await time.to("2024-07-12 10:00")
    await world.lihua.phone.sees("您让我们这时候再提醒您", times=1)
    await time.to("2024-07-14 09:30")
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("snooze", "07-12")]
    await time.to("2024-07-14 10:30")
    snoozed = [("ask", "07-08"), ("snooze", "07-12"), ("after_2", "07-14")]
    assert await steps(world, world.lihua) == snoozed
    await time.to("2024-07-15 10:30")
    assert await steps(world, world.lihua) == snoozed
    await through_august(time, 16)
    assert await steps(world, world.lihua) == [*snoozed, ("after_7", "07-17"), *LADDER[3:]]


async def test_a_chosen_moment_is_near_and_no_message_of_the_ladder(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "稍后提醒我", "今晚8点")
    await time.to("2024-07-08 20:00")
    await world.lihua.phone.sees("您让我们这时候再提醒您", times=1)
    await time.to("2024-07-10 10:30")
    await time.to("2024-07-10 20:30")
    await through_august(time, 11)
    after = [("snooze", "07-08"), ("after_2", "07-10"), *LADDER[2:]]
    assert await steps(world, world.lihua) == [LADDER[0], *after]


async def test_nothing_leaves_at_night(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:15")
    await launched(app, world)
    assert await steps(world, world.lihua) == []
    await time.to("2024-07-09 08:59")
    assert await steps(world, world.lihua) == []
    await time.to("2024-07-09 09:00")
    assert await steps(world, world.lihua) == [("ask", "07-09")]


async def test_a_restart_in_the_middle_says_nothing_twice(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-10 10:30")
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    await app.kill()
    await app.start()
    await app.app.schedule.look_now()
    await app.settled()
    assert await steps(world, world.lihua) == LADDER[:2]


async def test_after_a_month_away_only_the_step_that_stands_is_said(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-08-13 09:30")
    assert await steps(world, world.lihua) == [LADDER[0], ("august_22", "08-13")]
    await time.to("2024-08-13 15:00")
    assert len(await steps(world, world.lihua)) == 2
    rows = await world.rows(select(Outgoing).where(Outgoing.state == Sending.SKIPPED))
    assert {(one.step, one.reason) for one in rows} == {
        (step, "passed") for step in ("after_2", "after_7", "after_16", "august_29")
    }
    await time.to("2024-08-17 10:30")
    assert await steps(world, world.lihua) == [LADDER[0], ("august_22", "08-13"), ("august_12", "08-17")]
    assert len(await world.rows(select(Outgoing).where(Outgoing.state == Sending.SKIPPED))) == 4


async def test_what_nobody_heard_of_before_the_deadline_is_recorded(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-09-02 10:00")
    assert await steps(world, world.lihua) == LADDER[:1]
    assert await steps(world, world.lihua, Sending.SKIPPED) == [(key, "09-02") for key, _ in LADDER[1:]]
    reasons = select(Outgoing.reason).where(Outgoing.state == Sending.SKIPPED).distinct()
    assert await world.rows(reasons) == ["past_deadline"]


async def test_launched_two_days_before_the_deadline_it_asks_once(
    app: Running, world: World, time: Time
) -> None:
    """Inside August it begins with the step that stands."""
    await time.to("2024-08-28 12:00")
    await launched(app, world)
    await world.lihua.phone.sees("江城理工学院目前登记的您的毕业去向是")
    await world.lihua.phone.sees("教育部8月也会提醒还没有确认的毕业生", times=1)
    for day in (29, 30, 31):
        await time.to(f"2024-08-{day} 12:00")
    assert await steps(world, world.lihua) == [("august_1", "08-28")]
    assert await steps(world, world.lihua, Sending.SKIPPED) == []
    await time.to("2024-09-02 09:00")
    assert (await world.row(select(Ask))).state is AskState.EXPIRED


@pytest.mark.parametrize("by_campaign", [True, False])
async def test_what_waits_past_the_last_day_for_changes_does_not_invite_them(
    app: Running, world: World, time: Time, by_campaign: bool
) -> None:
    """Queued in the evening of that day, it leaves in the morning after."""
    await time.to("2024-08-24 21:30")
    await (launched(app, world) if by_campaign else asked(app, world.lihua))
    await time.to("2024-08-25 09:30")
    card = await world.lihua.phone.sees("李华同学", times=1)
    assert "按常规提出更正的时间已经过了" in card.text


async def test_what_the_register_has_confirmed_is_not_asked_about_in_august(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    for day in ("07-10", "07-15", "07-24"):
        await time.to(f"2024-{day} 10:30")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).official = Official.CONFIRMED
    await time.to("2024-07-31 10:30")
    assert await steps(world, world.lihua) == CONFIRM
    [row] = await world.rows(select(Outgoing).where(Outgoing.state == Sending.SKIPPED))
    assert (row.step, row.reason) == ("august_29", "official")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).official = Official.CHANGED
    await time.to("2024-08-07 10:30")
    assert await steps(world, world.lihua) == [*CONFIRM, AUGUST[1]]


async def test_who_answers_for_two_records_has_one_telephone(app: Running, world: World, time: Time) -> None:
    """The gap and the maximum are a person's: both records are asked about, never within two days."""
    second, person_id = await world.graduate(name="李华", enrolled=False), world.lihua.person_id
    assert person_id is not None
    async with app.app.works.begin() as work:
        bound = Binding(graduate_id=second.id, person_id=person_id, verified=True, bound_at=work.now)
        work.session.add(bound)
    await launched(app, world)
    await day_by_day(time)
    both = await world.rows(
        select(Outgoing)
        .where(Outgoing.person_id == world.lihua.person_id, col(Outgoing.step).is_not(None))
        .where(Outgoing.state == Sending.ACCEPTED)
        .order_by(col(Outgoing.settled_at))
    )
    assert all(two.settled_at - one.settled_at >= timedelta(hours=48) for one, two in pairwise(both))
    ladders = Counter("august" in row.step for row in both)
    assert ladders[False] == ladders[True] == 5
    assert {row.ask_id for row in both} == {ask.id for ask in await world.rows(select(Ask))}


async def test_launched_after_the_deadline_it_lasts_thirty_days(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-09-03 10:00")
    await launched(app, world)
    campaign = await world.row(select(Campaign))
    assert campaign.deadline_at == datetime(2024, 10, 3, 15, 59, 59, tzinfo=UTC)
    await time.to("2024-09-05 10:30")
    assert await steps(world, world.lihua) == [("ask", "09-03"), ("after_2", "09-05")]


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
    await time.to("2024-07-10 10:30")
    assert await steps(world, world.lihua) == [LADDER[1]]


async def test_a_version_that_matters_is_asked_about_with_a_ladder_of_its_own(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "以上信息属实")
    await time.to("2024-07-13 10:30")
    await time.to("2024-07-20 10:00")
    await registered(app, world.lihua, employer="江城软件有限公司", employer_key="江城软件有限公司")
    for day in (22, 24, 25):
        await time.to(f"2024-07-{day} 10:30")
    assert await steps(world, world.lihua) == [LADDER[0], ("register_1", "07-13"), ("ask", "07-20")]
    await time.to("2024-07-31 10:30")
    assert (await steps(world, world.lihua))[-1] == AUGUST[0]


async def test_a_version_that_matters_is_news_and_waits_for_the_morning_alone(
    app: Running, world: World, time: Time
) -> None:
    """The ladder then waits for the gap after it."""
    await launched(app, world)
    await time.to("2024-07-09 21:30")
    await registered(app, world.lihua, employer="江城软件有限公司", employer_key="江城软件有限公司")
    assert await steps(world, world.lihua) == LADDER[:1]
    await time.to("2024-07-10 09:00")
    await world.lihua.phone.sees("登记有了更新，下面是现在的内容。", times=1)
    news = ("ask", "07-10")
    assert await steps(world, world.lihua) == [LADDER[0], news]
    await time.to("2024-07-11 10:30")
    await time.to("2024-07-12 08:59")
    assert await steps(world, world.lihua) == [LADDER[0], news]
    await time.to("2024-07-12 09:30")
    assert await steps(world, world.lihua) == [LADDER[0], news, ("after_2", "07-12")]


async def test_however_often_the_register_changes_nobody_is_asked_more_than_five_times(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    for number in range(7):
        await time.to(f"2024-07-{10 + 3 * number} 10:30")
        await registered(app, world.lihua, employer=f"江城{number}公司", employer_key=f"江城{number}公司")
        await time.to(f"2024-07-{12 + 3 * number} 12:30")
    assert len(await steps(world, world.lihua)) == 5
    rows = await world.rows(select(Outgoing).where(Outgoing.reason == "maximum"))
    assert rows
    await time.to("2024-07-31 10:30")
    assert (await steps(world, world.lihua))[5:] == [AUGUST[0]]


async def test_the_kill_switch_holds_the_ladder_until_it_is_lifted(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    async with app.app.works.begin() as work:
        await switch.pause_all(work, await work.session.get_one(Person, world.office.person_id))
    await time.to("2024-07-10 10:30")
    await time.to("2024-08-02 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
    async with app.app.works.begin() as work:
        await switch.resume_all(work, await work.session.get_one(Person, world.office.person_id))
    await time.to("2024-08-02 11:00")
    assert await steps(world, world.lihua) == [LADDER[0], ("august_29", "08-02")]


async def test_reminders_go_out_in_the_campaign_lane(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-10 10:30")
    rows = await world.rows(select(Outgoing).where(col(Outgoing.ask_id).is_not(None)))
    assert {one.lane for one in rows} == {Lane.CAMPAIGN}
    assert {one.campaign_id for one in rows} == {(await world.row(select(Campaign))).id}


async def test_a_removed_record_is_not_reminded_of(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).removed_at = work.now
    await time.to("2024-07-10 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
