"""What is said while a colleague writes down whom or what they asked about a case, and what they saw."""

from typing import Literal
from uuid import UUID

from models.case import Asked, Method
from models.messages.base import Say


class LookWhomAsked(Say):
    kind: Literal["look_whom_asked"] = "look_whom_asked"
    case: UUID


class LookHowAsked(Say):
    kind: Literal["look_how_asked"] = "look_how_asked"
    case: UUID
    asked: Asked


class LookSeenAsked(Say):
    kind: Literal["look_seen_asked"] = "look_seen_asked"
    case: UUID
    asked: Asked
    method: Method


class LookMissing(Say):
    """It cannot be settled yet: nobody has written down what was looked into."""

    kind: Literal["look_missing"] = "look_missing"
    case: UUID
