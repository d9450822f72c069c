"""Of several processes that would poll one goes first; another takes its place when that one is gone."""

import asyncio
import logging
from typing import Any

from bot.database import Database
from bot.dedicated import LOST, dedicated, lost
from bot.poller import Poller

log = logging.getLogger(__name__)

TRY = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
TRY_EVERY = 1.0


class LockLost(Exception):
    """The connection that held the lock is gone, and with it the right to poll."""


class OnePoller:
    """On PostgreSQL: polls while this process holds the bot's lock, which ends with its connection."""

    def __init__(self, database: Database, poller: Poller) -> None:
        self.database, self.poller = database, poller
        self.name = f"quxiang.poll.{poller.bot.id}"

    async def run(self) -> None:
        while True:
            try:
                async with dedicated(self.database) as connection:
                    await self._wait_for_turn(connection)
                    await self._poll_while_held(connection)
            except LOST as error:
                log.warning("no lock to poll under: %s", type(error).__name__)
            # Whoever waits for this process to be up need not wait for its turn.
            self.poller.listening.set()
            await asyncio.sleep(TRY_EVERY)

    async def _wait_for_turn(self, connection: Any) -> None:
        while not await connection.fetchval(TRY, self.name):
            self.poller.listening.set()
            await asyncio.sleep(TRY_EVERY)
        log.info("polling")

    async def _poll_while_held(self, connection: Any) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.poller.run())
                await lost(connection)
                raise LockLost
        except* (LockLost, *LOST):
            log.warning("the lock to poll under is lost")
