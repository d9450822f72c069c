"""Working days, local time, and the official dates of each preset."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

from rules.parts import MonthDay, Part, aware, in_year
from rules.presets import Dates, Event, EventKind, Preset

__all__ = ["Calendar", "CalendarSettings", "Event", "Holidays", "Preset"]


class CalendarSettings(Part):
    zone: str
    default_preset: str
    survey_preset: str
    update_milestones: tuple[str, ...]
    national_update_deadline: MonthDay
    season_starts: MonthDay


class Holidays(Part):
    """Days off and working weekends on top of the library; `years` are those this file settles alone."""

    years: frozenset[int]
    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class Calendar:
    settings: CalendarSettings
    holidays: Holidays
    presets: Mapping[str, Preset]
    zone: ZoneInfo

    @property
    def default_preset(self) -> str:
        return self.settings.default_preset

    def preset(self, name: str | None = None) -> Preset:
        """The preset of that name, or the default one; LookupError where there is none."""
        return self.presets[name or self.default_preset]

    def events(self, name: str) -> Iterator[tuple[str, Event]]:
        """All that a preset asks for, by preset: where it has no survey, the ministry's stands in."""
        own = self.preset(name)
        yield from ((name, event) for event in own.events)
        if not own.surveys:
            above = self.settings.survey_preset
            yield from ((above, event) for event in self.preset(above).surveys)

    def update_deadline(
        self, preset: str | None, cohort: int, applied: Mapping[str, date | None] | None = None
    ) -> datetime:
        """The end of the last day for updates: the preset's own, never later than the national one.

        `applied` are the days a school works with, by key, where they stand in the preset's place."""
        _, day = self._last_day(preset, cohort, applied)
        return self.end_of_day(day)

    def update_target(
        self, preset: str | None, cohort: int, applied: Mapping[str, date | None] | None = None
    ) -> date:
        """The day to aim at: of updates due before a day, the day before that one.

        Here `preset` names the one whose days are applied: its wording tells which of the two is meant."""
        key, day = self._last_day(preset, cohort, applied)
        own = self.presets.get(preset or self.default_preset)
        event = own.event(key) if own and key else None
        return event.target_of(day) if event else day - timedelta(days=1)

    def _last_day(
        self, preset: str | None, cohort: int, applied: Mapping[str, date | None] | None
    ) -> tuple[str | None, date]:
        national = in_year(self.settings.national_update_deadline, cohort)
        for key in self.settings.update_milestones:
            if day := applied.get(key) if applied else self.preset(preset).due(key, cohort):
                return key, min(day, national)
        return None, national

    def season(self, cohort: int) -> tuple[date, date]:
        """The first and last day on which rhythms run for a cohort."""
        starts = self.settings.season_starts
        return in_year(starts, cohort - 1), in_year(starts, cohort) - timedelta(days=1)

    def coming(self, event: Event, dates: Dates, cohort: int, now: datetime) -> Dates | None:
        """Its next official days; None where all are past, neither where the text gives none."""
        today = self.local(now).date()
        if event.comes_round:
            first, last = self.season(cohort)
            found = event.between(max(first, today), last)
            if due := next((day for day in found if self.closes(event, day) >= now), None):
                return Dates(due_on=due)
            return None if any(event.between(first, last)) else self._without_day(event, cohort, today)
        last_day = self.last_day(event, dates, cohort) or dates.starts_on
        if last_day is None:
            return self._without_day(event, cohort, today)
        return dates if last_day >= today else None

    def _without_day(self, event: Event, cohort: int, today: date) -> Dates | None:
        """A season's, while it lasts; what may still be given its day, until the next has ended too."""
        lasts = event.comes_round or event.kind is EventKind.WINDOW
        return Dates() if today <= self.season(cohort if lasts else cohort + 1)[1] else None

    def last_day(self, event: Event, dates: Dates, cohort: int) -> date | None:
        """What begins and is given no end lasts as long as the season."""
        if event.kind is EventKind.WINDOW and dates.starts_on and dates.due_on is None:
            return max(dates.starts_on, self.season(cohort)[1])
        return dates.due_on

    def closes(self, event: Event, due: date) -> datetime:
        """The hard end of an official day; it never moves for a weekend."""
        return self.at(due, event.time) if event.time else self.end_of_day(due)

    def workday_before(self, day: date, n: int) -> date:
        """The n-th working day before that day, a day off counting as the working day before it."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        for _ in range(n):
            day -= timedelta(days=1)
            while not self.is_workday(day):
                day -= timedelta(days=1)
        return day

    def milestone(self, preset: str | None, key: str, cohort: int) -> datetime | None:
        """The hard end of a milestone; the campaign's own deadline is `update_deadline`."""
        day = self.preset(preset).due(key, cohort)
        return self.end_of_day(day) if day else None

    def start_of_day(self, day: date) -> datetime:
        return self.at(day, time.min)

    def end_of_day(self, day: date) -> datetime:
        return self.at(day, time(23, 59, 59))

    def at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def local(self, instant: datetime) -> datetime:
        return aware(instant).astimezone(self.zone)

    def unknown_year(self, day: date) -> bool:
        """No holiday table covers this year, so only weekends are taken off."""
        return day.year not in self.holidays.years and _library(day) is None

    def is_workday(self, day: date) -> bool:
        if day in self.holidays.off or day in self.holidays.work:
            return day in self.holidays.work
        known = None if day.year in self.holidays.years else _library(day)
        return day.weekday() < 5 if known is None else known

    def next_workday(self, day: date) -> date:
        """The first working day after that one."""
        day += timedelta(days=1)
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def add_workdays(self, instant: datetime, n: int) -> datetime:
        """The same hour, n working days later; days off count for nothing, 0 leaves it where it is."""
        local = self.local(instant)
        day = local.date()
        for _ in range(n):
            day = self.next_workday(day)
        return self.at(day, local.time())


def _library(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
