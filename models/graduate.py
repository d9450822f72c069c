"""A roster record: one person's one course of study, and who answers for it."""

from datetime import date

from sqlalchemy import ColumnElement, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel, col, or_

from models.answer import AnswerKind
from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.official import Official
from models.sealed import Digest, Sealed
from models.unit import Unit


class Graduate(SQLModel, table=True):
    """`version` names the current destination; `answer*` the latest answer while it is not stale.

    `tried_at`: when enough was tried to reach them about what is registered now, for the latest reason to.
    `roster_*` is what the roster said last, where `phone` may have been checked and changed since."""

    __table_args__ = (
        UniqueConstraint("cohort", "roster_key", name="uq_graduate_roster_key"),
        Index(
            "uq_graduate_student_no",
            "cohort",
            "student_no",
            "level",
            unique=True,
            sqlite_where=text("student_no IS NOT NULL"),
            postgresql_where=text("student_no IS NOT NULL"),
        ),
        # With the instant, so that the first of a cohort is found without reading its people.
        Index("ix_graduate_cohort", "cohort", "created_at"),
        # With the instant, so that a unit's latest is found without reading its people.
        Index("ix_graduate_unit_id", "unit_id", "official_at"),
    )

    id: UUID = Id()
    cohort: int
    unit_id: UUID = Key("unit", index=False)
    unit: Unit = Link()
    roster_key: str = Field(max_length=80)
    student_no: str | None = Field(default=None, max_length=40)
    exam_no: str | None = Field(default=None, max_length=40, index=True)
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200, index=True)
    gender: str | None = Field(default=None, max_length=20)
    degree: str | None = Field(default=None, max_length=60)
    level: str | None = Field(default=None, max_length=20)
    completer: bool = False
    graduation_on: date | None = None
    phone: str | None = Sealed()
    phone_digest: str | None = Digest()
    parent_phone: str | None = Sealed()
    parent_phone_digest: str | None = Digest()
    roster_phone_digest: str | None = Field(default=None, max_length=64)
    roster_parent_phone_digest: str | None = Field(default=None, max_length=64)
    email: str | None = Sealed()
    email_digest: str | None = Digest()
    hardship: str | None = Sealed()
    counselor: str | None = Field(default=None, max_length=200)
    counselor_no: str | None = Field(default=None, max_length=40)
    fingerprint: str | None = Field(default=None, max_length=64)
    version: int = 0
    answer: AnswerKind | None = Choice(AnswerKind, nullable=True, index=True)
    answer_id: UUID | None = Field(default=None)
    answer_version: int | None = None
    answer_verified: bool | None = None
    asked_at: datetime | None = Instant(nullable=True)
    tried_at: datetime | None = Instant(nullable=True)
    official: Official = Choice(Official, default=Official.UNKNOWN)
    official_at: datetime | None = Instant(nullable=True)
    removed_at: datetime | None = Instant(nullable=True)
    created_at: datetime = Instant()

    @property
    def answered(self) -> bool:
        """An account that nobody has checked has not answered for them."""
        return self.answer is not None and self.answer_verified is not False


def unanswered() -> ColumnElement[bool]:
    """As `answered` asks it of one, for a question about many."""
    return or_(col(Graduate.answer).is_(None), col(Graduate.answer_verified).is_(False))


class Destination(SQLModel, table=True):
    """One version of what is registered; appended, never changed."""

    __table_args__ = (UniqueConstraint("graduate_id", "number", name="uq_destination_version"),)

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: Graduate = Link()
    number: int
    code: str | None = Field(default=None, max_length=20)
    code_name: str | None = Field(default=None, max_length=100)
    category: str = Field(max_length=20)
    employer: str | None = Field(default=None, max_length=300)
    employer_key: str | None = Field(default=None, max_length=300, index=True)
    uscc: str | None = Field(default=None, max_length=40, index=True)
    employer_nature: str | None = Field(default=None, max_length=100)
    industry: str | None = Field(default=None, max_length=100)
    location: str | None = Field(default=None, max_length=200)
    position: str | None = Field(default=None, max_length=100)
    signed_on: date | None = None
    contact_name: str | None = Sealed()
    contact_phone: str | None = Sealed()
    contact_phone_digest: str | None = Digest()
    country: str | None = Field(default=None, max_length=100)
    school: str | None = Field(default=None, max_length=300)
    creator_staff_id: UUID | None = Key("staff", nullable=True)
    enterer: str | None = Field(default=None, max_length=200)
    enterer_no: str | None = Field(default=None, max_length=40)
    signer: str | None = Field(default=None, max_length=200)
    signer_no: str | None = Field(default=None, max_length=40)
    source: str = Field(max_length=40)
    import_id: UUID | None = Key("import_batch", nullable=True)
    registered_at: datetime = Instant()


append_only(Destination)
