"""Duties of the calendar: made once, listed, reminded of, handed in as stated, and told above when late."""

import asyncio
from datetime import date

from sqlmodel import col, func, select, update

from actions import calendars
from handlers.calendar import CalendarOpen, CalendarSet
from handlers.task import AttemptBy, TaskHandIn, TaskOpen, TaskStated
from handlers.todo import CallBy
from models.calendar import CalendarDate
from models.event import Incident
from models.followup import CallAnsweredBy
from models.graduate import Graduate
from models.messages.tasks import Means, TasksDue, TasksLate
from models.outgoing import Outgoing
from models.person import Person
from models.task import Attempt, HandIn, Task, TaskState
from scheduler.schedule import Schedule
from tests.conversations.asking import typed
from tests.conversations.test_calendar import applied, row
from tests.conversations.working import forge
from tests.driving import ZONE, Running, Time
from tests.world import One, World

REPORT = "college_self_check_report_and_evidence"
UPDATES = "provincial_feedback_and_continuous_update"


async def made(app: Running, preset: str, cohort: int = 2024) -> None:
    await applied(app, preset, cohort)
    await app.app.schedule.look_now()
    await app.settled()


async def of(app: Running, key: str) -> list[Task]:
    query = select(Task).join(CalendarDate, col(CalendarDate.id) == col(Task.calendar_date_id))
    return await app.rows(query.where(CalendarDate.key == key).order_by(col(Task.due_at)))


async def said(app: Running, kind: type[TasksDue | TasksLate], to: One) -> list[Outgoing]:
    rows = await app.rows(
        select(Outgoing).where(Outgoing.person_id == to.person_id).order_by(col(Outgoing.id))
    )
    return [one for one in rows if isinstance(one.message, kind)]


async def confirmed(app: Running, world: World, key: str, due_on: date | None = None) -> None:
    kept = await app.row(
        select(CalendarDate).where(CalendarDate.key == key, col(CalendarDate.ended_at).is_(None))
    )
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.confirm(work, office, kept.id, due_on=due_on)
    await app.app.schedule.look_now()
    await app.settled()


