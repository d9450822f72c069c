"""Notices that updates have stopped coming in, fetched or brought, and that they come again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions import outages
from bot.database import Works

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
# Telegram keeps a press for 150 seconds: from then on something is lost, and a restart of theirs is over.
TELL_AFTER = 180.0


@dataclass(frozen=True)
class Health:
    """Of the intake: since which monotonic moment it fails, if it does, and why."""

    failing_since: float | None = None
    why: str = ""

    def failed(self, why: str) -> "Health":
        return Health(time.monotonic() if self.failing_since is None else self.failing_since, why)


class Lookout:
    """Asks after the intake's health; it has none to tell of while another process does the work."""

    def __init__(self, works: Works, health: Callable[[], Awaitable[Health | None]]) -> None:
        self.works, self.health = works, health
        # An earlier process may have raised it, or another one that stood here before.
        self._perhaps_open = True

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except (DBAPIError, PoolTimeout, OSError) as error:
                log.warning("not noted whether updates come in: %s", type(error).__name__)

    async def _look(self) -> None:
        health = await self.health()
        if health is None:
            self._perhaps_open = True
        elif health.failing_since is not None:
            self._perhaps_open = True
            await self._failing(time.monotonic() - health.failing_since, health.why)
        elif self._perhaps_open:
            async with self.works.begin() as work:
                await outages.ended(work)
            self._perhaps_open = False

    async def _failing(self, seconds: float, why: str) -> None:
        if seconds < TELL_AFTER:
            return
        async with self.works.begin() as work:
            await outages.began(work, work.now - timedelta(seconds=seconds), why)
