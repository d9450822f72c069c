"""What a message's text may speak of: the rows its ids name, and for lists a question of their own."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer, ContactChange, Heard
from models.ask import Ask
from models.base import held
from models.broadcast import Broadcast
from models.calendar import CalendarDate
from models.campaign import Campaign
from models.case import Case
from models.dispute import Dispute
from models.followup import CallRecord, FollowUp
from models.graduate import Destination, Graduate
from models.messages import Say
from models.sealed import Keyring
from models.staff import Staff
from models.task import HandIn, Task
from models.unit import Unit
from rules import Rules

ROWS: dict[str, type[SQLModel]] = {
    "answer": Answer,
    "ask": Ask,
    "broadcast": Broadcast,
    "call": CallRecord,
    "calendar_date": CalendarDate,
    "campaign": Campaign,
    "case": Case,
    "contact": ContactChange,
    "destination": Destination,
    "dispute": Dispute,
    "followup": FollowUp,
    "graduate": Graduate,
    "hand_in": HandIn,
    "heard": Heard,
    "staff": Staff,
    "task": Task,
    "unit": Unit,
}


class About:
    """Where a question is asked from: the session, the rules, the keys and the instant."""

    def __init__(self, session: AsyncSession, rules: Rules, keys: Keyring, now: datetime) -> None:
        self.session, self.rules, self.keys, self.now = session, rules, keys, now


M = TypeVar("M", bound=Say)
Question = Callable[[About, M], Awaitable[dict[str, Any]]]
QUESTIONS: dict[type[Say], Callable[[About, Any], Awaitable[dict[str, Any]]]] = {}


def asks(message: type[M]) -> Callable[[Question[M]], Question[M]]:
    """Attach a question to a message kind; its answers join the rows the ids name."""

    def attach(question: Question[M]) -> Question[M]:
        QUESTIONS[message] = question
        return question

    return attach


async def named_rows(session: AsyncSession, messages: Iterable[Say]) -> list[SQLModel]:
    """Everything these messages name, one question a table; as long as it is held, `get` asks no more."""
    wanted: dict[str, set[UUID]] = {}
    for message in messages:
        for name in ROWS.keys() & type(message).model_fields.keys():
            if isinstance(value := getattr(message, name), UUID):
                wanted.setdefault(name, set()).add(value)
    found: list[SQLModel] = []
    for name, ids in wanted.items():
        row: Any = ROWS[name]
        found += await session.exec(select(row).where(row.id.in_(ids)))
    if units := {one.unit_id for one in found if isinstance(one, Graduate)}:
        found += (await session.exec(select(Unit).where(col(Unit.id).in_(units)))).all()
    return found


async def facts_of(
    session: AsyncSession, message: Say, *, rules: Rules, keys: Keyring, now: datetime
) -> dict[str, Any]:
    facts: dict[str, Any] = {"message": message, "rules": rules}
    for name in type(message).model_fields:
        value = getattr(message, name)
        row = ROWS.get(name)
        facts[name] = await held(session, row, value) if row and isinstance(value, UUID) else value
    await _about_graduate(session, facts, rules)
    if question := QUESTIONS.get(type(message)):
        facts |= await question(About(session, rules, keys, now), message)
    return facts


async def _about_graduate(session: AsyncSession, facts: dict[str, Any], rules: Rules) -> None:
    """A graduate is always shown with the unit, and what is registered with the code's name and sentence."""
    graduate = facts.get("graduate")
    if not isinstance(graduate, Graduate):
        return
    facts["unit"] = await held(session, Unit, graduate.unit_id)
    if not isinstance(facts.get("destination"), Destination):
        facts["destination"] = await current_destination(session, graduate)


async def current_destination(session: AsyncSession, graduate: Graduate) -> Destination | None:
    return (
        await session.exec(
            select(Destination).where(
                Destination.graduate_id == graduate.id, Destination.number == graduate.version
            )
        )
    ).first()
