"""A preset: the dates one document sets, as it sets them, in its own year and in any other."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from rules.parts import MonthDay, Part, in_year


class EventKind(StrEnum):
    MILESTONE = "milestone"
    WINDOW = "window"
    RHYTHM = "rhythm"
    SURVEY = "survey"


Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
_WEEKDAYS: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def _several(given: object) -> object:
    """One name, several with commas between them, or a list."""
    return [part.strip() for part in given.split(",")] if isinstance(given, str) else given


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
Papers = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Month = Annotated[int, Field(ge=1, le=12)]
Share = Annotated[float, Field(gt=0, le=1)]


@dataclass(frozen=True, slots=True)
class Dates:
    """From when, and the last official day; a rhythm and what has no exact day have neither."""

    starts_on: date | None = None
    due_on: date | None = None


class Event(Part):
    """`output` are the papers, `sign` who signs in order with "+" for together, `to` who receives them."""

    key: str = Field(min_length=1, max_length=60)
    title: str | None = None
    title_en: str | None = None
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
    months: tuple[Month, ...] = ()
    day: Annotated[int, Field(ge=1, le=28)] | Literal["last"] | None = None
    weekday: Weekday | None = None
    time: clock_time | None = None
    rule: str | None = None
    remind: bool = True
    contacts: bool = False
    who: Names = ()
    audience: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    coverage_of_employed: Share | None = None
    sample_of_employed_min: Share | None = None
    target_coverage: Share | None = None
    output: Papers = ()
    channel: str | None = None
    paper: bool = False
    seal: Literal["college", "school", "province"] | None = None
    sign: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    file_with: tuple[str, ...] = ()
    freeze_snapshot: bool = False
    approval_required: str | None = None

    @property
    def comes_round(self) -> bool:
        """Again and again in one season; what comes once a year has a day, which somebody above may set."""
        return self.freq is not None and self.freq != "yearly"

    @property
    def signers(self) -> tuple[str, ...]:
        return tuple(one for step in self.sign for one in step.split("+"))

    @property
    def hands_in(self) -> bool:
        """Something on paper leaves the hands of whoever does it."""
        return bool(self.paper or self.output or self.sign or self.seal)

    def due_on(self, year: int) -> date | None:
        if self.due_md is not None:
            return in_year(self.due_md, year)
        return _moved(self.due, year - self.due.year, ends=self.due_op == "by") if self.due else None

    def target_on(self, year: int) -> date | None:
        """The day to aim at: of a thing due before a day, the day before it."""
        due = self.due_on(year)
        return self.target_of(due) if due else None

    def target_of(self, due: date) -> date:
        """What is due before an hour of the day is aimed at on that day itself."""
        return due - DAY if self.due_op == "before" and self.time is None else due

    def falls_on(self, day: date) -> bool:
        """Open on that day, due on it, or come round again on it; what has no exact day never does."""
        match self.kind:
            case EventKind.MILESTONE:
                return self.due_on(day.year) == day
            case EventKind.RHYTHM:
                return any(self.between(day, day))
            case EventKind.WINDOW | EventKind.SURVEY:
                return self._is_open(day)

    def between(self, first: date, last: date) -> Iterator[date]:
        """The official days of a rhythm from one day to another, both included, in order."""
        match self.freq:
            case "daily":
                return self._every(first, last, DAY)
            case "weekly" if self.weekday is not None:
                ahead = (_WEEKDAYS.index(self.weekday) - first.weekday()) % 7
                return self._every(first + timedelta(days=ahead), last, WEEK)
            case "monthly" if self.day is not None:
                return self._monthly(first, last, self.day)
            case _:
                return iter(())

    def _every(self, day: date, last: date, step: timedelta) -> Iterator[date]:
        while day <= last:
            if not self.months or day.month in self.months:
                yield day
            day += step

    def _monthly(self, first: date, last: date, on: int | Literal["last"]) -> Iterator[date]:
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            year, month = number // 12, number % 12 + 1
            day = date(year, month, calendar.monthrange(year, month)[1] if on == "last" else on)
            if first <= day <= last and (not self.months or month in self.months):
                yield day

    def _is_open(self, day: date) -> bool:
        if self.start is None:
            return False
        dates = self.dates(day.year - self.start.year)
        return dates.starts_on is not None and dates.starts_on <= day <= (dates.due_on or day)

    def dates(self, years: int) -> Dates:
        """So many years after the document's own: the same days, month ends staying month ends."""
        if self.kind is EventKind.MILESTONE:
            return Dates(due_on=self.due_on(self.due.year + years) if self.due else None)
        return Dates(
            _moved(self.start, years) if self.start else None,
            _moved(self.end, years, ends=True) if self.end else None,
        )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if wrong := next(self._wrong(), None):
            raise ValueError(f"event {self.key} {wrong}")
        return self

    def _wrong(self) -> Iterator[str]:
        milestone, rhythm = self.kind is EventKind.MILESTONE, self.kind is EventKind.RHYTHM
        given = {name for name in _WHEN if getattr(self, name)}
        if strange := given - _ALLOWED[self.kind]:
            yield f"is a {self.kind} and has no {min(strange)}"
        if milestone and (self.due is not None) + (self.due_md is not None) + self.due_unknown != 1:
            yield "needs one of due, due_md, due_unknown"
        if milestone and not self.due_unknown and self.due_op is None:
            yield 'needs due_op, "before" or "by"'
        if not (milestone or rhythm) and (self.start is None) == (self.relative is None):
            yield "needs one of start, relative"
        if self.start and self.end and self.end < self.start:
            yield "ends before it starts"
        if rhythm and self.freq is None:
            yield "needs freq"
        if self.freq == "monthly" and self.day is None:
            yield 'needs day, 1 to 28 or "last"'
        if (self.day is not None and self.freq != "monthly") or (self.weekday and self.freq != "weekly"):
            yield "has a day or weekday that its freq does not use"
        if len(set(self.months)) != len(self.months):
            yield "names a month twice"


