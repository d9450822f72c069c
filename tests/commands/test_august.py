"""What the ministry asks in August: each number has its rows, sums balance, an instant stays as it was."""

from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from sqlmodel import select

from actions import cases
from models.case import Case, CaseKind, CaseState, Channel, Outcome
from models.event import Event
from tests.commands.line import Line, sheet
from tests.commands.test_leads_command import SUSPECTS, suspect
from tests.conversations.test_complaint import closed, complains
from tests.conversations.test_pressure import pressed
from tests.conversations.test_who_may import opens
from tests.conversations.working import closed_by, disputed, opened, row
from tests.driving import Running, Time
from tests.world import World

ENDINGS = (
    *("登记不属实", "登记属实", "曾属实，现已终止", "单位混淆", "反映属实", "部分属实", "反映不属实"),
    *("转其他部门", "已更正登记", "未能查明", "其他结果"),
)
Numbers = dict[tuple[str, str, str], dict[str, int]]


async def paper(line: Line, folder: Path, *words: str) -> tuple[Path, Numbers, list[dict[str, str]]]:
    """The file, its numbers by unit, section and source, and its rows."""
    ran = await line("report", "august", "--out", folder, "--json", *words)
    assert ran.status == 0, ran.err
    file = Path(ran.facts["file"])
    book = CalamineWorkbook.from_path(file)
    table, rows = (book.get_sheet_by_name(name).to_python()[1:] for name in ("汇总", "明细"))
    numbers = {
        (str(line[0]), str(line[1]), str(line[2])): dict(
            zip(map(str, table[0][3:]), map(_int, line[3:]), strict=True)
        )
        for line in table[1:]
    }
    heads = [str(head) for head in rows[0]]
    return file, numbers, [dict(zip(heads, map(str, line), strict=True)) for line in rows[1:]]


def _int(cell: Any) -> int:
    return int(cell or 0)


def balanced(numbers: Numbers, rows: list[dict[str, str]]) -> None:
    whole = {unit for unit, *_ in numbers} - {"计算机学院"}
    [school] = whole
    for (unit, section, source), one in numbers.items():
        assert one["合计件数"] == one["核实中"] + one["待复核"] + one["已办结"], (section, source)
        assert one["已办结"] == sum(one[name] for name in ENDINGS), (section, source)
        parts = [
            other
            for (of, kind, name), other in numbers.items()
            if (of, kind) == (unit, section) and name != "合计"
        ]
        if source == "合计":
            assert one == {name: sum(part[name] for part in parts) for name in one}
        if unit == school:
            behind = [line for line in rows if line["类别"] == section and source in (line["来源"], "合计")]
            assert len(behind) == one["合计件数"], (section, source)


async def a_season(app: Running, world: World, line: Line, folder: Path) -> dict[str, Case]:
    """One of nearly everything."""
    found = {}
    one = await world.graduate(name="赵六")
    found["false"] = await disputed(app, world, one, alone=True)
    await closed_by(app, world, "reviewer", found["false"])
    await opens(app, world.reviewer2, found["false"])
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    found["dispute"], found["pressure"] = await pressed(app, world, world.lihua)
    await complains(app, world.office, "赵六", reference="督-1", received="2024-07-05")
    [found["complaint"]] = [
        case
        for case in await world.rows(select(Case).where(Case.kind == CaseKind.COMPLAINT))
        if case.channel is Channel.SUPERVISION
    ]
    await closed(app, world.reviewer, found["complaint"], "反映属实")
    rows = [suspect(学号=world.lihua.row.student_no, 姓名="李华"), suspect(单位名称="没有人去的公司")]
    file = sheet(folder / "s.csv", rows, SUSPECTS)
    assert (await line("suspects", "import", file, "--from", "ministry", "--yes")).status == 0
    found["anomaly"] = await opened(app, one, CaseKind.ANOMALY)
    await app.settled()
    return found


async def corrected(app: Running, dispute: Case) -> Case:
    """The register is to be corrected, as a case of its own below the dispute."""
    query = select(Case).where(Case.kind == CaseKind.REGISTER_CHANGE, Case.parent_id == dispute.id)
    found: Case = await app.row(query)
    return found


