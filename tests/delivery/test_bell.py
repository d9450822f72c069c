"""The SQLite bell: a commit of another process wakes the postman, also after the file was locked or away."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot import bell as module
from bot import database as database_module
from bot.bell import Bell
from models.outgoing import Sending
from tests.delivery.office import Office
from tests.delivery.test_stopping import until

only_sqlite = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
WITHIN = 1.0
# In another process, since SQLite's locks are the process's own: nobody can read or write meanwhile.
LOCK = """
import fcntl, sys
shm = open(sys.argv[1], "r+b")
fcntl.lockf(shm, fcntl.LOCK_EX, 8, 120)
print("locked", flush=True)
sys.stdin.readline()
"""
COMMIT = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
held.execute("INSERT INTO setting (name, value) VALUES (?, '1')", (sys.argv[2],))
print("done", flush=True)
"""


class Ears:
    """A bell at work, and how often it rang."""

    def __init__(self, office: Office) -> None:
        self.office, self.rung = office, 0
        self.bell = Bell(office.works, ring=self.hear, paused=self.hear)
        self.task = asyncio.get_running_loop().create_task(self.bell.run())

    def hear(self) -> None:
        self.rung += 1

    @property
    def file(self) -> Path:
        return Path(str(make_url(self.office.works.database.url).database))

    async def ring_for(self, name: str, within: float = WITHIN) -> None:
        """Somebody else's process commits: within so long it is heard."""
        before = self.rung
        await ran(COMMIT, str(self.file), name)
        await until(lambda: self.rung > before, within=within)


async def ran(code: str, *given: str) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *given)
    assert await child.wait() == 0


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", LOCK, f"{file}-shm"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"locked\n"
    yield
    await child.communicate(b"\n")


@pytest.fixture
async def ears(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ears]:
    monkeypatch.setattr(database_module, "BUSY_MS", 50)
    monkeypatch.setattr(module, "AGAIN_AFTER", 0.1)
    await office.works.database.writer.dispose()
    made = Ears(office)
    await until(lambda: made.rung > 0)
    yield made
    made.task.cancel()
    with suppress(asyncio.CancelledError):
        await made.task


@only_sqlite
async def test_another_processs_commit_rings_within_a_second(ears: Ears) -> None:
    for number in range(3):
        await ears.ring_for(f"commit {number}")


@only_sqlite
async def test_nothing_committed_nothing_rung(ears: Ears) -> None:
    before = ears.rung
    async with ears.office.works.reading():
        await asyncio.sleep(3 * module.LOOK_EVERY)
    assert ears.rung == before


@only_sqlite
async def test_locked_for_a_while_it_comes_back_and_rings(
    ears: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    async with locked(ears.file):
        await until(lambda: "the database is away" in caplog.text)
        assert not ears.task.done()
        before = ears.rung
    await until(lambda: ears.rung > before, within=WITHIN)
    await ears.ring_for("after")


@only_sqlite
async def test_away_for_a_while_it_comes_back_and_rings(ears: Ears, caplog: pytest.LogCaptureFixture) -> None:
    """Taken away with all that was open of it, as a volume that is unmounted; never made anew, empty."""
    away = ears.file.with_name("elsewhere.db")
    await ears.office.works.database.reader.dispose()
    ears.file.rename(away)
    ears.task.cancel()
    ears.task = asyncio.get_running_loop().create_task(ears.bell.run())
    await until(lambda: "the database is away" in caplog.text)
    assert not ears.file.exists()
    before = ears.rung
    away.rename(ears.file)
    await until(lambda: ears.rung > before, within=WITHIN)
    await ears.ring_for("after")


async def test_without_the_bell_the_postman_finds_it_by_itself(office: Office) -> None:
    """An office has no bell: nobody rings for what is said there."""
    person, phone = await office.person()
    working = await office.opens()
    await working.drained()
    row_id = await office.say(person, "听见了吗")
    await phone.sees("听见了吗", within=10, times=1)
    await until(lambda: _accepted(office, row_id))


async def _accepted(office: Office, row_id: int) -> bool:
    return (await office.row(row_id)).state is Sending.ACCEPTED
