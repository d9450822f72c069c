"""What enrolling asks for: the student number, the name, and the proof."""

from typing import Literal
from uuid import UUID

from models.steps.base import Step


class ReadingNotice(Step):
    """The notice stands open; a student number typed under it says as much as the button."""

    kind: Literal["enrol_reading_notice"] = "enrol_reading_notice"
    invitation: UUID | None = None


class AskingNumber(Step):
    kind: Literal["enrol_asking_number"] = "enrol_asking_number"


class AskingName(Step):
    """Whom the number may mean; empty when nobody has it, which is not told."""

    kind: Literal["enrol_asking_name"] = "enrol_asking_name"
    graduates: tuple[UUID, ...] = ()


class AskingIdentity(Step):
    kind: Literal["enrol_asking_identity"] = "enrol_asking_identity"
    graduate: UUID
    invitation: UUID | None = None
