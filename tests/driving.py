"""Starts the app, moves its clock and waits until all is said; nothing here sleeps for time to pass."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel.sql.expression import SelectOfScalar

from bot.app import App
from bot.pace import Pace
from bot.settings import Settings
from sandbox import Sandbox
from tests.shared import compiled_once

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2024, 7, 8, 10, 0, tzinfo=ZONE)
SCHOOL = "江城理工学院"
CONTACT = "就业指导处 027-8765 4321"


class Running:
    """The whole product; `restart` is a new process's worth of it on the same database."""

    def __init__(self, url: str, sandbox: Sandbox, folder: Path, **given: Any) -> None:
        self.sandbox, self.folder = sandbox, folder
        defaults: dict[str, Any] = {
            "token": sandbox.token,
            "school": SCHOOL,
            "contact": CONTACT,
            "telegram_api": sandbox.url,
            "database_url": url,
            "secret": hashlib.sha256(b"tests").hexdigest(),
            "listen": "127.0.0.1:0",
            "clock": BEGIN,
        }
        self.settings = Settings.model_validate(defaults | given)

    async def start(self) -> None:
        self.app = App(self.settings)
        compiled_once(self.app.works.database)
        self.app.journal_file = self.folder / "outgoing.journal"
        self.app.evidence_folder = self.folder / "evidence"
        self.app.pace = Pace(2000, burst=1000)  # the sandbox is not paced here; its own tests are
        self._task = asyncio.get_running_loop().create_task(self.app.run())
        started = asyncio.get_running_loop().create_task(self.app.started.wait())
        await asyncio.wait({self._task, started}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        self.app.stop()
        await self._task

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def kill(self) -> None:
        """As SIGKILL would: nothing is finished, nothing is tidied."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def settled(self) -> None:
        """Until every update was taken in and everything due was said."""
        for _ in range(3):
            await self.sandbox.updates.emptied()
            await self.app.settled()

    async def rows(self, query: SelectOfScalar[Any]) -> list[Any]:
        async with self.app.works.reading() as session:
            return list((await session.exec(query)).all())

    async def row(self, query: SelectOfScalar[Any]) -> Any:
        found = await self.rows(query)
        assert len(found) == 1, f"{len(found)} rows, one was expected: {found}"
        return found[0]

    @property
    def now(self) -> datetime:
        return self.app.clock.now()


class Time:
    """Moves the product's own clock; due work is looked for at once."""

    def __init__(self, running: Running) -> None:
        self.running = running

    async def passes(self, **delta: float) -> None:
        await self._move(self.running.now + timedelta(**delta))

    async def to(self, local: str) -> None:
        await self._move(datetime.fromisoformat(local).replace(tzinfo=ZONE))

    async def _move(self, instant: datetime) -> None:
        await self.running.settled()
        await self.running.app.moved_to(instant.astimezone(UTC))
        await self.running.settled()
