"""Slots to send in, taken from the bot's one row: whoever asks, never more in all than one pace."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from actions.work import Work
from models.pace import DATABASE_NOW, shut_until

# So far ahead slots are given while several processes send; a reply elsewhere waits no longer than this.
HORIZON = 0.25
# So long after another process last asked, the only one left is taken to be alone.
STAYS = 10.0
# What somebody was a little late to take is still there; what nobody asked for is gone.
CAUGHT_UP = 0.05
# Calls that were under way when a window opened are refused too, with the rest of it rounded up.
SAME_WINDOW = 1.0
# Two machines' clocks, or two processes, are never as far apart as two windows worth reporting.
SAME_REPORT = 60.0
# Further ahead nobody ever takes: the database's clock was put back.
TOO_FAR = 60.0

WORDS = {
    "sqlite": {"greatest": "max", "least": "min", "whole": "CAST({} AS INTEGER)"},
    "postgresql": {"greatest": "greatest", "least": "least", "whole": "floor({})"},
}
FIRST = text(
    "INSERT INTO allotment"
    " (bot_id, next_at, paused_until, paused_for, taken, taken_by, others_at, reported_until)"
    " VALUES (:bot, 0, 0, 0, 0, :name, 0, 0) ON CONFLICT (bot_id) DO NOTHING"
)
REPORT = text(
    "UPDATE allotment SET reported_until = CAST(:until AS FLOAT)"
    f" WHERE bot_id = :bot AND reported_until + {SAME_REPORT} < CAST(:until AS FLOAT)"
)


@dataclass(frozen=True)
class Asked:
    """How many slots, `every` so many seconds; `urgent` ones however far others are ahead.

    Whoever is alone takes `alone` of them at once; `pause` tells of a window that has opened."""

    every: float
    wanted: int
    urgent: int
    alone: int
    pause: float = 0.0


@dataclass(frozen=True)
class Taken:
    """`count` slots, the first in `start` seconds; the next free one is in `free` seconds."""

    count: int
    start: float
    free: float
    paused: float
    alone: bool


async def take(connection: AsyncConnection, bot_id: int, name: str, asked: Asked) -> Taken:
    """One statement, so that two who ask at once get different slots."""
    given = {
        "bot": bot_id,
        "name": name,
        "every": asked.every,
        "wanted": float(asked.wanted),
        "urgent": float(asked.urgent),
        "alone": float(asked.alone),
        "pause": asked.pause,
    }
    statement = TAKE[connection.dialect.name]
    found = (await connection.execute(statement, given)).one_or_none()
    if found is None:
        await connection.execute(FIRST, {"bot": bot_id, "name": name})
        found = (await connection.execute(statement, given)).one()
    free, count, paused, alone = found
    return Taken(round(count), free - count * asked.every, free, max(paused, 0.0), bool(alone))


async def first_to_report(work: Work, resumes_at: datetime) -> bool:
    """Of all the processes that one window shuts out, one says so."""
    connection = await work.session.connection()
    await connection.execute(FIRST, {"bot": work.bot_id, "name": ""})
    given = {"bot": work.bot_id, "until": resumes_at.timestamp()}
    return (await connection.execute(REPORT, given)).rowcount == 1


def _statement(dialect: str) -> TextClause:
    words, now = WORDS[dialect], DATABASE_NOW[dialect]
    shut = shut_until(now)
    opens = (
        f"CAST(:pause AS FLOAT) > 0 AND ({shut} <= {now} OR {now} + :pause > paused_until + {SAME_WINDOW})"
    )
    pause = f"CASE WHEN {opens} THEN {now} + :pause ELSE {shut} END"
    length = f"CASE WHEN {opens} THEN :pause ELSE paused_for END"
    start = (
        f"{words['greatest']}({pause}, CASE WHEN next_at BETWEEN {now} - {CAUGHT_UP} AND {now} + {TOO_FAR}"
        f" THEN next_at ELSE {now} END)"
    )
    room = words["whole"].format(f"({now} + {HORIZON} - {start}) / :every + 0.999")
    count = (
        f"CASE WHEN taken_by = :name AND others_at < {now} - {STAYS} THEN :alone"
        f" ELSE {words['least']}(:wanted, {words['greatest']}(:urgent, {room})) END"
    )
    return text(
        f"UPDATE allotment SET paused_until = {pause}, paused_for = {length}, taken = {count},"
        f" next_at = {start} + {count} * :every,"
        f" others_at = CASE WHEN taken_by = :name THEN others_at ELSE {now} END, taken_by = :name"
        f" WHERE bot_id = :bot RETURNING next_at - {now}, taken, paused_until - {now},"
        f" others_at < {now} - {STAYS}"
    )


TAKE = {dialect: _statement(dialect) for dialect in WORDS}
