"""What is said when a colleague goes away or comes back, and of a case that nobody has."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class NotThen(StrEnum):
    """Why a day cannot be the last one away."""

    UNREAD = "unread"
    PAST = "past"
    FAR = "far"


class AwayShown(Say):
    """How it stands, or what has just been set; `given` cases were not begun and have gone to others."""

    kind: Literal["away_shown"] = "away_shown"
    until: datetime | None = None
    given: int = 0
    kept: int = 0


class AwayRefused(Say):
    kind: Literal["away_refused"] = "away_refused"
    problem: NotThen
    most: int


class AwayOver(Say):
    """They are back: new cases come to them again."""

    kind: Literal["away_over"] = "away_over"


class PoolWaits(Say):
    """To whoever may take what nobody has, after a change of who is there; one a day."""

    kind: Literal["pool_waits"] = "pool_waits"
    lane: ClassVar[Lane] = Lane.ALERT


class CaseStranded(Say):
    """The working day is over and nobody has it: to those who can see to it."""

    kind: Literal["case_stranded"] = "case_stranded"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None
    reader: UUID | None = None
