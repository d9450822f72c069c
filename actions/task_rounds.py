"""Duties laid out once a day for the units they fall to; what follows where a day or a rule was changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, func, or_, true, update
from sqlmodel import col, select

from actions import morning
from actions.calendars import event_of
from actions.units import school
from actions.work import Work
from models.calendar import CalendarDate
from models.graduate import Graduate
from models.task import ONCE, Task, TaskState
from models.unit import Unit, UnitKind
from rules import Event
from rules.presets import Dates

DAY = timedelta(days=1)
MADE_AT_ONCE = 200
EVENTS = 20
MANY = 5000
ROUND = "duties"
COLLEGES = (UnitKind.COLLEGE, UnitKind.RESIDENTIAL)


@dataclass(frozen=True)
class Round:
    """One coming round of a duty, and everything that hangs on its day."""

    number: int
    opens_on: date
    target_on: date
    due_on: date
    due_at: datetime
    remind_on: date | None
    late_at: datetime | None


@dataclass
class Batch:
    """What the events of one transaction share."""

    today: date
    to_make: int
    with_open: set[UUID]
    units: dict[tuple[int, str], Sequence[UUID]] = field(default_factory=dict)


async def lay_out(work: Work) -> bool:
    """Some events a batch, once a day and whenever a day was set; what is past when it begins is not made."""
    today = work.rules.calendar.local(work.now).date()
    query = select(CalendarDate).where(
        col(CalendarDate.ended_at).is_(None),
        or_(col(CalendarDate.laid_out_on).is_(None), col(CalendarDate.laid_out_on) != today),
    )
    query = query.order_by(col(CalendarDate.id)).limit(EVENTS).with_for_update(skip_locked=True)
    rows = (await work.session.exec(query)).all()
    batch = Batch(today, MADE_AT_ONCE, await _with_open(work, rows))
    for row in rows:
        event = event_of(work, row)
        if event is not None and not await _laid_out(work, row, event, batch):
            break
        row.laid_out_on = today
    return bool(rows)


async def _with_open(work: Work, rows: Sequence[CalendarDate]) -> set[UUID]:
    if not rows:
        return set()
    query = select(Task.calendar_date_id).where(
        col(Task.state) == TaskState.OPEN, col(Task.calendar_date_id).in_([row.id for row in rows])
    )
    return set((await work.session.exec(query.distinct())).all())


async def _laid_out(work: Work, row: CalendarDate, event: Event, batch: Batch) -> bool:
    """False while there is more than one transaction should make."""
    coming = round_of(work, row, event)
    rounds = await _missed(work, row, event, batch.today)
    if event.comes_round and row.id in batch.with_open:
        await _lapse(work, row, coming)
    if coming is not None:
        if row.id in batch.with_open:
            await _follow(work, row, coming)
        rounds += [coming] if coming.due_at >= work.now else []
    for one in rounds:
        for party in work.rules.duties.parties_of(event):
            if not await _make(work, row, one, party, batch):
                return False
    return True


async def _missed(work: Work, row: CalendarDate, event: Event, today: date) -> list[Round]:
    """What came round and closed since duties were made last, with nobody there to make it: it is told to
    nobody, and can still be handed in."""
    if row.laid_out_on is None or row.confirmed_at is None or not event.remind:
        return []
    calendar, (first, last) = work.rules.calendar, work.rules.calendar.season(row.cohort)
    made = select(Task.round).where(
        Task.calendar_date_id == row.id, col(Task.made_at) < calendar.start_of_day(today)
    )
    there = set((await work.session.exec(made.distinct())).all())
    return [
        replace(_round(work, row, event, day), remind_on=None, late_at=None)
        for day in event.between(max(first, row.laid_out_on), min(last, today))
        if row.confirmed_at <= calendar.closes(event, day) < work.now and day.toordinal() not in there
    ]


def round_of(work: Work, row: CalendarDate, event: Event) -> Round | None:
    dates = Dates(row.starts_on, row.due_on)
    if event.comes_round:
        dates = work.rules.calendar.coming(event, dates, row.cohort, work.now) or Dates()
    due = work.rules.calendar.last_day(event, dates, row.cohort)
    return _round(work, row, event, due, dates.starts_on) if due else None


def _round(work: Work, row: CalendarDate, event: Event, due: date, starts: date | None = None) -> Round:
    calendar, duties = work.rules.calendar, work.rules.duties
    target = event.target_of(due)
    # A day off before it there would be no round to be reminded of yet.
    daily = event.freq == "daily"
    remind_on = target if daily else calendar.workday_before(target, duties.remind_before(event))
    due_at = calendar.closes(event, due)
    # What is given no end lasts as long as the season, and nobody is late by a day that nobody set.
    endless = row.due_on is None and not event.comes_round
    quiet = row.awaits_word or not event.remind or endless
    return Round(
        number=due.toordinal() if event.comes_round else ONCE,
        opens_on=min(remind_on, starts or remind_on),
        target_on=target,
        due_on=due,
        due_at=due_at,
        remind_on=remind_on if event.remind else None,
        late_at=None if quiet else work.rules.sla.after(due_at, duties.notice.after),
    )


async def _lapse(work: Work, row: CalendarDate, coming: Round | None) -> None:
    """The round before was not done: not missed, though, by a day that awaited word."""
    old = [col(Task.calendar_date_id) == row.id, col(Task.state) == TaskState.OPEN]
    old += [col(Task.due_at) < work.now, col(Task.round) != (coming.number if coming else ONCE)]
    ended = TaskState.CANCELLED if row.awaits_word else TaskState.LAPSED
    await work.session.execute(
        update(Task).where(*old).values(state=ended).execution_options(synchronize_session=False)
    )


async def _follow(work: Work, row: CalendarDate, coming: Round) -> None:
    """What was made for another day moves, and is told of anew where it is due on another; where a day was
    only confirmed, it can be late from now on."""
    today, soon = work.rules.calendar.local(work.now).date(), await _soon(work, coming)
    moved, to_come = col(Task.due_at) != coming.due_at, func.coalesce(col(Task.remind_on) > today, true())
    same = [col(Task.calendar_date_id) == row.id, col(Task.round) == coming.number]
    same += [col(Task.state) == TaskState.OPEN]
    other = or_(moved, col(Task.opens_on) != coming.opens_on)
    await work.session.execute(
        update(Task)
        .where(*same, other)
        .values(
            opens_on=coming.opens_on,
            target_on=coming.target_on,
            due_on=coming.due_on,
            due_at=coming.due_at,
            remind_on=case((or_(moved, to_come), soon), else_=col(Task.remind_on)),
            late_at=coming.late_at,
            told_at=case((moved, None), else_=col(Task.told_at)),
            told_staff_id=case((moved, None), else_=col(Task.told_staff_id)),
        )
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(
        update(Task)
        .where(*same, col(Task.late_at).is_(None))
        .values(late_at=coming.late_at)
        .execution_options(synchronize_session=False)
    )


async def _soon(work: Work, coming: Round) -> date | None:
    """A reminder whose day, or that day's round, has passed when the duty is made comes the next morning."""
    today = work.rules.calendar.local(work.now).date()
    if coming.remind_on is None or coming.remind_on > today:
        return coming.remind_on
    passed = coming.remind_on < today or await morning.is_done(work, ROUND, today)
    return today + DAY if passed else today


