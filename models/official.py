"""What the national register says, imported and kept apart from what graduates tell us."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime

if TYPE_CHECKING:
    from models.graduate import Graduate


class Official(StrEnum):
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CHANGED = "changed"


class Feedback(StrEnum):
    WRONG_INFO = "wrong_info"
    NEVER_SIGNED = "never_signed"


class ImportBatch(SQLModel, table=True):
    """One file taken in: which, when, by whom, and how far it got (a stopped import goes on from there)."""

    __tablename__ = "import_batch"

    id: UUID = Id()
    kind: str = Field(max_length=20)
    file_digest: str = Field(max_length=64, index=True)
    file_name: str = Field(max_length=300)
    cohort: int | None = None
    counts: str = Field(default="{}")
    by_person_id: UUID | None = Field(default=None)
    started_at: datetime = Instant()
    finished_at: datetime | None = Instant(nullable=True)


class OfficialState(SQLModel, table=True):
    """One line of the register's list about one graduate."""

    __tablename__ = "official_state"

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    state: Official = Choice(Official)
    feedback: Feedback | None = Choice(Feedback, nullable=True)
    confirmed_at: datetime | None = Instant(nullable=True)
    import_id: UUID = Key("import_batch")
    imported_at: datetime = Instant()


append_only(OfficialState)
