"""Who works here: staff, their duties over units, and the single-use links that let people in."""

from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, Link, datetime
from models.unit import Unit

if TYPE_CHECKING:
    from models.graduate import Graduate
    from models.person import Person


class Role(StrEnum):
    COUNSELOR = "counselor"
    CLASS_TUTOR = "class_tutor"
    EMPLOYMENT_OFFICER = "employment_officer"
    DATA_ENTRY = "data_entry"
    COLLEGE_DEPUTY = "college_deputy"
    COLLEGE_HEAD = "college_head"
    PARTY_HEAD = "party_head"
    ADMIN_HEAD = "admin_head"
    OFFICE = "office"
    SCHOOL_HEAD = "school_head"
    REVIEWER = "reviewer"
    DISCIPLINE = "discipline"
    ADMIN = "admin"


class Staff(SQLModel, table=True):
    """A colleague, known by 工号 where the school gives one; `person` once they have opened their link.

    Until `away_until` nothing new is given to them."""

    id: UUID = Id()
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200, index=True)
    number: str | None = Field(default=None, max_length=40, unique=True)
    person_id: UUID | None = Key("person", nullable=True, unique=True)
    person: Optional["Person"] = Link()
    away_until: datetime | None = Instant(nullable=True, index=True)
    created_at: datetime = Instant()

    def is_away(self, at: datetime) -> bool:
        return self.away_until is not None and self.away_until > at


class Duty(SQLModel, table=True):
    """A role over a unit and all that lies under it; ended, never deleted."""

    __table_args__ = (
        Index(
            "uq_duty_live",
            "staff_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_duty_one_data_entry",
            "unit_id",
            unique=True,
            sqlite_where=text("role = 'data_entry' AND ended_at IS NULL"),
            postgresql_where=text("role = 'data_entry' AND ended_at IS NULL"),
        ),
    )

    id: UUID = Id()
    staff_id: UUID = Key("staff")
    staff: Staff = Link()
    role: Role = Choice(Role)
    unit_id: UUID = Key("unit")
    unit: Unit = Link()
    since: datetime = Instant()
    ended_at: datetime | None = Instant(nullable=True)


class Invitation(SQLModel, table=True):
    """A personal link; only the digest of its 64 characters is kept."""

    id: UUID = Id()
    digest: str = Field(max_length=64, unique=True)
    graduate_id: UUID | None = Key("graduate", nullable=True)
    graduate: Optional["Graduate"] = Link()
    staff_id: UUID | None = Key("staff", nullable=True)
    staff: Staff | None = Link()
    made_at: datetime = Instant()
    expires_at: datetime = Instant()
    used_at: datetime | None = Instant(nullable=True)
    used_by_id: UUID | None = Key("person", nullable=True)
    revoked_at: datetime | None = Instant(nullable=True)
