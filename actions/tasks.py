"""Duties made of the calendar: laid out once a day for the units they fall to, shown, and handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, update
from sqlmodel import col, select

from actions import attempts, rights
from actions.calendars import event_of
from actions.rights import Colleague, NotYours
from actions.units import school
from actions.work import Refusal, Work
from models.calendar import CalendarDate
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.tasks import TaskAsIs, TaskCard, TaskHandedIn, TaskStating
from models.person import Person
from models.staff import Role
from models.task import ONCE, HandIn, Task, TaskState
from models.unit import Unit, UnitKind
from rules import Event
from rules.presets import Dates

DAY = timedelta(days=1)
MADE_AT_ONCE = 200
MANY = 5000
LISTED = 8
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


async def lay_out(work: Work) -> bool:
    """One event a batch, once a day and whenever its day was set; what is past when it begins is not made."""
    today = work.rules.calendar.local(work.now).date()
    query = select(CalendarDate).where(
        col(CalendarDate.ended_at).is_(None),
        or_(col(CalendarDate.laid_out_on).is_(None), col(CalendarDate.laid_out_on) != today),
    )
    query = query.order_by(col(CalendarDate.id)).limit(1).with_for_update(skip_locked=True)
    row = (await work.session.exec(query)).first()
    if row is None:
        return False
    event = event_of(work, row)
    if event is None or await _laid_out(work, row, event, today):
        row.laid_out_on = today
    return True


async def _laid_out(work: Work, row: CalendarDate, event: Event, today: date) -> bool:
    """False while there are more units than one transaction should make."""
    coming = round_of(work, row, event)
    if event.comes_round:
        await _lapse(work, row, coming)
    if coming is None:
        return True
    await _follow(work, row, coming)
    if coming.due_at < work.now:
        return True
    for party in work.rules.duties.parties_of(event):
        if not await _make(work, row, coming, party, today):
            return False
    return True


def round_of(work: Work, row: CalendarDate, event: Event) -> Round | None:
    calendar, duties = work.rules.calendar, work.rules.duties
    dates = Dates(row.starts_on, row.due_on)
    if event.comes_round:
        dates = calendar.coming(event, dates, row.cohort, work.now) or Dates()
    due = calendar.last_day(event, dates, row.cohort)
    if due is None:
        return None
    target = event.target_of(due)
    remind_on = calendar.workday_before(target, duties.remind_before(event))
    due_at = calendar.closes(event, due)
    quiet = row.awaits_word or not event.remind
    return Round(
        number=due.toordinal() if event.comes_round else ONCE,
        opens_on=min(remind_on, dates.starts_on or remind_on),
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
    """What was made for another day moves; where a day was only confirmed, it can be late from now on."""
    same = [col(Task.calendar_date_id) == row.id, col(Task.round) == coming.number]
    same += [col(Task.state) == TaskState.OPEN]
    other = or_(col(Task.due_at) != coming.due_at, col(Task.opens_on) != coming.opens_on)
    await work.session.execute(
        update(Task)
        .where(*same, other)
        .values(
            opens_on=coming.opens_on,
            target_on=coming.target_on,
            due_on=coming.due_on,
            due_at=coming.due_at,
            remind_on=_soon(work, coming),
            late_at=coming.late_at,
            told_at=None,
            told_staff_id=None,
        )
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(
        update(Task)
        .where(*same, col(Task.late_at).is_(None))
        .values(late_at=coming.late_at)
        .execution_options(synchronize_session=False)
    )


def _soon(work: Work, coming: Round) -> date | None:
    """A reminder whose day has passed when the duty is made comes the next morning."""
    today = work.rules.calendar.local(work.now).date()
    if coming.remind_on is None or coming.remind_on >= today:
        return coming.remind_on
    return today + DAY


async def _make(work: Work, row: CalendarDate, coming: Round, party: str, today: date) -> bool:
    known = select(Task.unit_id).where(
        Task.calendar_date_id == row.id, Task.party == party, Task.round == coming.number
    )
    there = set((await work.session.exec(known)).all())
    wanted = [unit for unit in await _units(work, row.cohort, party) if unit not in there]
    for unit_id in wanted[:MADE_AT_ONCE]:
        task = Task(
            calendar_date_id=row.id,
            unit_id=unit_id,
            party=party,
            round=coming.number,
            opens_on=coming.opens_on,
            target_on=coming.target_on,
            due_on=coming.due_on,
            due_at=coming.due_at,
            remind_on=_soon(work, coming),
            late_at=coming.late_at,
            made_at=work.now,
        )
        work.session.add(task)
    await work.session.flush()
    return len(wanted) <= MADE_AT_ONCE


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


async def open_for(work: Work, who: Colleague) -> tuple[Sequence[UUID], int]:
    """A colleague's work list: what has begun and is not done, the nearest first, and how many more."""
    today = work.rules.calendar.local(work.now).date()
    which = (Task.state == TaskState.OPEN, col(Task.opens_on) <= today, mine(work, who))
    query = select(Task.id).join(Unit, col(Unit.id) == col(Task.unit_id)).where(*which)
    query = query.order_by(col(Task.due_at), col(Unit.path), col(Task.id))
    shown = (await work.session.exec(query.limit(LISTED))).all()
    if len(shown) < LISTED:
        return shown, 0
    count = select(func.count()).select_from(Task).join(Unit, col(Unit.id) == col(Task.unit_id))
    return shown, (await work.session.exec(count.where(*which))).one() - len(shown)


