"""What is said to a colleague who telephones about a case."""

from typing import Literal
from uuid import UUID

from models.followup import CallAnsweredBy
from models.messages.base import Say


class CaseCall(Say):
    """Numbers and a neutral script, opened when this is rendered, for whoever may still reach them."""

    kind: Literal["case_call"] = "case_call"
    case: UUID
    graduate: UUID
    reader: UUID
    attempts: int


class CaseCallFinding(Say):
    kind: Literal["case_call_finding"] = "case_call_finding"
    case: UUID
    graduate: UUID
    answered_by: CallAnsweredBy
    attempts: int
