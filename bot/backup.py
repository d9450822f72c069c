"""One portable file for either database, one JSON line a row; sealed stays sealed, the secret stays out."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from alembic.script import ScriptDirectory
from sqlalchemy import Column, Date, Enum, Table, Uuid, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

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


class BackupFault(StrEnum):
    NOT_A_BACKUP = "not_a_backup"
    OTHER_SCHEMA = "other_schema"
    NOT_EMPTY = "not_empty"


class BackupRefused(Exception):
    def __init__(self, fault: BackupFault) -> None:
        super().__init__(fault)
        self.fault = fault


async def save(database: Database, file: Path, now: datetime, papers: Path) -> tuple[int, int]:
    """Everything as of one instant, while others go on writing; the numbers of rows and of papers."""
    draft = file.with_name(file.name + ".part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with ZipFile(draft, "w", ZIP_DEFLATED, compresslevel=6) as packed:
            async with _snapshot(database) as connection:
                rows = [await _save_table(connection, packed, table) for table in _tables()]
                names = (await connection.execute(select(Evidence.id))).scalars().all()  # type: ignore[call-overload]
            files = save_papers(packed, papers, names)
            manifest = {"format": FORMAT, "schema": await _head(database), "made_at": now.isoformat()}
            packed.writestr(MANIFEST, json.dumps(manifest))
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    return sum(rows), files


async def load(database: Database, file: Path, papers: Path, *, force: bool) -> tuple[int, int]:
    """Refuses a database in use unless told to throw it away; all or nothing, a paper before its row."""
    try:
        with ZipFile(file) as packed:
            await _check(database, packed)
            await _make_room(database, force)
            files = load_papers(packed, papers)
            async with database.writer.begin() as connection:
                await _empty(connection, database)
                rows = [await _load_table(connection, packed, table) for table in _tables()]
                if not database.sqlite:
                    await _go_on_counting(connection)
    except BadZipFile as error:
        raise BackupRefused(BackupFault.NOT_A_BACKUP) from error
    return sum(rows), files


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
    if MANIFEST not in packed.namelist():
        raise BackupRefused(BackupFault.NOT_A_BACKUP)
    manifest = json.loads(packed.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise BackupRefused(BackupFault.NOT_A_BACKUP)
    if manifest.get("schema") != await _head(database):
        raise BackupRefused(BackupFault.OTHER_SCHEMA)


async def _make_room(database: Database, force: bool) -> None:
    await migrate(database)
    async with database.reader.connect() as connection:
        used = [
            table.name
            for table in _tables()
            if table.name not in ALWAYS_THERE and (await connection.execute(select(table).limit(1))).first()
        ]
    if not used:
        return
    if not force:
        raise BackupRefused(BackupFault.NOT_EMPTY)
    # Rows that may never be deleted go with their tables.
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
    reads = {column.name: _reader(column) for column in table.columns}
    with packed.open(f"{table.name}.jsonl") as lines:
        for rows in _some(json.loads(line) for line in lines):
            values = [{name: reads[name](value) for name, value in row.items()} for row in rows]
            await connection.execute(insert(table), values)
            count += len(rows)
    return count


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
