"""A case: one thing somebody has to settle, with an owner, a due instant and a history nobody can edit."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Optional

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, and_, or_, text
from sqlmodel import Field, SQLModel, col

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
    FIELD_CORRECTION = "field_correction"
    SUPPORT = "support"
    COMPLAINT = "complaint"
    ANOMALY = "anomaly"
    FINDING = "finding"
    RECTIFICATION = "rectification"
    REGISTER_CHANGE = "register_change"


# Why a register change was opened: a dispute was passed as right.
DISPUTE_FALSE = "dispute_false"

# Nobody is written to as one of a group because of what these are about.
KEPT_CLOSE = frozenset(
    {
        CaseKind.DISPUTE,
        CaseKind.COMPLAINT,
        CaseKind.ANOMALY,
        CaseKind.FINDING,
        CaseKind.RECTIFICATION,
        CaseKind.REGISTER_CHANGE,
    }
)


# The reason of a complaint that the graduate was told goes to the reviewer or the discipline office only.
PRESSURE = "pressure"


class CaseState(StrEnum):
    OPEN = "open"
    WORKING = "working"
    AWAITING_REVIEW = "awaiting_review"
    CLOSED = "closed"


# Somebody has it in hand, or should.
WORKED_ON = (CaseState.OPEN, CaseState.WORKING)


class Method(StrEnum):
    PHONE_CHECK = "phone_check"
    MATERIAL_CHECK = "material_check"
    EMPLOYER_CALLBACK = "employer_callback"
    OTHER = "other"


class Severity(StrEnum):
    """Of what is due alike, the graver comes first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"


class Channel(StrEnum):
    """Through which door a complaint or a finding came."""

    SUPERVISION = "supervision"
    GOVERNMENT = "government"
    REGISTER = "register"
    MINISTRY = "ministry"
    PROVINCE = "province"
    LETTER = "letter"
    THIRD_PARTY = "third_party"
    CHAT = "chat"
    TELEPHONE = "telephone"
    OTHER = "other"


class Asked(StrEnum):
    """Whom or what somebody asked while looking into a case."""

    GRADUATE = "graduate"
    EMPLOYER = "employer"
    PARENT = "parent"
    COLLEAGUE = "colleague"
    DOCUMENT = "document"
    REGISTER = "register"


class Outcome(StrEnum):
    """The first five settle disputes; the last four complaints and findings; the rest ordinary cases."""

    CONFIRMED_FALSE = "confirmed_false"
    CONFIRMED_TRUE = "confirmed_true"
    WAS_TRUE_NOW_ENDED = "was_true_now_ended"
    EMPLOYER_MIX_UP = "employer_mix_up"
    UNRESOLVED = "unresolved"
    DONE = "done"
    REGISTER_CORRECTED = "register_corrected"
    NO_CHANGE_NEEDED = "no_change_needed"
    NOT_REACHED = "not_reached"
    SUBSTANTIATED = "substantiated"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"
    PASSED_ON = "passed_on"


# After these the graduate is told that what is registered will be changed.
TO_BE_CHANGED = (Outcome.CONFIRMED_FALSE, Outcome.EMPLOYER_MIX_UP, Outcome.WAS_TRUE_NOW_ENDED)


class Clock(StrEnum):
    """What a case is waited for: the first answer, the next step, the outcome, the second person's look."""

    CONTACT = "contact"
    STEP = "step"
    SETTLE = "settle"
    REVIEW = "review"


