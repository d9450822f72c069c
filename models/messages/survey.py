"""What is said before the national sample survey: to graduates, and to the office that may send it."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class SurveyNotice(Say):
    """A call may come; nothing of what to answer."""

    kind: Literal["survey_notice"] = "survey_notice"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    calendar_date: UUID


class SurveyOffer(Say):
    """Prepared, counted and shown; it leaves when the office presses."""

    kind: Literal["survey_offer"] = "survey_offer"
    lane: ClassVar[Lane] = Lane.ALERT
    calendar_date: UUID
    unit: UUID
    cohort: int


class NotDue(StrEnum):
    """Why it is not sent."""

    NO_DAY = "no_day"
    OVER = "over"
    TOLD = "told"


class SurveyNotDue(Say):
    kind: Literal["survey_not_due"] = "survey_not_due"
    why: NotDue