async def _make(work: Work, row: CalendarDate, one: Round, party: str, batch: Batch) -> bool:
    known = select(Task.unit_id).where(
        Task.calendar_date_id == row.id, Task.party == party, Task.round == one.number
    )
    there = set((await work.session.exec(known)).all())
    if (row.cohort, party) not in batch.units:
        batch.units[row.cohort, party] = await _units(work, row.cohort, party)
    wanted = [unit for unit in batch.units[row.cohort, party] if unit not in there]
    soon = await _soon(work, one) if wanted else None
    for unit_id in wanted[: batch.to_make]:
        task = Task(
            calendar_date_id=row.id,
            unit_id=unit_id,
            party=party,
            round=one.number,
            state=TaskState.OPEN if one.due_at >= work.now else TaskState.LAPSED,
            opens_on=one.opens_on,
            target_on=one.target_on,
            due_on=one.due_on,
            due_at=one.due_at,
            remind_on=soon,
            late_at=one.late_at,
            made_at=work.now,
        )
        work.session.add(task)
    done = len(wanted) <= batch.to_make
    batch.to_make -= min(len(wanted), batch.to_make)
    return done


async def _units(work: Work, cohort: int, party: str) -> Sequence[UUID]:
    """Where the cohort is: its classes, their colleges, or the school."""
    root = await school(work.session)
    level = work.rules.duties.parties[party].unit
    if level == "school":
        return [root.id]
    has = select(Graduate.unit_id).where(Graduate.cohort == cohort, col(Graduate.removed_at).is_(None))
    classes = (await work.session.exec(select(Unit).where(col(Unit.id).in_(has)).limit(MANY))).all()
    if level == "class":
        return sorted(unit.id for unit in classes)
    above = {path for unit in classes for path in unit.paths_above}
    colleges = select(Unit).where(col(Unit.kind).in_(COLLEGES)).limit(MANY)
    return sorted(unit.id for unit in await work.session.exec(colleges) if unit.path in above)
