"""A preset: the dates one document sets, as it sets them."""

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.parts import MonthDay, Part, in_year


class EventKind(StrEnum):
    MILESTONE = "milestone"
    WINDOW = "window"
    RHYTHM = "rhythm"
    SURVEY = "survey"


Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
_WEEKDAYS: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class Event(Part):
    key: str
    kind: EventKind
    start: date | None = None
    end: date | None = None
    due: date | None = None
    due_md: MonthDay | None = None
    due_op: Literal["before", "by"] | None = None
    due_unknown: bool = False
    relative: str | None = None
    approx: bool = False
    freq: Literal["daily", "weekly", "monthly", "every_2_weeks", "yearly"] | None = None
    months: tuple[int, ...] = ()
    day: int | Literal["last"] | None = None
    weekday: Weekday | None = None
    time: clock_time | None = None
    rule: str | None = None
    who: str | None = None
    audience: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    coverage_of_employed: float | None = None
    sample_of_employed_min: float | None = None
    target_coverage: float | None = None
    output: str | None = None
    channel: str | None = None
    paper: bool = False
    seal: str | None = None
    sign: tuple[str, ...] = ()
    file_with: tuple[str, ...] = ()
    freeze_snapshot: bool = False
    approval_required: str | None = None

    def due_on(self, year: int) -> date | None:
        if self.due_md is not None:
            return in_year(self.due_md, year)
        return in_year(f"{self.due:%m-%d}", year) if self.due else None

    def target_on(self, year: int) -> date | None:
        """The day to aim at: of a thing due before a day, the day before it."""
        due = self.due_on(year)
        return due - timedelta(days=1) if due and self.due_op == "before" else due

    def falls_on(self, day: date) -> bool:
        """Open on that day, due on it, or come round again on it; what has no exact day never does."""
        match self.kind:
            case EventKind.MILESTONE:
                return self.due_on(day.year) == day
            case EventKind.RHYTHM:
                return self._comes_round(day)
            case EventKind.WINDOW | EventKind.SURVEY:
                return self._is_open(day)

    def _is_open(self, day: date) -> bool:
        if self.start is None:
            return False
        start = in_year(f"{self.start:%m-%d}", day.year)
        return start <= day and (self.end is None or day <= in_year(f"{self.end:%m-%d}", day.year))

    def _comes_round(self, day: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        match self.freq:
            case "daily":
                return True
            case "weekly":
                return self.weekday == _WEEKDAYS[day.weekday()]
            case "monthly":
                last = calendar.monthrange(day.year, day.month)[1]
                return day.day == (last if self.day == "last" else self.day)
            case _:
                return False


class Preset(Part):
    source: str
    level: Literal["school", "province", "ministry"]
    cohort: int | None = None
    standing: bool = False
    population: tuple[str, ...] = ()
    platform: str | None = None
    unit_types: tuple[str, ...] = ()
    single_data_entry_per_unit: bool = False
    events: tuple[Event, ...] = Field(alias="event")

    def event(self, key: str) -> Event | None:
        return next((event for event in self.events if event.key == key), None)

    def due(self, key: str, cohort: int) -> date | None:
        event = self.event(key)
        return event.due_on(cohort) if event else None

    def on(self, day: date) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.falls_on(day))

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        if len({event.key for event in self.events}) != len(self.events):
            raise ValueError("has two events with one key")
        return self


class PresetFile(Part):
    presets: Mapping[str, Preset] = Field(alias="preset")
