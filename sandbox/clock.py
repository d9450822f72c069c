"""The time that messages carry: the product's moved clock, or the real one."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    async def move_to(self, instant: datetime) -> None: ...


class RealClock:
    """Real time, which may be moved forward by an offset."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) + self._ahead

    async def move_to(self, instant: datetime) -> None:
        self._ahead += instant - self.now()
