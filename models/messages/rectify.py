"""What is said about putting something right: goal, measure, day and named colleague, one after the other."""

from typing import Literal
from uuid import UUID

from models.messages.base import Say


class RectifyGoalAsked(Say):
    """`case`: where it comes from, if it comes from one."""

    kind: Literal["rectify_goal_asked"] = "rectify_goal_asked"
    case: UUID | None = None


class RectifyMeasureAsked(Say):
    kind: Literal["rectify_measure_asked"] = "rectify_measure_asked"


class RectifyDeadlineAsked(Say):
    kind: Literal["rectify_deadline_asked"] = "rectify_deadline_asked"


class RectifyNoDay(Say):
    """No day, one that is past, or one that is further off than can be meant."""

    kind: Literal["rectify_no_day"] = "rectify_no_day"
    most: int


class RectifyTooLong(Say):
    kind: Literal["rectify_too_long"] = "rectify_too_long"
    most: int


class RectifyOwners(Say):
    kind: Literal["rectify_owners"] = "rectify_owners"
    view: UUID
    colleagues: tuple[UUID, ...]
    page: int
    pages: int


class RectifyMade(Say):
    kind: Literal["rectify_made"] = "rectify_made"
    case: UUID
    staff: UUID


class RectifyDoneAsked(Say):
    kind: Literal["rectify_done_asked"] = "rectify_done_asked"
    case: UUID


class RectifyList(Say):
    """What is open, the nearest day first."""

    kind: Literal["rectify_list"] = "rectify_list"
    view: UUID
    waiting: tuple[UUID, ...]
    total: int
    page: int
    pages: int
