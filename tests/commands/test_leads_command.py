"""`complaints import` and `suspects import`: a diff first, each lead once, none lost and none guessed."""

from datetime import datetime
from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlmodel import select

from models.case import Case, CaseKind, Channel
from models.event import Event
from models.graduate import Destination
from models.lead import Lead
from models.staff import Role
from tests.commands.line import Line, sheet
from tests.conversations.test_who_may import given, opens
from tests.driving import ZONE, Running
from tests.world import World

COMPLAINTS = (
    *("来源", "线索编号", "收到日期", "学号", "考生号", "姓名", "院系", "反映内容", "处理要求/期限"),
    *("经办",),
)
SUSPECTS = ("序号", "学号", "考生号", "姓名", "单位名称", "统一社会信用代码", "疑似原因", "期限")
OTHER = {
    "employer": "江城电子有限公司",
    "employer_key": "江城电子有限公司",
    "uscc": "91420100MA4KXXXX1X",
}


def complaint(**more: str) -> dict[str, str]:
    usual = {"来源": "中国政府网", "线索编号": "Z-1", "收到日期": "2024/7/5", "反映内容": "有人没有签过合同"}
    return dict.fromkeys(COMPLAINTS, "") | usual | more


def suspect(**more: str) -> dict[str, str]:
    return dict.fromkeys(SUSPECTS, "") | {"疑似原因": "单位注销后仍有登记"} | more


async def cases(world: World) -> list[Case]:
    return sorted(await world.rows(select(Case)), key=lambda case: case.number)


