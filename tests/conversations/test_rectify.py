"""Putting right what was found: four answers, a named colleague, a day, and another pair of eyes."""

from typing import Any

from sqlmodel import select

from handlers.case import CaseDo
from handlers.rectify import RectifyTo
from models.case import Case, CaseKind, CaseState
from models.messages.cases import Verb
from models.rectification import Rectification
from models.staff import Role
from tests.conversations.working import closed_by, disputed, forge, notes, row
from tests.driving import Running, Time
from tests.world import One, World


async def task(app: Running) -> Rectification:
    found: Rectification = await app.row(select(Rectification))
    return found


async def case_of(app: Running) -> Case:
    return await row(app, (await task(app)).case_id)


async def made(app: Running, by: One, to: str, *, begin: str | None = None, day: str = "2024-07-19") -> Case:
    """Asked for by this colleague; without `begin` the goal is asked for already."""
    if begin:
        await by.phone.send(begin)
    await by.phone.sees("整改目标")
    for words, answer in (("材料一人一档", "整改措施"), ("逐人补齐", "完成期限"), (day, "由谁负责")):
        await by.phone.send(words)
        await by.phone.sees(answer)
    await by.phone.send(to)
    await by.phone.sees("整改事项已建立")
    return await case_of(app)


async def began(app: Running, world: World) -> None:
    await world.office.phone.send("/rectify")
    await world.office.phone.sees("未完成的整改：0 件")
    await world.office.phone.press("新增整改事项")


async def done(app: Running, by: One, case: Case, words: str = "已补齐 12 份") -> None:
    await by.phone.send(f"/case {case.number}")
    await app.settled()
    await by.phone.press("办结")
    await by.phone.sees("做了什么，现在是什么情况")
    await by.phone.send(words)
    await by.phone.sees("等待第二人复核")
    await app.settled()


async def test_all_four_are_needed_and_the_owner_hears_of_it(app: Running, world: World) -> None:
    await began(app, world)
    case = await made(app, world.office, "吴干事")
    assert (case.kind, case.owner_id, case.unit_id) == (
        CaseKind.RECTIFICATION,
        world.officer.id,
        world.units["计算机学院"].id,
    )
    kept = await task(app)
    assert kept.goal is not None
    assert "材料" not in kept.goal
    assert (kept.named_id, kept.maker_id, str(kept.deadline)) == (
        world.officer.id,
        world.office.id,
        "2024-07-19",
    )
    calendar = app.app.works.rules.calendar
    assert case.due_at == calendar.end_of_day(kept.deadline)
    told = await world.officer.phone.sees(f"新事项 · 编号 {case.number} · 整改事项")
    assert "完成期限：7月19日（周五）" in told.text
    assert "首次联系" not in told.text
    await world.officer.phone.press("我来处理")
    card = await world.officer.phone.sees("经办：吴干事")
    assert "目标：材料一人一档" in card.text
    assert "措施：逐人补齐" in card.text
    await world.office.phone.send("/rectify")
    listed = await world.office.phone.sees("未完成的整改：1 件")
    assert f"编号 {case.number} · 计算机学院 · 期限 7月19日（周五） · 吴干事" in listed.text


async def test_a_day_that_is_none_or_past_is_asked_again(app: Running, world: World) -> None:
    await began(app, world)
    phone = world.office.phone
    await phone.sees("整改目标")
    await phone.send("   ")
    await phone.sees("请写 1 到 500 个字")
    await phone.send("材料一人一档")
    await phone.sees("整改措施")
    await phone.send("逐人补齐")
    await phone.sees("完成期限")
    for times, wrong in enumerate(("尽量早", "2024-07-07", "2034-07-31"), 1):
        await phone.send(wrong)
        await phone.sees("没有认出这个日期", times=times)
    await forge(app, world.office, RectifyTo(staff=world.officer.id))
    assert await app.rows(select(Rectification)) == []
    await phone.send("2024年7月19日")
    await phone.sees("由谁负责")
    assert "陈老师" in phone.buttons()
    assert "何主任" not in phone.buttons()
    await phone.press("陈老师")
    await phone.sees("整改事项已建立")
    case = await case_of(app)
    assert (case.owner_id, case.unit_id) == (world.counselor.id, world.units["软件2001"].id)