async def test_every_number_has_its_rows_and_the_sums_balance(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    found = await a_season(app, world, line, tmp_path)
    _, numbers, rows = await paper(line, tmp_path / "out")
    balanced(numbers, rows)
    school = {key[1:]: one for key, one in numbers.items() if key[0] == "江城理工学院"}
    disputes = school["异议", "毕业生反映"]
    assert (disputes["合计件数"], disputes["核实中"], disputes["登记不属实"]) == (2, 1, 1)
    corrections = school["异议核实不属实后的登记更正", "毕业生反映"]
    assert (corrections["合计件数"], corrections["核实中"], corrections["已更正登记"]) == (1, 1, 0)
    findings = school["疑似问题核查", "教育部"]
    assert (findings["合计件数"], findings["其中未对应到毕业生"]) == (2, 1)
    complaint = school["举报线索", "国务院“互联网+督查”"]
    assert (complaint["合计件数"], complaint["待复核"], complaint["已办结"]) == (1, 1, 0)
    assert school["举报线索", "毕业生反映"]["合计件数"] == 1
    assert school["数据异常", "合计"]["合计件数"] == 1
    college = {key[1:]: one for key, one in numbers.items() if key[0] == "计算机学院"}
    assert college["疑似问题核查", "合计"]["合计件数"] == 1
    [behind] = [one for one in rows if one["编号"] == str(found["complaint"].number)]
    assert (behind["姓名"], behind["来件编号"], behind["收到日期"]) == ("赵六", "督-1", "2024-07-05")


async def test_whose_pressure_it_is_is_withheld_from_the_rows(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    _, case = await pressed(app, world, world.lihua)
    _, _, rows = await paper(line, tmp_path / "out")
    [kept] = [one for one in rows if one["类别"] == "举报线索"]
    assert kept["编号"] == "仅限学校复核老师和纪检部门查看"
    shown = {key for key, value in kept.items() if value}
    assert shown == {"类别", "来源", "编号", "学院", "状态"}
    ran = await line("report", "selfcheck", "--out", tmp_path / "out", "--json")
    handling = CalamineWorkbook.from_path(ran.facts["file"]).get_sheet_by_name("处置情况").to_python()
    assert str(case.number) not in [row[0] for row in handling]


async def test_what_comes_later_alters_no_earlier_instant(
    app: Running, world: World, time: Time, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    found = await a_season(app, world, line, tmp_path)
    instant = app.now.isoformat()
    first, before, rows = await paper(line, tmp_path / "a", "--as-of", instant)
    bytes_before = first.read_bytes()
    await time.passes(days=1)
    change = await corrected(app, found["false"])
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, change.id)
        kept.outcome = Outcome.REGISTER_CORRECTED
        cases.close_now(work, kept)
    await opens(app, world.reviewer2, found["complaint"])
    await world.reviewer2.phone.press("复核通过")
    await world.people["lihua"].phone.send("/my")
    await app.settled()
    assert (await row(app, found["complaint"].id)).state is CaseState.CLOSED
    again, same, same_rows = await paper(line, tmp_path / "b", "--as-of", instant)
    assert (same, same_rows) == (before, rows)
    assert again.read_bytes() == bytes_before
    _, now, now_rows = await paper(line, tmp_path / "c")
    balanced(now, now_rows)
    school = {key[1:]: one for key, one in now.items() if key[0] == "江城理工学院"}
    assert school["异议核实不属实后的登记更正", "毕业生反映"]["已更正登记"] == 1
    assert school["举报线索", "国务院“互联网+督查”"]["反映属实"] == 1
    exported = await world.rows(select(Event).where(Event.kind == "exported"))
    assert [one.facts["rows"] for one in exported] == [len(rows), len(rows), len(now_rows)]
    later = await line("report", "august", "--out", tmp_path, "--as-of", "2030-01-01T00:00:00+08:00")
    assert (later.status, "这个时点还没有到" in later.err) == (1, True)


async def test_a_dispute_that_was_opened_again_counts_as_that(
    app: Running, world: World, time: Time, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await opens(app, world.reviewer2, case)
    await world.reviewer2.phone.press("复核通过")
    await world.lihua.phone.offers("不认可，请重新核实")
    instant = app.now.isoformat()
    await time.passes(hours=1)
    await world.lihua.phone.press("不认可，请重新核实")
    await app.settled()
    _, numbers, rows = await paper(line, tmp_path / "a")
    balanced(numbers, rows)
    one = numbers["江城理工学院", "异议", "毕业生反映"]
    assert (one["核实中"], one["已办结"], one["其中重新核实"]) == (1, 0, 1)
    _, before, _ = await paper(line, tmp_path / "b", "--as-of", instant)
    one = before["江城理工学院", "异议", "毕业生反映"]
    assert (one["核实中"], one["登记不属实"], one["其中重新核实"]) == (0, 1, 0)


async def test_the_office_sees_the_numbers_in_chat_and_nobody_else_does(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    from handlers.complaint import August
    from tests.conversations.working import forge

    await a_season(app, world, Line(database_url, tmp_path), tmp_path)
    await world.office.phone.send("/status")
    await world.office.phone.offers("八月自查")
    await world.office.phone.press("八月自查")
    card = await world.office.phone.sees("八月自查（截至")
    assert "异议：共 2 件" in card.text
    assert "登记信息不属实 1" in card.text
    assert "疑似问题核查：共 2 件" in card.text
    assert "未对应到毕业生 1" in card.text
    assert "国务院“互联网+督查”：1 件（已办结 0）" in card.text
    for out in (world.counselor, world.officer):
        await forge(app, out, August())
        out.phone.never_saw("八月自查")
