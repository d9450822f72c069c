"""`quxiang roster import`: the diff, what is written, and that nothing is written twice."""

import asyncio
import json
import time as stopwatch
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.database import Database
from models.answer import Answer, AnswerKind
from models.case import Case, CaseKind
from models.graduate import Destination, Graduate
from models.sealed import Keyring
from models.unit import Unit, UnitKind
from tests.commands.line import Line, person, sheet
from tests.conversations.asking import asked
from tests.driving import Running
from tests.world import World

ASKING, PACE = 60, 0.15
FIXTURES = Path(__file__).parent.parent / "sheets" / "fixtures"


async def rows(url: str, query: SelectOfScalar[Any]) -> list[Any]:
    database = Database(url)
    async with database.session(database.reader) as session:
        found = list(await session.exec(query))
    await database.close()
    return found


@asynccontextmanager
async def importing(line: Line, file: Path) -> AsyncIterator[asyncio.Future[Any]]:
    task = asyncio.ensure_future(line("roster", "import", file, "--cohort", "2024", "--yes", "--json"))
    yield task
    await task


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_the_sample_is_taken_over_once(
    line: Line, database_url: str, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"roster.{ending}"
    file.write_bytes((FIXTURES / file.name).read_bytes())
    truth = json.loads((FIXTURES / "roster.truth.json").read_text("utf-8"))

    first = await line("roster", "import", file, "--cohort", "2024", "--yes", "--json")
    again = await line("roster", "import", file, "--cohort", "2024", "--yes", "--json")

    assert first.status == 0, first.err
    assert first.facts["rows"] == truth["rows"]
    assert {(one["row"], one["column"]) for one in first.facts["refused"]} == {
        (row, column) for row, column in truth["refused"]
    }
    assert (first.facts["new"], first.facts["unchanged"], first.facts["conflicts"]) == (62, 1, 0)
    assert (again.facts["new"], again.facts["changed"], again.facts["unchanged"]) == (0, 0, 63)
    assert len(await rows(database_url, select(Graduate))) == 62
    assert len(await rows(database_url, select(Destination))) == 62
    problems = await rows(database_url, select(Case).where(Case.kind == CaseKind.RECORD_PROBLEM))
    assert sorted(case.reason for case in problems) == ["bad_uscc", "unknown_code"]
    refused = CalamineWorkbook.from_path(tmp_path / f"{file.name}.refused.xlsx").get_sheet_by_index(0)
    assert len(list(refused.iter_rows())) == 3
    colleges = await rows(database_url, select(Unit).where(Unit.kind == UnitKind.RESIDENTIAL))
    assert [unit.name for unit in colleges] == ["博雅书院"]


async def test_nothing_is_written_without_yes_or_in_a_dry_run(
    line: Line, database_url: str, tmp_path: Path
) -> None:
    file = sheet(tmp_path / "r.csv", [person(1), person(2, 姓名="")])
    unsure = await line("roster", "import", file, "--cohort", "2024")
    dry = await line("roster", "import", file, "--cohort", "2024", "--dry-run", "--json")

    assert unsure.status == 1
    assert "--yes" in unsure.err
    assert "新增 1" in unsure.out
    assert dry.status == 0
    assert dry.facts["new"] == 1
    assert await rows(database_url, select(Graduate)) == []
    assert not (tmp_path / "r.csv.refused.xlsx").exists()


async def test_phones_are_sealed_and_found_by_digest(line: Line, database_url: str, tmp_path: Path) -> None:
    await line("roster", "import", sheet(tmp_path / "r.csv", [person(1)]), "--cohort", "2024", "--yes")
    [graduate] = await rows(database_url, select(Graduate))
    keys = Keyring.of(line._environment()["QUXIANG_SECRET"])
    assert "138" not in (graduate.phone or "").split(":")[0]
    assert keys.open(graduate.phone) == "+8613800000001"
    assert graduate.phone_digest == keys.digest("+8613800000001")
    assert keys.open(graduate.parent_phone) == "+8613900000001"
    assert "example.edu" not in (graduate.email or "")
    assert keys.open(graduate.email) == "s1@example.edu"
    assert graduate.email_digest == keys.digest("s1@example.edu")


async def test_a_changed_employer_is_a_second_version(line: Line, database_url: str, tmp_path: Path) -> None:
    await line(
        "roster", "import", sheet(tmp_path / "a.csv", [person(1), person(2)]), "--cohort", "2024", "--yes"
    )
    changed = [person(1, 单位名称="江北机械厂"), person(2, 手机号码="13700000002")]
    ran = await line(
        "roster", "import", sheet(tmp_path / "b.csv", changed), "--cohort", "2024", "--yes", "--json"
    )

    assert ran.status == 0, ran.err
    assert (ran.facts["new"], ran.facts["changed"]) == (0, 2)
    versions = await rows(database_url, select(Destination).order_by(col(Destination.number)))
    assert [(one.number, one.employer) for one in versions][-1] == (2, "江北机械厂")
    assert len(versions) == 3
    keys = Keyring.of(line._environment()["QUXIANG_SECRET"])
    found = await rows(
        database_url, select(Graduate).where(Graduate.phone_digest == keys.digest("+8613700000002"))
    )
    assert len(found) == 1


async def test_contradictions_are_kept_out_and_named(line: Line, database_url: str, tmp_path: Path) -> None:
    known = [person(1), person(2)]
    await line("roster", "import", sheet(tmp_path / "a.csv", known), "--cohort", "2024", "--yes")
    mixed = [
        person(1),
        person(1),
        person(1, 单位名称="另一家公司"),
        person(2, 考生号=person(1)["考生号"]),
        person(3),
        person(4, 考生号=person(3)["考生号"], 学历层次="硕士生毕业"),
    ]
    ran = await line("roster", "import", sheet(tmp_path / "b.csv", mixed), "--cohort", "2024", "--yes")
    facts = (await line("roster", "import", tmp_path / "b.csv", "--cohort", "2024", "--yes", "--json")).facts

    assert "第 4 行矛盾" in ran.out
    assert "第 5 行矛盾" in ran.out
    assert facts["conflicts"] == 2
    assert len(await rows(database_url, select(Graduate))) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "空"), ("甲,乙\n1,2\n", ""), ("学号,姓名\n1,张三\n", "")],
)
async def test_a_file_that_cannot_be_read_is_one_sentence(
    line: Line, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "r.csv"
    file.write_text(content, "utf-8")
    ran = await line("roster", "import", file, "--cohort", "2024", "--yes")
    assert ran.status == 1
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert said in ran.err


async def test_answers_are_neither_lost_nor_delayed_by_a_large_import(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    """20,000 rows go in while graduates confirm; each answer is there, and none waits for the rows."""
    file = sheet(tmp_path / "big.csv", [person(n) for n in range(10_000, 30_000)])
    graduates = [await world.graduate(name=f"毕业生{n}") for n in range(ASKING)]
    for one in graduates:
        await asked(running, one)
    longest, answered = 0.0, 0
    begun = stopwatch.monotonic()
    async with importing(line, file) as task:
        while not task.done() and answered < ASKING:
            began = stopwatch.monotonic()
            await graduates[answered].phone.press("以上信息属实")
            await running.settled()
            longest = max(longest, stopwatch.monotonic() - began)
            answered += 1
            await asyncio.wait({task}, timeout=PACE)
        await asyncio.wait({task})
    took = stopwatch.monotonic() - begun
    assert task.result().status == 0, task.result().err
    assert task.result().facts["new"] == 20_000
    confirmed = select(Answer.graduate_id).where(Answer.kind == AnswerKind.CONFIRMED)
    assert set(await running.rows(confirmed)) == {one.id for one in graduates[:answered]}
    assert answered > 10
    assert longest < took / 4
