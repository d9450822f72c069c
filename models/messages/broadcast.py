"""What is said while the office writes a text of its own, and the text itself."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class Untimely(StrEnum):
    """Why a beginning is not taken."""

    UNREADABLE = "unreadable"
    PAST = "past"
    QUIET = "quiet"
    TOO_FAR = "too_far"


class BroadcastMenu(Say):
    """What to send: the check of the rules, where it is theirs to send, or words of one's own."""

    kind: Literal["broadcast_menu"] = "broadcast_menu"
    cohort: int
    checks: bool
    texts: tuple[UUID, ...]


class BroadcastSegments(Say):
    kind: Literal["broadcast_segments"] = "broadcast_segments"
    cohort: int


class BroadcastCases(Say):
    """Open cases of which kind."""

    kind: Literal["broadcast_cases"] = "broadcast_cases"
    segment: str


class BroadcastUnits(Say):
    """Those to choose from; any other is typed."""

    kind: Literal["broadcast_units"] = "broadcast_units"
    segment: str
    units: tuple[UUID, ...]


class BroadcastNoUnit(Say):
    """Nothing, or several things, answer to what was typed."""

    kind: Literal["broadcast_no_unit"] = "broadcast_no_unit"
    units: tuple[str, ...]


class BroadcastWriting(Say):
    kind: Literal["broadcast_writing"] = "broadcast_writing"
    cohort: int
    segment: str
    unit: UUID
    most: int


class BroadcastTooLong(Say):
    kind: Literal["broadcast_too_long"] = "broadcast_too_long"
    most: int
    length: int


class BroadcastRefused(Say):
    """A phrase of the rules stands in it; how to word it instead is said with it."""

    kind: Literal["broadcast_refused"] = "broadcast_refused"
    phrase: str


class BroadcastLink(Say):
    """It leads to a place that no text may lead to."""

    kind: Literal["broadcast_link"] = "broadcast_link"


class BroadcastDraft(Say):
    """How many, whom not and why, until when, and the very words; nothing is sent by looking."""

    kind: Literal["broadcast_draft"] = "broadcast_draft"
    broadcast: UUID


class BroadcastUntimely(Say):
    kind: Literal["broadcast_untimely"] = "broadcast_untimely"
    why: Untimely


class BroadcastNobody(Say):
    """Refused: there is nobody it could be sent to now."""

    kind: Literal["broadcast_nobody"] = "broadcast_nobody"


class BroadcastText(Say):
    """The text as a graduate reads it; for everybody the same."""

    kind: Literal["broadcast_text"] = "broadcast_text"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    broadcast: UUID