def mine(work: Work, who: Colleague) -> ColumnElement[bool]:
    parties = work.rules.duties.parties
    ways = [
        and_(
            col(Task.party).in_([name for name, party in parties.items() if role in party.roles]),
            col(Unit.path).startswith(over.path),
        )
        for role, over in who.duties
    ]
    return or_(false(), *ways)


def is_mine(work: Work, who: Colleague, task: Task, unit: Unit) -> bool:
    party = work.rules.duties.parties.get(task.party)
    return party is not None and any(role in party.roles and over.covers(unit) for role, over in who.duties)


async def show(work: Work, person: Person, task_id: UUID) -> None:
    """Its holders, and whoever is above its unit."""
    who, task, holds = await _looked_at(work, person, task_id)
    said = TaskCard(task=task.id, missing=await missing(work, task), mine=holds)
    work.say(who.person, said, replaces=_place(task, who))


async def missing(work: Work, task: Task) -> int:
    """Graduates whom too little was tried to reach; only where the duty is one of trying."""
    party = work.rules.duties.parties.get(task.party)
    row = await work.session.get_one(CalendarDate, task.calendar_date_id)
    event = event_of(work, row)
    if party is None or not party.attempts or event is None or not event.remind:
        return 0
    return await attempts.missing(work, task.unit_id, row.cohort, task.opens_on)


async def state(work: Work, person: Person, task_id: UUID, stated: int) -> None:
    """「已提交」: what was signed and sealed is asked line by line; nothing to state is done at once."""
    who, task, event = await _doing(work, person, task_id)
    if not lines_of(event):
        await _hand_in(work, who, task, event, 0)
        return
    said = TaskStating(task=task.id, stated=stated & _all(event))
    work.say(person, said, replaces=_place(task, who))


async def hand_in(work: Work, person: Person, task_id: UUID, stated: int) -> None:
    who, task, event = await _doing(work, person, task_id)
    await _hand_in(work, who, task, event, stated & _all(event))


async def _hand_in(work: Work, who: Colleague, task: Task, event: Event, stated: int) -> None:
    """Recorded as stated; with a signature or the seal still missing it stays open."""
    signed = [bool(stated & 1 << bit) for bit, _ in enumerate(event.signers)]
    record = HandIn(
        task_id=task.id,
        staff_id=who.me.id,
        papers=list(event.output),
        signed=[one for one, yes in zip(event.signers, signed, strict=True) if yes],
        unsigned=[one for one, yes in zip(event.signers, signed, strict=True) if not yes],
        sealed=bool(stated & 1 << len(event.signers)) if event.seal else None,
        recipients=list(dict.fromkeys((*event.to, *event.file_with))),
        at=work.now,
    )
    work.session.add(record)
    await work.session.flush()
    if record.complete:
        task.state, task.met_at = TaskState.MET, work.now
    work.record("task_handed_in", by=who.person, subject=task.id, complete=record.complete)
    work.say(who.person, TaskHandedIn(task=task.id, hand_in=record.id), replaces=_place(task, who))


def lines_of(event: Event) -> tuple[str, ...]:
    """What is stated one by one: each signature, then the seal."""
    return (*event.signers, *((event.seal,) if event.seal else ()))


def _all(event: Event) -> int:
    return (1 << len(lines_of(event))) - 1


def _place(task: Task, who: Colleague) -> str:
    return f"task:{task.id.hex}:{who.me.id.hex[:12]}"


async def _doing(work: Work, person: Person, task_id: UUID) -> tuple[Colleague, Task, Event]:
    who, task, holds = await _looked_at(work, person, task_id, lock=True)
    if not holds:
        raise NotYours
    row = await work.session.get_one(CalendarDate, task.calendar_date_id)
    event = event_of(work, row)
    short = await missing(work, task)
    if event is None or task.state not in (TaskState.OPEN, TaskState.LAPSED) or short:
        raise Refusal(TaskAsIs(task=task.id, missing=short))
    return who, task, event


async def _looked_at(
    work: Work, person: Person, task_id: UUID, *, lock: bool = False
) -> tuple[Colleague, Task, bool]:
    who = await rights.colleague(work, person)
    task = await work.session.get(Task, task_id, with_for_update=lock or None, populate_existing=True)
    if task is None:
        raise Refusal(Outdated())
    unit = await work.session.get_one(Unit, task.unit_id)
    holds = is_mine(work, who, task, unit)
    above = {Role(role) for role in work.rules.duties.notice.to}
    if not holds and not any(role in above and over.covers(unit) for role, over in who.duties):
        raise NotYours
    return who, task, holds
