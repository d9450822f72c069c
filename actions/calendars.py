"""The school's calendar: a preset applied to a cohort, days confirmed or moved, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlmodel import col, select

from actions import paging, replanning, rights
from actions.rights import Colleague
from actions.sheets import when
from actions.units import school
from actions.work import Refusal, Work
from models.calendar import CalendarChange, CalendarDate
from models.messages.calendar import (
    CalendarCard,
    CalendarConfirmed,
    CalendarDayAsked,
    CalendarEmpty,
    CalendarEvent,
    CalendarNotSet,
    Unset,
)
from models.messages.general import Outdated
from models.person import Person
from models.staff import Role
from models.steps.calendar import AskingOfficialDay
from models.unit import Unit
from rules import Event
from rules.presets import Dates, EventKind

PAGE = 8
MANY = 500
WHY = 400
# A day further from the preset's own than this is a slip of the pen.
FAR = timedelta(days=200)


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ENDED = "ended"


@dataclass(frozen=True)
class Line:
    """What applying does to one event."""

    fate: Fate
    preset: str
    key: str
    dates: Dates
    row: CalendarDate | None = None
    was: Dates | None = None


class NotSet(Refusal):
    def __init__(self, problem: Unset) -> None:
        super().__init__(CalendarNotSet(problem=problem))
        self.problem = problem


async def in_force(work: Work, cohort: int) -> Sequence[CalendarDate]:
    query = select(CalendarDate).where(CalendarDate.cohort == cohort, col(CalendarDate.ended_at).is_(None))
    return (await work.session.exec(query.order_by(col(CalendarDate.key)).limit(MANY))).all()


async def compared(work: Work, name: str, cohort: int) -> list[Line]:
    """Days that somebody set stay as they are; the others follow the preset."""
    calendar = work.rules.calendar
    rows = {(row.preset, row.key): row for row in await in_force(work, cohort)}
    before = await _ended(work, cohort)
    lines = []
    for preset, event in calendar.events(name):
        of, dates = (preset, event.key), calendar.preset(preset).dates(event, cohort)
        row = rows.pop(of, None) or before.get(of)
        lines.append(_line(*of, dates, row))
    return [*lines, *(Line(Fate.ENDED, *of, _dates(row), row) for of, row in rows.items())]


async def _ended(work: Work, cohort: int) -> dict[tuple[str, str], CalendarDate]:
    """The last of each that another preset once took the place of."""
    query = select(CalendarDate).where(CalendarDate.cohort == cohort, col(CalendarDate.ended_at).is_not(None))
    rows = await work.session.exec(query.order_by(col(CalendarDate.ended_at).desc()).limit(MANY))
    return {(row.preset, row.key): row for row in reversed(rows.all())}


def _line(preset: str, key: str, dates: Dates, row: CalendarDate | None) -> Line:
    if row is None:
        return Line(Fate.NEW, preset, key, dates)
    was = _dates(row)
    to = dates if row.confirmed_by_id is None else was
    if row.ended_at is not None:
        return Line(Fate.NEW, preset, key, to, row)
    return Line(Fate.UNCHANGED if to == was else Fate.CHANGED, preset, key, to, row, was)


async def apply(work: Work, by: Person, name: str, cohort: int) -> list[Line]:
    """A preset of another year is a plan: each of its days waits for word from above."""
    unit = await school(work.session)
    await rights.must(work, by, (Role.OFFICE,), unit)
    await _held(work, unit)
    lines = await compared(work, name, cohort)
    for line in lines:
        if line.fate is Fate.ENDED and line.row is not None:
            line.row.ended_at = work.now
            await replanning.drop_tasks(work, line.row)
    await work.session.flush()
    for line in lines:
        if line.row is None:
            work.session.add(_new(work, unit, cohort, line))
            continue
        if line.fate is Fate.NEW:
            await replanning.revive_tasks(work, line.row)
            line.row.ended_at = line.row.laid_out_on = None
        if line.dates != _dates(line.row):
            _move(work, by, line.row, line.dates, "")
    await work.session.flush()
    if any(line.fate is not Fate.UNCHANGED for line in lines):
        work.record("calendar_applied", by=by, subject=unit.id, preset=name, cohort=cohort)
        await replanning.replan(work, cohort)
    return lines


async def _held(work: Work, unit: Unit) -> None:
    """One at a time; who makes duties of the school meanwhile refers to its row, and need not wait."""
    await work.session.get(Unit, unit.id, with_for_update={"key_share": True})


async def complete(work: Work, cohort: int) -> None:
    """A calendar applied before the ministry's survey stood in where the preset has none is given it now."""
    rows = await in_force(work, cohort)
    events = [event_of(work, row) for row in rows]
    if not rows or any(event and event.kind is EventKind.SURVEY for event in events):
        return
    calendar, unit = work.rules.calendar, await school(work.session)
    await _held(work, unit)
    name, there = calendar.settings.survey_preset, {row.key for row in await in_force(work, cohort)}
    for event in calendar.preset(name).surveys:
        if event.key in there:
            continue
        line = Line(Fate.NEW, name, event.key, calendar.preset(name).dates(event, cohort))
        work.session.add(_new(work, unit, cohort, line))
        work.record("calendar_applied", subject=unit.id, preset=name, cohort=cohort)