async def test_a_weekly_duty_from_the_reminder_to_done(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    (weekly,) = await of(app, "weekly_monitor")
    assert (weekly.unit_id, weekly.due_on) == (world.units["计算机学院"].id, date(2024, 7, 11))
    phone = world.officer.phone
    await time.to("2024-07-10 08:20")
    assert await said(app, TasksDue, world.officer) == []
    await time.to("2024-07-10 08:31")
    await phone.sees("周监测：督促及时登记（计算机学院）· 7月11日（周四）前，建议 7月10日（周三） 完成")
    await phone.press("周监测：督促及时登记（计算机学院）")
    await phone.sees("建议完成：7月10日（周三）")
    await phone.press("已完成")
    await phone.sees("已记下 周监测：督促及时登记")
    (weekly,) = await of(app, "weekly_monitor")
    assert weekly.state is TaskState.MET
    await forge(app, world.officer, TaskHandIn(task=weekly.id, stated=0))
    await phone.sees("已经完成")
    assert len(await app.rows(select(HandIn))) == 1
    await time.to("2024-07-16 09:00")
    assert [one.due_on.day for one in await of(app, "weekly_monitor")] == [11, 18]
    assert await said(app, TasksLate, world.office) == []


async def test_what_was_not_done_is_told_above_once(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    await time.to("2024-07-12 09:00")
    assert await said(app, TasksLate, world.office) == []
    await time.to("2024-07-15 09:00")
    told = await world.office.phone.sees("以下工作已到期，还没有完成记录")
    assert "周监测：督促及时登记（计算机学院）· 7月11日（周四）前" in told.text
    await world.office.phone.press("周监测：督促及时登记（计算机学院）")
    shown = await world.office.phone.sees("这一期已过，仍可补记")
    assert shown.labels() == []
    await time.passes(hours=3)
    await time.to("2024-07-16 09:00")
    assert len(await said(app, TasksLate, world.office)) == 1
    assert await said(app, TasksLate, world.officer) == []


async def test_a_paper_is_handed_in_as_stated(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    await time.to("2024-07-18 09:00")
    phone = world.officer.phone
    await phone.send("/todo")
    await phone.sees("待完成的工作：")
    await phone.press("报送自查报告和就业证明材料（计算机学院）")
    await phone.sees("签字：学院党组织负责人与学院院长共同签字")
    await phone.press("已提交")
    await phone.sees("本助手不代替签字和盖章")
    assert phone.buttons() == ["未签：学院党组织负责人", "未签：学院院长", "未盖：学院公章", "记录"]
    await phone.press("未签：学院党组织负责人")
    await app.settled()
    await phone.press("未盖：学院公章")
    await app.settled()
    await phone.press("记录")
    shown = await phone.sees("还没有签：学院院长")
    assert "盖章：已盖" in shown.text
    (task,) = await of(app, REPORT)
    assert task.state is TaskState.OPEN
    await phone.press("补充说明签字和盖章")
    await app.settled()
    for label in ("未签：学院党组织负责人", "未签：学院院长", "未盖：学院公章", "记录"):
        await phone.press(label)
        await app.settled()
    (task,) = await of(app, REPORT)
    assert task.state is TaskState.MET
    first, second = sorted(await app.rows(select(HandIn)), key=lambda one: len(one.signed))
    assert (first.signed, first.unsigned, first.sealed) == (
        ["college_party_head"],
        ["college_admin_head"],
        True,
    )
    assert (second.unsigned, second.papers) == ([], ["就业自查报告", "就业证明材料"])
    assert second.recipients == ["就业创业指导中心", "全国高校毕业生毕业去向登记系统"]


async def test_only_its_holders_hand_it_in(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    (task,) = await of(app, REPORT)
    for key in ("counselor", "reviewer", "lihua"):
        for press in (TaskOpen(task=task.id), TaskStated(task=task.id, stated=0)):
            await forge(app, world.people[key], press)
            await world.people[key].phone.sees("不在您的权限范围内")
    await forge(app, world.office, TaskHandIn(task=task.id, stated=7))
    await world.office.phone.sees("不在您的权限范围内")
    assert await app.rows(select(HandIn)) == []


async def test_nothing_is_late_on_a_day_that_awaits_word(app: Running, world: World, time: Time) -> None:
    async with app.app.works.begin() as work:
        await work.session.execute(update(Graduate).values(cohort=2025))
    await made(app, "henan_ist_2024", 2025)
    await time.to("2025-07-23 09:00")
    await time.to("2025-07-28 09:00")
    await time.to("2025-08-01 09:00")
    (task,) = await of(app, REPORT)
    assert (task.state, task.late_at) == (TaskState.OPEN, None)
    assert await said(app, TasksLate, world.office) == []
    await world.officer.phone.send("/todo")
    await world.officer.phone.sees(
        "报送自查报告和就业证明材料（计算机学院）· 7月24日（周四）前 · 待上级通知确认"
    )
    await confirmed(app, world, REPORT)
    await time.passes(minutes=2)
    told = await world.office.phone.sees("以下工作已到期")
    assert "报送自查报告" in told.text
    assert "周监测" not in told.text


async def test_a_moved_day_moves_its_duties(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    await confirmed(app, world, REPORT, date(2024, 7, 30))
    (task,) = await of(app, REPORT)
    assert (task.due_on, task.target_on) == (date(2024, 7, 30), date(2024, 7, 29))
    assert str(task.due_at.astimezone(ZONE))[:19] == "2024-07-30 23:59:59"
    assert task.remind_on == date(2024, 7, 24)
    await time.to("2024-07-26 09:00")
    assert await said(app, TasksLate, world.office) != []
    told = [one.message for one in await said(app, TasksLate, world.office)]
    assert not any(isinstance(one, TasksLate) and task.id in one.tasks for one in told)


async def test_what_had_no_day_becomes_a_duty_with_one(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    assert await of(app, "school_self_check_report") == []
    await confirmed(app, world, "school_self_check_report", date(2024, 7, 12))
    (task,) = await of(app, "school_self_check_report")
    assert (task.unit_id, task.remind_on) == (world.units[""].id, date(2024, 7, 9))
    await time.to("2024-07-09 09:00")
    await world.office.phone.sees("学校自查报告（江城理工学院）· 7月12日（周五）")


async def test_what_comes_once_a_year_takes_its_day_from_above(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "inner_mongolia_2020")
    kept = await row(app, "yearly_self_check")
    assert (kept.awaits_word, await of(app, "yearly_self_check")) == (True, [])
    phone = world.office.phone
    await forge(app, world.office, CalendarOpen(date=kept.id))
    await phone.sees("时间：每年，具体日期由上级安排")
    await phone.press("上级另有日期")
    await phone.sees("请写下上级通知的截止日期")
    for day in ("2024-10-15", "2024-10-25"):
        await forge(app, world.office, CalendarSet(date=kept.id))
        await app.settled()
        await phone.send(day)
        await app.settled()
        await app.app.schedule.look_now()
        await app.settled()
    (task,) = await of(app, "yearly_self_check")
    assert (task.due_on, task.unit_id) == (date(2024, 10, 25), world.units[""].id)
    await time.to("2024-10-21 09:00")
    await phone.sees("年度自查")
    await forge(app, world.office, TaskHandIn(task=task.id, stated=0))
    await time.to("2024-11-05 09:00")
    (task,) = await of(app, "yearly_self_check")
    assert task.state is TaskState.MET


async def test_what_has_begun_and_has_no_end_lasts_as_long_as_the_season(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    (task,) = await of(app, "confirmation_status_circulation")
    assert (task.opens_on, task.due_on) == (date(2024, 6, 15), date(2024, 8, 31))
    await world.office.phone.send("/calendar")
    shown = await world.office.phone.sees("2024 届工作日历")
    assert "约 6月15日（周六）起 · 通报毕业生确认情况 · 就业创业指导中心" in shown.text
    await world.office.phone.send("/todo")
    await world.office.phone.sees("通报毕业生确认情况（江城理工学院）· 约 6月15日（周六）起")
    assert task.late_at is None
    await time.to("2024-09-01 09:00")
    await world.office.phone.send("/calendar")
    shown = await world.office.phone.sees("2024 届工作日历", times=2)
    assert "通报毕业生确认情况" not in shown.text
    await time.to("2024-09-04 09:00")
    told = [one.message for one in await said(app, TasksLate, world.office)]
    assert not any(task.id in one.tasks for one in told if isinstance(one, TasksLate))


async def test_more_than_a_handful_is_counted(app: Running, world: World) -> None:
    await made(app, "wuhan_shouyi_2024")
    async with app.app.works.begin() as work:
        first = await work.session.get_one(Task, (await of(app, "class_self_check"))[0].id)
        for number in range(9):
            given = first.model_dump(exclude={"id", "round"})
            work.session.add(Task(**given, round=number + 1))
    await world.counselor.phone.send("/todo")
    shown = await world.counselor.phone.sees("待完成的工作：")
    assert "另有 3 项工作。" in shown.text
    assert shown.text.count("· 专业、班级自查") == 7


async def test_another_preset_takes_its_place(app: Running, world: World) -> None:
    await made(app, "henan_ist_2024")
    await made(app, "wuhan_shouyi_2024")
    assert {one.state for one in await of(app, REPORT)} == {TaskState.CANCELLED}
    assert {one.state for one in await of(app, "submit_group_and_plan")} == {TaskState.OPEN}


async def test_back_from_the_wrong_preset_nothing_is_lost(app: Running, world: World, time: Time) -> None:
    """The day stays where it was set, what was met stays met, and what was open is asked for once."""
    await made(app, "henan_ist_2024")
    await confirmed(app, world, REPORT, date(2024, 7, 30))
    await confirmed(app, world, "school_self_check_report", date(2024, 7, 12))
    await time.to("2024-07-19 09:00")
    (report,) = await of(app, REPORT)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Task, report.id)).state = TaskState.MET
    await made(app, "moe_2024")
    gone = [TaskState.LAPSED, TaskState.LAPSED]
    assert [one.state for one in await of(app, "weekly_monitor")] == [*gone, TaskState.CANCELLED]
    await made(app, "henan_ist_2024")
    (report,) = await of(app, REPORT)
    assert (report.state, report.due_on) == (TaskState.MET, date(2024, 7, 30))
    (late,) = await of(app, "school_self_check_report")
    assert late.state is TaskState.OPEN
    weekly = await of(app, "weekly_monitor")
    assert [one.state for one in weekly] == [*gone, TaskState.OPEN]
    kept = await row(app, REPORT)
    assert (kept.due_on, kept.confirmed_by_id) == (date(2024, 7, 30), world.office.person_id)


async def test_what_fell_due_under_another_preset_is_not_asked_for_afterwards(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    await made(app, "moe_2024")
    await time.to("2024-07-29 09:00")
    await made(app, "henan_ist_2024")
    assert {one.state for one in await of(app, REPORT)} == {TaskState.CANCELLED}


async def attempted(app: Running, world: World, attempts: int, by: CallAnsweredBy) -> None:
    await forge(app, world.counselor, CallBy(graduate=world.lihua.id, by=by, attempts=attempts))


async def test_a_counselors_duty_is_to_have_tried(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    (task,) = await of(app, "class_self_check")
    assert task.unit_id == world.units["软件2001"].id
    phone = world.counselor.phone
    await phone.send("/todo")
    shown = await phone.sees("专业、班级自查（软件2001）· 7月18日（周四）")
    assert "尚未答复：1 人" in shown.text
    await phone.press("专业、班级自查（软件2001）")
    card = await phone.sees("还有 1 位没有答复的毕业生联系次数不够")
    assert card.labels() == []
    await forge(app, world.counselor, TaskHandIn(task=task.id, stated=3))
    await phone.sees("每人至少 3 次，分 2 天，用 2 种方式")
    await attempted(app, world, 0, CallAnsweredBy.NOBODY)
    await phone.press("还发过短信或微信")
    await phone.sees("已记下 李华：发过短信或微信")
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.MESSAGE))
    assert len(await app.rows(select(Attempt))) == 1
    await attempted(app, world, 1, CallAnsweredBy.NOBODY)
    await forge(app, world.counselor, TaskOpen(task=task.id))
    assert "已提交" not in (await phone.sees("还有 1 位", times=2)).labels()
    await time.passes(days=1)
    await attempted(app, world, 2, CallAnsweredBy.REFUSED)
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await app.settled()
    await phone.press("已提交")
    await app.settled()
    for label in ("未签：核查人员", "未盖：学院公章", "记录"):
        await phone.press(label)
        await app.settled()
    (task,) = await of(app, "class_self_check")
    assert task.state is TaskState.MET
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert graduate.answer is None


async def test_one_means_alone_is_not_enough(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    for attempts in range(4):
        await attempted(app, world, attempts, CallAnsweredBy.NOBODY)
        await time.passes(days=1)
    (task,) = await of(app, "class_self_check")
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await world.counselor.phone.sees("还有 1 位")
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.VISIT))
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await app.settled()
    assert "已提交" in world.counselor.phone.buttons()


async def test_only_missing_attempts_climb(app: Running, world: World, time: Time) -> None:
    await world.graduate(name="周迅", unit="软件2002")
    await made(app, "wuhan_shouyi_2024")
    await attempted(app, world, 0, CallAnsweredBy.NOBODY)
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.VISIT))
    await time.passes(days=1)
    await attempted(app, world, 1, CallAnsweredBy.NOBODY)
    await time.to("2024-07-22 09:00")
    told = await world.officer.phone.sees("以下工作已到期")
    assert "专业、班级自查（软件2002）" in told.text
    assert "软件2001" not in told.text


async def test_a_counselors_paper_and_the_updates_of_august_climb_too(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "wuhan_shouyi_2024")
    officer = world.officer.phone
    await time.to("2024-07-30 09:00")
    officer.never_saw("核查反馈，限期整改（软件2001）")
    await officer.sees("学院整改，就业材料归档报送（软件2001）")
    await time.to("2024-08-30 09:00")
    await officer.sees("报送就业帮扶工作日志（软件2001）")
    await time.to("2024-09-03 09:00")
    await officer.sees("省级反馈整改，持续更新上报（软件2001）")


async def test_updates_of_august_are_done_when_all_was_tried(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    await time.to("2024-08-20 10:00")
    await attempted(app, world, 0, CallAnsweredBy.NOBODY)
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.VISIT))
    await time.passes(days=1)
    await attempted(app, world, 1, CallAnsweredBy.NOBODY)
    await time.to("2024-09-03 09:00")
    (task,) = [one for one in await of(app, UPDATES) if one.party == "counselor"]
    assert task.state is TaskState.MET
    world.officer.phone.never_saw("省级反馈整改，持续更新上报（软件2001）")


async def test_the_august_digest_comes_on_days_off_too(app: Running, world: World, time: Time) -> None:
    await world.graduate(name="赵六", enrolled=False)
    phone = world.counselor.phone
    await time.to("2024-07-27 10:00")
    await time.to("2024-08-03 10:00")
    card = await phone.sees("今日待办（8月3日）")
    assert "尚未答复：2 人" in card.text
    assert "需要电话联系：1 人" in card.text
    assert "7月27日" not in phone.transcript()
    await phone.press("给班级群的文字", on=card)
    words = await phone.sees("以下文字可以转到班级群")
    assert "8月30日（周五）前" in words.text
    assert not any(one.row.name in words.text for one in world.people.values())
    assert not any(sign in words.text for sign in ("赵六", "%", "2 人"))


async def test_a_month_of_downtime_brings_no_storm(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(month=8, day=20, hour=2)))
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    assert [one.due_on.day for one in await of(app, "daily_monitor")] == [*range(1, 21)]
    assert [one.due_on.day for one in await of(app, "weekly_monitor")] == [11, 18, 25]
    assert len(await said(app, TasksDue, world.officer)) <= 1
    assert len(await said(app, TasksLate, world.office)) == 1
    await time.to("2024-08-22 16:00")
    assert len(await said(app, TasksLate, world.office)) == 2
    told = [one.message for one in await said(app, TasksLate, world.office)]
    late = {id_ for one in told if isinstance(one, TasksLate) for id_ in one.tasks}
    made_afterwards = [one for one in await of(app, "daily_monitor") if one.made_at > one.due_at]
    assert [one.due_on.day for one in made_afterwards] == [*range(2, 20), 21]
    assert not late & {one.id for one in made_afterwards}


