"""What the office is asked while it writes a text: for which unit, the words, and when it begins."""

from typing import ClassVar, Literal
from uuid import UUID

from models.case import CaseKind
from models.steps.base import Hat, Step


class ChoosingUnit(Step):
    kind: Literal["broadcast_unit"] = "broadcast_unit"
    hat: ClassVar[Hat] = Hat.STAFF
    cohort: int
    segment: str
    case_kind: CaseKind | None = None


class WritingText(Step):
    kind: Literal["broadcast_text"] = "broadcast_text"
    hat: ClassVar[Hat] = Hat.STAFF
    cohort: int
    segment: str
    case_kind: CaseKind | None = None
    unit: UUID


class ChoosingMoment(Step):
    """The text stands under its preview; a moment typed is when it begins."""

    kind: Literal["broadcast_moment"] = "broadcast_moment"
    hat: ClassVar[Hat] = Hat.STAFF
    broadcast: UUID