def _new(work: Work, unit: Unit, cohort: int, line: Line) -> CalendarDate:
    row = CalendarDate(
        school_id=unit.id, cohort=cohort, preset=line.preset, key=line.key, applied_at=work.now
    )
    row.starts_on, row.due_on = line.dates.starts_on, line.dates.due_on
    preset = work.rules.calendar.preset(line.preset)
    event = preset.event(line.key)
    # What the document leaves open is open in its own year too.
    if preset.holds_for(cohort) and (line.dates != Dates() or (event and event.comes_round)):
        row.stands(work.now, None)
    return row


async def confirm(
    work: Work,
    by: Person,
    row_id: UUID,
    *,
    due_on: date | None = None,
    starts_on: date | None = None,
    why: str = "",
) -> CalendarDate:
    """Word came from above: the day stands as planned, or is another one, and what hangs on it moves."""
    row = await _locked(work, row_id)
    await rights.must(work, by, (Role.OFFICE,), await work.session.get_one(Unit, row.school_id))
    dates = _checked(work, row, Dates(starts_on or row.starts_on, due_on or row.due_on))
    if dates == _dates(row) and row.confirmed_by_id is not None:
        return row
    row.stands(work.now, by.id)
    _move(work, by, row, dates, why)
    await work.session.flush()
    await replanning.replan(work, row.cohort)
    return row


def _checked(work: Work, row: CalendarDate, dates: Dates) -> Dates:
    event = event_of(work, row)
    if event is None or (event.comes_round and dates != Dates()):
        raise NotSet(Unset.RHYTHM)
    if not event.comes_round and dates == Dates():
        raise NotSet(Unset.NO_DATE)
    if dates.starts_on and dates.due_on and dates.due_on < dates.starts_on:
        raise NotSet(Unset.BEFORE_START)
    usual = work.rules.calendar.preset(row.preset).dates(event, row.cohort)
    about = usual.due_on or usual.starts_on or date(row.cohort, 7, 1)
    if any(day and abs(day - about) > FAR for day in (dates.starts_on, dates.due_on)):
        raise NotSet(Unset.FAR)
    return dates


def _move(work: Work, by: Person, row: CalendarDate, to: Dates, why: str) -> None:
    was = _dates(row)
    row.starts_on, row.due_on, row.laid_out_on = to.starts_on, to.due_on, None
    change = CalendarChange(
        calendar_date_id=row.id,
        started_on=was.starts_on,
        was_due_on=was.due_on,
        starts_on=to.starts_on,
        due_on=to.due_on,
        by_id=by.id,
        why=why[:WHY],
        at=work.now,
    )
    work.session.add(change)
    kind = "calendar_confirmed" if to == was else "calendar_moved"
    due = str(to.due_on) if to.due_on else None
    work.record(kind, by=by, subject=row.id, key=row.key, cohort=row.cohort, due_on=due)


def event_of(work: Work, row: CalendarDate) -> Event | None:
    """None where the rules do not have it any more."""
    preset = work.rules.calendar.presets.get(row.preset)
    return preset.event(row.key) if preset else None


def _dates(row: CalendarDate) -> Dates:
    return Dates(row.starts_on, row.due_on)


