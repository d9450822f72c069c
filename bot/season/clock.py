"""A clock that stands still until somebody moves it, so that a season takes seconds."""

from datetime import datetime

from bot.clock import BackwardsClock, Clock


class StandingClock(Clock):
    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def to(self, instant: datetime) -> None:
        if instant < self.instant:
            raise BackwardsClock(f"{instant.isoformat()} is before {self.instant.isoformat()}")
        self.instant = instant
