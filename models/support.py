"""帮扶: who is helped to find work and by whom, and the log of what was done; never what came of it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ColumnElement, Index, or_, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.sealed import Sealed
from models.staff import Staff

if TYPE_CHECKING:
    from models.graduate import Graduate


class Group(StrEnum):
    """离校未就业, 就业困难, 家庭贫困."""

    UNSETTLED = "unsettled"
    HARD = "hard"
    POOR = "poor"


class Form(StrEnum):
    """一对一 or 多对一: how many helped when it was written down."""

    ONE = "one"
    MANY = "many"


class Progress(StrEnum):
    """As the helper heard it; it is no answer and changes nothing that is registered."""

    NOT_STARTED = "not_started"
    RESUME = "resume"
    SEEKING = "seeking"
    INTERVIEW = "interview"
    INTENT = "intent"
    SETTLED_SAID = "settled_said"
    PAUSED = "paused"
    NOT_NEEDED = "not_needed"


class Content(StrEnum):
    POLICY = "policy"
    JOBS = "jobs"
    RESUME = "resume"
    CARE = "care"
    OTHER = "other"


class Support(SQLModel, table=True):
    """One graduate's, while they are in the roster.

    The three groups are what the roster and the register say now. `offered_at`: help was offered, whatever
    they said to it. `logged_at`: the last entry, or since when there could be one."""

    __table_args__ = (
        Index(
            "uq_support_live",
            "graduate_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_support_check",
            "next_check_at",
            sqlite_where=text("ended_at IS NULL AND next_check_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND next_check_at IS NOT NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    unsettled: bool = False
    hard: bool = False
    poor: bool = False
    opened_at: datetime = Instant()
    asked_at: datetime | None = Instant(nullable=True)
    offered_at: datetime | None = Instant(nullable=True)
    accepted_at: datetime | None = Instant(nullable=True)
    declined_at: datetime | None = Instant(nullable=True)
    progress: Progress = Choice(Progress, default=Progress.NOT_STARTED)
    next_check_at: datetime | None = Instant(nullable=True)
    logged_at: datetime = Instant()
    case_id: UUID | None = Key("cases", nullable=True)
    ended_at: datetime | None = Instant(nullable=True)

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(one for one in Group if getattr(self, one.value))

    @property
    def rests(self) -> bool:
        """Nobody is to look after them again by a certain day."""
        return self.declined_at is not None or self.progress is Progress.NOT_NEEDED

    def offered(self, at: datetime) -> None:
        self.offered_at = self.offered_at or at

    def accepted(self, at: datetime) -> None:
        self.offered(at)
        self.accepted_at, self.declined_at = at, None

    def declined(self, at: datetime) -> None:
        """Said and done: no day is set to ask again."""
        self.offered(at)
        self.declined_at, self.accepted_at, self.next_check_at = at, None, None


def counted() -> ColumnElement[bool]:
    """In one of the three groups; who only asked for help is helped all the same, and counted nowhere."""
    return or_(*(col(getattr(Support, one.value)) for one in Group))


def wanted() -> ColumnElement[bool]:
    """In somebody's list: of a group, or because they asked."""
    return or_(counted(), col(Support.asked_at).is_not(None))


class SupportHelper(SQLModel, table=True):
    """Who helps, since when and until when; ended, never deleted."""

    __tablename__ = "support_helper"
    __table_args__ = (
        Index(
            "uq_support_helper_live",
            "support_id",
            "staff_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Id()
    support_id: UUID = Key("support")
    support: Support = Link()
    staff_id: UUID = Key("staff")
    staff: "Staff" = Link("SupportHelper.staff_id")
    added_by_id: UUID | None = Key("staff", nullable=True, index=False)
    since: datetime = Instant()
    ended_at: datetime | None = Instant(nullable=True)


def helpers_of(support_id: UUID) -> SelectOfScalar[Staff]:
    """Who helps now, whoever came first first."""
    return (
        select(Staff)
        .join(SupportHelper, col(SupportHelper.staff_id) == col(Staff.id))
        .where(SupportHelper.support_id == support_id, col(SupportHelper.ended_at).is_(None))
        .order_by(col(SupportHelper.since), col(Staff.number), col(Staff.name))
    )


class SupportEntry(SQLModel, table=True):
    """One line of the log, with the groups and the form of that day; append-only."""

    __tablename__ = "support_entry"

    id: UUID = Id()
    support_id: UUID = Key("support")
    staff_id: UUID = Key("staff")
    form: Form = Choice(Form)
    groups: list[str] = Field(default_factory=list, sa_type=JSON)
    contents: list[str] = Field(default_factory=list, sa_type=JSON)
    text: str | None = Sealed()
    wish: str | None = Sealed()
    recommended: str | None = Sealed()
    progress: Progress = Choice(Progress)
    next_step: str | None = Sealed()
    feedback: str | None = Sealed()
    at: datetime = Instant(index=True)


class SupportSync(SQLModel, table=True):
    """Somebody stated that all that was logged until then stands in the 精准帮扶 module; append-only."""

    __tablename__ = "support_sync"

    id: UUID = Id()
    support_id: UUID = Key("support")
    staff_id: UUID = Key("staff")
    at: datetime = Instant()


append_only(SupportEntry)
append_only(SupportSync)
