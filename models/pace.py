"""How far the slots of one bot are given out, so that all its processes together keep to one pace."""

from datetime import timedelta

from sqlalchemy import BigInteger, text
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

# Seconds of the database's own clock: the product's may be moved, and a process's means nothing elsewhere.
DATABASE_NOW = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch from statement_timestamp())::float8",
}

# What the sums of seconds since 1970 may be wrong by.
ROUNDED = 0.01


def shut_until(now: str) -> str:
    """A window with more of it left than it was long is not one: the database's clock was put back."""
    return f"CASE WHEN paused_until - {now} <= paused_for + {ROUNDED} THEN paused_until ELSE 0 END"


class Allotment(SQLModel, table=True):
    """One row per bot: the next free slot, who took how many last, and until when Telegram takes nothing."""

    bot_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    next_at: float = 0.0
    paused_until: float = 0.0
    paused_for: float = 0.0
    taken: float = 0.0
    taken_by: str = Field(default="", max_length=60)
    others_at: float = 0.0
    reported_until: float = 0.0


async def resumes_in(session: AsyncSession, bot_id: int) -> timedelta:
    """How long Telegram will take nothing yet; an estimate of when a campaign ends begins after it."""
    now = DATABASE_NOW[session.get_bind().dialect.name]
    asked = text(f"SELECT {shut_until(now)} - {now} FROM allotment WHERE bot_id = :bot")
    left = (await session.execute(asked, {"bot": bot_id})).scalar_one_or_none()
    return timedelta(seconds=max(left or 0.0, 0.0))
