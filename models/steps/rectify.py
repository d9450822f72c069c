"""What has to be put right, while it is being written down; the texts stand sealed."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from models.steps.base import Hat, Step


class Rectifying(Step):
    """What is still missing is asked next; `source` is the case it comes from."""

    kind: Literal["rectifying"] = "rectifying"
    hat: ClassVar[Hat] = Hat.STAFF
    source: UUID | None = None
    unit: UUID
    goal: str | None = None
    measure: str | None = None
    deadline: date | None = None


class AskingRectified(Step):
    """What was done about it, in the owner's words."""

    kind: Literal["asking_rectified"] = "asking_rectified"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID
