"""What we last asked somebody, so that the next text or contact is an answer to it."""

from enum import StrEnum
from typing import ClassVar

from models.base import Tagged


class Hat(StrEnum):
    GRADUATE = "graduate"
    STAFF = "staff"


class Step(Tagged):
    """One open question; each conversation adds its own below models/."""

    kind: str
    hat: ClassVar[Hat] = Hat.GRADUATE
