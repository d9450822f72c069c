"""A campaign: who launched it, until when it asks, whether it is paused."""

from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, datetime


class CampaignState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Campaign(SQLModel, table=True):
    """The ladder itself lives in `rules/campaigns.toml`; `rules_digest` says which one was launched."""

    __table_args__ = (
        Index(
            "uq_campaign_live",
            "name",
            "cohort",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'running', 'paused')"),
            postgresql_where=text("state IN ('waiting', 'running', 'paused')"),
        ),
    )

    id: UUID = Id()
    name: str = Field(max_length=60)
    cohort: int
    unit_id: UUID | None = Key("unit", nullable=True)
    state: CampaignState = Choice(CampaignState)
    deadline_at: datetime = Instant()
    rules_digest: str = Field(max_length=64)
    launched_by_id: UUID | None = Key("person", nullable=True)
    second_staff_id: UUID | None = Key("staff", nullable=True)
    approved_at: datetime | None = Instant(nullable=True)
    launched_at: datetime = Instant()
    finished_at: datetime | None = Instant(nullable=True)
    spread_after_id: UUID | None = None
    spread_done_at: datetime | None = Instant(nullable=True)
