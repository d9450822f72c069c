"""An import killed in the middle and run again doubles nothing; a dry run writes nothing."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import func, select

from bot.database import Database
from models.base import metadata
from models.graduate import Destination, Graduate
from models.official import ImportBatch
from models.unit import Unit
from tests.commands.line import Line, person, sheet
from tests.commands.test_roster_command import rows

SIZE = 6000


async def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    database = Database(url)
    async with database.reader.connect() as connection:
        found = {
            table.name: sorted(map(repr, await connection.execute(text(f'SELECT * FROM "{table.name}"'))))
            for table in metadata().sorted_tables
        }
    await database.close()
    return found


async def written(url: str) -> int:
    database = Database(url)
    async with database.session(database.reader) as session:
        count = (await session.exec(select(func.count()).select_from(Graduate))).one()
    await database.close()
    return count


async def test_a_dry_run_changes_no_row_of_any_table(line: Line, database_url: str, tmp_path: Path) -> None:
    known = sheet(tmp_path / "a.csv", [person(1), person(2)])
    await line("roster", "import", known, "--cohort", "2024", "--yes")
    before = await contents(database_url)
    bad = [person(1, 单位名称="江北机械厂"), person(3, 统一社会信用代码="1"), person(4, 姓名="")]
    file = sheet(tmp_path / "b.csv", bad)
    for words in (("--dry-run",), ("--dry-run", "--yes"), ()):
        ran = await line("roster", "import", file, "--cohort", "2024", *words, "--json")
        assert ran.status == (0 if words else 1)
        assert (ran.facts["new"], ran.facts["changed"], len(ran.facts["refused"])) == (1, 1, 1)
    assert await contents(database_url) == before
    assert not (tmp_path / "b.csv.refused.xlsx").exists()


async def test_killed_in_the_middle_it_goes_on(line: Line, database_url: str, tmp_path: Path) -> None:
    file = sheet(tmp_path / "r.csv", [person(n) for n in range(SIZE)])
    words = ("roster", "import", str(file), "--cohort", "2024", "--yes")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=tmp_path,
        env=line._environment(),
        stdout=asyncio.subprocess.DEVNULL,
    )
    while child.returncode is None and await written(database_url) == 0:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    there = await written(database_url)
    assert 0 < there < SIZE

    again = await line(*words, "--json")
    assert again.status == 0, again.err
    assert (again.facts["new"], again.facts["unchanged"]) == (SIZE - there, there)
    assert await written(database_url) == SIZE
    assert await rows(database_url, select(func.count()).select_from(Destination)) == [SIZE]
    assert await rows(database_url, select(func.count()).select_from(Unit)) == [SIZE // 40 + 3]
    [batch] = await rows(database_url, select(ImportBatch))
    assert batch.finished_at is not None
    third = await line(*words, "--json")
    assert (third.facts["new"], third.facts["changed"], third.facts["unchanged"]) == (0, 0, SIZE)
