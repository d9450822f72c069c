"""How soon each kind of case is answered and settled, in working time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from pydantic import Field, model_validator

from rules.calendar import Calendar
from rules.parts import Part

MIDNIGHT = time()


class WorkingHours(Part):
    """They end at midnight where `ends` is 00:00."""

    starts: time
    ends: time

    @model_validator(mode="after")
    def _start_before_they_end(self) -> Self:
        if self.ends != MIDNIGHT and self.starts >= self.ends:
            raise ValueError("must start before they end")
        return self


class SameDay(Part):
    """Filed by `filed_by` on a working day it is due that day at `due_at`, else the next working day."""

    filed_by: time
    due_at: time


class Term(Part):
    """Exactly one of three: the same day, so many working days, so many working hours."""

    same_day: bool = False
    workdays: int | None = Field(default=None, ge=0)
    hours: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if [self.same_day, self.workdays is not None, self.hours is not None].count(True) != 1:
            raise ValueError("needs one of same_day, workdays, hours")
        return self


class KindTerms(Part):
    first_contact: Term
    settle: Term
    next_step: Term | None = None
    review: Term | None = None


class Defaults(KindTerms):
    next_step: Term
    review: Term


class Terms(Part):
    """All the clocks of one case: kept with it as they were when it was opened."""

    first_contact: Term
    next_step: Term
    settle: Term
    review: Term
    wait_at_most: Term
    escalate_after: Term


class SlaFile(Part):
    working_hours: WorkingHours
    same_day: SameDay
    escalate_after: Term
    wait_at_most: Term
    default: Defaults
    kinds: Mapping[str, KindTerms] = Field(alias="kind")


@dataclass(frozen=True, slots=True)
class Sla:
    values: SlaFile
    calendar: Calendar

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.values.kinds)

    def terms(self, kind: str) -> Terms:
        own, usual = self.values.kinds.get(kind, self.values.default), self.values.default
        return Terms(
            first_contact=own.first_contact,
            next_step=own.next_step or usual.next_step,
            settle=own.settle,
            review=own.review or usual.review,
            wait_at_most=self.values.wait_at_most,
            escalate_after=self.values.escalate_after,
        )

    def after(self, start: datetime, term: Term) -> datetime:
        return self._due(term, start)

    def due_by(self, start: datetime, *, hours: float | None = None, workdays: int | None = None) -> datetime:
        """So many working hours after the start, or the close of the n-th working day after it."""
        return self._due(Term(hours=hours, workdays=workdays), start)

    def close_of_day(self, start: datetime) -> datetime:
        """The end of this working day, or of the next where this one is over or none."""
        return self._close_of(start, 0)

    def end_of(self, day: date) -> datetime:
        """When a day that somebody named ends here, working day or not."""
        return self._end_of(day)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two instants."""
        total, at = timedelta(), self._opened(start)
        while at < end:
            closes = self._closing(at)
            total += min(closes, end) - at
            at = self._opened(closes)
        return total

    def later(self, due: datetime, by: timedelta) -> datetime:
        """So much working time later; at least as late as it was."""
        return self._after_hours(due, by) if by else due

    def _due(self, term: Term, start: datetime) -> datetime:
        if term.hours is not None:
            return self._after_hours(start, timedelta(hours=term.hours))
        if term.workdays is not None:
            return self._close_of(start, term.workdays)
        return self._same_day(start)

    def _same_day(self, start: datetime) -> datetime:
        local, terms = self.calendar.local(start), self.values.same_day
        day = local.date()
        if not self.calendar.is_workday(day) or local.time() > terms.filed_by:
            day = self.calendar.next_workday(day)
        return self.calendar.at(day, terms.due_at)

    def _close_of(self, start: datetime, workdays: int) -> datetime:
        day = self.calendar.local(start).date()
        if workdays == 0 and self._is_closed(start):
            workdays = 1
        for _ in range(workdays):
            day = self.calendar.next_workday(day)
        return self._end_of(day)

    def _is_closed(self, start: datetime) -> bool:
        day = self.calendar.local(start).date()
        return not self.calendar.is_workday(day) or start >= self._end_of(day)

    def _after_hours(self, start: datetime, left: timedelta) -> datetime:
        at = self._opened(start)
        while (closes := self._closing(at)) - at < left:
            left -= closes - at
            at = self._opened(closes)
        return at + left

    def _closing(self, at: datetime) -> datetime:
        return self._end_of(self.calendar.local(at).date())

    def _end_of(self, day: date) -> datetime:
        ends = self.values.working_hours.ends
        if ends == MIDNIGHT:
            return self.calendar.start_of_day(day + timedelta(days=1))
        return self.calendar.at(day, ends)

    def _opened(self, start: datetime) -> datetime:
        """The first moment of working time at or after the start."""
        day = self.calendar.local(start).date()
        if self._is_closed(start):
            day = self.calendar.next_workday(day)
        return max(start.astimezone(UTC), self.calendar.at(day, self.values.working_hours.starts))
