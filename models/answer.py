"""What a graduate said, word for word and for good: answers, statements, texts, contact changes."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Optional

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, Link, Tagged, Typed, append_only, datetime
from models.sealed import Digest, Sealed

if TYPE_CHECKING:
    from models.case import Case
    from models.graduate import Destination, Graduate
    from models.person import Person


class AnswerKind(StrEnum):
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DISPUTED = "disputed"
    NOT_ME = "not_me"
    SEEKING = "seeking"
    SETTLED = "settled"
    FURTHER_STUDY = "further_study"
    NOT_SEEKING = "not_seeking"


class Source(StrEnum):
    """Through which door something reached us."""

    CHAT = "chat"
    PAGE = "page"
    REGISTER = "register"
    STAFF = "staff"
    TELEPHONE = "telephone"


# The two doors of the graduate's own.
OWN_WORDS = (Source.CHAT, Source.PAGE)


class Claim(Tagged):
    """What exactly a graduate says is different; kept as claimed, never written into the register."""

    kind: str


class FieldClaim(Claim):
    kind: Literal["field"] = "field"
    field: str
    value: str


class EmployerClaim(Claim):
    kind: Literal["employer"] = "employer"
    name: str
    uscc: str | None = None
    signed_on: str | None = None


class LeftClaim(Claim):
    kind: Literal["left"] = "left"
    left_on: str | None = None


class TerminatedClaim(Claim):
    kind: Literal["terminated"] = "terminated"
    ended_on: str | None = None


class TypeClaim(Claim):
    """The destination is of another class: study, army, own business, …"""

    kind: Literal["type"] = "type"
    cls: str
    name: str | None = None


class SettledClaim(Claim):
    kind: Literal["settled"] = "settled"
    cls: str
    name: str | None = None


class HelpClaim(Claim):
    kind: Literal["help"] = "help"
    wanted: bool


class RegisterConfirmedClaim(Claim):
    """「我已在全国系统确认」: a claim of the graduate's, beside the imported official state."""

    kind: Literal["register_confirmed"] = "register_confirmed"


class Answer(SQLModel, table=True):
    """Append-only; points at the version it was given about."""

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    destination_id: UUID = Key("destination")
    destination: "Destination" = Link()
    ask_id: UUID | None = Key("ask", nullable=True)
    person_id: UUID | None = Key("person", nullable=True)
    kind: AnswerKind = Choice(AnswerKind)
    claim: Claim | None = Typed(Claim, nullable=True)
    source: Source = Choice(Source, default=Source.CHAT)
    verified: bool = True
    late: bool = False
    said_at: datetime = Instant(index=True)


class Heard(SQLModel, table=True):
    """Free text, kept before anyone reads it; the graduate says who may, or `route_by` decides."""

    __table_args__ = (
        Index(
            "ix_heard_unrouted",
            "route_by",
            sqlite_where=sql("routed IS NULL"),
            postgresql_where=sql("routed IS NULL"),
        ),
    )

    id: UUID = Id()
    person_id: UUID = Key("person")
    person: "Person" = Link()
    graduate_id: UUID | None = Key("graduate", nullable=True)
    text: str | None = Sealed()
    case_id: UUID | None = Key("cases", nullable=True)
    case: Optional["Case"] = Link()
    routed: str | None = Field(default=None, max_length=20)
    route_by: datetime | None = Instant(nullable=True)
    said_at: datetime = Instant()


class ContactKind(StrEnum):
    OWN_PHONE = "own_phone"
    PARENT_PHONE = "parent_phone"
    EMPLOYER_CONTACT = "employer_contact"


class ContactChange(SQLModel, table=True):
    """A new number or contact person, as given; it replaces nothing until somebody has checked it."""

    __tablename__ = "contact_change"

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    person_id: UUID | None = Key("person", nullable=True)
    contact: ContactKind = Choice(ContactKind)
    name: str | None = Sealed()
    phone: str | None = Sealed()
    phone_digest: str | None = Digest()
    proven: bool = False
    given_at: datetime = Instant()
    verified_at: datetime | None = Instant(nullable=True)
    verified_by_id: UUID | None = Key("staff", nullable=True)


append_only(Answer)
