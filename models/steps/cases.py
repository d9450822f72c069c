"""What a colleague was asked while working on a case."""

from typing import ClassVar, Literal
from uuid import UUID

from models.steps.base import Hat, Step


class AskingCaseNote(Step):
    kind: Literal["asking_case_note"] = "asking_case_note"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID


class AskingCaseLetter(Step):
    """`reply` is the wording that stands chosen and is not sent yet."""

    kind: Literal["asking_case_letter"] = "asking_case_letter"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID
    reply: str | None = None


class AskingHandNote(Step):
    kind: Literal["asking_hand_note"] = "asking_hand_note"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID
    staff: UUID


class AskingFinding(Step):
    kind: Literal["asking_finding"] = "asking_finding"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID


class AskingReturnReason(Step):
    kind: Literal["asking_return_reason"] = "asking_return_reason"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID


class AskingWhom(Step):
    """/find without a name."""

    kind: Literal["asking_whom"] = "asking_whom"
    hat: ClassVar[Hat] = Hat.STAFF
