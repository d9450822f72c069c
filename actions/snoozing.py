"""「稍后提醒我」: a moment of the graduate's own choice, before the deadline and outside the quiet hours."""

from datetime import datetime

from actions import asks, doors, records
from actions.records import Record
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.messages.ask import AskNoReminder, AskSnooze, AskSnoozed
from models.person import Person
from models.steps import Hat

STEP = "snooze"


async def offer(work: Work, person: Person, destination_id: UUID) -> None:
    """Only the moments that are left."""
    record = await records.mine(work, person, destination_id)
    person.close_step(Hat.GRADUATE)
    ask = await _open_ask(work, record)
    if ask is None:
        work.say(person, AskNoReminder(graduate=record.graduate.id, destination=record.destination.id))
        return
    await _offered(work, record, ask)


async def choose(work: Work, person: Person, destination_id: UUID, key: str) -> None:
    """The moment is worked out anew: a button pressed late may name one that is gone."""
    record = await records.mine(work, person, destination_id)
    ask = await _open_ask(work, record)
    if ask is None:
        work.say(person, AskNoReminder(graduate=record.graduate.id, destination=record.destination.id))
        return
    at = _moments(work, ask).get(key)
    if at is None:
        await _offered(work, record, ask)
        return
    ask.snoozed_until, ask.next_at, ask.next_step = at, at, STEP
    work.record("ask_snoozed", by=person, subject=ask.id, graduate=record.graduate.id, until=key)
    said = AskSnoozed(
        graduate=record.graduate.id,
        destination=record.destination.id,
        ask=ask.id,
        reminds=not doors.without_chat(person),
    )
    work.say(person, said, replaces=f"snoozed:{ask.id}")


async def _open_ask(work: Work, record: Record) -> Ask | None:
    ask = await asks.latest(work, record.graduate)
    return ask if ask and ask.state is AskState.OPEN else None


async def _offered(work: Work, record: Record, ask: Ask) -> None:
    message = AskSnooze(
        graduate=record.graduate.id,
        destination=record.destination.id,
        ask=ask.id,
        options=tuple(_moments(work, ask)),
    )
    await asks.in_place(work, record, message)


def _moments(work: Work, ask: Ask) -> dict[str, datetime]:
    rules = work.rules
    return {str(key): at for key, at in rules.snooze.snooze_options(work.now, ask.deadline_at, rules.quiet)}
