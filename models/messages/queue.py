"""What is said to staff who look for work or for a person, and about calls they wrote down."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.case import CaseKind
from models.followup import CallAnsweredBy
from models.messages.base import Say
from models.messages.cases import Verb


class Only(StrEnum):
    """Part of a queue; a kind of case may stand in its place."""

    ALL = "all"
    MINE = "mine"
    POOL = "pool"
    LATE = "late"
    WAITING = "waiting"
    REVIEW = "review"


class QueueCard(Say):
    """The next thing to do, then what else waits; `view` names the message that paging edits.

    `parts` are those that are neither empty nor everything, each with its number in `counts`.
    `cut_at`: so many of each, those due first, where more wait than are looked at."""

    kind: Literal["queue_card"] = "queue_card"
    view: UUID
    case: UUID
    graduate: UUID | None = None
    verbs: tuple[Verb, ...]
    reads: bool
    reads_pressure: bool = False
    reader: UUID | None = None
    mine: int
    overdue: int
    pool: int
    reviews: int
    neutral: int
    parts: tuple[Only | CaseKind, ...] = ()
    counts: tuple[int, ...] = ()
    cut_at: int = 0
    rest: tuple[UUID, ...] = ()
    page: int = 0
    pages: int = 1


class QueueList(Say):
    """A further page of what waits, or of a part of it."""

    kind: Literal["queue_list"] = "queue_list"
    view: UUID
    only: Only | CaseKind = Only.ALL
    parts: tuple[Only | CaseKind, ...] = ()
    counts: tuple[int, ...] = ()
    rest: tuple[UUID, ...]
    page: int
    pages: int
    cut_at: int = 0


class QueueEmpty(Say):
    kind: Literal["queue_empty"] = "queue_empty"
    neutral: int


class FindAsked(Say):
    kind: Literal["find_asked"] = "find_asked"


class FindNone(Say):
    kind: Literal["find_none"] = "find_none"


class FindMany(Say):
    kind: Literal["find_many"] = "find_many"
    graduates: tuple[UUID, ...]
    more: bool


class FindCard(Say):
    """`folded`: to whoever may not know of disputes, everything unsettled is one and the same 待核实."""

    kind: Literal["find_card"] = "find_card"
    graduate: UUID
    folded: bool
    callable: bool
    cases: tuple[UUID, ...]
    reader: UUID | None = None


class TodoList(Say):
    """Duties first, then whom to call: `total` of those that are `unanswered`."""

    kind: Literal["todo_list"] = "todo_list"
    view: UUID
    tasks: tuple[UUID, ...] = ()
    more: int = 0
    graduates: tuple[UUID, ...]
    total: int
    unanswered: int = 0
    support: int = 0
    page: int
    pages: int


class TodoCard(Say):
    """One graduate to call; the numbers are opened when this is rendered."""

    kind: Literal["todo_card"] = "todo_card"
    graduate: UUID
    attempts: int
    left: int
    reader: UUID | None = None


class TodoAnswered(Say):
    """The graduate has answered in the meantime."""

    kind: Literal["todo_answered"] = "todo_answered"
    graduate: UUID


class TodoDone(Say):
    """Nobody is left to call today; `left` have still not answered, and `total` of them are called again."""

    kind: Literal["todo_done"] = "todo_done"
    left: int
    total: int = 0


class CallFindingAsked(Say):
    kind: Literal["call_finding_asked"] = "call_finding_asked"
    graduate: UUID
    answered_by: CallAnsweredBy
    attempts: int


class CallRecorded(Say):
    kind: Literal["call_recorded"] = "call_recorded"
    call: UUID
    graduate: UUID
    told: bool


class CallTold(Say):
    """To the graduate: what a colleague wrote down about a call."""

    kind: Literal["call_told"] = "call_told"
    call: UUID
    graduate: UUID


class CallObjected(Say):
    """To the graduate: their objection to the record is with somebody else."""

    kind: Literal["call_objected"] = "call_objected"
    case: UUID
