"""Looked into: who was asked, how, what was seen; without a line of this round nothing grave is settled."""

import pytest
from sqlmodel import select

from handlers.case import CaseDo, CaseMethod, CaseOutcome
from models.case import Asked, CaseKind, CaseState, Channel, Method, Note, NoteKind, Outcome
from models.messages.cases import Verb
from tests.conversations.working import closed_by, disputed, forge, looked_into, notes, opened, row
from tests.driving import Running
from tests.world import World

MISSING = "这一轮还没有核实记录"


async def test_a_dispute_is_not_settled_before_somebody_looked_into_it(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    phone = world.reviewer.phone
    await phone.send(f"/case {case.number}")
    await app.settled()
    await phone.press("办结")
    await phone.sees(MISSING)
    assert phone.buttons() == ["记录核实情况", "打开这一件"]
    for press in (
        CaseMethod(method=Method.OTHER, case=case.id),
        CaseOutcome(outcome=Outcome.CONFIRMED_TRUE, case=case.id),
    ):
        await forge(app, world.reviewer, press)
    kept = await row(app, case.id)
    assert (kept.method, kept.outcome, kept.state) == (None, None, CaseState.OPEN)
    await phone.press("记录核实情况")
    await phone.sees("向谁核实")
    assert phone.buttons() == ["毕业生本人", "用人单位", "家长", "同事", "材料", "登记系统"]
    await phone.press("材料")
    await phone.sees("用的是什么方式")
    await phone.press("材料核查")
    await phone.sees("看到或听到了什么")
    await phone.send("合同上的签名与本人笔迹不同")
    await phone.sees("核实（林复核） 材料 材料核查：合同上的签名与本人笔迹不同")
    line = await app.row(select(Note).where(Note.kind == NoteKind.LOOKED_INTO))
    assert (line.asked, line.method, line.staff_id) == (
        Asked.DOCUMENT,
        Method.MATERIAL_CHECK,
        world.reviewer.id,
    )
    assert "笔迹" not in line.text
    kept = await row(app, case.id)
    assert kept.state is CaseState.WORKING
    await phone.press("办结")
    await phone.sees("是怎样核实的")


async def test_the_second_person_reads_every_line(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    phone = world.reviewer.phone
    await phone.send(f"/case {case.number}")
    await app.settled()
    for words in ("前台说没有这个人", "人事说从未招聘过", "第三次打给总机，同样答复", "又问了一次"):
        await looked_into(app, phone, words)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.press("打开这一件")
    card = await world.reviewer2.phone.sees("核实结果：登记信息不属实")
    for words in ("前台说没有这个人", "人事说从未招聘过", "第三次打给总机", "又问了一次"):
        assert words in card.text
    world.counselor.phone.never_saw("前台说没有这个人")


async def test_sent_back_it_is_looked_into_again(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.press("打开这一件")
    await world.reviewer2.phone.sees("核实情况")
    await world.reviewer2.phone.press("退回重办")
    await world.reviewer2.phone.sees("请写下退回")
    await world.reviewer2.phone.send("请问一下本人")
    await world.reviewer.phone.sees("请问一下本人")
    await forge(app, world.reviewer, CaseDo(verb=Verb.CLOSE, case=case.id))
    await world.reviewer.phone.sees(MISSING)
    await closed_by(app, world, "reviewer", case, "登记信息属实")
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW


async def test_reopened_by_the_graduate_it_is_looked_into_again(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case, "登记信息属实")
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    await forge(app, world.head, CaseDo(verb=Verb.CLOSE, case=case.id))
    await world.head.phone.sees(MISSING)
    assert (await row(app, case.id)).owner_id == world.head.id


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (CaseKind.COMPLAINT, {}),
        (CaseKind.FINDING, {"channel": Channel.PROVINCE}),
        (CaseKind.RECORD_PROBLEM, {"reason": "complaint"}),
    ],
)
async def test_complaints_and_findings_too(
    app: Running, world: World, kind: CaseKind, given: dict[str, str]
) -> None:
    case = await opened(app, world.lihua, kind, owner=world.reviewer.row, **given)
    await forge(app, world.reviewer, CaseDo(verb=Verb.CLOSE, case=case.id))
    await world.reviewer.phone.sees(MISSING)
    assert await notes(app, case) == ["opened"]


async def test_an_ordinary_case_may_have_lines_and_needs_none(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await world.counselor.phone.send(f"/case {case.number}")
    await app.settled()
    await looked_into(app, world.counselor.phone)
    assert await notes(app, case) == ["opened", "looked_into"]
    other = await opened(app, await world.graduate(name="赵六"))
    await closed_by(app, world, "counselor", other, "已办妥")
    assert (await row(app, other.id)).state is CaseState.CLOSED


async def test_only_the_owner_writes_what_was_looked_into(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    for key in ("counselor", "office", "reviewer2", "lihua"):
        await forge(app, world.people[key], CaseDo(verb=Verb.LOOK_INTO, case=case.id))
        world.people[key].phone.never_saw("向谁核实")
    assert await notes(app, case) == ["opened"]
