"""What the calendar asks of a role over a unit by a day, what was handed in, and attempts to reach people."""

from datetime import date
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Instant, Key, append_only, datetime
from models.messages.tasks import Means

ONCE = 0


class TaskState(StrEnum):
    """`lapsed`: not done when its next round came; `cancelled`: the calendar has it no more."""

    OPEN = "open"
    MET = "met"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class Task(SQLModel, table=True):
    """One duty of one unit; `round` is the official day of a rhythm, and `ONCE` for what comes once.

    `late_at` is when somebody above hears of it: never while its day awaits word."""

    __table_args__ = (
        UniqueConstraint("calendar_date_id", "unit_id", "party", "round", name="uq_task_round"),
        Index(
            "ix_task_late",
            "late_at",
            sqlite_where=text("late_at IS NOT NULL AND told_at IS NULL"),
            postgresql_where=text("late_at IS NOT NULL AND told_at IS NULL"),
        ),
        Index("ix_task_open", "state", "opens_on"),
    )

    id: UUID = Id()
    calendar_date_id: UUID = Key("calendar_date")
    unit_id: UUID = Key("unit")
    party: str = Field(max_length=40)
    round: int
    state: TaskState = Choice(TaskState, default=TaskState.OPEN)
    opens_on: date
    target_on: date
    due_on: date
    due_at: datetime = Instant()
    remind_on: date | None = None
    late_at: datetime | None = Instant(nullable=True)
    told_at: datetime | None = Instant(nullable=True)
    told_staff_id: UUID | None = Key("staff", nullable=True)
    made_at: datetime = Instant()
    met_at: datetime | None = Instant(nullable=True)


class HandIn(SQLModel, table=True):
    """What somebody stated of the paper: signed by whom, sealed or not, handed to whom; append-only."""

    __tablename__ = "hand_in"

    id: UUID = Id()
    task_id: UUID = Key("task")
    staff_id: UUID = Key("staff")
    papers: list[str] = Field(default_factory=list, sa_type=JSON)
    signed: list[str] = Field(default_factory=list, sa_type=JSON)
    unsigned: list[str] = Field(default_factory=list, sa_type=JSON)
    sealed: bool | None = None
    recipients: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Instant()

    @property
    def complete(self) -> bool:
        return not self.unsigned and self.sealed is not False


class Attempt(SQLModel, table=True):
    """Somebody was tried by other means than the telephone; append-only, as calls are."""

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    staff_id: UUID = Key("staff")
    means: Means = Choice(Means)
    at: datetime = Instant()


append_only(HandIn)
append_only(Attempt)
