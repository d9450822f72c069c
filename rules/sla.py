"""How soon each kind of case is answered and settled, in working time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self

from pydantic import Field, model_validator

from rules.calendar import Calendar
from rules.parts import Part


class WorkingHours(Part):
    starts: time
    ends: time

    @model_validator(mode="after")
    def _start_before_they_end(self) -> Self:
        if self.starts >= self.ends:
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


class Terms(Part):
    first_contact: Term
    settle: Term


class SlaFile(Part):
    working_hours: WorkingHours
    same_day: SameDay
    escalate_after: Term
    default: Terms
    kinds: Mapping[str, Terms] = Field(alias="kind")


@dataclass(frozen=True, slots=True)
class Sla:
    values: SlaFile
    calendar: Calendar

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.values.kinds)

    def first_contact(self, kind: str, opened_at: datetime) -> datetime:
        return self._due(self._terms(kind).first_contact, opened_at)

    def settle_by(self, kind: str, opened_at: datetime) -> datetime:
        return self._due(self._terms(kind).settle, opened_at)

    def escalated_at(self, due_at: datetime) -> datetime:
        """When what was due then, and reminded of, goes to the next above."""
        return self._due(self.values.escalate_after, due_at)

    def after(self, start: datetime, term: Term) -> datetime:
        return self._due(term, start)

    def due_by(self, start: datetime, *, hours: float | None = None, workdays: int | None = None) -> datetime:
        """So many working hours after the start, or the close of the n-th working day after it."""
        return self._due(Term(hours=hours, workdays=workdays), start)

    def _terms(self, kind: str) -> Terms:
        return self.values.kinds.get(kind, self.values.default)

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
        return self.calendar.at(day, self.values.working_hours.ends)

    def _is_closed(self, start: datetime) -> bool:
        local = self.calendar.local(start)
        return not self.calendar.is_workday(local.date()) or local.time() >= self.values.working_hours.ends

    def _after_hours(self, start: datetime, left: timedelta) -> datetime:
        at = self._opened(start)
        while (closes := self._closing(at)) - at < left:
            left -= closes - at
            at = self._opened(closes)
        return at + left

    def _closing(self, at: datetime) -> datetime:
        return self.calendar.at(self.calendar.local(at).date(), self.values.working_hours.ends)

    def _opened(self, start: datetime) -> datetime:
        """The first moment of working time at or after the start."""
        day = self.calendar.local(start).date()
        if self._is_closed(start):
            day = self.calendar.next_workday(day)
        return max(start.astimezone(UTC), self.calendar.at(day, self.values.working_hours.starts))