async def test_what_passed_unmade_is_found_and_handed_in(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(day=22, hour=2)))
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    weekly = await of(app, "weekly_monitor")
    assert [(one.due_on.day, one.state) for one in weekly] == [
        (11, TaskState.LAPSED),
        (18, TaskState.LAPSED),
        (25, TaskState.OPEN),
    ]
    phone = world.officer.phone
    await phone.send("/todo")
    shown = await phone.sees("周监测：督促及时登记（计算机学院）· 7月18日（周四）前")
    assert "7月11日" not in shown.text
    await forge(app, world.officer, TaskOpen(task=weekly[1].id))
    await phone.sees("这一期已过，仍可补记")
    await phone.press("已完成")
    await phone.sees("已记下 周监测：督促及时登记")
    assert (await of(app, "weekly_monitor"))[1].state is TaskState.MET


async def test_what_passed_unmade_does_not_stand_in_the_list_for_ever(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(day=22, hour=2)))
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    missed = "周监测：督促及时登记（计算机学院）· 7月18日（周四）前"
    await typed(app, world.officer, "/todo")
    assert missed in world.officer.phone.shown[-1].text
    await made(app, "moe_2024")
    await typed(app, world.officer, "/todo")
    assert missed not in world.officer.phone.shown[-1].text
    await made(app, "henan_ist_2024")
    await typed(app, world.officer, "/todo")
    assert missed in world.officer.phone.shown[-1].text
    await time.to("2024-08-22 09:00")
    await typed(app, world.officer, "/todo")
    assert "7月18日" not in world.officer.phone.shown[-1].text


