"""What every connection, session and row must be, whatever the library would do by itself."""

import asyncio
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, select

import models
from bot.clock import Clock
from bot.database import BUSY_MS, Database, Works, ping
from models.event import Setting
from models.sealed import Keyring
from models.unit import Unit, UnitKind
from rules import load

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).parent.parent


@pytest.fixture
async def works(database_url: str) -> AsyncIterator[Works]:
    made = Works(Database(database_url), Clock(), load(None), Keyring.of("secret"))
    yield made
    await made.database.close()


@only_sqlite
async def test_every_connection_waits_for_the_lock_and_writes_ahead(works: Works) -> None:
    for engine in (works.database.writer, works.database.reader):
        async with engine.connect() as connection:
            told = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
            ]
        assert told == ["wal", BUSY_MS, 1, 1]


@only_sqlite
async def test_a_writer_waits_for_another_process(works: Works, tmp_path: Path) -> None:
    holder = sqlite3.connect(works.database.url.partition("///")[2], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    writing = asyncio.ensure_future(_added(works, "waited"))
    await asyncio.sleep(0.2)
    assert not writing.done()
    holder.execute("COMMIT")
    holder.close()
    await writing


@only_sqlite
async def test_whoever_comes_after_the_end_opens_nothing(works: Works) -> None:
    """A tick or a page's request that outlived it: what it opened would be closed by nobody."""
    late = [asyncio.ensure_future(ping(works.database)) for _ in range(3)]
    await works.database.close()
    said = await asyncio.gather(*late, return_exceptions=True)
    assert all(isinstance(one, OperationalError) for one in said)
    assert not [one for one in works.database._opened if one._connection]


async def test_what_was_read_to_be_changed_is_changed_by_one_at_a_time(works: Works) -> None:
    """Left to itself the driver begins at the first write: 40 side by side then count to 6, not 200."""
    await _added(works, "counted")

    async def count() -> None:
        for _ in range(5):
            async with works.begin() as work:
                wanted = select(Setting).where(Setting.name == "counted").with_for_update()
                row = (await work.session.exec(wanted)).one()
                await asyncio.sleep(0)
                row.value = str(int(row.value) + 1)

    await asyncio.gather(*(count() for _ in range(40)))
    async with works.reading() as session:
        assert (await session.get_one(Setting, "counted")).value == "200"


async def test_a_row_can_be_read_after_its_commit(works: Works) -> None:
    async with works.begin() as work:
        unit = Unit(kind=UnitKind.COLLEGE, name="计算机学院", path="x")
        work.session.add(unit)
    assert unit.name == "计算机学院"
    assert unit.model_dump()["path"] == "x"


def test_no_row_loads_another_silently() -> None:
    assert models
    links = [link for row in SQLModel._sa_registry.mappers for link in row.relationships]
    assert len(links) > 20
    assert {link.lazy for link in links} == {"raise"}


def test_what_the_database_needs_is_asked_for_by_name() -> None:
    """Newer versions of SQLAlchemy install greenlet only where that is asked for."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert any(one.startswith("sqlalchemy[asyncio]") for one in asked)
    assert "greenlet==" in (ROOT / "requirements.txt").read_text("utf-8")


async def _added(works: Works, name: str) -> None:
    async with works.begin() as work:
        work.session.add(Setting(name=name, value="0"))


def test_a_value_is_read_whose_conversation_nobody_has_spoken_of_yet() -> None:
    """A command imports what it needs, and rows may speak of all the rest."""
    told = (
        "import sys; import models; from models.messages import Say; "
        "assert 'models.messages.mine' not in sys.modules; "
        "print(type(Say.load({'kind': 'stop_lifted'})).__name__, Say.load({'kind': 'no_such_kind'}))"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["StopLifted", "None"]