async def test_complaints_become_cases_once_and_refused_lines_come_back(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    number = world.lihua.row.student_no
    rows = [
        complaint(学号=number, 姓名="李华", **{"处理要求/期限": "2024-07-10"}),
        complaint(线索编号="Z-2", 姓名="李华", 院系="计算机学院", **{"处理要求/期限": "尽快核实"}),
        complaint(线索编号="Z-3", 来源="小报"),
        complaint(线索编号="Z-4", 反映内容=""),
        complaint(线索编号="Z-5", 学号="99999999", 姓名="无此人"),
    ]
    file, line = sheet(tmp_path / "c.csv", rows, COMPLAINTS), Line(database_url, tmp_path)
    ran = await line("complaints", "import", file, "--dry-run", "--json")
    assert ran.status == 0, ran.err
    expected = {"rows": 5, "new": 3, "changed": 0, "unchanged": 0, "conflicts": 0, "not_found": 1}
    assert {key: ran.facts[key] for key in expected} == expected
    assert [(one["row"], one["column"]) for one in ran.facts["refused"]] == [(4, "来源"), (5, "反映内容")]
    assert await cases(world) == []
    assert (await line("complaints", "import", file)).status == 1
    assert await cases(world) == []

    assert (await line("complaints", "import", file, "--yes", "--json")).facts["new"] == 3
    first, second, third = await cases(world)
    assert {one.kind for one in (first, second, third)} == {CaseKind.COMPLAINT}
    assert first.graduate_id == second.graduate_id == world.lihua.id
    assert third.graduate_id is None
    assert first.due_at == datetime(2024, 7, 10, 17, tzinfo=ZONE)
    assert second.due_at > first.due_at
    assert first.owner_id == world.reviewer.id
    refused = CalamineWorkbook.from_path(f"{file}.refused.xlsx").get_sheet_by_index(0).to_python()
    assert [row[-1] for row in refused[1:]] == ["不认识的渠道", "反映内容是空的"]

    again = (await line("complaints", "import", file, "--yes", "--json")).facts
    assert (again["new"], again["unchanged"]) == (0, 3)
    assert [case.id for case in await cases(world)] == [first.id, second.id, third.id]
    lead = await world.row(select(Lead).where(Lead.case_id == first.id))
    assert (lead.channel, lead.reference, str(lead.received_on)) == (Channel.GOVERNMENT, "Z-1", "2024-07-05")
    await app.settled()
    card = (await opens(app, world.reviewer, second)).text
    assert "有人没有签过合同" in card
    assert "处理要求/期限：尽快核实" in card
    for event in await world.rows(select(Event)):
        assert "合同" not in str(event.facts)


async def test_what_was_written_down_in_chat_is_found_by_the_import(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    from tests.conversations.test_complaint import complains

    await complains(app, world.office, "李华", channel="中国政府网留言", reference="Z-1")
    file = sheet(tmp_path / "c.csv", [complaint(学号=world.lihua.row.student_no)], COMPLAINTS)
    facts = (await Line(database_url, tmp_path)("complaints", "import", file, "--yes", "--json")).facts
    assert (facts["new"], facts["unchanged"]) == (0, 1)
    assert len(await cases(world)) == 1


async def test_imported_complaints_are_kept_from_whoever_is_implicated(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    one = await world.graduate(name="赵六", signer="林复核", signer_no="T020")
    await given(app, world, world.counselor, Role.REVIEWER)
    file = sheet(tmp_path / "c.csv", [complaint(学号=one.row.student_no)], COMPLAINTS)
    assert (await Line(database_url, tmp_path)("complaints", "import", file, "--yes")).status == 0
    [case] = await cases(world)
    assert case.owner_id == world.reviewer2.id
    await app.settled()
    for out in (world.reviewer, world.counselor):
        assert "没有这个编号的事项" in (await opens(app, out, case)).text
        out.phone.never_saw("举报")


async def test_each_match_of_a_suspect_is_a_finding_and_nothing_is_guessed(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    other = await world.graduate(name="赵六")
    elsewhere = await world.graduate(name="王芳", unit="软件2002", **OTHER)
    rows = [
        suspect(学号=world.lihua.row.student_no, 姓名="李华", 期限="2024-07-09"),
        suspect(学号=other.row.student_no, 姓名="赵七"),
        suspect(学号=other.row.student_no, 考生号=world.lihua.row.exam_no, 姓名="赵六"),
        suspect(统一社会信用代码=OTHER["uscc"], 单位名称="江城电子有限公司"),
        suspect(学号="88888888", 姓名="外校生"),
        suspect(单位名称="没有人去的公司"),
        suspect(),
    ]
    file, line = sheet(tmp_path / "s.csv", rows, SUSPECTS), Line(database_url, tmp_path)
    ran = await line("suspects", "import", file, "--from", "ministry", "--yes", "--json")
    assert ran.status == 0, ran.err
    expected = {"rows": 7, "new": 4, "unchanged": 0, "conflicts": 2, "not_found": 2}
    assert {key: ran.facts[key] for key in expected} == expected
    assert [one["row"] for one in ran.facts["refused"]] == [8]
    found = await cases(world)
    assert {case.kind for case in found} == {CaseKind.FINDING}
    assert {case.channel for case in found} == {Channel.MINISTRY}
    assert [case.graduate_id for case in found] == [world.lihua.id, elsewhere.id, None, None]
    assert [case.reason for case in found] == ["", "", "unmatched", "unmatched"]
    assert found[2].unit_id == world.units[""].id
    assert found[0].due_at == datetime(2024, 7, 9, 17, tzinfo=ZONE)
    assert found[0].escalate_at is not None
    assert found[0].escalate_at <= found[0].due_at
    await app.settled()
    assert "疑似原因：单位注销后仍有登记" in (await opens(app, world.reviewer, found[0])).text
    lost = (await opens(app, world.reviewer, found[2])).text
    assert "外校生" in lost
    assert "没有对应到毕业生" in lost
    world.counselor.phone.never_saw("上级核查")
    said = (await line("suspects", "import", file, "--from", "ministry", "--dry-run")).out
    assert "第 3 行：号码对上了，姓名不同" in said
    assert "第 4 行：对上了不止一位毕业生" in said
    assert "第 6 行：没有对应到毕业生" in said
    assert "赵" not in said


async def test_a_list_again_adds_only_what_it_did_not_say_before(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path)
    first = [suspect(单位名称="江城精密机械有限公司", 序号="1")]
    file = sheet(tmp_path / "s.csv", first, SUSPECTS)
    assert (await line("suspects", "import", file, "--from", "province", "--yes", "--json")).facts["new"] == 1
    newcomer = await world.graduate(name="赵六")
    await world.graduate(name="钱七", **OTHER)
    more = sheet(tmp_path / "s2.csv", [suspect(单位名称="无"), *first], SUSPECTS)
    facts = (await line("suspects", "import", more, "--from", "province", "--yes", "--json")).facts
    assert (facts["new"], facts["unchanged"]) == (2, 1)
    again = (await line("suspects", "import", more, "--from", "province", "--yes", "--json")).facts
    assert (again["new"], again["unchanged"]) == (0, 3)
    found = await cases(world)
    assert [case.graduate_id for case in found] == [world.lihua.id, None, newcomer.id]
    other = (await line("suspects", "import", file, "--from", "ministry", "--yes", "--json")).facts
    assert other["new"] == 2
    assert len(await world.rows(select(Destination))) == 3
