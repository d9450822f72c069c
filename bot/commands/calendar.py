"""`quxiang calendar`: a preset's dates, a preset applied to a cohort, and a day confirmed or moved."""

from argparse import Namespace
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from actions import calendars
from actions.calendars import Fate, Line
from bot.commands.desk import opened
from bot.commands.talk import Declined, may_write, offers_json, show
from bot.commands.words import said, word
from bot.settings import read
from models.calendar import CalendarDate
from rules import Calendar, Event, Preset, load
from rules.presets import Dates

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("calendar").add_subparsers(metavar="COMMAND", required=True)
    shown = below.add_parser("show")
    shown.add_argument("--preset")
    shown.add_argument("--on", type=date.fromisoformat)
    shown.add_argument("--cohort", type=int, help="the calendar in use for this cohort")
    offers_json(shown)
    shown.set_defaults(go=go)
    applied = below.add_parser("apply")
    applied.add_argument("preset", metavar="PRESET")
    applied.add_argument("--cohort", type=int, required=True)
    applied.add_argument("--dry-run", action="store_true")
    applied.add_argument("--yes", action="store_true")
    offers_json(applied)
    applied.set_defaults(go=apply)
    confirmed = below.add_parser("confirm")
    confirmed.add_argument("key", metavar="KEY")
    confirmed.add_argument("--cohort", type=int, required=True)
    confirmed.add_argument("--date", type=date.fromisoformat, help="the last official day, if it is another")
    confirmed.add_argument("--start", type=date.fromisoformat)
    confirmed.add_argument("--why", default="")
    offers_json(confirmed)
    confirmed.set_defaults(go=confirm)


async def go(arguments: Namespace) -> int:
    if arguments.cohort is not None:
        return await in_use(arguments)
    calendar = load(read().rules).calendar
    name = arguments.preset or calendar.default_preset
    preset = known(calendar, name)
    events = preset.on(arguments.on) if arguments.on else preset.events
    facts = {
        "preset": name,
        "source": preset.source,
        "events": [one.model_dump(mode="json", exclude_defaults=True) for one in events],
    }
    show(arguments, facts, [f"{name}  {preset.title or preset.source}", *map(line_of, events)])
    return 0


async def in_use(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.begin() as work:
        rows = await calendars.in_force(work, arguments.cohort)
        presets = work.rules.calendar.presets
    dates = [_row(row) for row in rows]
    lines = [_said(presets.get(row.preset), row) for row in rows]
    show(arguments, {"cohort": arguments.cohort, "dates": dates}, lines or [_none(arguments)])
    return 0


def known(calendar: Calendar, name: str) -> Preset:
    try:
        return calendar.preset(name)
    except LookupError as error:
        known = said("between").join(calendar.presets)
        raise Declined(said("no_preset", name=name, known=known)) from error


def line_of(event: Event) -> str:
    days = [day for day in (event.start, event.end, event.due) if day]
    when = " – ".join(f"{day:%m-%d}" for day in days) or event.due_md or event.freq or "—"
    return f"{when:<14} {event.kind:<10} {event.key}  {event.title or ''}"


async def apply(arguments: Namespace) -> int:
    """A diff first; applied again, nothing changes."""
    async with opened() as desk:
        calendar = desk.works.rules.calendar
        known(calendar, arguments.preset)
        async with desk.works.begin() as work:
            lines = await calendars.compared(work, arguments.preset, arguments.cohort)
        show(arguments, _facts(arguments, lines), _lines(arguments, calendar, lines))
        count = sum(line.fate is not Fate.UNCHANGED for line in lines)
        if arguments.dry_run or not count:
            return 0
        if not may_write(arguments, said("calendar_question", count=count, cohort=arguments.cohort)):
            return 1
        async with desk.works.begin() as work:
            await calendars.apply(work, await desk.operator(work), arguments.preset, arguments.cohort)
    return 0


def _facts(arguments: Namespace, lines: list[Line]) -> dict[str, Any]:
    return {
        "preset": arguments.preset,
        "cohort": arguments.cohort,
        **_counts(lines),
        "dates": [{"key": line.key, "fate": line.fate.value, **_days(line.dates)} for line in lines],
    }


def _counts(lines: list[Line]) -> dict[str, int]:
    counts = Counter(line.fate for line in lines)
    return {fate.value: counts[fate] for fate in Fate}


def _lines(arguments: Namespace, calendar: Calendar, lines: list[Line]) -> list[str]:
    head = said("calendar_diff", preset=arguments.preset, cohort=arguments.cohort, **_counts(lines))
    return [head, *(f"{word(f'calendar_fate_{one.fate}')}  {_line(calendar, one)}" for one in lines)]


def _line(calendar: Calendar, line: Line) -> str:
    preset = calendar.presets.get(line.preset)
    event = preset.event(line.key) if preset else None
    title = event.title if event else None
    when = _when(event, line.dates)
    return said("calendar_line", when=f"{when:<14}", event=line.key, title=title or "", waits="")


def _days(dates: Dates) -> dict[str, str | None]:
    return {
        "starts_on": dates.starts_on.isoformat() if dates.starts_on else None,
        "due_on": dates.due_on.isoformat() if dates.due_on else None,
    }


def _row(row: CalendarDate) -> dict[str, Any]:
    days = _days(Dates(row.starts_on, row.due_on))
    return {"key": row.key, "preset": row.preset, **days, "confirmed": row.confirmed_at is not None}


def _said(preset: Preset | None, row: CalendarDate) -> str:
    event = preset.event(row.key) if preset else None
    return said(
        "calendar_line",
        when=f"{_when(event, Dates(row.starts_on, row.due_on)):<14}",
        event=row.key,
        title=(event.title if event else None) or "",
        waits="" if row.confirmed_at else said("calendar_waits"),
    )


def _when(event: Event | None, dates: Dates) -> str:
    if dates.starts_on:
        return " – ".join(day.isoformat() for day in (dates.starts_on, dates.due_on) if day)
    if dates.due_on:
        before = event is not None and event.due_op == "before"
        return said("calendar_before" if before else "calendar_by", day=dates.due_on)
    return (event.freq if event else None) or "—"


async def confirm(arguments: Namespace) -> int:
    async with opened() as desk:
        async with desk.works.begin() as work:
            found = await calendars.row_of(work, arguments.cohort, arguments.key)
            if found is None:
                known = [row.key for row in await calendars.in_force(work, arguments.cohort)]
                raise Declined(_no_key(arguments, known) if known else _none(arguments))
            row_id = found.id
        try:
            async with desk.works.begin() as work:
                row = await calendars.confirm(
                    work,
                    await desk.operator(work),
                    row_id,
                    due_on=arguments.date,
                    starts_on=arguments.start,
                    why=arguments.why,
                )
                event, facts = calendars.event_of(work, row), _row(row)
                when = _when(event, Dates(row.starts_on, row.due_on))
        except calendars.NotSet as refused:
            raise Declined(said(f"calendar_not_{refused.problem.value}")) from refused
    show(arguments, facts, [said("calendar_confirmed", event=arguments.key, when=when)])
    return 0


def _none(arguments: Namespace) -> str:
    return said("calendar_none", cohort=arguments.cohort)


def _no_key(arguments: Namespace, known: list[str]) -> str:
    return said(
        "calendar_no_key", cohort=arguments.cohort, event=arguments.key, known=said("between").join(known)
    )
