"""A follow-up: what has to be looked at again, and when; and records of telephone calls."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Index, and_, text
from sqlmodel import Field, SQLModel, col, select

from models.answer import ContactChange, ContactKind
from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.person import Binding
from models.sealed import Sealed

if TYPE_CHECKING:
    from models.case import Case
    from models.graduate import Graduate
    from models.staff import Staff


class FollowUpKind(StrEnum):
    OWN_PHONE = "own_phone"
    PARENT_PHONE = "parent_phone"
    EMPLOYER_CONTACT = "employer_contact"
    LEFT_JOB = "left_job"
    TERMINATED = "terminated"
    CHANGED_EMPLOYER = "changed_employer"
    NEEDS_HELP = "needs_help"
    STILL_SEEKING = "still_seeking"
    UNVERIFIED_PHONE = "unverified_phone"
    SNOOZED = "snoozed"


class FollowUp(SQLModel, table=True):
    """`due_at` is written when the cause happens; the tick only looks. `stage` is the coming step."""

    __tablename__ = "followup"
    __table_args__ = (
        Index(
            "ix_followup_due",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    kind: FollowUpKind = Choice(FollowUpKind)
    contact_change_id: UUID | None = Key("contact_change", nullable=True)
    case_id: UUID | None = Key("cases", nullable=True)
    stage: str = Field(max_length=20)
    round: int = 1
    last_at: datetime | None = Instant(nullable=True)
    opened_at: datetime = Instant()
    due_at: datetime = Instant()
    done_at: datetime | None = Instant(nullable=True)
    result: str | None = Field(default=None, max_length=40)


class StepState(StrEnum):
    TAKEN = "taken"
    SKIPPED = "skipped"


class FollowUpStep(SQLModel, table=True):
    """One step of a chain, for the `round`-th time: taken, or passed over and why; append-only."""

    __tablename__ = "followup_step"

    id: UUID = Id()
    followup_id: UUID = Key("followup")
    key: str = Field(max_length=20)
    round: int
    state: StepState = Choice(StepState)
    reason: str | None = Field(default=None, max_length=40)
    due_at: datetime = Instant()
    at: datetime = Instant()


def contacts_of(case: "Case") -> ColumnElement[bool]:
    """The contacts a case is about: of the kind its reason names, else those its follow-ups wait for."""
    if case.reason in list(ContactKind):
        # Of one account: a stranger's number is never taken for the one the case is about.
        giver = select(Binding.person_id).where(Binding.id == case.binding_id).scalar_subquery()
        no_account = col(ContactChange.person_id).is_(None)
        given = col(ContactChange.person_id) == giver if case.binding_id else no_account
        about: ColumnElement[bool] = and_(col(ContactChange.contact) == ContactKind(case.reason), given)
    else:
        waited_for = select(FollowUp.contact_change_id).where(FollowUp.case_id == case.id)
        about = col(ContactChange.id).in_(waited_for)
    return and_(col(ContactChange.graduate_id) == case.graduate_id, about)


class CallAnsweredBy(StrEnum):
    GRADUATE = "graduate"
    PARENT = "parent"
    EMPLOYER = "employer"
    NOBODY = "nobody"
    DEAD_NUMBER = "dead_number"
    REFUSED = "refused"


class CallFinding(StrEnum):
    TRUE = "true"
    CHANGED = "changed"
    FALSE = "false"
    NOT_REACHED = "not_reached"
    TO_CHECK = "to_check"


class CallRecord(SQLModel, table=True):
    """电话记录: what staff heard on the telephone, never the graduate's own answer; append-only.

    `destination` and `phone_digest` are what stood then: it says nothing of a later version or number."""

    __tablename__ = "call_record"

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    staff_id: UUID = Key("staff")
    staff: "Staff" = Link()
    destination_id: UUID | None = Key("destination", nullable=True, index=False)
    phone_digest: str | None = Field(default=None, max_length=64)
    answered_by: CallAnsweredBy = Choice(CallAnsweredBy)
    finding: CallFinding | None = Choice(CallFinding, nullable=True)
    case_id: UUID | None = Key("cases", nullable=True)
    corrects_id: UUID | None = Key("call_record", nullable=True)
    note: str | None = Sealed()
    at: datetime = Instant(index=True)


class CallWhy(StrEnum):
    UNANSWERED = "unanswered"
    CHANNELS = "channels"


class ToCall(SQLModel, table=True):
    """To be telephoned for this reason; `over_at` once they are asked anew.

    While the graduate has an answer, or enough was tried, it is not looked at."""

    __tablename__ = "to_call"
    __table_args__ = (
        Index(
            "uq_to_call_live",
            "graduate_id",
            "why",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate", index=False)
    why: CallWhy = Choice(CallWhy)
    since: datetime = Instant()
    over_at: datetime | None = Instant(nullable=True)


append_only(FollowUpStep)
append_only(CallRecord)
