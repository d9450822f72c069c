"""When something of ours fails: a row for the operator, an apology for the person, never silence."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiogram.types import Update, User
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from actions import identity
from actions.work import Work
from bot.database import Works
from bot.logs import where
from models.event import Incoming
from models.messages.general import Apology

log = logging.getLogger(__name__)
RAW_MAX = 20_000
INSERTS = {
    name: insert(Incoming).on_conflict_do_nothing().returning(col(Incoming.update_id))
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


@dataclass(frozen=True)
class Taken:
    """One row of `Incoming`."""

    update_id: int
    kind: str
    outcome: str = "done"
    person_id: UUID | None = None


async def set_aside(works: Works, raw: dict[str, Any], encoded: str, error: Exception) -> None:
    """An update that cannot be read is kept sealed and never blocks the rest."""
    async with works.begin() as work:
        if await take_once(work, int(raw.get("update_id", 0)), "unreadable", "set_aside"):
            await work.incident("unreadable_update", type(error).__name__, encoded[:RAW_MAX])


async def crashed(works: Works, update: Update, sender: User, encoded: str, error: Exception) -> None:
    """The first unit is undone; this one keeps the update sealed, and says sorry with a number."""
    kind = update.event_type
    log.error("update %s of kind %s failed: %s", update.update_id, kind, type(error).__name__, exc_info=error)
    async with works.begin() as work:
        if not await take_once(work, update.update_id, kind, "crashed"):
            return
        incident = await work.incident("crash", where(error), encoded[:RAW_MAX])
        person = await identity.sender(work, sender.id, sender.language_code)
        work.say(person, Apology(number=incident.number))


async def take_once(work: Work, update_id: int, kind: str, outcome: str) -> bool:
    """False when it was here before."""
    return bool(await take_in(work, [Taken(update_id, kind, outcome)]))


async def take_in(work: Work, updates: Sequence[Taken]) -> set[int]:
    """The rows that make a second delivery of an update stop; which of them are new."""
    connection = await work.session.connection()
    new = await connection.execute(
        INSERTS[connection.dialect.name],
        [{"bot_id": work.bot_id, "at": work.now} | vars(one) for one in updates],
    )
    return set(new.scalars())
