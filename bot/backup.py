"""One portable file for either database, one JSON line a row; sealed stays sealed, the secret stays out."""

import json
import os
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from alembic.script import ScriptDirectory
from sqlalchemy import Column, Date, Enum, Table, Uuid, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

import models
from bot.backup_papers import load_papers, save_papers
from bot.database import Database
from bot.migrate import config, migrate
from models.base import InstantType, Tagged, TypedType, metadata
from models.evidence import Evidence

MANIFEST = "manifest.json"
FORMAT = "quxiang-backup-1"
ROWS = 500
# A row may point at an earlier one of its own table.
ORDER = {"unit": "path", "call_record": "at"}
# The database makes these anew from the rest.
MADE_ANEW = ("touched", "counted", "tally", "message_move")
# What any command puts into a database nobody has used yet.
ALWAYS_THERE = ("setting", "unit")
# What reading a file makes of bytes that are not as they were written.
UNREADABLE = (
    BadZipFile,
    zlib.error,
    EOFError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


class BackupFault(StrEnum):
    NOT_A_BACKUP = "not_a_backup"
    DAMAGED = "damaged"
    OTHER_SCHEMA = "other_schema"
    NOT_EMPTY = "not_empty"


class BackupRefused(Exception):
    def __init__(self, fault: BackupFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Saved:
    """How much is in the file; `missing` papers have a row still and lie nowhere in the folder."""

    rows: int
    papers: int
    missing: int


async def save(database: Database, file: Path, now: datetime, papers: Path) -> Saved:
    """Everything as of one instant, while others go on writing."""
    draft = file.with_name(file.name + ".part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with ZipFile(draft, "w", ZIP_DEFLATED, compresslevel=6) as packed:
            async with _snapshot(database) as connection:
                rows = [await _save_table(connection, packed, table) for table in _tables()]
                names = (await connection.execute(select(Evidence.id))).scalars().all()  # type: ignore[call-overload]
            lost = save_papers(packed, papers, names)
            missing = await _still_there(database, lost)
            manifest = {"format": FORMAT, "schema": await _head(database), "made_at": now.isoformat()}
            packed.writestr(MANIFEST, json.dumps(manifest))
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return Saved(sum(rows), len(names) - len(lost), missing)


async def load(database: Database, file: Path, papers: Path, *, force: bool) -> tuple[int, int]:
    """Refuses a database in use unless told to throw it away, and that only once every row and paper of the
    file has been read and the papers lie in their folder."""
    try:
        packed = ZipFile(file)
    except BadZipFile as error:
        raise BackupRefused(BackupFault.NOT_A_BACKUP) from error
    with packed:
        await _check(database, packed)
        used = await _in_use(database)
        if used and not force:
            raise BackupRefused(BackupFault.NOT_EMPTY)
        files = load_papers(packed, papers)
        if used:
            await _make_room(database)
        async with database.writer.begin() as connection:
            await _empty(connection, database)
            rows = [await _load_table(connection, packed, table) for table in _tables()]
            if not database.sqlite:
                await _go_on_counting(connection)
    return sum(rows), files


async def _still_there(database: Database, lost: Sequence[UUID]) -> int:
    """Of papers that lie nowhere: one that was let go since the rows were read is none that is missing."""
    count = 0
    async with database.reader.connect() as connection:
        for start in range(0, len(lost), ROWS):
            named = col(Evidence.id).in_(lost[start : start + ROWS])
            count += (await connection.execute(select(func.count()).where(named))).scalar_one()
    return count


def _snapshot(database: Database) -> Any:
    engine = database.reader
    level = {} if database.sqlite else {"isolation_level": "REPEATABLE READ"}
    return engine.execution_options(**level).connect()


def _tables() -> list[Table]:
    assert models
    return [table for table in metadata().sorted_tables if table.name not in MADE_ANEW]


async def _head(database: Database) -> str:
    async with database.reader.connect() as connection:
        return await connection.run_sync(
            lambda sync: str(ScriptDirectory.from_config(config(sync)).get_current_head())
        )


async def _save_table(connection: AsyncConnection, packed: ZipFile, table: Table) -> int:
    count = 0
    order = table.c[ORDER[table.name]] if table.name in ORDER else next(iter(table.primary_key.columns))
    names = [column.name for column in table.columns]
    with packed.open(f"{table.name}.jsonl", "w") as out:
        async for row in _streamed(connection, select(table).order_by(order)):
            values = {name: _plain(value) for name, value in zip(names, row, strict=True)}
            out.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


async def _streamed(connection: AsyncConnection, query: Any) -> AsyncIterator[Any]:
    async with connection.stream(query.execution_options(yield_per=ROWS)) as rows:
        async for row in rows:
            yield row


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return value.hex
        case datetime() | date():
            return value.isoformat()
        case Tagged():
            return value.model_dump(mode="json")
    return value


async def _check(database: Database, packed: ZipFile) -> None:
    """Whatever is in it can be read, to the last row."""
    if MANIFEST not in packed.namelist():
        raise BackupRefused(BackupFault.NOT_A_BACKUP)
    with _whole():
        manifest = json.loads(packed.read(MANIFEST))
        if manifest.get("format") != FORMAT:
            raise BackupRefused(BackupFault.NOT_A_BACKUP)
        if manifest.get("schema") != await _head(database):
            raise BackupRefused(BackupFault.OTHER_SCHEMA)
        if packed.testzip() is not None:
            raise BackupRefused(BackupFault.DAMAGED)
        for table in _tables():
            for _ in _rows_of(packed, table):
                pass


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise BackupRefused(BackupFault.DAMAGED) from error


async def _in_use(database: Database) -> bool:
    await migrate(database)
    async with database.reader.connect() as connection:
        for table in _tables():
            one = select(table).limit(1)
            if table.name not in ALWAYS_THERE and (await connection.execute(one)).first():
                return True
    return False


async def _make_room(database: Database) -> None:
    """Rows that may never be deleted go with their tables."""
    async with database.writer.begin() as connection:
        await connection.run_sync(metadata().drop_all)
        await connection.execute(text("DROP TABLE alembic_version"))
    await migrate(database)


async def _empty(connection: AsyncConnection, database: Database) -> None:
    if database.sqlite:
        await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for name in ALWAYS_THERE:
        await connection.execute(metadata().tables[name].delete())


async def _load_table(connection: AsyncConnection, packed: ZipFile, table: Table) -> int:
    count = 0
    for values in _rows_of(packed, table):
        await connection.execute(insert(table), values)
        count += len(values)
    return count


def _rows_of(packed: ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    reads = {column.name: _reader(column) for column in table.columns}
    with packed.open(f"{table.name}.jsonl") as lines:
        for rows in _some(json.loads(line) for line in lines):
            yield [{name: reads[name](value) for name, value in row.items()} for row in rows]


def _some(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, ROWS)):
        yield batch


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    """From JSON back to what this column takes."""
    read = _of_type(column)
    return lambda value: None if value is None else read(value)


def _of_type(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case InstantType():
            return datetime.fromisoformat
        case TypedType() as typed:
            return typed.of.load
        case Enum(enum_class=of) if of is not None:
            return of
        case Date():
            return date.fromisoformat
        case Uuid():
            return UUID
    return lambda value: value


async def _go_on_counting(connection: AsyncConnection) -> None:
    """PostgreSQL's counters know nothing of numbers that were put in."""
    for table in _tables():
        key = next(iter(table.primary_key.columns))
        if key.autoincrement is True or (key.type.python_type is int and key.name == "id"):
            await connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "
                    f"GREATEST((SELECT MAX({key.name}) FROM {table.name}), 1))"
                )
            )
