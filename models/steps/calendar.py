"""What somebody of the office was asked about the calendar."""

from typing import ClassVar, Literal
from uuid import UUID

from models.steps.base import Hat, Step


class AskingOfficialDay(Step):
    """The day that the notice from above gives."""

    kind: Literal["asking_official_day"] = "asking_official_day"
    hat: ClassVar[Hat] = Hat.STAFF
    calendar_date: UUID
