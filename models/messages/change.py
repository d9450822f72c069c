"""What is said while a graduate tells us what is different: menus, questions, what was wrong, filed."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class Asked(StrEnum):
    """What the next text is about."""

    FIELD = "field"
    EMPLOYER = "employer"
    USCC = "uscc"
    SIGNED_ON = "signed_on"
    LEFT_ON = "left_on"
    NAME = "name"


class Problem(StrEnum):
    """What is wrong with what was typed, said plainly."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    USCC_LENGTH = "uscc_length"
    USCC_SIGNS = "uscc_signs"
    USCC_CHECK = "uscc_check"
    NO_DATE = "no_date"
    FUTURE_DATE = "future_date"


class ChangeMenu(Say):
    """「信息有变或有误」"""

    kind: Literal["change_menu"] = "change_menu"
    graduate: UUID
    destination: UUID


class ChangeFields(Say):
    """Which field is wrong."""

    kind: Literal["change_fields"] = "change_fields"
    graduate: UUID
    destination: UUID


class ChangeClasses(Say):
    """Which class it is now; `settled` when the record has none yet."""

    kind: Literal["change_classes"] = "change_classes"
    graduate: UUID
    destination: UUID
    settled: bool


class ChangeAsked(Say):
    """A value is to be typed; `field` or `cls` says of what."""

    kind: Literal["change_asked"] = "change_asked"
    graduate: UUID
    destination: UUID
    asked: Asked
    field: str | None = None
    cls: str | None = None
    settled: bool = False


class ChangeUnfinished(Say):
    """The same question once more, much later; as a chat's own alert it keeps the quiet hours."""

    kind: Literal["change_unfinished"] = "change_unfinished"
    lane: ClassVar[Lane] = Lane.ALERT
    graduate: UUID
    destination: UUID
    asked: Asked
    field: str | None = None
    cls: str | None = None
    settled: bool = False


class ChangeRefused(Say):
    """What was typed is kept but cannot be right: typed again or, where that can be, kept as it is."""

    kind: Literal["change_refused"] = "change_refused"
    graduate: UUID
    destination: UUID
    asked: Asked
    problem: Problem
    field: str | None = None
    keepable: bool = True


class ChangeFiled(Say):
    """Recorded as a claim, with its case; the register itself is untouched."""

    kind: Literal["change_filed"] = "change_filed"
    graduate: UUID
    destination: UUID
    answer: UUID
    case: UUID
    again: bool = False