async def test_neither_owner_nor_maker_checks_it(app: Running, world: World) -> None:
    await began(app, world)
    case = await made(app, world.office, "T010")
    await done(app, world.officer, case)
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    assert (await task(app)).done_at is not None
    world.office.phone.never_saw("等待复核")
    for out in (world.office, world.officer):
        await forge(app, out, CaseDo(verb=Verb.APPROVE, case=case.id))
        await forge(app, out, CaseDo(verb=Verb.RETURN, case=case.id))
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    await world.reviewer.phone.sees(f"编号 {case.number}")
    await world.reviewer.phone.press("打开这一件")
    card = await world.reviewer.phone.sees("目标：材料一人一档")
    assert "已补齐 12 份" in card.text
    await world.reviewer.phone.press("退回重办")
    await world.reviewer.phone.sees("退回")
    await world.reviewer.phone.send("还缺三份")
    await world.officer.phone.sees("还缺三份")
    kept = await task(app)
    assert (kept.done_at, kept.completed_at, kept.checked_by_id) == (None, None, world.reviewer.id)
    await done(app, world.officer, case, "都补齐了")
    await world.reviewer2.phone.send(f"/case {case.number}")
    await app.settled()
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    kept = await task(app)
    assert (await row(app, case.id)).state is CaseState.CLOSED
    assert kept.completed_at is not None
    assert kept.checked_by_id == world.reviewer2.id
    assert await notes(app, case) == ["opened", "settled", "returned", "settled", "approved"]


async def test_what_is_late_is_told_and_climbs(app: Running, world: World, time: Time) -> None:
    await began(app, world)
    case = await made(app, world.office, "T010", day="2024-07-10")
    await time.to("2024-07-10 16:00")
    world.officer.phone.never_saw("时限已到")
    await time.to("2024-07-11 09:30")
    await world.officer.phone.sees("办结时限已到", times=1)
    await time.to("2024-07-12 17:30")
    await world.office.phone.sees(f"编号 {case.number}")
    assert (await row(app, case.id)).owner_id == world.officer.id


async def test_only_office_and_reviewers_ask_for_it(app: Running, world: World) -> None:
    for out in (world.counselor, world.officer, world.lihua):
        await out.phone.send("/rectify")
        await app.settled()
        out.phone.never_saw("整改")


async def _found_false(app: Running, world: World) -> Case:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.sees(f"编号 {case.number}")
    await world.reviewer2.phone.press("打开这一件")
    await world.reviewer2.phone.offers("复核通过")
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    return await row(app, case.id)


async def labels(app: Running, one: One, case: Case) -> Any:
    await one.phone.send(f"/case {case.number}")
    await app.settled()
    return one.phone.shown[-1].labels()


async def test_after_a_dispute_nobody_implicated_has_or_sees_it(app: Running, world: World) -> None:
    deputy = await world.staff("deputy", "郑副书记", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    source = await _found_false(app, world)
    assert "要求整改" in await labels(app, world.reviewer2, source)
    await world.reviewer2.phone.press("要求整改")
    await world.reviewer2.phone.sees(f"编号 {source.number} 的整改")
    for words, answer in (("更正登记", "整改措施"), ("逐条核对", "完成期限"), ("2024-07-19", "由谁负责")):
        await world.reviewer2.phone.send(words)
        await world.reviewer2.phone.sees(answer)
    assert "陈老师" not in world.reviewer2.phone.buttons()
    await forge(app, world.reviewer2, RectifyTo(staff=world.counselor.id))
    assert await app.rows(select(Rectification)) == []
    await world.reviewer2.phone.send("郑副书记")
    await world.reviewer2.phone.sees("整改事项已建立")
    case = await case_of(app)
    assert (case.parent_id, case.owner_id, case.graduate_id) == (source.id, deputy.id, None)
    await labels(app, world.counselor, case)
    world.counselor.phone.never_saw("整改")
    world.counselor.phone.never_saw(str(case.number))


async def test_a_case_that_is_open_or_not_seen_makes_no_button(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    assert "要求整改" not in await labels(app, world.reviewer, case)
    await world.office.phone.send("/rectify 99999")
    await world.office.phone.sees("没有这个编号的事项")


async def test_a_number_says_the_same_whether_it_is_hidden_or_none(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", signer="何主任", signer_no="T030")
    case = await disputed(app, world, one, alone=True)
    said = []
    for number in (case.number, case.number + 1):
        await world.office.phone.send(f"/rectify {number}")
        await app.settled()
        said.append(world.office.phone.shown[-1].text)
    assert said[0] == said[1]
