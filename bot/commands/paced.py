"""Feeds a long list to short transactions, so that whoever answers meanwhile is never kept waiting."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from sqlalchemy import text

from actions.work import Work
from bot.database import Works

T = TypeVar("T")

AIM = 0.04
# Once somebody else has written, they are left alone half as long as each batch took, for a while.
REST, STAYS = 0.5, 5.0
START, LEAST, MOST = 100.0, 10.0, 1000.0
# Numbers and digests land all over their indexes: in the usual 2 MB they would not stay, and a checkpoint
# after every 4 MB would write most pages of the file again and again.
FOR_MANY_ROWS = ("PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 8000")


class Paced(Generic[T]):
    """Batches sized by how long the last one held the database; on SQLite others are let in between."""

    def __init__(self, works: Works) -> None:
        self.works, self.shared = works, works.database.sqlite
        self._budget = START
        self._version: int | None = None
        self._others_until = 0.0

    def batches(self, things: Iterable[T], cost: Callable[[T], float]) -> Iterator[list[T]]:
        batch: list[T] = []
        spent = 0.0
        for thing in things:
            batch.append(thing)
            spent += cost(thing)
            if spent >= self._budget:
                yield batch
                batch, spent = [], 0.0
        if batch:
            yield batch

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """One batch's transaction, and the rest after it."""
        async with self.works.begin() as work:
            began = time.monotonic()
            if self.shared:
                await self._look_round(work)
            yield work
            took = time.monotonic() - began
        self._budget = min(MOST, max(LEAST, self._budget * min(2.0, AIM / max(took, 0.001))))
        if time.monotonic() < self._others_until:
            await asyncio.sleep(took * REST)

    async def _look_round(self, work: Work) -> None:
        """SQLite's number changes with every commit of another connection."""
        if self._version is None:
            for pragma in FOR_MANY_ROWS:
                await work.session.execute(text(pragma))
        version = (await work.session.execute(text("PRAGMA data_version"))).scalar_one()
        if self._version not in (None, version):
            self._others_until = time.monotonic() + STAYS
        self._version = version
