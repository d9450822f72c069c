"""Duties made of the calendar: a colleague's list of them, each shown, and handed in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import col, select

from actions import attempts, rights
from actions.calendars import event_of
from actions.rights import Colleague, NotYours
from actions.work import Refusal, Work
from models.calendar import CalendarDate
from models.messages.general import Outdated
from models.messages.tasks import TaskAsIs, TaskCard, TaskHandedIn, TaskStating
from models.person import Person
from models.staff import Role
from models.task import HandIn, Task, TaskState
from models.unit import Unit
from rules import Event

LISTED = 8


async def open_for(work: Work, who: Colleague) -> tuple[Sequence[UUID], int]:
    """A colleague's work list: what has begun and is not done, the nearest first, and how many more.

    A round that was made when it had passed is nowhere else to be found, so it stands there for a while."""
    today, made_since = work.rules.calendar.local(work.now).date(), work.now - work.rules.duties.missed.listed
    afterwards = and_(col(Task.state) == TaskState.LAPSED, col(Task.made_at) > col(Task.due_at))
    open_ = or_(col(Task.state) == TaskState.OPEN, and_(afterwards, col(Task.made_at) > made_since))
    in_use = select(CalendarDate.id).where(col(CalendarDate.ended_at).is_(None))
    which = (open_, col(Task.opens_on) <= today, col(Task.calendar_date_id).in_(in_use), mine(work, who))
    query = select(Task.id).join(Unit, col(Unit.id) == col(Task.unit_id)).where(*which)
    query = query.order_by(afterwards, col(Task.due_at), col(Unit.path), col(Task.id))
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
    row = await work.session.get_one(CalendarDate, task.calendar_date_id)
    if not is_trying(work, task, event_of(work, row)):
        return 0
    return await attempts.missing(work, task.unit_id, row.cohort)


def is_trying(work: Work, task: Task, event: Event | None) -> bool:
    party = work.rules.duties.parties.get(task.party)
    return party is not None and party.attempts and event is not None and event.contacts


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
