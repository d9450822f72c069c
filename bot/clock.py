"""The product's own clock: real time plus an offset kept in the database, so a season can be rehearsed."""

from datetime import UTC, datetime, timedelta


class BackwardsClock(Exception):
    """The clock was asked to go back; what has happened has happened."""


class Clock:
    """Every process of one database adds the same offset."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset  # noqa: TID251  the one place that asks the machine

    def offset_to(self, instant: datetime) -> timedelta:
        if instant < self.now():
            raise BackwardsClock(f"{instant.isoformat()} is before {self.now().isoformat()}")
        return instant - datetime.now(UTC)  # noqa: TID251  the one place that asks the machine
