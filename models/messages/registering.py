"""What is said when the register shows what a dispute found."""

from typing import Literal
from uuid import UUID

from models.messages.base import Say


class RegisterCorrected(Say):
    """To the graduate: the entry they disputed is gone; `official` where the national register says so."""

    kind: Literal["register_corrected"] = "register_corrected"
    case: UUID
    dispute: UUID
    official: bool
