"""Duties that are near are told to their holders in the morning; those not done, once to somebody above."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions import morning, presence, rights, routing, task_rounds, tasks
from actions.calendars import event_of
from actions.delivery import incident_once
from actions.work import Work
from models.calendar import CalendarDate
from models.messages.tasks import TasksDue, TasksLate
from models.person import Person
from models.staff import Role, Staff
from models.task import Task, TaskState
from models.unit import Unit

BATCH = 20
NAMED = 8
WAITS = (TaskState.OPEN, TaskState.LAPSED)


async def remind(work: Work) -> bool:
    """Once a day, when the digest comes; of a month that was missed only what can still be done is told."""
    duties = work.rules.duties
    held = {Role(role) for party in duties.parties.values() for role in party.roles}
    return await morning.round_of(
        work, task_rounds.ROUND, held, _remind, every_day_in=duties.digest.every_day_in
    )


async def _remind(work: Work, staff: Staff, since: date | None) -> None:
    person = await work.session.get(Person, staff.person_id)
    if person is None:
        return
    today = work.rules.calendar.local(work.now).date()
    which = [
        col(Task.state) == TaskState.OPEN,
        col(Task.remind_on) <= today,
        col(Task.due_at) >= work.now,
        tasks.mine(work, await rights.colleague(work, person)),
    ]
    if since is not None:
        which.append(col(Task.remind_on) > since)
    near = select(Task.id).join(Unit, col(Unit.id) == col(Task.unit_id)).where(*which)
    ids = (await work.session.exec(near.order_by(col(Task.due_at), col(Task.id)).limit(NAMED))).all()
    if ids:
        count = select(func.count()).select_from(near.subquery())
        more = (await work.session.exec(count)).one() - len(ids)
        work.say(person, TasksDue(tasks=tuple(ids), more=more))


async def late(work: Work) -> bool:
    """A while after the day, in working hours; what one person hears of on one day is one message."""
    today = morning.working_day(work)
    if today is None:
        return False
    query = select(Task).where(
        col(Task.late_at) <= work.now, col(Task.told_at).is_(None), col(Task.state).in_(WAITS)
    )
    query = query.order_by(col(Task.late_at), col(Task.id)).limit(BATCH).with_for_update(skip_locked=True)
    found = (await work.session.exec(query)).all()
    told: dict[UUID, Staff] = {}
    for task in found:
        above = await _above(work, task)
        task.told_at, task.told_staff_id = work.now, above.id if above else None
        if above is not None:
            told[above.id] = above
            work.record("task_late", subject=task.id)
    await work.session.flush()
    for staff in told.values():
        await _tell(work, staff, today)
    return len(found) == BATCH


async def _above(work: Work, task: Task) -> Staff | None:
    """Nobody where the day still awaits word, or nothing of it is missing that climbs."""
    row = await work.session.get_one(CalendarDate, task.calendar_date_id)
    if row.awaits_word or row.ended_at is not None or await _nothing_climbs(work, task, row):
        return None
    unit, duties = await work.session.get_one(Unit, task.unit_id), work.rules.duties
    party = duties.parties.get(task.party)
    if party is None:
        await incident_once(work, "duty_of_unknown_party", task.party)
        return None
    holders = {one.id for one in await routing.holders(work, party.roles, unit)}
    above = await routing.one_by_one(work, duties.notice.to, unit)
    if found := presence.nearest(work, above, holders):
        return found
    await incident_once(work, "duty_without_anybody_above", row.key)
    return None


async def _nothing_climbs(work: Work, task: Task, row: CalendarDate) -> bool:
    """Of whoever tries, only missing attempts climb, and where nobody is to be tried a paper that is missing.

    A duty of trying without a paper is done when all was tried."""
    party, event = work.rules.duties.parties.get(task.party), event_of(work, row)
    if party is None or not party.attempts:
        return False
    if event is None or not tasks.is_trying(work, task, event):
        return event is None or not event.hands_in
    if await tasks.missing(work, task):
        return False
    if not event.hands_in:
        task.state, task.met_at = TaskState.MET, work.now
    return True


async def _tell(work: Work, staff: Staff, today: date) -> None:
    midnight = work.rules.calendar.start_of_day(today)
    theirs = select(Task.id).where(Task.told_staff_id == staff.id, col(Task.told_at) >= midnight)
    ids = await _first(work, theirs)
    more = (await work.session.exec(select(func.count()).select_from(theirs.subquery()))).one() - len(ids)
    person = await work.session.get_one(Person, staff.person_id)
    said = TasksLate(staff=staff.id, tasks=tuple(ids), more=more)
    work.say(person, said, replaces=f"late:{staff.id.hex}:{today.isoformat()}")


async def _first(work: Work, theirs: SelectOfScalar[UUID]) -> Sequence[UUID]:
    query = theirs.order_by(col(Task.due_at), col(Task.id)).limit(NAMED)
    return (await work.session.exec(query)).all()
