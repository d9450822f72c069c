"""/calendar: what is next and for whom, a day confirmed or moved by the office, and what moves along."""

from datetime import date

from sqlmodel import col, select

from actions import calendars
from handlers.calendar import CalendarConfirm, CalendarOpen, CalendarSet
from models.ask import Ask
from models.calendar import CalendarChange, CalendarDate
from models.campaign import Campaign
from models.messages.calendar import CalendarCard
from models.outgoing import Outgoing
from models.person import Person
from tests.conversations.campaigning import launched
from tests.conversations.working import forge
from tests.driving import ZONE, Running, Time
from tests.world import World


async def applied(app: Running, preset: str, cohort: int = 2024) -> None:
    async with app.app.works.begin() as work:
        operator = (await work.session.exec(select(Person).where(Person.operator == "test"))).first()
        operator = operator or Person(created_at=work.now, operator="test")
        work.session.add(operator)
        await work.session.flush()
        await calendars.apply(work, operator, preset, cohort)


async def row(app: Running, key: str, cohort: int = 2024) -> CalendarDate:
    query = select(CalendarDate).where(CalendarDate.cohort == cohort, CalendarDate.key == key)
    found: CalendarDate = await app.row(query)
    return found


async def test_own_role_comes_first_with_its_papers_on_a_press(app: Running, world: World) -> None:
    phone = world.officer.phone
    await phone.send("/calendar")
    await phone.sees("还没有启用工作日历")
    await applied(app, "henan_ist_2024")
    await phone.send("/calendar")
    shown = await phone.sees("2024 届工作日历")
    own, _, others = shown.text.partition("其他：")
    assert "7月11日（周四）前 · 周监测：督促及时登记 · 学院" in own
    assert "8月1日（周四） 17:00 前 · 日监测" in own
    assert "8月30日（周五）前 · 去向更新最后期限 · 毕业生、学院" in own
    assert "教育部" not in own
    assert "待上级通知确认" not in own
    assert others
    await phone.press("报送自查报告和就业证明材料")
    card = await phone.sees("建议完成：7月23日（周二）")
    for part in (
        "时间：7月24日（周三）前",
        "材料：就业自查报告、就业证明材料",
        "签字：学院党组织负责人与学院院长共同签字",
        "盖章：学院公章",
        "报送：就业创业指导中心",
        "备案：",
        "依据：河南科技学院",
    ):
        assert part in card.text
    assert card.labels() == ["返回日历"]
    await phone.press("返回日历")
    await phone.sees("2024 届工作日历", times=2)


async def test_what_is_left_of_one_cohort_stands_beside_the_next(
    app: Running, world: World, time: Time
) -> None:
    await applied(app, "wuhan_shouyi_2024", 2024)
    await applied(app, "henan_ist_2024", 2025)
    phone = world.officer.phone
    await phone.send("/calendar")
    shown = await phone.sees("2024 届工作日历")
    assert "2025 届" not in shown.text
    await time.to("2024-09-02 09:00")
    await phone.send("/calendar")
    shown = await phone.sees("2024、2025 届工作日历")
    assert "· 2024 届 · 9月12日（周四）前 · 提交就业统计工作总结 · 学院" in shown.text
    assert "· 2025 届 · 12月20日（周五）前 · 月监测：督促及时登记 · 学院 · 待上级通知确认" in shown.text
    assert "2024 届 · 提交就业统计工作总结" in phone.buttons()
    await time.to("2024-10-02 09:00")
    await phone.send("/calendar")
    await app.settled()
    said = [one.message for one in await app.rows(select(Outgoing).order_by(col(Outgoing.id)))]
    assert [one.cohorts for one in said if isinstance(one, CalendarCard)] == [(2024,), (2024, 2025), (2025,)]


async def test_the_same_in_english(app: Running, world: World) -> None:
    await applied(app, "henan_ist_2024", 2025)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.officer.person_id)
        person.locale = type(person.locale)("en") if person.locale else "en"  # type: ignore[assignment]
    await world.officer.phone.send("/calendar")
    shown = await world.officer.phone.sees("Calendar of the 2025 cohort")
    assert "awaiting official notice" in shown.text
    await world.officer.phone.press("Last day for updates")
    await world.officer.phone.sees("Aim at: Fri 29 August")


async def test_the_office_confirms_a_day_and_sets_another(app: Running, world: World) -> None:
    await applied(app, "henan_ist_2024", 2025)
    phone = world.office.phone
    await phone.send("/calendar")
    shown = await phone.sees("还在等上级通知")
    assert (
        "8月1日（周五）至8月5日（周二） · 提醒确认和更新去向 · 就业创业指导中心 · 待上级通知确认"
        in shown.text
    )
    await phone.press("提醒确认和更新去向")
    await phone.sees("日期状态：待上级通知确认")
    assert phone.buttons() == ["上级已通知，日期不变", "上级另有日期", "返回日历"]
    await phone.press("上级已通知，日期不变")
    await phone.sees("已记下：提醒确认和更新去向")
    assert (await row(app, "august_reminder_sms_or_wechat", 2025)).confirmed_by_id == world.office.person_id
    deadline = await row(app, "update_deadline", 2025)
    await forge(app, world.office, CalendarSet(date=deadline.id))
    await phone.sees("请写下上级通知的截止日期")
    await phone.send("下周吧")
    await phone.sees("没有读出日期")
    await phone.send("2027-08-25")
    await phone.sees("核对年份")
    await phone.send("2025-08-25")
    await phone.sees("按上级通知改期")
    assert (await row(app, "update_deadline", 2025)).due_on == date(2025, 8, 25)
    changes = await app.rows(select(CalendarChange))
    assert {one.by_id for one in changes} == {world.office.person_id}


async def test_only_the_office_sets_days(app: Running, world: World) -> None:
    await applied(app, "henan_ist_2024", 2025)
    one = await row(app, "update_deadline", 2025)
    await forge(app, world.counselor, CalendarOpen(date=one.id))
    assert "上级另有日期" not in world.counselor.phone.buttons()
    for press in (CalendarConfirm(date=one.id), CalendarSet(date=one.id)):
        for key in ("counselor", "lihua"):
            await forge(app, world.people[key], press)
            await world.people[key].phone.sees("不在您的权限范围内")
    assert (await row(app, "update_deadline", 2025)).awaits_word


async def test_a_moved_deadline_moves_the_campaign_and_its_asks(
    app: Running, world: World, time: Time
) -> None:
    await applied(app, "henan_ist_2024")
    await launched(app, world)
    ends = "2024-08-30 23:59:59"
    assert str((await app.row(select(Campaign))).deadline_at.astimezone(ZONE))[:19] == ends
    deadline = await row(app, "update_deadline")
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.confirm(work, office, deadline.id, due_on=date(2024, 8, 20), why="教育厅通知")
    await app.app.schedule.look_now()
    await app.settled()
    moved = "2024-08-20 23:59:59"
    for one in (await app.row(select(Campaign)), await app.row(select(Ask))):
        assert str(one.deadline_at.astimezone(ZONE))[:19] == moved
    ask = await app.row(select(Ask))
    assert ask.next_at is not None
    assert app.now < ask.next_at <= ask.deadline_at
    await world.lihua.phone.sees("请选一项与事实相符的", times=1)
    await time.to("2024-08-21 09:30")
    assert (await app.row(select(Ask))).state.value == "expired"
