"""A paper that a graduate gave: what is known of its file, and the links by which colleagues open it."""

from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Field, SQLModel, select

from models.base import UUID, Choice, Id, Instant, Key, Link, datetime
from models.case import Case
from models.event import Event
from models.graduate import Graduate
from models.person import Person

# The reason of the case about one file that several graduates gave; the beginning of its digest follows.
SHARED = "shared_evidence"
# The event by which its graduate took a paper back: its row and file stay, as long as promised.
WITHDRAWN = "evidence_withdrawn"


class Media(StrEnum):
    """As it is kept: pictures are all made anew, other papers stay as they came."""

    JPEG = "jpeg"
    PDF = "pdf"

    @property
    def mime(self) -> str:
        return "image/jpeg" if self is Media.JPEG else "application/pdf"

    @property
    def ending(self) -> str:
        return "jpg" if self is Media.JPEG else "pdf"


class Fault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    LARGE = "large"
    TYPE = "type"
    HEIC = "heic"
    BROKEN = "broken"
    PIXELS = "pixels"
    PAGES = "pages"
    LOCKED = "locked"
    ACTIVE = "active"
    MANY = "many"
    FULL = "full"
    INTERNSHIP = "internship"


class Evidence(SQLModel, table=True):
    """Its file lies sealed in the data folder under this id. `digest` is of the bytes as they came,
    `kept_digest` of those that are kept, both keyed; `case` is the open one it was given for."""

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: Graduate = Link()
    person_id: UUID = Key("person", index=False)
    person: Person = Link()
    case_id: UUID | None = Key("cases", nullable=True)
    case: Case | None = Link()
    paper: str = Field(max_length=40)
    media: Media = Choice(Media)
    size: int
    pages: int
    digest: str = Field(max_length=64, index=True)
    kept_digest: str = Field(max_length=64, index=True)
    given_at: datetime = Instant()
    keep_until: datetime = Instant(index=True)


def withdrawn() -> ColumnElement[bool]:
    """Kept, and shown to nobody any more."""
    said = select(Event.id).where(Event.subject_id == Evidence.id, Event.kind == WITHDRAWN)
    return said.exists()


class EvidenceLink(SQLModel, table=True):
    """One colleague's way to one paper, or to all of a case: good for one use, and not for long."""

    __tablename__ = "evidence_link"

    id: UUID = Id()
    digest: str = Field(max_length=64, unique=True)
    staff_id: UUID = Key("staff", index=False)
    case_id: UUID = Key("cases", index=False)
    evidence_id: UUID | None = Key("evidence", nullable=True)
    made_at: datetime = Instant()
    expires_at: datetime = Instant(index=True)
    used_at: datetime | None = Instant(nullable=True)
