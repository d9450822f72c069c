"""What is said of papers that bear out a destination: to whoever gives them, and to whoever looks at them."""

from typing import ClassVar, Literal
from uuid import UUID

from models.base import datetime
from models.evidence import Fault
from models.messages.base import Lane, Say


class EvidenceSheet(Say):
    """On the page alone: what the destination needs, what was given, and who sees it."""

    kind: Literal["evidence_sheet"] = "evidence_sheet"
    graduate: UUID


class EvidenceGiven(Say):
    """What became of an upload: each file that was not taken has its reason. `doubtful` of those that were
    call themselves papers of an internship."""

    kind: Literal["evidence_given"] = "evidence_given"
    graduate: UUID
    case: UUID | None = None
    paper: str
    kept: int
    same: int
    faults: tuple[Fault, ...] = ()
    doubtful: int = 0


class EvidenceWithdrawn(Say):
    """One paper was taken back by whoever gave it."""

    kind: Literal["evidence_withdrawn"] = "evidence_withdrawn"
    graduate: UUID
    paper: str


class EvidenceAdded(Say):
    """To whoever waits for it, or has the dispute it was given in."""

    kind: Literal["evidence_added"] = "evidence_added"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID
    reader: UUID


class EvidenceOpen(Say):
    """To a colleague: the way to the papers of a case; the code is made when this is rendered."""

    kind: Literal["evidence_open"] = "evidence_open"
    case: UUID
    link: UUID
    until: datetime
    doubtful: int = 0


class EvidenceFiles(Say):
    """On the page alone: several papers of a case, each with a way of its own."""

    kind: Literal["evidence_files"] = "evidence_files"
    case: UUID
    links: tuple[UUID, ...]
