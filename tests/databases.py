"""An empty database per test: a file copied for SQLite, one database per worker emptied for PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from bot.database import Database
from bot.migrate import migrate
from tests.shared import compiles_for_all

SERVER = os.environ.get("QUXIANG_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRED = os.environ.get("QUXIANG_TEST_REQUIRE", "").split(",")
# One round trip; TRUNCATE makes new files for every table and index, and takes a hundred times as long.
EMPTY = """
DO $$ DECLARE one record; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', one.name); END LOOP;
    PERFORM setval(format('%I', sequencename), start_value, false) FROM pg_sequences
        WHERE schemaname = 'public';
END $$
"""


class Templates:
    """Made at first use, dropped with the session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sqlite: Path | None = None
        self._postgres: str | None = None

    def sqlite(self) -> Path:
        if self._sqlite is None:
            self._sqlite = self.folder / "template.db"
            asyncio.run(_migrated(f"sqlite+aiosqlite:///{self._sqlite}"))
        return self._sqlite

    def postgres(self) -> str:
        """Emptied and taken again: creating one from a template costs a test a third of a second."""
        if self._postgres is None:
            self._postgres = f"quxiang_test_{uuid4().hex[:16]}"
            asyncio.run(_on_server(f"CREATE DATABASE {self._postgres}"))
            asyncio.run(_on_server(f"ALTER DATABASE {self._postgres} SET synchronous_commit = off"))
            asyncio.run(_migrated(_url(self._postgres)))
        else:
            asyncio.run(_emptied(self._postgres))
        return _url(self._postgres)

    def drop(self) -> None:
        if self._postgres is not None:
            asyncio.run(_on_server(f"DROP DATABASE IF EXISTS {self._postgres} WITH (FORCE)"))

    @contextmanager
    def fresh(self, kind: str, folder: Path) -> Iterator[str]:
        if kind == "sqlite":
            file = folder / "quxiang.db"
            shutil.copy(self.sqlite(), file)
            yield f"sqlite+aiosqlite:///{file}"
            return
        need_postgres()
        yield self.postgres()

    @contextmanager
    def empty(self, kind: str, folder: Path) -> Iterator[str]:
        if kind == "sqlite":
            yield f"sqlite+aiosqlite:///{folder / 'empty.db'}"
            return
        with _created() as url:
            yield url


@contextmanager
def _created() -> Iterator[str]:
    name = f"quxiang_test_{uuid4().hex[:16]}"
    asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    try:
        yield _url(name)
    finally:
        asyncio.run(_on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


_answer: list[bool] = []


def need_postgres() -> None:
    if not _answer:
        with suppress(OSError, asyncpg.PostgresError):
            asyncio.run(_on_server("SELECT 1"))
            _answer.append(True)
    if _answer:
        return
    if "postgres" in REQUIRED:
        pytest.fail(f"QUXIANG_TEST_REQUIRE names postgres, and none answers at {SERVER}")
    pytest.skip(f"NO POSTGRESQL at {SERVER}: this test did not run")


def _url(name: str) -> str:
    return SERVER.replace("postgresql://", "postgresql+asyncpg://").rsplit("/", 1)[0] + f"/{name}"


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    compiles_for_all(database)
    await database.close()


async def _emptied(name: str) -> None:
    """As the migrations left it; whoever a killed test left connected is gone, and no trigger refuses."""
    connection = await asyncpg.connect(_url(name).replace("+asyncpg", ""), timeout=5)
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(SERVER, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
