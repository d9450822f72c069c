"""Who did what to which row, appended for good, and the seals that make a change to it visible."""

from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import UUID, Big, Id, Instant, Serial, append_only, datetime
from models.sealed import Sealed

# What a look was at, where it was more than a card.
EVIDENCE, EVIDENCE_LIST = "evidence", "evidence_list"

# Another version is registered, and what was said of the one before does not speak of it.
STALE = "answer_stale"


class Event(SQLModel, table=True):
    """Ids and enums only; words live in their own rows."""

    __table_args__ = (Index("ix_event_subject", "subject_id", "id"),)

    id: int | None = Serial()
    at: datetime = Instant(index=True)
    kind: str = Field(max_length=60, index=True)
    actor_id: UUID | None = None
    staff_id: UUID | None = None
    subject_id: UUID | None = None
    graduate_id: UUID | None = Field(default=None, index=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Seal(SQLModel, table=True):
    """A digest over a run of events and the seal before it; `marks` tell which of them was changed."""

    id: int | None = Serial()
    first_id: int = Big()
    last_id: int = Big()
    count: int
    digest: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    marks: str = Field(default="", sa_type=Text)
    sealed_at: datetime = Instant()


class Incoming(SQLModel, table=True):
    """An update taken in; a second delivery of it stops at the constraint."""

    __table_args__ = (UniqueConstraint("bot_id", "update_id", name="uq_incoming_update"),)

    id: int | None = Serial()
    bot_id: int = Big()
    update_id: int = Big()
    kind: str = Field(max_length=40)
    person_id: UUID | None = None
    outcome: str = Field(default="done", max_length=40)
    at: datetime = Instant(index=True)


# An incident of this kind is open while no updates come in.
STOPPED = "updates_stopped"


class Incident(SQLModel, table=True):
    """Something the operator should look at: an unreadable update, a crash, a case without an owner."""

    id: UUID = Id()
    number: int = Field(unique=True)
    kind: str = Field(max_length=40, index=True)
    detail: str = Field(max_length=2000)
    raw: str | None = Sealed()
    at: datetime = Instant()
    settled_at: datetime | None = Instant(nullable=True)


# By so many microseconds the product's clock is ahead of the real one.
CLOCK_OFFSET = "clock_offset_us"


class Setting(SQLModel, table=True):
    """A named value every process of this database reads: the clock's offset, the kill switch, counters."""

    name: str = Field(primary_key=True, max_length=60)
    value: str = Field(max_length=2000)


append_only(Event)
append_only(Seal)
