"""Keeps this process's pace supplied from the row that all processes of the bot share."""

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from math import ceil

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions.pace import HORIZON, Asked, Taken, take
from bot.database import PAUSED, Works
from bot.pace import Pace

log = logging.getLogger(__name__)

# A process alone takes half a second's slots at once, so that it asks twice a second however much it sends.
AHEAD = 0.5
PATIENCE = 1.0
# With the database away slots are made here, a little at a time: it may be back at any moment.
MADE_HERE = 0.25
COUNTED_OVER = 3.0
LEAST_SHARE = 1 / 8


class SharedPace:
    """While somebody waits without a slot it asks for some, one question at a time."""

    def __init__(self, works: Works, pace: Pace) -> None:
        self.works, self.pace = works, pace
        self._lack = asyncio.Event()
        self._obtained: deque[tuple[float, int]] = deque()
        self._look, self._away, self._ask_at = True, False, 0.0
        pace.borrows(self._lack.set)

    def look(self) -> None:
        """Telegram has shut the bot out elsewhere: see for how long."""
        self._look = True
        self._lack.set()

    async def run(self) -> None:
        self._lack.set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._lack.wait()
                await self._rest()
                asking = tasks.create_task(self._ask())
                patience = PATIENCE
                while not (await asyncio.wait({asking}, timeout=patience))[0]:
                    self._make_some()
                    patience = MADE_HERE
                asking.result()

    async def _rest(self) -> None:
        """A campaign asks no earlier than it needs to; replies and alerts, and news of a pause, at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._ask_at):
                while not (self._news or self._urgent()):
                    self._lack.clear()
                    await self._lack.wait()
        self._lack.clear()

    @property
    def _news(self) -> bool:
        return self._look or self.pace.untold

    def _urgent(self) -> bool:
        return not self.pace.resumes_in() and self.pace.lacking()[1] > 0

    async def _ask(self) -> None:
        wanted, urgent = self.pace.lacking()
        left = self.pace.resumes_in()
        if left and not self._news:
            self._ask_at = time.monotonic() + min(left, PATIENCE)
            if wanted:
                self._lack.set()
        elif wanted or self._news:
            ahead = ceil(self.pace.per_second * AHEAD)
            pause = left if self.pace.untold else 0.0
            asked = Asked(
                self.pace.every, min(wanted, ahead), min(urgent, ahead), ahead if wanted else 0, pause
            )
            try:
                self._given(asked, *await self._taken(asked))
            except (DBAPIError, PoolTimeout, OSError) as error:
                await self._do_without(error)

    def _given(self, asked: Asked, asked_at: float, taken: Taken) -> None:
        self._look = self._away = False
        if asked.pause:
            self.pace.untold = False
        self._ask_at = asked_at + taken.free - (AHEAD if taken.alone else HORIZON) / 2
        self._note(taken)
        self.pace.keep_to(taken.paused)
        self.pace.lend(asked_at + taken.start, taken.count)

    async def _do_without(self, error: Exception) -> None:
        if not self._away:
            log.warning("no slots from the database: %s", type(error).__name__)
        self._away = True
        self._make_some()
        await asyncio.sleep(MADE_HERE)
        self._lack.set()

    async def _taken(self, asked: Asked) -> tuple[float, Taken]:
        """In a transaction of its own; slots count from when they were asked for, however late they come."""
        async with self.works.database.writer.begin() as connection:
            asked_at = time.monotonic()
            taken = await take(connection, self.works.bot_id, self.works.name, asked)
            if asked.pause:
                await self.works.notify(connection, PAUSED)
        return asked_at, taken

    def _note(self, taken: Taken) -> None:
        now = time.monotonic()
        self._obtained.append((now, taken.count))
        while self._obtained[0][0] < now - COUNTED_OVER:
            self._obtained.popleft()
        obtained = sum(count for _, count in self._obtained) / COUNTED_OVER
        least = self.pace.per_second * LEAST_SHARE
        self.pace.share = self.pace.per_second if taken.alone else max(obtained, least)

    def _make_some(self) -> None:
        wanted, _ = self.pace.lacking()
        most = max(int(self.pace.share * MADE_HERE), 1)
        self.pace.lend(time.monotonic(), min(wanted, most))
