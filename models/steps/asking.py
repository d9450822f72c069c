"""A question to the graduate being written, and the graduate's answer to it."""

from typing import ClassVar, Literal
from uuid import UUID

from models.steps.base import Hat, Step


class AskingQuestion(Step):
    """`reply` is the wording that stands chosen and is not sent yet."""

    kind: Literal["asking_question"] = "asking_question"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID
    reply: str | None = None


class ReplyingToCase(Step):
    """`note` is the question, or the letter."""

    kind: Literal["replying_to_case"] = "replying_to_case"
    case: UUID
    note: UUID
