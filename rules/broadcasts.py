"""A text of the office's own words: whom it may be for, how long it is, when it may begin, what it obeys."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.campaigns import AutoPause
from rules.parts import Part, aware
from rules.quiet import Quiet
from rules.routing import RoleName
from rules.taxonomy import DestinationClass

# What Telegram makes a link of: an address with a scheme, a bare host, the name of an account.
_LINK = re.compile(
    r"://([^\s/?#:，。；：、）)」]*)|((?:[a-z0-9-]+\.)+[a-z]{2,})|(?<![\w.])(@[a-z]\w{3,})", re.IGNORECASE
)


class Segment(Part):
    """Part of a cohort: everybody to whom all of this applies; with nothing said, everybody.

    `changed_since`: something that matters has changed since they confirmed, here or in the register."""

    key: str = Field(pattern=r"^[a-z_]{1,30}$")
    zh_CN: str
    en: str
    silent: bool = False
    official: tuple[Literal["confirmed", "unconfirmed", "changed"], ...] = ()
    changed_since: bool = False
    classes: tuple[DestinationClass, ...] = ()
    open_case: bool = False


class Moment(Part):
    """A beginning that is offered: today, tomorrow or the day after."""

    days: int = Field(ge=0, le=2)
    time: clock_time


class BroadcastPlan(Part):
    text_max: int = Field(ge=50, le=1500)
    links: tuple[str, ...]
    gap_hours: int = Field(ge=0)
    runs_days: int = Field(ge=1)
    latest_days: int = Field(ge=1)
    at_least_minutes: int = Field(ge=0)
    second_person_over: int = Field(ge=0)
    second_persons: tuple[RoleName, ...] = Field(min_length=1)
    messages_per_second: float = Field(gt=0)
    auto_pause: AutoPause
    moments: tuple[Moment, ...] = Field(alias="moment", default=())
    segments: tuple[Segment, ...] = Field(alias="segment", min_length=1)

    @model_validator(mode="after")
    def _segments_are_told_apart(self) -> Self:
        keys = [one.key for one in self.segments]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"lists the segment {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _runs_longer_than_the_gap(self) -> Self:
        if self.runs_days * 24 <= self.gap_hours:
            raise ValueError("runs_days must be longer than gap_hours, or who waits would be left out")
        return self


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """The file together with the quiet hours it obeys; everything here is pure."""

    values: BroadcastPlan
    quiet: Quiet

    @property
    def gap(self) -> timedelta:
        return timedelta(hours=self.values.gap_hours)

    def segment(self, key: str) -> Segment | None:
        return next((one for one in self.values.segments if one.key == key), None)

    def stranger(self, text: str) -> str | None:
        """The first link that leads to none of those places a text may send people to."""
        for found in _LINK.finditer(unicodedata.normalize("NFKC", text)):
            host = next((one for one in found.groups() if one), found[0])
            plain = host.casefold().rstrip(".")
            if not any(plain == known or plain.endswith(f".{known}") for known in self.values.links):
                return host
        return None

    def ends_at(self, messages: int, begins: datetime, per_second: float | None = None) -> datetime:
        left = timedelta(seconds=messages / (per_second or self.values.messages_per_second))
        return self.quiet.done_at(begins, left)

    def deadline(self, begins: datetime) -> datetime:
        """What has not left by the end of this day is left."""
        day = aware(begins).astimezone(self.quiet.zone) + timedelta(days=self.values.runs_days)
        return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)

    def moments(self, now: datetime) -> list[tuple[int, datetime]]:
        """Those still ahead and outside the quiet hours, each with how many days from now it is."""
        soonest = aware(now) + timedelta(minutes=self.values.at_least_minutes)
        found = [(one.days, self._on(now, one)) for one in self.values.moments]
        return [(days, at) for days, at in found if at >= soonest and self.quiet.allows(at)]

    def latest(self, now: datetime) -> datetime:
        return now + timedelta(days=self.values.latest_days)

    def _on(self, now: datetime, moment: Moment) -> datetime:
        day = now.astimezone(self.quiet.zone).date() + timedelta(days=moment.days)
        return datetime.combine(day, moment.time, self.quiet.zone).astimezone(UTC)
