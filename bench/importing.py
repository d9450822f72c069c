"""A roster taken over by our command, beside a bare read and a bare insert into the same tables."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import python_calamine
import xlsxwriter
from sqlalchemy import insert
from sqlmodel import SQLModel

from actions.units import ensure_school
from bench.line import Line
from bench.school import HEADS, rows
from bot.clock import Clock
from bot.database import Database, Works
from bot.migrate import migrate
from models.sealed import Keyring
from rules import load

SIZE = int(os.environ.get("BENCH", "100000"))
AT_ONCE = 1000
COHORT = 2024
AT = datetime(2024, 7, 8, tzinfo=UTC)
PLACES = {name: place for place, name in enumerate(HEADS)}


def importing(folder: Path) -> Line:
    file = written(folder / "import.xlsx", SIZE)
    ours, megabytes = _ours(folder, file)
    peer = _bare(folder, file)
    what = f"import {SIZE:,} rows × {len(HEADS)} columns (ours: peak {megabytes} MB)"
    return Line(
        what, "s", ours, "bare calamine read + bare Core insert", peer, at_most=4, holds=megabytes < 500
    )


def written(file: Path, count: int) -> Path:
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADS, *rows(count)]):
            sheet.write_row(number, 0, row)
    return file


def _ours(folder: Path, file: Path) -> tuple[float, int]:
    """The command as it is typed, its start included."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUXIANG_")}
    address = f"sqlite+aiosqlite:///{folder / 'ours.db'}"
    given = {"QUXIANG_SCHOOL": "A", "QUXIANG_DATABASE_URL": address}
    command = (sys.executable, "-m", "bot", "roster", "import", str(file), "--cohort", str(COHORT), "--yes")
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=kept | given)
    took = time.perf_counter() - begun
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def _bare(folder: Path, file: Path) -> float:
    address = f"sqlite+aiosqlite:///{folder / 'bare.db'}"
    unit = asyncio.run(_root(Database(address)))
    begun = time.perf_counter()
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    cells = book.get_sheet_by_index(0).iter_rows()
    next(cells)
    asyncio.run(_inserted(Database(address), cells, unit))
    return time.perf_counter() - begun


async def _root(database: Database) -> UUID:
    await migrate(database)
    works = Works(database, Clock(), load(None), Keyring.of("bench"))
    async with works.begin() as work:
        unit = await ensure_school(work.session, "A")
    await database.close()
    return unit.id


async def _inserted(database: Database, cells: Iterator[list[Any]], unit: UUID) -> None:
    tables = SQLModel.metadata.tables
    while some := list(islice(cells, AT_ONCE)):
        ids = [uuid4() for _ in some]
        async with database.writer.begin() as connection:
            graduates = [_graduate(one, row, unit) for one, row in zip(ids, some, strict=True)]
            await connection.execute(insert(tables["graduate"]), graduates)
            versions = [_destination(one, row) for one, row in zip(ids, some, strict=True)]
            await connection.execute(insert(tables["destination"]), versions)
    await database.close()


def _of(row: list[Any]) -> Callable[[str], Any]:
    return lambda name: row[PLACES[name]]


def _graduate(graduate_id: UUID, row: list[Any], unit: UUID) -> dict[str, Any]:
    """Plain text as it stands: neither cleaned, nor compared, nor sealed."""
    of = _of(row)
    return {
        "id": graduate_id,
        "cohort": COHORT,
        "unit_id": unit,
        "roster_key": of("考生号"),
        "student_no": of("学号"),
        "exam_no": of("考生号"),
        "name": of("姓名"),
        "name_key": of("姓名"),
        "degree": of("学历层次"),
        "completer": False,
        "phone": f":{of('手机号码')}",
        "phone_digest": of("手机号码"),
        "parent_phone": f":{of('家长电话')}",
        "parent_phone_digest": of("家长电话"),
        "email": f":{of('电子邮箱')}",
        "email_digest": of("电子邮箱"),
        "counselor": of("辅导员"),
        "version": 1,
        "official": "unknown",
        "created_at": AT,
    }


def _destination(graduate_id: UUID, row: list[Any]) -> dict[str, Any]:
    of = _of(row)
    return {
        "id": uuid4(),
        "graduate_id": graduate_id,
        "number": 1,
        "code": of("毕业去向类别代码"),
        "category": "employer",
        "employer": of("单位名称"),
        "employer_key": of("单位名称"),
        "uscc": of("统一社会信用代码"),
        "location": of("单位所在地"),
        "contact_name": f":{of('单位联系人')}",
        "contact_phone": f":{of('联系人电话')}",
        "contact_phone_digest": of("联系人电话"),
        "enterer": of("录入人"),
        "source": "roster",
        "registered_at": AT,
    }
