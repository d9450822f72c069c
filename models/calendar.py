"""The calendar a school works with: which day each event of a preset falls on, and every change of one."""

from datetime import date

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import UUID, Id, Instant, Key, append_only, datetime


class CalendarDate(SQLModel, table=True):
    """One event for one cohort; `starts_on` and `due_on` are official days, a rhythm has neither.

    Until `confirmed_at` it is a plan that waits for word from above, and nothing is overdue by it.
    Confirmed by nobody: the document itself was of that year. `laid_out_on`: when its duties were made."""

    __tablename__ = "calendar_date"
    __table_args__ = (
        Index(
            "uq_calendar_date_live",
            "cohort",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Id()
    school_id: UUID = Key("unit")
    cohort: int
    preset: str = Field(max_length=60)
    key: str = Field(max_length=60)
    starts_on: date | None = None
    due_on: date | None = None
    confirmed_at: datetime | None = Instant(nullable=True)
    confirmed_by_id: UUID | None = Key("person", nullable=True)
    applied_at: datetime = Instant()
    ended_at: datetime | None = Instant(nullable=True)
    laid_out_on: date | None = None

    @property
    def awaits_word(self) -> bool:
        return self.confirmed_at is None

    def stands(self, at: datetime, by: UUID | None) -> None:
        self.confirmed_at, self.confirmed_by_id = at, by


async def days_of(session: AsyncSession, cohort: int) -> dict[str, date | None]:
    """The last days a school works with, by key; empty where no calendar was applied."""
    live = select(CalendarDate).where(CalendarDate.cohort == cohort, col(CalendarDate.ended_at).is_(None))
    return {row.key: row.due_on for row in await session.exec(live)}


class CalendarChange(SQLModel, table=True):
    """Who confirmed or moved a day, when and why; append-only."""

    __tablename__ = "calendar_change"

    id: UUID = Id()
    calendar_date_id: UUID = Key("calendar_date")
    started_on: date | None = None
    was_due_on: date | None = None
    starts_on: date | None = None
    due_on: date | None = None
    by_id: UUID | None = Key("person", nullable=True)
    why: str = Field(default="", max_length=400)
    at: datetime = Instant()


append_only(CalendarChange)
