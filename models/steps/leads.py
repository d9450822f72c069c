"""What a colleague has said so far of a complaint from outside; the words come last and are not here."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.case import Channel
from models.steps.base import Hat, Step


class LeadPart(StrEnum):
    """In the order asked."""

    WHOM = "whom"
    COLLEAGUE = "colleague"
    REFERENCE = "reference"
    RECEIVED = "received"
    WORDS = "words"


class TakingLead(Step):
    kind: Literal["taking_lead"] = "taking_lead"
    hat: ClassVar[Hat] = Hat.STAFF
    asking: LeadPart = LeadPart.WHOM
    channel: Channel
    graduate: UUID | None = None
    unit: UUID | None = None
    colleague: UUID | None = None
    reference: str | None = None
    received_on: date | None = None


class TellingPressure(Step):
    """The graduate's own words about who asked them to sign."""

    kind: Literal["telling_pressure"] = "telling_pressure"
    hat: ClassVar[Hat] = Hat.GRADUATE
    dispute: UUID
