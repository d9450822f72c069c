"""Confirmed false: somebody changes the register, and only a later import ends that."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from actions import staff
from handlers.case import CaseDo
from models.case import Case, CaseKind, CaseState, Note, NoteKind, Outcome
from models.equation import under_dispute
from models.event import Incident
from models.graduate import Graduate
from models.messages.cases import Verb
from models.staff import Duty, Role
from models.unit import Unit
from reports.registering import register_changes
from tests.commands.line import Line, person, sheet
from tests.commands.test_official_backup import HEADS, NEVER
from tests.commands.test_official_in_chat import listed
from tests.conversations.asking import asked, registered
from tests.conversations.test_who_may import given, opens, operated
from tests.conversations.working import closed_by, disputed, every_press, forge, notes, row
from tests.driving import Running
from tests.world import One, World

TAKEN_UP = (Verb.CLAIM, Verb.ESCALATE)
FALSE = "江城精密机械有限公司"
CORRECTED = "您提出异议的那条登记已经更正"


@pytest.fixture
async def entry(world: World) -> One:
    return await world.staff("entry", "邓录入", "T060", Role.DATA_ENTRY, "计算机学院")


async def passed(app: Running, world: World, one: One, outcome: str = "登记信息不属实") -> Case:
    """Filed past the counselor, closed by one reviewer, passed by the other."""
    case = await disputed(app, world, one, alone=True)
    await closed_by(app, world, "reviewer", case, outcome)
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    return await row(app, case.id)


async def tasks(app: Running) -> list[Case]:
    query = select(Case).where(Case.kind == CaseKind.REGISTER_CHANGE)
    return await app.rows(query.order_by(col(Case.number)))


def roster_row(one: One, **changed: str) -> dict[str, str]:
    """What the roster would say of somebody of this world."""
    known = {
        "学号": one.row.student_no,
        "考生号": one.row.exam_no,
        "姓名": one.row.name,
        "所在班级": "软件2001",
        "学历层次": "",
        "辅导员": "",
        "辅导员工号": "",
        "单位名称": FALSE,
        "签约日期": "20240512",
    }
    return person(1) | known | changed


async def imported(line: Line, folder: Path, name: str, row: dict[str, str]) -> None:
    file = sheet(folder / name, [row])
    ran = await line("roster", "import", file, "--cohort", "2024", "--yes")
    assert ran.status == 0, ran.err


async def test_it_is_a_task_for_who_enters_data_without_a_word_of_the_graduates(
    app: Running, world: World, entry: One
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await world.lihua.phone.send("他们逼我签的，我没去过")
    await app.settled()
    await closed_by(app, world, "reviewer", case)
    assert await tasks(app) == []
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    [task] = await tasks(app)
    assert (task.parent_id, task.owner_id, task.reason) == (case.id, entry.id, "dispute_false")
    await entry.phone.sees(f"编号 {task.number} · 登记更正")
    shown = await opens(app, entry, task)
    assert FALSE in shown.text
    assert "这一件自动办结" in shown.text
    assert shown.labels() == ["我来处理", "备注", "转交", "转上级处理", "查看全部经过"]
    await entry.phone.press("查看全部经过")
    await app.settled()
    for words in ("逼我签", "异议", "单位说没有这个人", "单位前台", "复核"):
        entry.phone.never_saw(words)
    assert "linked" in await notes(app, case)


async def test_nobody_ends_it_by_hand(app: Running, world: World, entry: One) -> None:
    await passed(app, world, world.lihua)
    [task] = await tasks(app)
    for who in (entry, world.office, world.reviewer, world.counselor):
        presses = [one for one in every_press(task) if getattr(one, "verb", None) not in TAKEN_UP]
        await forge(app, who, *presses)
    [kept] = await tasks(app)
    assert (kept.state, kept.outcome, kept.owner_id) == (CaseState.OPEN, None, entry.id)
    entry.phone.never_saw(world.lihua.phone.phone_number or "-")


@pytest.mark.parametrize("outcome", ["登记信息属实", "曾经属实，现已结束", "单位名称有混淆", "暂时无法确定"])
async def test_other_outcomes_open_none(app: Running, world: World, outcome: str) -> None:
    await passed(app, world, world.lihua, outcome)
    assert await tasks(app) == []


@pytest.mark.parametrize(
    ("hands", "owner"),
    [
        ({"enterer": "邓录入", "enterer_no": "T060"}, "officer"),
        ({"enterer": "邓录入", "enterer_no": "T060", "signer": "吴干事", "signer_no": "T010"}, "office"),
    ],
)
async def test_who_had_a_hand_in_it_neither_changes_it_nor_hears_of_it(
    app: Running, world: World, entry: One, hands: dict[str, str], owner: str
) -> None:
    one = await world.graduate(name="赵六", **hands)
    await passed(app, world, one)
    [task] = await tasks(app)
    assert task.owner_id == world.people[owner].id
    for out in ("entry", "officer", "counselor"):
        if out == owner:
            continue
        await opens(app, world.people[out], task)
        await forge(app, world.people[out], CaseDo(verb=Verb.CLAIM, case=task.id))
        if out != "officer" or owner == "office":
            world.people[out].phone.never_saw("赵六")
    assert [one.owner_id for one in await tasks(app)] == [world.people[owner].id]


async def test_while_who_enters_data_is_away_somebody_here_has_it(
    app: Running, world: World, entry: One
) -> None:
    await entry.phone.send("/away 3")
    await app.settled()
    await passed(app, world, world.lihua)
    [task] = await tasks(app)
    assert task.owner_id == world.officer.id


async def test_the_class_does_not_change_it_in_another_hat(app: Running, world: World) -> None:
    await given(app, world, world.counselor, Role.DATA_ENTRY, "计算机学院")
    await passed(app, world, world.lihua)
    [task] = await tasks(app)
    assert task.owner_id == world.officer.id
    world.counselor.phone.never_saw("登记更正")
    await opens(app, world.officer, task)
    await world.officer.phone.press("转交")
    await app.settled()
    assert "陈老师" not in world.officer.phone.buttons()


async def test_whose_duty_ends_hands_it_to_the_next_without_a_hand(
    app: Running, world: World, entry: One
) -> None:
    one = await world.graduate(name="赵六", enterer="吴干事", enterer_no="T010")
    await passed(app, world, one)
    duty = await app.row(select(Duty).where(Duty.staff_id == entry.id))
    await operated(app, lambda work, by: staff.end_duty(work, by, duty.id))
    await app.settled()
    [task] = await tasks(app)
    assert task.owner_id == world.office.id
    await world.office.phone.sees(f"编号 {task.number} · 登记更正")
    world.officer.phone.never_saw("赵六")


async def test_nobody_without_a_hand_is_an_incident(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    async with app.app.works.begin() as work:
        keep = (world.reviewer.id, world.reviewer2.id)
        for duty in await work.session.exec(select(Duty).where(col(Duty.staff_id).not_in(keep))):
            duty.ended_at = work.now
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    [task] = await tasks(app)
    assert task.owner_id is None
    assert [one.kind for one in await app.rows(select(Incident))] == ["case_without_owner"]
    await world.lihua.phone.sees("学校将更正这条登记")


async def test_it_ends_when_the_roster_shows_the_correction(
    app: Running, world: World, entry: One, database_url: str, tmp_path: Path
) -> None:
    """A new date or contact is no correction; another employer is; and the false one again opens it anew."""
    case = await passed(app, world, world.lihua)
    line, lihua = Line(database_url, tmp_path), world.lihua.phone
    await imported(line, tmp_path, "a.csv", roster_row(world.lihua, 签约日期="20240601"))
    await app.settled()
    assert [one.state for one in await tasks(app)] == [CaseState.OPEN]
    lihua.never_saw(CORRECTED)
    async with app.app.works.reading() as session:
        whole = await session.get_one(Unit, world.units[""].id)
        assert await register_changes(session, whole) == {"open": 1, "closed": 0}

    right = roster_row(world.lihua, 单位名称="长河电子科技有限公司", 统一社会信用代码="")
    await imported(line, tmp_path, "b.csv", right)
    told = await lihua.sees(CORRECTED, times=1)
    assert f"编号 {case.number}" in told.text
    [task] = await tasks(app)
    assert (task.state, task.outcome) == (CaseState.CLOSED, Outcome.REGISTER_CORRECTED)
    assert await notes(app, task) == ["opened", "settled"]
    linked = await app.rows(select(Note).where(Note.case_id == case.id, Note.kind == NoteKind.LINKED))
    assert {one.outcome for one in linked} == {None, Outcome.REGISTER_CORRECTED}

    again = roster_row(world.lihua, 签约日期="20240602")
    await imported(line, tmp_path, "c.csv", again)
    await imported(line, tmp_path, "d.csv", again | {"联系人电话": "027-84607439"})
    await app.settled()
    found = await tasks(app)
    assert [one.state for one in found] == [CaseState.CLOSED, CaseState.OPEN]
    assert {one.parent_id for one in found} == {case.id}
    await entry.phone.sees(f"编号 {found[1].number} · 登记更正")
    await lihua.sees(CORRECTED, times=1)
    async with app.app.works.reading() as session:
        whole = await session.get_one(Unit, world.units[""].id)
        assert await register_changes(session, whole) == {"open": 1, "closed": 1}
        other = await session.get_one(Unit, world.units["软件2002"].id)
        assert await register_changes(session, other) == {"open": 0, "closed": 0}


async def test_the_same_code_under_another_name_is_no_correction(app: Running, world: World) -> None:
    await passed(app, world, world.lihua)
    await registered(app, world.lihua, employer="江城精密机械（集团）有限公司")
    assert [one.state for one in await tasks(app)] == [CaseState.OPEN]
    await registered(app, world.lihua, category="seeking", code="70", employer=None, uscc=None)
    assert [one.state for one in await tasks(app)] == [CaseState.CLOSED]


@pytest.mark.parametrize(
    ("state", "feedback", "closes"),
    [
        ("已变更待确认", "", True),
        ("已变更待确认", NEVER, False),
        ("已确认", "", False),
        ("未确认", "", False),
    ],
)
async def test_or_the_national_register_says_that_it_was_changed(
    app: Running,
    world: World,
    database_url: str,
    tmp_path: Path,
    state: str,
    feedback: str,
    closes: bool,
) -> None:
    """A confirmation there may have been asked for: it corrects nothing."""
    await passed(app, world, world.lihua)
    file = sheet(tmp_path / "o.csv", [listed(world.lihua, state, feedback)], HEADS)
    assert (await Line(database_url, tmp_path)("official", "import", file, "--yes")).status == 0
    await app.settled()
    [task] = await tasks(app)
    assert (task.state is CaseState.CLOSED) is closes
    if closes:
        await world.lihua.phone.sees("全国系统显示，您提出异议的那条登记已经变更")
    else:
        world.lihua.phone.never_saw("那条登记已经变更")


async def test_corrected_before_it_was_confirmed_needs_no_task(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await registered(app, world.lihua, employer="长河电子科技有限公司", uscc=None)
    await closed_by(app, world, "reviewer", case)
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    assert await tasks(app) == []
    await world.lihua.phone.sees(CORRECTED, times=1)


async def test_reopened_and_false_again_there_is_one_task(app: Running, world: World, entry: One) -> None:
    case = await passed(app, world, world.lihua)
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    assert [one.state for one in await tasks(app)] == [CaseState.OPEN]
    await closed_by(app, world, "head", case)
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    assert (await row(app, case.id)).state is CaseState.CLOSED
    assert len(await tasks(app)) == 1


async def test_reopened_and_true_there_is_nothing_to_change(app: Running, world: World, entry: One) -> None:
    """Else the task could be ended by nothing, and its graduate would be asked and called no more."""
    case = await passed(app, world, world.lihua)
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    await closed_by(app, world, "head", case, "登记信息属实")
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    [task] = await tasks(app)
    assert (task.state, task.outcome) == (CaseState.CLOSED, Outcome.NO_CHANGE_NEEDED)
    assert await app.rows(select(Graduate).where(Graduate.id == world.lihua.id, under_dispute())) == []
    world.lihua.phone.never_saw(CORRECTED)


async def test_a_second_dispute_about_the_new_version_while_the_first_is_not_corrected(
    app: Running, world: World
) -> None:
    """The new entry names the same employer: its own dispute, its own task, one open for each."""
    case = await passed(app, world, world.lihua)
    await registered(app, world.lihua, signed_on=None)
    await asked(app, world.lihua)
    await world.lihua.phone.press("从未与该单位签约或被录用")
    await app.settled()
    await world.lihua.phone.press("确认提出异议，不经辅导员处理")
    await app.settled()
    second = await app.row(select(Case).where(Case.kind == CaseKind.DISPUTE, Case.id != case.id))
    await closed_by(app, world, "reviewer", second)
    await world.reviewer2.phone.press("打开这一件")
    await app.settled()
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    assert {one.parent_id for one in await tasks(app)} == {case.id, second.id}
    await registered(app, world.lihua, category="seeking", code="70", employer=None, uscc=None)
    assert {one.state for one in await tasks(app)} == {CaseState.CLOSED}
    await world.lihua.phone.sees(CORRECTED, times=2)


@pytest.mark.parametrize("outcome", ["单位名称有混淆", "曾经属实，现已结束"])
async def test_reopened_and_still_to_be_changed_the_task_stays(
    app: Running, world: World, entry: One, outcome: str
) -> None:
    """The graduate is told that the school will change it: then somebody has it to do."""
    case = await passed(app, world, world.lihua)
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    await closed_by(app, world, "head", case, outcome)
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    assert [one.state for one in await tasks(app)] == [CaseState.OPEN]
    await registered(app, world.lihua, employer="长河电子科技有限公司", uscc=None)
    assert [one.outcome for one in await tasks(app)] == [Outcome.REGISTER_CORRECTED]


async def test_found_true_since_it_is_not_opened_anew(app: Running, world: World) -> None:
    case = await passed(app, world, world.lihua)
    old: dict[str, Any] = {"employer": FALSE, "uscc": "91420117981506162P"}
    await registered(app, world.lihua, employer="长河电子科技有限公司", uscc=None)
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    await closed_by(app, world, "head", case, "登记信息属实")
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()
    await registered(app, world.lihua, **old)
    assert [one.state for one in await tasks(app)] == [CaseState.CLOSED]
