"""One open question to one graduate: is what is registered true? It carries its own due instants."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Optional

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, Link, datetime

if TYPE_CHECKING:
    from models.campaign import Campaign
    from models.graduate import Graduate


class AskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    STOPPED = "stopped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Ask(SQLModel, table=True):
    """At most one is open per graduate; a newer version that matters closes it and opens another.

    `plan` is the version of the rules that worked out `next_at`; an answered one may still point on.
    `call_at`: when whoever has not answered by then is to be telephoned."""

    __table_args__ = (
        Index(
            "uq_ask_open",
            "graduate_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_ask_due",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        # Both ends of it tell whether anything due was planned by other rules than those in force.
        Index(
            "ix_ask_plan",
            "plan",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_ask_call",
            "call_at",
            sqlite_where=text("state IN ('open', 'expired') AND call_at IS NOT NULL"),
            postgresql_where=text("state IN ('open', 'expired') AND call_at IS NOT NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    campaign_id: UUID | None = Key("campaign", nullable=True)
    campaign: Optional["Campaign"] = Link()
    version: int
    state: AskState = Choice(AskState, default=AskState.OPEN)
    deadline_at: datetime = Instant()
    target_on: date | None = None
    opened_at: datetime = Instant()
    asked_at: datetime | None = Instant(nullable=True)
    closed_at: datetime | None = Instant(nullable=True)
    sent_count: int = 0
    last_sent_at: datetime | None = Instant(nullable=True)
    last_step: str | None = Field(default=None, max_length=40)
    next_step: str | None = Field(default=None, max_length=40)
    next_at: datetime | None = Instant(nullable=True)
    plan: str | None = Field(default=None, max_length=16)
    snoozed_until: datetime | None = Instant(nullable=True)
    call_at: datetime | None = Instant(nullable=True)
