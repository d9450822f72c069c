"""Facts frozen as they stood at one instant, by unit, and the walk through a cohort that counts them."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, append_only, datetime


class SnapshotKind(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    FINAL = "final"


class SnapshotRun(SQLModel, table=True):
    """One due instant of one cohort: how far its counting has come, and when it was done."""

    __tablename__ = "snapshot_run"
    __table_args__ = (
        UniqueConstraint("cohort", "kind", "at", name="uq_snapshot_run_instant"),
        Index(
            "ix_snapshot_run_open",
            "at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: UUID = Id()
    cohort: int
    kind: SnapshotKind = Choice(SnapshotKind)
    at: datetime = Instant()
    counted_at: datetime | None = Instant(nullable=True)
    after_id: UUID | None = None
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    done_at: datetime | None = Instant(nullable=True)


class Snapshot(SQLModel, table=True):
    """What stood under this unit at `at`, whenever it was taken; append-only."""

    __table_args__ = (UniqueConstraint("cohort", "unit_id", "kind", "at", name="uq_snapshot_instant"),)

    id: UUID = Id()
    cohort: int
    unit_id: UUID = Key("unit")
    kind: SnapshotKind = Choice(SnapshotKind)
    at: datetime = Instant()
    taken_at: datetime = Instant()
    rules_digest: str = Field(max_length=64)
    facts: dict[str, Any] = Field(sa_type=JSON)


append_only(Snapshot)