_DATED = {"start", "end", "relative"}
_WHEN = ("due", "due_md", "due_unknown", *_DATED, "freq", "months", "day", "weekday")
_ALLOWED = {
    EventKind.MILESTONE: {"due", "due_md", "due_unknown"},
    EventKind.RHYTHM: {"freq", "months", "day", "weekday"},
    EventKind.WINDOW: _DATED,
    EventKind.SURVEY: _DATED,
}


def _moved(day: date, years: int, *, ends: bool = False) -> date:
    year = day.year + years
    if ends and (day + DAY).month != day.month:
        return date(year, day.month, calendar.monthrange(year, day.month)[1])
    return in_year(f"{day:%m-%d}", year)


class Preset(Part):
    """`standing`: holds every year as it is; any other is of one cohort, and only a plan for the next."""

    source: str
    title: str | None = None
    level: Literal["school", "province", "ministry"]
    cohort: int | None = None
    standing: bool = False
    population: tuple[str, ...] = ()
    platform: str | None = None
    unit_types: tuple[str, ...] = ()
    single_data_entry_per_unit: bool = False
    events: tuple[Event, ...] = Field(alias="event")

    @property
    def surveys(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind is EventKind.SURVEY)

    def event(self, key: str) -> Event | None:
        return next((event for event in self.events if event.key == key), None)

    def due(self, key: str, cohort: int) -> date | None:
        event = self.event(key)
        return self.dates(event, cohort).due_on if event else None

    def dates(self, event: Event, cohort: int) -> Dates:
        """When it is for that cohort, by the wording alone; somebody above may still say otherwise."""
        if event.due_md is not None:
            return Dates(due_on=in_year(event.due_md, cohort))
        return event.dates(cohort - self.cohort if self.cohort else 0)

    def holds_for(self, cohort: int) -> bool:
        """These dates were set for that very cohort."""
        return self.standing or self.cohort == cohort

    def on(self, day: date) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.falls_on(day))

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Self:
        if len({event.key for event in self.events}) != len(self.events):
            raise ValueError("has two events with one key")
        return self

    @model_validator(mode="after")
    def _has_its_year(self) -> Self:
        if self.standing == (self.cohort is not None):
            raise ValueError("needs either a cohort or standing = true")
        dated = next((one for one in self.events if one.due or one.start), None)
        if self.standing and dated is not None:
            raise ValueError(f"event {dated.key} has a year, but the preset is standing: use due_md")
        return self


class PresetFile(Part):
    presets: Mapping[str, Preset] = Field(alias="preset")
