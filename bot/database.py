"""The database: one engine to write, one to read, and a unit of work around every change."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from weakref import WeakSet

import aiosqlite
from sqlalchemy import Uuid, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.work import Work
from bot.clock import Clock
from bot.sqlite import KeptUuid, OneHop, driver
from models.event import CLOCK_OFFSET, Setting
from models.sealed import Keyring
from rules import Rules

BUSY_MS = 5000
# Every thousand pages, as usual, is every few hundred answers, and each time the disk is waited for.
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=4000")
# A process that froze inside a transaction must not keep the others from claims and ticks for ever.
FROZEN = {"idle_in_transaction_session_timeout": "60s"}
CHANNEL = "quxiang"
NOTIFY = text("SELECT pg_notify(:channel, :said)")
SAID, PAUSED = "said", "paused"
# Connection lost, no room, not ready, shutting down or starting.
SHUT = ("08", "53", "55", "57")


class Database:
    """On SQLite one connection writes and several read; on PostgreSQL both pools are ordinary."""

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.url = url
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        self._opened: WeakSet[aiosqlite.Connection] = WeakSet()
        self._there = self._closed = False
        if self.sqlite:
            self.writer = self._engine("BEGIN IMMEDIATE", pool_size=1)
            self.reader = self._engine("BEGIN", pool_size=4)
        else:
            self.writer = self.reader = create_async_engine(
                url,
                pool_size=pool,
                max_overflow=5,
                hide_parameters=True,
                connect_args={"server_settings": FROZEN},
            )

    def session(self, engine: AsyncEngine | None = None) -> AsyncSession:
        return AsyncSession(engine or self.writer, expire_on_commit=False, autoflush=True)

    async def close(self) -> None:
        """For good: what a straggler opened now would be closed by nobody."""
        self._closed = True
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()
        for connection in list(self._opened):
            # A pool knows nothing of one that somebody was using when they were cancelled.
            await _ended(connection)

    async def to_disk(self) -> None:
        """A commit of SQLite's survives a kill at once, and a power failure only after this."""
        if self.sqlite:
            await asyncio.to_thread(_synced, f"{make_url(self.url).database}-wal")

    def _engine(self, begin: str, *, pool_size: int) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=60,
            hide_parameters=True,
            module=self._driver(),
            connect_args={"async_creator_fn": self._open},
        )

        dialect: Any = engine.sync_engine.dialect
        dialect.colspecs = dialect.colspecs | {Uuid: KeptUuid}

        @event.listens_for(engine.sync_engine, "begin")
        def _begun(connection: Any) -> None:
            connection.connection.dbapi_connection.begin_first = begin

        return engine

    def _driver(self) -> OneHop:
        return driver()

    async def _open(self, *place: Any, **given: Any) -> aiosqlite.Connection:
        """Every connection is set up alike; of one that fails nothing is left when anybody hears of it."""
        if self._closed:
            raise sqlite3.OperationalError("this database was closed")
        if self._there:
            # A file that is away for a while is waited for: an empty one in its place would stay open.
            place, given = (f"file:{quote(place[0])}?mode=rw",), given | {"uri": True}
        # pysqlite begins only at the first write; two readers would then both write and one update vanish.
        connection = aiosqlite.connect(*place, isolation_level=None, **given)
        connection._thread.daemon = True
        self._opened.add(connection)
        try:
            await connection
            for pragma in (*PRAGMAS, f"busy_timeout={BUSY_MS}"):
                await (await connection.execute(f"PRAGMA {pragma}")).close()
        except BaseException:
            await _ended(connection)
            raise
        self._there = True
        return connection


def _synced(path: str) -> None:
    # Where there is none all of it is in the file itself, and that was synced.
    with suppress(FileNotFoundError):
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


async def _ended(connection: aiosqlite.Connection) -> None:
    """The thread's last word goes to this loop; left alone, a command that ends here prints a traceback."""
    if connection._thread.is_alive():
        connection.stop()
        await asyncio.to_thread(connection._thread.join)
    # Stopped while it opened, it was handed a file that its thread is no longer there to close.
    connection._connection = None


def busy(error: BaseException) -> bool:
    """Somebody else was faster: the same unit may be tried again."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError) or "OperationalError" in type(error.orig).__name__:
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03"}


def away(error: BaseException) -> bool:
    """The database is busy or out of reach: the same will work later."""
    if busy(error) or isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError):
        return True
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _shut(error))


def _shut(error: DBAPIError) -> bool:
    """PostgreSQL says no more than a number when it stops, starts, or takes nobody in."""
    return str(getattr(error.orig, "sqlstate", None))[:2] in SHUT


@dataclass
class Works:
    """Begins units of work; nobody else commits. `name` tells this process from those beside it."""

    database: Database
    clock: Clock
    rules: Rules
    keys: Keyring
    bot_id: int = 0
    name: str = ""
    bells: list[Callable[[], None]] = field(default_factory=list)
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        async with self.database.session() as session:
            work = Work(session, self.clock.now(), self.rules, self.keys, self.bot_id)
            async with session.begin():
                event.listen(session.sync_session, "do_orm_execute", work.write)
                event.listen(session.sync_session, "before_flush", work.write_answers)
                yield work
                await session.run_sync(work.write)
                if work.spoke:
                    await self.notify(await session.connection(), SAID)
        if work.spoke:
            self.ring()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        async with self.database.session(self.database.reader) as session, session.begin():
            yield session

    def ring(self) -> None:
        for bell in self.bells:
            bell()

    async def notify(self, connection: AsyncConnection, what: str) -> None:
        """Heard by every other process once this commits; on SQLite they see the file change."""
        if not self.database.sqlite:
            await connection.execute(NOTIFY, {"channel": CHANNEL, "said": f"{what} {self.name}"})

    async def read_clock(self) -> None:
        """Take over the offset that another process of this database may have moved."""
        async with self.moving:
            async with self.reading() as session:
                found = await session.get(Setting, CLOCK_OFFSET)
            if found:
                self.clock.offset = timedelta(microseconds=int(found.value))

    async def keep_clock(self, offset: timedelta) -> None:
        """Not while it is read: what was read before would be taken over after."""
        async with self.moving:
            async with self.begin() as work:
                await work.alone_at("clock")
                ahead = str(offset // timedelta(microseconds=1))
                await work.session.merge(Setting(name=CLOCK_OFFSET, value=ahead))
            self.clock.offset = offset


async def ping(database: Database) -> None:
    async with database.session(database.reader) as session:
        await session.execute(text("SELECT 1"))
