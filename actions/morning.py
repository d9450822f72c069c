"""Once or more on each working day, while the office is open: every colleague in turn, a few at a time."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from actions.work import Work
from models.event import Setting
from models.staff import Duty, Role, Staff

BATCH = 10
HELD = text("INSERT INTO setting (name, value) VALUES (:name, '') ON CONFLICT (name) DO NOTHING")
Tell = Callable[[Work, Staff, date | None], Awaitable[None]]
TellSince = Callable[[Work, Staff, datetime | None, datetime], Awaitable[None]]
_Tells = Callable[[Work, Staff, str | None], Awaitable[None]]


async def round_of(
    work: Work, name: str, roles: Collection[Role], tell: Tell, *, every_day_in: Collection[int] = ()
) -> bool:
    """`tell` hears the day of the round before."""
    today = working_day(work, every_day_in)
    if today is None:
        return False

    async def tells(work: Work, staff: Staff, before: str | None) -> None:
        await tell(work, staff, date.fromisoformat(before) if before else None)

    return await _round(work, name, roles, tells, today.isoformat())


async def round_at(
    work: Work,
    name: str,
    roles: Collection[Role],
    tell: TellSince,
    moments: Collection[time],
    *,
    every_day_in: Collection[int] = (),
) -> bool:
    """At several moments of the day; `tell` hears of the round before and of this one."""
    today = working_day(work, every_day_in)
    if today is None:
        return False
    passed = [at for one in moments if (at := work.rules.calendar.at(today, one)) <= work.now]
    if not passed:
        return False
    until = max(passed)

    async def tells(work: Work, staff: Staff, before: str | None) -> None:
        await tell(work, staff, datetime.fromisoformat(before) if before else None, until)

    return await _round(work, name, roles, tells, until.isoformat())


async def _round(work: Work, name: str, roles: Collection[Role], tell: _Tells, now: str) -> bool:
    """The setting `name_day` is the round that is done with, and while one goes on `name_after` says of
    which it is and the last colleague it has come to."""
    if await work.kept(f"{name}_day") == now:
        return False
    await _hold(work, f"{name}_after")
    before = await work.kept(f"{name}_day")
    readers = await _readers(work, roles, await _reached(work, f"{name}_after", now))
    for staff in readers:
        await tell(work, staff, before)
    if readers:
        await work.keep(f"{name}_after", f"{now} {readers[-1].id}")
    if len(readers) < BATCH:
        await work.keep(f"{name}_day", now)
    return len(readers) == BATCH


async def is_done(work: Work, name: str, day: date) -> bool:
    return await work.kept(f"{name}_day") == day.isoformat()


def working_day(work: Work, every_day_in: Collection[int] = ()) -> date | None:
    """None outside working hours: a day that was missed is not made up for."""
    local, hours = work.rules.calendar.local(work.now), work.rules.sla.values.working_hours
    works = work.rules.calendar.is_workday(local.date()) or local.month in every_day_in
    return local.date() if works and hours.starts <= local.time() < hours.ends else None


async def _readers(work: Work, roles: Collection[Role], after: UUID | None) -> Sequence[Staff]:
    holding = select(Duty.staff_id).where(col(Duty.role).in_(list(roles)), col(Duty.ended_at).is_(None))
    query = select(Staff).where(col(Staff.id).in_(holding), col(Staff.person_id).is_not(None))
    if after is not None:
        query = query.where(col(Staff.id) > after)
    return (await work.session.exec(query.order_by(col(Staff.id)).limit(BATCH))).all()


async def _reached(work: Work, name: str, now: str) -> UUID | None:
    which, _, staff = (await work.kept(name) or "").partition(" ")
    return UUID(staff) if which == now and staff else None


async def _hold(work: Work, name: str) -> None:
    """Of two processes one waits here, and then reads how far the other has come."""
    connection = await work.session.connection()
    await connection.execute(HELD, {"name": name})
    held = select(Setting).where(Setting.name == name).with_for_update()
    await work.session.exec(held.execution_options(populate_existing=True))