class Case(SQLModel, table=True):
    """`owner` works on it; `binding` is the account it is about; `parent` the case that made it.

    `terms` are the rules it was opened under, and its clocks obey them whatever the rules say later:
    the first answer, the next step, the outcome, the second person's look. While `waiting_since` is set
    it waits for the graduate and they stand still. `escalate_at` is the next instant at which somebody
    has to be told of a clock, `own_by` the one at which a case that nobody has is an incident.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (state != 'closed')", name="closed_once"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id != closer_id", name="second_person_reviews"),
        Index(
            "uq_register_change_open",
            "parent_id",
            unique=True,
            sqlite_where=text("kind = 'register_change' AND state != 'closed'"),
            postgresql_where=text("kind = 'register_change' AND state != 'closed'"),
        ),
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
        Index(
            "ix_cases_escalate",
            "escalate_at",
            sqlite_where=text("escalate_at IS NOT NULL"),
            postgresql_where=text("escalate_at IS NOT NULL"),
        ),
        Index(
            "ix_cases_unowned",
            "own_by",
            sqlite_where=text("own_by IS NOT NULL"),
            postgresql_where=text("own_by IS NOT NULL"),
        ),
    )

    id: UUID = Id()
    number: int = Field(unique=True)
    kind: CaseKind = Choice(CaseKind)
    state: CaseState = Choice(CaseState, default=CaseState.OPEN)
    severity: Severity = Choice(Severity, default=Severity.NORMAL)
    reason: str = Field(default="", max_length=40)
    channel: Channel | None = Choice(Channel, nullable=True)
    parent_id: UUID | None = Key("cases", nullable=True)
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
    next_step_by: datetime | None = Instant(nullable=True)
    due_at: datetime = Instant()
    review_by: datetime | None = Instant(nullable=True)
    waiting_since: datetime | None = Instant(nullable=True)
    escalate_at: datetime | None = Instant(nullable=True)
    own_by: datetime | None = Instant(nullable=True)
    method: Method | None = Choice(Method, nullable=True)
    finding: str | None = Sealed()
    outcome: Outcome | None = Choice(Outcome, nullable=True)
    closer_id: UUID | None = Key("staff", nullable=True)
    settled_at: datetime | None = Instant(nullable=True)
    reviewer_id: UUID | None = Key("staff", nullable=True)
    closed_at: datetime | None = Instant(nullable=True)
    reopened: int = 0
    rules_digest: str = Field(max_length=64)
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

    @property
    def for_few(self) -> bool:
        """Nobody but the roles of `pressure_to` learns whose it is."""
        return self.kind is CaseKind.COMPLAINT and self.reason == PRESSURE

    def clocks(self) -> dict[Clock, datetime]:
        """What it is waited for now, and until when; an answer that is missing goes before the next step."""
        if self.state is CaseState.CLOSED or self.waiting_since is not None:
            return {}
        if self.state is CaseState.AWAITING_REVIEW:
            return {Clock.REVIEW: self.review_by} if self.review_by else {}
        if self.first_contact_at is None:
            return {Clock.CONTACT: self.first_contact_by, Clock.SETTLE: self.due_at}
        step = {Clock.STEP: self.next_step_by} if self.next_step_by else {}
        return step | {Clock.SETTLE: self.due_at}

    @property
    def next_due(self) -> datetime | None:
        return min(self.clocks().values(), default=None)

    def overdue(self, at: datetime) -> bool:
        return any(due < at for due in self.clocks().values())


def overdue_at(at: datetime) -> ColumnElement[bool]:
    """As `overdue` says it of one, for a question about many."""
    waited_for = and_(col(Case.waiting_since).is_(None), col(Case.state) != CaseState.CLOSED)
    untouched = and_(col(Case.first_contact_at).is_(None), col(Case.first_contact_by) < at)
    stuck = and_(col(Case.first_contact_at).is_not(None), col(Case.next_step_by) < at)
    working = and_(col(Case.state) != CaseState.AWAITING_REVIEW, or_(col(Case.due_at) < at, untouched, stuck))
    reviewing = and_(col(Case.state) == CaseState.AWAITING_REVIEW, col(Case.review_by) < at)
    return and_(waited_for, or_(working, reviewing))


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
    ASKED = "asked"
    REPLIED = "replied"
    LOOKED_INTO = "looked_into"
    CALLED = "called"
    RELEASED = "released"
    LINKED = "linked"
    WITHDRAWN = "withdrawn"
    EVIDENCE = "evidence"


class Note(SQLModel, table=True):
    """One line of a case's history: who did what, with their words; append-only."""

    id: UUID = Id()
    case_id: UUID = Key("cases")
    case: Case = Link()
    kind: NoteKind = Choice(NoteKind, default=NoteKind.NOTE)
    staff_id: UUID | None = Key("staff", nullable=True)
    text: str | None = Sealed()
    asked: Asked | None = Choice(Asked, nullable=True)
    method: Method | None = Choice(Method, nullable=True)
    outcome: Outcome | None = Choice(Outcome, nullable=True)
    answer_id: UUID | None = Key("answer", nullable=True)
    at: datetime = Instant(index=True)


append_only(Note)
