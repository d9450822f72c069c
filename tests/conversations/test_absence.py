"""Somebody goes away: nothing new comes to them, what they left finds somebody, and nothing is stranded."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from actions import staff
from models.case import Case, CaseKind, CaseState
from models.event import Event, Incident, Setting
from models.graduate import Graduate
from models.staff import Duty, Role, Staff
from tests.commands.line import Line, person, sheet
from tests.conversations.test_who_may import ended, opens, operated, queued
from tests.conversations.working import closed_by, disputed, notes, opened, row
from tests.driving import ZONE, Running, Time
from tests.world import One, World


async def away(app: Running, *who: One, words: str = "3") -> None:
    for one in who:
        await one.phone.send(f"/away {words}")
        await app.settled()


async def row_of(app: Running, one: One) -> Staff:
    found: Staff = await app.row(select(Staff).where(Staff.id == one.id))
    return found


@pytest.mark.parametrize(
    ("words", "month", "day"),
    [
        ("8月20日", 8, 20),
        ("2024-08-20", 8, 20),
        ("2024年8月20日", 8, 20),
        ("８月２０日", 8, 20),
        ("3", 7, 11),
        ("3天", 7, 11),
        ("0", 7, 8),
        ("7月8日", 7, 8),
    ],
)
async def test_until_the_end_of_that_day(
    app: Running, world: World, words: str, month: int, day: int
) -> None:
    await away(app, world.counselor, words=words)
    shown = await world.counselor.phone.sees("这之前新的事项不再分给您")
    assert f"{month}月{day}日" in shown.text
    until = (await row_of(app, world.counselor)).away_until
    assert until == datetime(2024, month, day, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("7月7日", "这个日期已经过去了"),
        ("2023-08-20", "这个日期已经过去了"),
        ("10月7日", "最多可以登记 90 天"),
        ("91", "最多可以登记 90 天"),
        ("下周", "没有看懂这个日期"),
        ("2月30日", "没有看懂这个日期"),
        ("-1", "没有看懂这个日期"),
    ],
)
async def test_a_day_that_cannot_be_meant_is_refused(
    app: Running, world: World, words: str, says: str
) -> None:
    await away(app, world.counselor, words=words)
    await world.counselor.phone.sees(says)
    assert (await row_of(app, world.counselor)).away_until is None


async def test_a_day_of_the_next_year_is_near_enough_in_december(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-12-20 10:00")
    await away(app, world.counselor, words="1月5日")
    until = (await row_of(app, world.counselor)).away_until
    assert until == datetime(2025, 1, 5, 23, 59, 59, tzinfo=ZONE)


async def test_alone_it_shows_how_it_stands(app: Running, world: World) -> None:
    phone = world.counselor.phone
    await phone.send("/away")
    await phone.sees("您目前没有登记外出")
    await away(app, world.counselor)
    await phone.send("/away")
    await phone.sees("您外出到 7月11日", times=2)
    await phone.send("/back")
    await phone.sees("欢迎回来")
    assert (await row_of(app, world.counselor)).away_until is None
    kinds = [
        event.kind for event in await app.rows(select(Event).where(Event.subject_id == world.counselor.id))
    ]
    assert kinds == ["staff_away", "staff_back"]


async def test_it_is_for_colleagues(app: Running, world: World) -> None:
    for command in ("/away 3", "/back"):
        await world.lihua.phone.send(command)
    await world.lihua.phone.sees("不在您的权限范围内", times=2)


async def test_a_class_whose_counselor_is_away_is_the_colleges(app: Running, world: World) -> None:
    await away(app, world.counselor)
    usual = await opened(app, world.lihua)
    assert usual.owner_id == world.officer.id
    world.counselor.phone.never_saw("新事项")
    dispute = await disputed(app, world, await world.graduate(name="赵六"))
    assert dispute.owner_id == world.reviewer.id
    world.counselor.phone.never_saw("赵六")
    await world.counselor.phone.send("/back")
    await app.settled()
    assert (await opened(app, world.lihua)).owner_id == world.counselor.id
    assert (await row(app, usual.id)).owner_id == world.officer.id


async def test_an_absence_ends_by_itself(app: Running, world: World, time: Time) -> None:
    await away(app, world.counselor, words="1")
    await time.to("2024-07-09 23:58")
    assert (await opened(app, world.lihua)).owner_id == world.officer.id
    await time.to("2024-07-10 00:01")
    assert (await row_of(app, world.counselor)).away_until is None
    assert (await opened(app, world.lihua)).owner_id == world.counselor.id


async def test_the_second_reviewer_is_asked_while_the_first_is_away(app: Running, world: World) -> None:
    await away(app, world.reviewer)
    case = await disputed(app, world, world.lihua, alone=True)
    assert case.owner_id == world.reviewer2.id
    await closed_by(app, world, "reviewer2", case)
    world.reviewer.phone.never_saw(f"编号 {case.number}")
    await world.office.phone.sees(f"编号 {case.number}")


async def test_with_everybody_away_the_nearest_has_it_and_reads_why(app: Running, world: World) -> None:
    why = "目前能处理这一件的老师都不在"
    await away(app, world.counselor, world.officer, world.office)
    usual = await opened(app, world.lihua)
    assert usual.owner_id == world.counselor.id
    await away(app, *(world.people[key] for key in ("reviewer", "reviewer2", "head", "discipline")))
    other = await disputed(app, world, await world.graduate(name="赵六"))
    assert other.owner_id == world.reviewer.id
    shown = await world.reviewer.phone.sees(why, times=1)
    assert "新异议" in shown.text


async def test_without_anybody_independent_a_counselor_who_is_away_is_somebody(
    app: Running, world: World
) -> None:
    await ended(app, *(world.people[key] for key in ("reviewer", "reviewer2", "head", "discipline")))
    await away(app, world.counselor)
    assert (await disputed(app, world, world.lihua)).owner_id == world.counselor.id
    alone = await disputed(app, world, await world.graduate(name="赵六"), alone=True)
    assert alone.owner_id is None


async def test_what_was_not_begun_goes_to_others(app: Running, world: World) -> None:
    begun, waiting = await opened(app, world.lihua), await opened(app, await world.graduate(name="赵六"))
    dispute = await disputed(app, world, await world.graduate(name="王五"))
    assert {begun.owner_id, waiting.owner_id, dispute.owner_id} == {world.counselor.id}
    await opens(app, world.counselor, begun)
    await world.counselor.phone.press("我来处理")
    await app.settled()
    await away(app, world.counselor)
    shown = await world.counselor.phone.sees("还没有开始的 2 件已转给其他老师")
    assert "仍在您名下：1 件" in shown.text
    assert (await row(app, begun.id)).owner_id == world.counselor.id
    assert (await row(app, waiting.id)).owner_id == world.officer.id
    assert (await row(app, dispute.id)).owner_id == world.reviewer.id
    assert "released" in await notes(app, waiting)
    assert "released" in await notes(app, dispute)
    assert len(await app.rows(select(Event).where(Event.kind == "case_released"))) == 2
    assert "赵六" in await queued(app, world.officer)
    assert "李华" in await queued(app, world.counselor)


async def test_what_they_work_on_may_be_taken_when_its_time_runs_out(
    app: Running, world: World, time: Time
) -> None:
    case = await opened(app, world.lihua)
    await opens(app, world.counselor, case)
    await world.counselor.phone.press("我来处理")
    await app.settled()
    await away(app, world.counselor, words="0")
    assert "我来处理" not in (await opens(app, world.officer, case)).labels()
    await away(app, world.counselor, words="8月20日")
    assert "李华" in await queued(app, world.officer)
    assert "我来处理" not in (await opens(app, world.counselor2, case)).labels()
    assert "我来处理" in (await opens(app, world.officer, case)).labels()
    await world.officer.phone.press("我来处理")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.officer.id


async def test_with_nobody_else_here_they_keep_it(app: Running, world: World) -> None:
    usual = await opened(app, world.lihua)
    dispute = await disputed(app, world, await world.graduate(name="赵六"))
    others = ("officer", "office", "reviewer", "reviewer2", "head", "discipline")
    await away(app, *(world.people[key] for key in others))
    await away(app, world.counselor)
    assert (await row(app, usual.id)).owner_id == world.counselor.id
    assert (await row(app, dispute.id)).owner_id == world.counselor.id


async def test_many_are_handed_on_a_batch_at_a_time(app: Running, world: World, time: Time) -> None:
    for _ in range(23):
        await opened(app, world.lihua)
    await away(app, world.counselor)
    mine = select(Case).where(Case.owner_id == world.counselor.id)
    assert len(await app.rows(mine)) == 3
    await time.passes(seconds=1)
    assert not await app.rows(mine)
    assert not await app.rows(select(Setting).where(Setting.name.startswith("again")))


async def test_what_is_overdue_climbs_past_whoever_is_away(app: Running, world: World, time: Time) -> None:
    await world.staff("deputy", "郑副院长", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    case = await opened(app, world.lihua)
    await away(app, world.deputy, words="8月1日")
    await time.to("2024-07-15 10:00")
    await world.office.phone.sees(f"编号 {case.number} 过了")
    world.deputy.phone.never_saw(f"编号 {case.number}")
    await world.deputy.phone.send("/back")
    await time.to("2024-07-25 10:00")
    await world.office.phone.sees(f"编号 {case.number} 过了首次联系时限", times=1)
    await world.deputy.phone.sees(f"编号 {case.number} 过了首次联系时限", times=1)


async def test_words_for_a_counselor_who_is_away_go_to_the_office(app: Running, world: World) -> None:
    await away(app, world.counselor)
    await world.lihua.phone.send("我有一个问题想问问")
    await app.settled()
    assert "转给辅导员" not in world.lihua.phone.buttons()
    assert "转给学校就业部门" in world.lihua.phone.buttons()


async def test_a_case_is_not_handed_to_whoever_is_away(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await away(app, world.officer)
    await opens(app, world.counselor, case)
    await world.counselor.phone.press("转交")
    await world.counselor.phone.sees("转交给谁")
    assert world.officer.row.name not in world.counselor.phone.buttons()
    assert world.office.row.name in world.counselor.phone.buttons()


async def unowned(app: Running, about: One, kind: CaseKind = CaseKind.CHANGE_REQUEST, **given: Any) -> Case:
    return await opened(app, about, kind, chosen=True, **given)


async def test_a_counselor_who_comes_back_finds_what_nobody_took(app: Running, world: World) -> None:
    await away(app, world.counselor)
    case = await unowned(app, world.lihua)
    await world.counselor.phone.send("/back")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.counselor.id
    assert "李华" in await queued(app, world.counselor)


async def test_a_new_duty_finds_what_waits(app: Running, world: World) -> None:
    await ended(
        app, world.office, world.officer, world.reviewer, world.reviewer2, world.head, world.discipline
    )
    message = await unowned(app, world.lihua, CaseKind.MESSAGE)
    dispute = await disputed(app, world, world.lihua, alone=True)
    assert dispute.owner_id is None

    async def give(work: Any, by: Any) -> None:
        for role, one in ((Role.OFFICE, world.office), (Role.REVIEWER, world.reviewer)):
            known = await work.session.get_one(Staff, one.id)
            await staff.assign(work, by, known, [(role, world.units[""])])

    await operated(app, give)
    await app.settled()
    assert (await row(app, message.id)).owner_id == world.office.id
    assert (await row(app, dispute.id)).owner_id == world.reviewer.id
    await world.reviewer.phone.sees("新异议")


async def test_a_shared_pool_is_told(app: Running, world: World) -> None:
    for key, number in (("office2", "T031"), ("office3", "T032")):
        await world.staff(key, f"钱老师{number}", number, Role.OFFICE)
    await away(app, world.office3, words="8月1日")
    case = await unowned(app, world.lihua, CaseKind.MESSAGE)
    await world.office3.phone.send("/back")
    await app.settled()
    await away(app, world.office3, words="8月1日")
    await world.office3.phone.send("/back")
    await app.settled()
    assert (await row(app, case.id)).owner_id is None
    for key in ("office", "office2", "office3"):
        await world.people[key].phone.sees("有事项还没有人负责", times=1)
    await world.office2.phone.press("开始处理")
    await world.office2.phone.sees("待领取：1 件")


async def test_the_last_of_two_reviewers_has_what_the_other_leaves(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.IDENTITY_CONFLICT, reason="wrong_digits")
    assert case.owner_id is None
    duty = await app.row(select(Duty).where(Duty.staff_id == world.reviewer2.id))
    await operated(app, lambda work, by: staff.end_duty(work, by, duty.id))
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.reviewer.id


async def test_another_counselor_in_the_roster_finds_what_waits(
    app: Running, world: World, time: Time, database_url: str, tmp_path: Path
) -> None:
    """The import marks the class; the tick does the rest."""
    await world.staff("new", "孙老师", "T003", Role.COUNSELOR, "软件2001")
    line, file = Line(database_url, tmp_path), tmp_path / "roster.csv"
    for number in ("T001", "T003"):
        rows = [person(1, 所在班级="软件2001", 辅导员="", 辅导员工号=number)]
        ran = await line("roster", "import", sheet(file, rows), "--cohort", "2024", "--yes")
        assert ran.status == 0, ran.err
        if number == "T001":
            graduate = await app.row(select(Graduate).where(Graduate.name == "学生1"))
            case = await unowned(app, One(world.new.phone, graduate))
            await time.passes(seconds=1)
            assert (await row(app, case.id)).owner_id is None
    await time.passes(seconds=1)
    assert (await row(app, case.id)).owner_id == world.new.id


async def test_nobody_is_given_what_they_are_kept_from(app: Running, world: World) -> None:
    """The other reviewer signed the record."""
    dispute = await disputed(app, world, await world.graduate(name="赵六", signer="林复核"), alone=True)
    assert dispute.owner_id == world.reviewer2.id
    await away(app, world.reviewer2)
    assert (await row(app, dispute.id)).owner_id == world.head.id
    world.reviewer.phone.never_saw("赵六")


async def test_a_case_that_nobody_has_at_the_end_of_the_day_is_an_incident(
    app: Running, world: World, time: Time
) -> None:
    case = await unowned(app, world.lihua)
    await time.to("2024-07-08 16:59")
    assert not await stranded(app)
    await time.to("2024-07-08 17:01")
    assert len(await stranded(app)) == 1
    for key in ("office", "head"):
        shown = await world.people[key].phone.sees("到下班时仍没有人负责", times=1)
        assert "李华" in shown.text
    for key in ("counselor", "counselor2", "officer", "reviewer", "discipline"):
        world.people[key].phone.never_saw("到下班时")
    await time.to("2024-07-09 16:59")
    assert len(await stranded(app)) == 1
    await time.to("2024-07-09 17:01")
    assert len(await stranded(app)) == 2
    await time.to("2024-07-12 18:00")
    assert len(await stranded(app)) == 3, "one look after several days is one incident"
    await time.to("2024-07-14 18:00")
    assert len(await stranded(app)) == 3, "no working day between"
    await world.head.phone.press("打开这一件")
    await app.settled()
    assert world.head.phone.shown[-1].labels() == ["我来处理", "转交", "查看全部经过"]
    await world.head.phone.press("我来处理")
    await app.settled()
    assert (await row(app, case.id)).own_by is None
    await time.to("2024-07-16 18:00")
    assert len(await stranded(app)) == 3


async def test_a_stranded_dispute_is_told_to_no_one_it_is_kept_from(
    app: Running, world: World, time: Time
) -> None:
    one = await world.graduate(name="赵六", signer="林复核", enterer="高校长")
    await ended(app, world.reviewer2)
    case = await disputed(app, world, one, alone=True)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.owner_id, kept.own_by = None, work.now
    await time.to("2024-07-08 17:01")
    assert len(await stranded(app)) == 1
    await world.discipline.phone.sees("到下班时仍没有人负责")
    for key in ("reviewer", "head", "office", "counselor", "officer"):
        world.people[key].phone.never_saw("赵六")
        world.people[key].phone.never_saw("到下班时")


async def stranded(app: Running) -> list[Any]:
    return await app.rows(select(Incident).where(Incident.kind == "case_stranded"))


async def test_a_closed_case_is_never_stranded(app: Running, world: World, time: Time) -> None:
    case = await unowned(app, world.lihua)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.state, kept.closed_at = CaseState.CLOSED, work.now
    await time.to("2024-07-09 18:00")
    assert not await stranded(app)