async def test_what_closed_before_there_were_duties_is_not_made(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-08-06 18:00")
    await made(app, "henan_ist_2024")
    await time.to("2024-08-07 09:00")
    assert [one.due_on.day for one in await of(app, "daily_monitor")] == [7]
    await world.graduate(name="周迅", unit="软件2002")
    await time.to("2024-08-08 09:00")
    assert [one.due_on.day for one in await of(app, "daily_monitor")] == [7, 8]


async def test_the_daily_duty_of_a_day_off_is_told_on_that_day(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    await time.to("2024-08-02 09:00")
    before = len(await said(app, TasksDue, world.officer))
    await time.to("2024-08-03 09:00")
    told = await said(app, TasksDue, world.officer)
    assert len(told) == before + 1
    message = told[-1].message
    (saturday,) = [one for one in await of(app, "daily_monitor") if one.due_on == date(2024, 8, 3)]
    assert isinstance(message, TasksDue)
    assert saturday.id in message.tasks


async def test_a_day_set_after_the_mornings_round_is_told_the_next_morning(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    await time.to("2024-07-09 08:31")
    await confirmed(app, world, "school_self_check_report", date(2024, 7, 12))
    (task,) = await of(app, "school_self_check_report")
    assert task.remind_on == date(2024, 7, 10)
    await time.to("2024-07-10 08:31")
    await world.office.phone.sees("学校自查报告（江城理工学院）· 7月12日（周五）")


async def test_a_party_the_rules_forgot_stops_no_other_notice(app: Running, world: World, time: Time) -> None:
    await made(app, "henan_ist_2024")
    (weekly,) = await of(app, "weekly_monitor")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Task, weekly.id)).party = "书院"
    await time.to("2024-07-15 09:00")
    await time.to("2024-07-26 09:00")
    await world.office.phone.sees("报送自查报告和就业证明材料（计算机学院）· 7月24日（周三）前")
    incident = await app.row(select(Incident).where(Incident.kind == "duty_of_unknown_party"))
    assert incident.detail == "书院"


async def test_other_rules_for_reminders_tell_nobody_above_again(
    app: Running, world: World, time: Time
) -> None:
    await made(app, "henan_ist_2024")
    await time.to("2024-07-26 09:00")
    (told,) = await of(app, REPORT)
    assert told.told_at is not None
    async with app.app.works.begin() as work:
        (await work.session.get_one(Task, told.id)).opens_on = date(2024, 7, 1)
    await time.to("2024-07-29 09:00")
    (kept,) = await of(app, REPORT)
    assert (kept.opens_on, kept.told_at) == (told.opens_on, told.told_at)
    assert kept.remind_on == told.remind_on


async def test_several_processes_make_each_duty_once(app: Running, world: World, time: Time) -> None:
    await applied(app, "henan_ist_2024")
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(day=10)))
    await asyncio.gather(*(Schedule(works).look_now() for _ in range(4)))
    await app.settled()
    counted = select(func.count()).select_from(Task)
    before = (await app.rows(counted))[0]
    await asyncio.gather(*(Schedule(works).look_now() for _ in range(3)))
    await app.settled()
    assert (await app.rows(counted))[0] == before
    assert len(await of(app, "weekly_monitor")) == 1
    assert len(await said(app, TasksDue, world.officer)) == 1
    assert (await row(app, "weekly_monitor")).laid_out_on == date(2024, 7, 10)