async def _locked(work: Work, row_id: UUID) -> CalendarDate:
    row = await work.session.get(CalendarDate, row_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        raise Refusal(Outdated())
    return row


async def show(work: Work, person: Person, _: str = "") -> None:
    """/calendar."""
    await turn(work, person, uuid4(), 0)


async def turn(work: Work, person: Person, view: UUID, page: int) -> None:
    who = await rights.colleague(work, person)
    cohorts = await _cohorts(work)
    if not cohorts:
        work.say(person, CalendarEmpty(leads=who.has(Role.OFFICE, Role.ADMIN)))
        return
    coming = await _coming(work, who, cohorts)
    page, pages = paging.within(page, len(coming), PAGE)
    shown = coming[page * PAGE : (page + 1) * PAGE]
    said = CalendarCard(
        view=view,
        cohorts=tuple(sorted({row.cohort for _, row in coming})) or cohorts[-1:],
        dates=tuple(row.id for _, row in shown),
        own=sum(own for own, _ in shown),
        waiting=sum(row.awaits_word for _, row in coming),
        page=page,
        pages=pages,
    )
    work.say(person, said, replaces=f"calendar:{view}")


async def _cohorts(work: Work) -> tuple[int, ...]:
    """All whose season has begun, else the next one."""
    live = select(CalendarDate.cohort).where(col(CalendarDate.ended_at).is_(None)).distinct()
    cohorts = sorted((await work.session.exec(live.limit(MANY))).all())
    today = work.rules.calendar.local(work.now).date()
    begun = [one for one in cohorts if work.rules.calendar.season(one)[0] <= today]
    return tuple(begun or cohorts[:1])


async def _coming(work: Work, who: Colleague, cohorts: Sequence[int]) -> list[tuple[bool, CalendarDate]]:
    """Own first, then by day; what has no day yet stands last."""
    found = []
    for row in [row for cohort in cohorts for row in await in_force(work, cohort)]:
        event = event_of(work, row)
        if event is None:
            continue
        next_one = work.rules.calendar.coming(event, _dates(row), row.cohort, work.now)
        if next_one is not None:
            day = next_one.due_on or next_one.starts_on or date.max
            found.append((not _own(work, who, event), day, row.cohort, row.key, row))
    return [(not other, row) for other, *_, row in sorted(found, key=lambda one: one[:4])]


def _own(work: Work, who: Colleague, event: Event) -> bool:
    wanted = {role for party in event.who for role in work.rules.duties.parties[party].roles}
    return any(role in wanted for role, _ in who.duties)


async def open_one(work: Work, person: Person, row_id: UUID) -> None:
    who = await rights.colleague(work, person)
    row = await work.session.get(CalendarDate, row_id)
    if row is None or row.ended_at is not None or event_of(work, row) is None:
        raise Refusal(Outdated())
    unit = await work.session.get_one(Unit, row.school_id)
    work.say(person, CalendarEvent(calendar_date=row.id, sets=who.may((Role.OFFICE,), unit)))


async def confirm_in_chat(work: Work, person: Person, row_id: UUID) -> None:
    """「上级已通知，日期不变」"""
    row = await confirm(work, person, row_id)
    work.say(person, CalendarConfirmed(calendar_date=row.id, moved=False))


async def ask_day(work: Work, person: Person, row_id: UUID) -> None:
    """「上级另有日期」: the next text is that day."""
    row = await _locked(work, row_id)
    await rights.must(work, person, (Role.OFFICE,), await work.session.get_one(Unit, row.school_id))
    event = event_of(work, row)
    if event is None or event.comes_round:
        raise NotSet(Unset.RHYTHM)
    person.ask_for(AskingOfficialDay(calendar_date=row.id))
    work.say(person, CalendarDayAsked(calendar_date=row.id))


async def day_typed(work: Work, person: Person, step: AskingOfficialDay, text: str) -> None:
    """A day that cannot be read, or cannot be meant, leaves the question open."""
    day, _ = when.day(text.strip())
    if day is None:
        work.say(person, CalendarNotSet(problem=Unset.NO_DATE))
        return
    try:
        row = await confirm(work, person, step.calendar_date, due_on=day)
    except NotSet as refused:
        work.say(person, refused.said)
        return
    person.close_step(step.hat)
    work.say(person, CalendarConfirmed(calendar_date=row.id, moved=True))


async def row_of(work: Work, cohort: int, key: str) -> CalendarDate | None:
    found = await work.session.exec(
        select(CalendarDate).where(
            CalendarDate.cohort == cohort, CalendarDate.key == key, col(CalendarDate.ended_at).is_(None)
        )
    )
    return found.first()
