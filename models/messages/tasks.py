"""What is said to staff about their duties: one of them, what was handed in, what is near, what is late."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class Means(StrEnum):
    """How somebody was tried besides the telephone."""

    MESSAGE = "message"
    VISIT = "visit"


class TaskCard(Say):
    """`missing`: graduates whom too little was tried to reach; `mine` may record that it is done."""

    kind: Literal["task_card"] = "task_card"
    task: UUID
    missing: int
    mine: bool


class TaskStating(Say):
    """What was signed and sealed, line by line; `stated` are the lines pressed so far, as bits."""

    kind: Literal["task_stating"] = "task_stating"
    task: UUID
    stated: int


class TaskHandedIn(Say):
    kind: Literal["task_handed_in"] = "task_handed_in"
    task: UUID
    hand_in: UUID


class TaskAsIs(Say):
    """It is not open any more, or too little was tried yet."""

    kind: Literal["task_as_is"] = "task_as_is"
    task: UUID
    missing: int = 0


class TasksDue(Say):
    """The morning's reminder of what is to be done soon."""

    kind: Literal["tasks_due"] = "tasks_due"
    lane: ClassVar[Lane] = Lane.ALERT
    tasks: tuple[UUID, ...]
    more: int


class TasksLate(Say):
    """To somebody above: what was not handed in, all that became known on one day."""

    kind: Literal["tasks_late"] = "tasks_late"
    lane: ClassVar[Lane] = Lane.ALERT
    staff: UUID
    tasks: tuple[UUID, ...]
    more: int


class AttemptRecorded(Say):
    kind: Literal["attempt_recorded"] = "attempt_recorded"
    graduate: UUID
    means: Means
