"""When the facts of a cohort are frozen: by the rhythms and the cut-off of the calendar in use."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.calendar import Calendar
from rules.parts import Part, in_year
from rules.presets import DAY, Dates, Event, EventKind

SnapshotKindName = Literal["daily", "weekly", "final"]
WEEK = timedelta(days=7)
KINDS: tuple[SnapshotKindName, ...] = ("daily", "weekly", "final")


class Snapshots(Part):
    """`events` stand in for what the calendar in use lacks."""

    take_after_minutes: int = Field(ge=1)
    events: tuple[Event, ...] = Field(alias="event")

    @property
    def take_after(self) -> timedelta:
        return timedelta(minutes=self.take_after_minutes)

    def instants(
        self,
        kind: SnapshotKindName,
        calendar: Calendar,
        dated: Sequence[tuple[Event, Dates]],
        cohort: int,
        after: datetime,
        until: datetime,
    ) -> list[datetime]:
        """Those after the one and up to the other, in order; `dated` is the calendar in use."""
        own, instead = [one for one in dated if _is(kind, one[0])], self._instead(kind, cohort)
        around = calendar, cohort, after - WEEK, until + WEEK
        moments = list(_moments(own or instead, *around))
        if own and kind == "weekly":
            # A rhythm of some months leaves the other weeks of the year to the one that stands in.
            weeks = {_week(calendar, one) for one in moments}
            moments += (one for one in _moments(instead, *around) if _week(calendar, one) not in weeks)
        return sorted({one for one in moments if after < one <= until})

    def _instead(self, kind: SnapshotKindName, cohort: int) -> list[tuple[Event, Dates]]:
        found = [event for event in self.events if _is(kind, event)]
        return [(one, Dates(due_on=in_year(one.due_md, cohort) if one.due_md else None)) for one in found]

    @model_validator(mode="after")
    def _has_one_of_each(self) -> Self:
        if lacking := [kind for kind in KINDS if not any(_is(kind, one) for one in self.events)]:
            raise ValueError(f"needs an event for the {lacking[0]} snapshot")
        return self


def _is(kind: SnapshotKindName, event: Event) -> bool:
    if kind == "final":
        return event.freeze_snapshot
    weekly_without_day = event.freq == "weekly" and event.weekday is None
    return event.kind is EventKind.RHYTHM and event.freq == kind and not weekly_without_day


def _moments(
    chosen: Sequence[tuple[Event, Dates]], calendar: Calendar, cohort: int, after: datetime, until: datetime
) -> Iterator[datetime]:
    for event, dates in chosen:
        for day in _days(calendar, event, dates, cohort, after, until):
            yield calendar.closes(event, event.target_of(day))


def _week(calendar: Calendar, at: datetime) -> tuple[int, int]:
    return calendar.local(at).isocalendar()[:2]


def _days(
    calendar: Calendar, event: Event, dates: Dates, cohort: int, after: datetime, until: datetime
) -> Iterator[date]:
    if event.freq is None:
        yield from [dates.due_on] if dates.due_on else []
        return
    first, last = calendar.season(cohort)
    # What is due before a day is frozen at the end of the day before it.
    upto = calendar.local(until).date() + DAY
    yield from event.between(max(first, calendar.local(after).date()), min(last, upto))
