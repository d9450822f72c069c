"""A case: one thing somebody has to settle, with an owner, a due instant and a history nobody can edit."""

from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.sealed import Sealed
from models.staff import Staff
from models.unit import Unit

if TYPE_CHECKING:
    from models.answer import Answer
    from models.graduate import Graduate


class CaseKind(StrEnum):
    DISPUTE = "dispute"
    CONTACT_CHANGE = "contact_change"
    CHANGE_REQUEST = "change_request"
    UNREACHABLE = "unreachable"
    IDENTITY_CONFLICT = "identity_conflict"
    MESSAGE = "message"
    EVIDENCE_PENDING = "evidence_pending"
    RECORD_PROBLEM = "record_problem"


class CaseState(StrEnum):
    OPEN = "open"
    WORKING = "working"
    AWAITING_REVIEW = "awaiting_review"
    CLOSED = "closed"


class Method(StrEnum):
    PHONE_CHECK = "phone_check"
    MATERIAL_CHECK = "material_check"
    EMPLOYER_CALLBACK = "employer_callback"
    OTHER = "other"


class Outcome(StrEnum):
    """The first five settle disputes; the rest are for ordinary cases."""

    CONFIRMED_FALSE = "confirmed_false"
    CONFIRMED_TRUE = "confirmed_true"
    WAS_TRUE_NOW_ENDED = "was_true_now_ended"
    EMPLOYER_MIX_UP = "employer_mix_up"
    UNRESOLVED = "unresolved"
    DONE = "done"
    REGISTER_CORRECTED = "register_corrected"
    NO_CHANGE_NEEDED = "no_change_needed"
    NOT_REACHED = "not_reached"


class Case(SQLModel, table=True):
    """`owner` works on it; `binding` is the account it is about, where it is about one.

    `quiet` keeps it out of the class counselor's sight but for the neutral line.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (state != 'closed')", name="closed_once"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id != closer_id", name="second_person_reviews"),
        Index(
            "ix_cases_queue",
            "owner_id",
            "due_at",
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
        Index(
            "ix_cases_pool",
            "unit_id",
            "due_at",
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
    )

    id: UUID = Id()
    number: int = Field(unique=True)
    kind: CaseKind = Choice(CaseKind)
    state: CaseState = Choice(CaseState, default=CaseState.OPEN)
    reason: str = Field(default="", max_length=40)
    graduate_id: UUID | None = Key("graduate", nullable=True)
    graduate: Optional["Graduate"] = Link()
    unit_id: UUID = Key("unit")
    unit: Unit = Link()
    answer_id: UUID | None = Key("answer", nullable=True)
    answer: Optional["Answer"] = Link()
    binding_id: UUID | None = Key("binding", nullable=True)
    owner_id: UUID | None = Key("staff", nullable=True)
    owner: Staff | None = Link("Case.owner_id")
    counselor_may_see: bool = True
    opened_at: datetime = Instant()
    first_contact_by: datetime = Instant()
    first_contact_at: datetime | None = Instant(nullable=True)
    due_at: datetime = Instant()
    method: Method | None = Choice(Method, nullable=True)
    finding: str | None = Sealed()
    outcome: Outcome | None = Choice(Outcome, nullable=True)
    closer_id: UUID | None = Key("staff", nullable=True)
    settled_at: datetime | None = Instant(nullable=True)
    reviewer_id: UUID | None = Key("staff", nullable=True)
    closed_at: datetime | None = Instant(nullable=True)
    reopened: int = 0
    rules_digest: str = Field(max_length=64)

    def overdue(self, at: datetime) -> bool:
        if self.state is CaseState.CLOSED:
            return False
        return self.due_at < at or (self.first_contact_at is None and self.first_contact_by < at)


class NoteKind(StrEnum):
    NOTE = "note"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    HANDED_OVER = "handed_over"
    ESCALATED = "escalated"
    SETTLED = "settled"
    APPROVED = "approved"
    RETURNED = "returned"
    REOPENED = "reopened"
    AGREED = "agreed"
    OPENED = "opened"
    ANSWERED = "answered"
    REACHABLE = "reachable"


class Note(SQLModel, table=True):
    """One line of a case's history: who did what, with their words; append-only."""

    id: UUID = Id()
    case_id: UUID = Key("cases")
    case: Case = Link()
    kind: NoteKind = Choice(NoteKind, default=NoteKind.NOTE)
    staff_id: UUID | None = Key("staff", nullable=True)
    text: str | None = Sealed()
    method: Method | None = Choice(Method, nullable=True)
    outcome: Outcome | None = Choice(Outcome, nullable=True)
    answer_id: UUID | None = Key("answer", nullable=True)
    at: datetime = Instant(index=True)


append_only(Note)
