"""What is said to staff about the calendar: what comes next, one event in full, and a day that was set."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.messages.base import Say


class CalendarCard(Say):
    """One page of what is next, own role and unit first, of all `cohorts` that have any.

    `view` is the message that paging edits."""

    kind: Literal["calendar_card"] = "calendar_card"
    view: UUID
    cohorts: tuple[int, ...]
    dates: tuple[UUID, ...]
    own: int
    waiting: int
    page: int
    pages: int


class CalendarEmpty(Say):
    """No calendar was applied yet; `leads` may have one applied."""

    kind: Literal["calendar_empty"] = "calendar_empty"
    leads: bool


class CalendarEvent(Say):
    """Who, until when, with which papers, signatures, seals and receivers; `sets` may confirm its day."""

    kind: Literal["calendar_event"] = "calendar_event"
    calendar_date: UUID
    sets: bool


class CalendarDayAsked(Say):
    kind: Literal["calendar_day_asked"] = "calendar_day_asked"
    calendar_date: UUID


class Unset(StrEnum):
    """Why a day was not set."""

    NO_DATE = "no_date"
    BEFORE_START = "before_start"
    FAR = "far"
    RHYTHM = "rhythm"


class CalendarNotSet(Say):
    kind: Literal["calendar_not_set"] = "calendar_not_set"
    problem: Unset


class CalendarConfirmed(Say):
    """The day now stands; what hung on it was planned anew."""

    kind: Literal["calendar_confirmed"] = "calendar_confirmed"
    calendar_date: UUID
    moved: bool
