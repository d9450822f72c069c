"""An entry of the log while it is being written; what was typed stands sealed."""

from typing import ClassVar, Literal
from uuid import UUID

from models.messages.support import Part
from models.steps.base import Hat, Step
from models.support import Content, Progress


class WritingSupport(Step):
    """`part`: which of the texts is typed next. `draft` names the message that stands for it."""

    kind: Literal["writing_support"] = "writing_support"
    hat: ClassVar[Hat] = Hat.STAFF
    support: UUID
    draft: UUID
    contents: tuple[Content, ...]
    progress: Progress | None = None
    days: int | None = None
    part: Part = Part.TEXT
    text: str | None = None
    wish: str | None = None
    recommended: str | None = None
    next_step: str | None = None
    feedback: str | None = None


class AddingHelper(Step):
    """Whose helper the colleague that is chosen, or named, will be."""

    kind: Literal["adding_helper"] = "adding_helper"
    hat: ClassVar[Hat] = Hat.STAFF
    support: UUID
