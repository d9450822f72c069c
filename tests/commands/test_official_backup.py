"""The national register's list, taken over once; and a backup that either database can take back."""

from pathlib import Path

from sqlmodel import col, select

from models.case import Case, CaseKind
from models.dispute import Dispute
from models.graduate import Graduate
from models.official import OfficialState
from tests.commands.line import Line, person, sheet
from tests.commands.test_roster_command import rows

HEADS = ("学号", "姓名", "确认状态", "确认时间", "反馈")
NEVER = "从未与该单位签订就业协议、劳动合同或其他录用形式"


def said(number: int, state: str, feedback: str = "", at: str = "") -> dict[str, str]:
    known = person(number)
    return {"学号": known["学号"], "姓名": known["姓名"], "确认状态": state, "反馈": feedback, "确认时间": at}


async def test_the_registers_list_is_taken_over_once(line: Line, database_url: str, tmp_path: Path) -> None:
    roster = sheet(tmp_path / "r.csv", [person(n) for n in range(1, 5)])
    await line("roster", "import", roster, "--cohort", "2024", "--yes")
    listed = [
        said(1, "已确认", at="2024-06-20 10:00"),
        said(2, "未确认", NEVER),
        said(3, "已变更待确认", "信息有误"),
        said(9, "未确认"),
        said(4, "未确认") | {"姓名": "不是他"},
    ]
    file = sheet(tmp_path / "o.csv", listed, HEADS)
    first = await line("official", "import", file, "--yes", "--json")
    again = await line("official", "import", file, "--yes", "--json")

    assert first.status == 0, first.err
    assert {key: first.facts[key] for key in ("rows", "new", "not_found", "conflicts", "disputed")} == {
        "rows": 5,
        "new": 3,
        "not_found": 1,
        "conflicts": 1,
        "disputed": 1,
    }
    assert (again.facts["new"], again.facts["changed"], again.facts["unchanged"]) == (0, 0, 3)
    assert len(await rows(database_url, select(OfficialState))) == 3
    assert len(await rows(database_url, select(Dispute))) == 1
    assert len(await rows(database_url, select(Case).where(Case.kind == CaseKind.CHANGE_REQUEST))) == 1
    official = (await line("status", "--json")).facts["official"]
    assert official.pop("as_of") is not None
    assert official == {"confirmed": 1, "unconfirmed": 0, "changed_since": 1, "disputed": 1}


async def test_a_backup_goes_back_into_either_database(line: Line, database_url: str, tmp_path: Path) -> None:
    file = sheet(tmp_path / "r.csv", [person(1), person(2)])
    await line("roster", "import", file, "--cohort", "2024", "--yes")
    saved = await line("backup", "all.zip")
    assert saved.status == 0, saved.err
    assert "密钥" in saved.out
    secret = line._environment()["QUXIANG_SECRET"].encode()
    assert secret not in (tmp_path / "all.zip").read_bytes()

    refused = await line("restore", "all.zip")
    forced = await line("restore", "all.zip", "--force", "--yes")
    other = Line(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", tmp_path)
    across = await other("restore", "all.zip")
    assert (refused.status, forced.status, across.status) == (1, 0, 0), forced.err + across.err
    assert "--force" in refused.err
    assert (await other("status", "--json")).facts == (await line("status", "--json")).facts
    query = select(Graduate).order_by(col(Graduate.roster_key))
    assert [one.model_dump() for one in await rows(database_url, query)] == [
        one.model_dump() for one in await rows(other.url, query)
    ]

    assert (await other("backup", "back.zip")).status == 0
    assert (await line("restore", "back.zip", "--force", "--yes")).status == 0
    again = await line("roster", "import", file, "--cohort", "2024", "--yes", "--json")
    assert again.facts["unchanged"] == 2
    assert (await line("audit", "verify")).status == 0
