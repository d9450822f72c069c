"""What was seen is typed next."""

from typing import ClassVar, Literal
from uuid import UUID

from models.case import Asked, Method
from models.steps.base import Hat, Step


class AskingSeen(Step):
    kind: Literal["asking_seen"] = "asking_seen"
    hat: ClassVar[Hat] = Hat.STAFF
    case: UUID
    asked: Asked
    method: Method
