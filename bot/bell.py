"""Wakes this process when another has said something: NOTIFY on PostgreSQL, a changed file on SQLite."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.database import CHANNEL, PAUSED, Works

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
# Whoever spoke carries it at once; the others come to help, and not to be first.
GATHER = 0.05
AGAIN_AFTER = 1.0
FOLLOW_CLOCK = 1.0


class Bell:
    """`ring` for what was said or written elsewhere, `paused` when Telegram has shut the bot out there."""

    def __init__(self, works: Works, *, ring: Callable[[], None], paused: Callable[[], None]) -> None:
        self.works, self.ring, self.paused = works, ring, paused
        self._heard = asyncio.Event()

    async def run(self) -> None:
        if self.works.database.sqlite:
            # The driver is asked past SQLAlchemy, so its own errors come as they are.
            await self._again(self._watch, (DBAPIError, PoolTimeout, OSError, sqlite3.Error))
            return
        from bot.dedicated import LOST

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again(self._listen, LOST))
            tasks.create_task(self._pass_on())
            tasks.create_task(self._again(self._follow_clock, (DBAPIError, PoolTimeout, OSError)))

    async def _again(self, what: Callable[[], Any], errors: tuple[type[Exception], ...]) -> None:
        while True:
            try:
                await what()
            except errors as error:
                log.warning("the database is away: %s", type(error).__name__)
            await asyncio.sleep(AGAIN_AFTER)

    async def _watch(self) -> None:
        """A number that changes with every commit elsewhere; asking for it costs next to nothing."""
        async with self.works.database.reader.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            seen = None
            while True:
                version = (await raw.execute_fetchall("PRAGMA data_version"))[0][0]
                if version != seen:
                    seen = version
                    await self.works.read_clock()
                    self.ring()
                await asyncio.sleep(LOOK_EVERY)

    async def _listen(self) -> None:
        from bot.dedicated import dedicated, lost

        async with dedicated(self.works.database) as connection:
            await connection.add_listener(CHANNEL, self._notified)
            # What was said while nobody listened.
            self._heard.set()
            self.paused()
            await lost(connection)

    def _notified(self, _connection: object, _pid: int, _channel: str, said: str) -> None:
        what, _, by = said.partition(" ")
        if by == self.works.name:
            return
        if what == PAUSED:
            self.paused()
        else:
            self._heard.set()

    async def _pass_on(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            await asyncio.sleep(GATHER)
            self.ring()

    async def _follow_clock(self) -> None:
        """The command line or the sandbox's clock bar may have moved it."""
        while True:
            await asyncio.sleep(FOLLOW_CLOCK)
            offset = self.works.clock.offset
            await self.works.read_clock()
            if self.works.clock.offset != offset:
                self.ring()
