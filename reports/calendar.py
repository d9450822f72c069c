"""What is shown of the calendar: each event in words, the day to aim at, and who is meant; read-only."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from models.base import UUID
from models.calendar import CalendarDate
from models.messages.calendar import CalendarCard, CalendarConfirmed, CalendarDayAsked, CalendarEvent
from reports.facts import About, asks
from rules.presets import Dates


async def lines(about: About, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """In the order given."""
    rows = await about.session.exec(select(CalendarDate).where(col(CalendarDate.id).in_(ids)))
    found = {row.id: row for row in rows}
    return [line for one in ids if one in found and (line := line_of(about, found[one]))["event"]]


def line_of(about: About, row: CalendarDate) -> dict[str, Any]:
    """`event` is None where the rules do not have it any more."""
    calendar, duties = about.rules.calendar, about.rules.duties
    preset = calendar.presets.get(row.preset)
    event = preset.event(row.key) if preset else None
    if event is None:
        return {"row": row, "event": None}
    dates = calendar.coming(event, Dates(row.starts_on, row.due_on), row.cohort, about.now)
    dates = dates or Dates(row.starts_on, row.due_on)
    due = dates.due_on
    return {
        "row": row,
        "event": event,
        "preset": preset,
        "title": event.title or event.key,
        "title_en": event.title_en or event.title or event.key,
        "starts": dates.starts_on,
        "due": due,
        "target": event.target_of(due) if due else None,
        "rhythm": event.freq,
        "known": bool(event.comes_round or dates != Dates()),
        "who": [duties.parties[one] for one in event.who],
        "sign": [[duties.signers[one] for one in step.split("+")] for step in event.sign],
    }


@asks(CalendarCard)
async def _card(about: About, said: CalendarCard) -> dict[str, Any]:
    shown = await lines(about, said.dates)
    own = set(said.dates[: said.own])
    return {
        "own": [one for one in shown if one["row"].id in own],
        "others": [one for one in shown if one["row"].id not in own],
    }


async def _one(about: About, calendar_date: UUID) -> dict[str, Any]:
    row = await about.session.get_one(CalendarDate, calendar_date)
    return {"one": line_of(about, row)}


@asks(CalendarEvent)
async def _event(about: About, said: CalendarEvent) -> dict[str, Any]:
    return await _one(about, said.calendar_date)


@asks(CalendarDayAsked)
async def _asked(about: About, said: CalendarDayAsked) -> dict[str, Any]:
    return await _one(about, said.calendar_date)


@asks(CalendarConfirmed)
async def _confirmed(about: About, said: CalendarConfirmed) -> dict[str, Any]:
    return await _one(about, said.calendar_date)
