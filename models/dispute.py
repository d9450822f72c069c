"""A dispute: one press that nobody can make vanish, and all that was said after it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.answer import Source
from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.case import Case
from models.sealed import Sealed

if TYPE_CHECKING:
    from models.graduate import Destination, Graduate


class Pressure(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_SAID = "not_said"


class Verdict(StrEnum):
    AGREED = "agreed"
    REJECTED = "rejected"


class Dispute(SQLModel, table=True):
    """Open until reviewed; at most one open per version."""

    __table_args__ = (
        Index(
            "uq_dispute_open",
            "destination_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_dispute_quiet",
            "quiet_until",
            sqlite_where=text("quiet_until IS NOT NULL"),
            postgresql_where=text("quiet_until IS NOT NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    destination_id: UUID = Key("destination")
    destination: "Destination" = Link()
    case_id: UUID = Key("cases", unique=True)
    case: Case = Link()
    answer_id: UUID | None = Key("answer", nullable=True)
    sentence: str = Field(max_length=40)
    official_sentence: bool
    source: Source = Choice(Source)
    without_counselor: bool
    counselor_implicated: bool
    pressure: Pressure | None = Choice(Pressure, nullable=True)
    quiet_until: datetime | None = Instant(nullable=True)
    filed_at: datetime = Instant(index=True)
    withdrawn_at: datetime | None = Instant(nullable=True)
    closed_at: datetime | None = Instant(nullable=True)
    told_at: datetime | None = Instant(nullable=True)
    verdict: Verdict | None = Choice(Verdict, nullable=True)
    reopened: int = 0
    # Ids of staff as they stood when it was filed: duties change, what somebody did does not.
    hands: list[str] = Field(default_factory=list, sa_type=JSON)
    counselors: list[str] = Field(default_factory=list, sa_type=JSON)

    @property
    def past_class(self) -> bool:
        """By the graduate's choice, or because on the telephone nobody was given it."""
        return self.without_counselor or self.source is Source.TELEPHONE

    @property
    def had_hands(self) -> set[UUID]:
        return {UUID(one) for one in self.hands}

    @property
    def were_counselors(self) -> set[UUID]:
        return {UUID(one) for one in self.counselors}


class StatementKind(StrEnum):
    STATEMENT = "statement"
    PRESSURE = "pressure"
    WITHDRAWAL = "withdrawal"
    OBJECTION = "objection"


class Statement(SQLModel, table=True):
    """What the graduate added to the dispute, in their words; append-only."""

    id: UUID = Id()
    dispute_id: UUID = Key("dispute")
    dispute: Dispute = Link()
    kind: StatementKind = Choice(StatementKind)
    text: str | None = Sealed()
    said_at: datetime = Instant()


append_only(Statement)
