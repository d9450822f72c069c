"""When something of ours fails: a row for the operator, an apology for the person, never silence."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiogram.types import Update, User
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from actions import identity
from actions.work import Work
from bot.database import Works, away
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


async def set_aside(works: Works, raw: dict[str, Any], error: Exception) -> None:
    """An update that cannot be read is kept sealed and never blocks the rest."""

    async def keep(work: Work) -> None:
        await work.incident("unreadable_update", type(error).__name__, _encoded(raw))

    await _taken(works, Taken(int(raw.get("update_id", 0)), "unreadable", "set_aside"), keep)


async def crashed(works: Works, update: Update, sender: User, raw: dict[str, Any], error: Exception) -> None:
    """The first unit is undone; this one keeps the update sealed, and says sorry with a number."""
    kind = update.event_type
    log.error("update %s of kind %s failed: %s", update.update_id, kind, type(error).__name__, exc_info=error)

    async def keep(work: Work) -> None:
        incident = await work.incident("crash", where(error), _encoded(raw))
        person = await identity.sender(work, sender.id, sender.language_code)
        work.say(person, Apology(number=incident.number))

    await _taken(works, Taken(update.update_id, kind, "crashed"), keep)


async def _taken(works: Works, update: Taken, keep: Callable[[Work], Awaitable[None]]) -> None:
    """Taken in whatever happens: else it would come again for ever, and everybody's behind it."""
    try:
        async with works.begin() as work:
            if await take_in(work, [update]):
                await keep(work)
    except Exception as error:
        if away(error):
            raise
        log.exception("update %s is taken in and not kept", update.update_id)
        async with works.begin() as work:
            await take_in(work, [update])


def _encoded(raw: dict[str, Any]) -> str:
    """Half a character, which JSON can name and UTF-8 cannot, stays as JSON names it."""
    return json.dumps(raw, ensure_ascii=False).encode(errors="backslashreplace").decode()[:RAW_MAX]


async def take_in(work: Work, updates: Sequence[Taken]) -> set[int]:
    """The rows that make a second delivery of an update stop; which of them are new."""
    connection = await work.session.connection()
    new = await connection.execute(
        INSERTS[connection.dialect.name],
        [{"bot_id": work.bot_id, "at": work.now} | vars(one) for one in updates],
    )
    return set(new.scalars())
