"""Everything said is a row here first: what, to whom, when it is due, and what became of it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Big, Choice, Instant, Key, Link, Serial, Typed, datetime
from models.messages import Lane, Say

if TYPE_CHECKING:
    from models.person import Person


class Sending(StrEnum):
    DUE = "due"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    SUPERSEDED = "superseded"


class Outgoing(SQLModel, table=True):
    """Ids grow with time, so one chat's rows leave in order; `plan` is the version a step was planned by."""

    __table_args__ = (
        Index(
            "ix_outgoing_due",
            "lane",
            "due_at",
            sqlite_where=text("state = 'due' AND lane <> 'campaign'"),
            postgresql_where=text("state = 'due' AND lane <> 'campaign'"),
        ),
        # By campaign, so that those of a paused one are not even looked at.
        Index(
            "ix_outgoing_due_campaign",
            "campaign_id",
            "due_at",
            "id",
            sqlite_where=text("state = 'due' AND lane = 'campaign'"),
            postgresql_where=text("state = 'due' AND lane = 'campaign'"),
        ),
        Index(
            "ix_outgoing_claimed",
            "lease_until",
            sqlite_where=text("state = 'claimed'"),
            postgresql_where=text("state = 'claimed'"),
        ),
        Index(
            "uq_outgoing_step",
            "ask_id",
            "step",
            unique=True,
            sqlite_where=text("step IS NOT NULL"),
            postgresql_where=text("step IS NOT NULL"),
        ),
        Index("ix_outgoing_replaces", "person_id", "replaces"),
        # A campaign of 100,000 is counted, and its latest outcomes found, without reading its rows.
        Index(
            "ix_outgoing_campaign",
            "campaign_id",
            "state",
            "settled_at",
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
    )

    id: int | None = Serial()
    bot_id: int = Big()
    person_id: UUID = Key("person")
    person: "Person" = Link()
    message: Say = Typed(Say)
    lane: Lane = Choice(Lane)
    state: Sending = Choice(Sending, default=Sending.DUE)
    due_at: datetime = Instant()
    created_at: datetime = Instant()
    replaces: str | None = Field(default=None, max_length=80)
    campaign_id: UUID | None = Key("campaign", nullable=True, index=False)
    ask_id: UUID | None = Key("ask", nullable=True)
    step: str | None = Field(default=None, max_length=40)
    plan: str | None = Field(default=None, max_length=16)
    claimed_by: str | None = Field(default=None, max_length=60)
    lease_until: datetime | None = Instant(nullable=True)
    attempts: int = 0
    message_id: int | None = Big(nullable=True)
    reason: str | None = Field(default=None, max_length=200)
    settled_at: datetime | None = Instant(nullable=True)
