"""The morning's list for whoever has a class to look after; on working days, where there is something."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from actions import queue, rights
from actions.work import Work
from models.event import Setting
from models.messages.office import DigestCard
from models.staff import Duty, Role, Staff

BATCH = 10
# The day that is done with, and on the day itself the last colleague it has come to.
DAY, AFTER = "digest_day", "digest_after"
HELD = text("INSERT INTO setting (name, value) VALUES (:name, '') ON CONFLICT (name) DO NOTHING")
WORTH_SAYING = ("due", "working", "waiting", "to_check", "unanswered")


async def look(work: Work) -> bool:
    """A few colleagues at a time, from the opening of the office to its close."""
    today = _today(work)
    if today is None or await _kept(work, DAY) == today.isoformat():
        return False
    await _hold(work)
    readers = await _readers(work, await _reached(work, today))
    for staff in readers:
        await _tell(work, staff)
    if readers:
        await _keep(work, AFTER, f"{today.isoformat()} {readers[-1].id}")
    if len(readers) < BATCH:
        await _keep(work, DAY, today.isoformat())
    return len(readers) == BATCH


def _today(work: Work) -> date | None:
    """None outside working hours: a day that was missed is not made up for."""
    local, hours = work.rules.calendar.local(work.now), work.rules.sla.values.working_hours
    open_now = hours.starts <= local.time() < hours.ends and work.rules.calendar.is_workday(local.date())
    return local.date() if open_now else None


async def _tell(work: Work, staff: Staff) -> None:
    counts = await queue.digest_counts(work, staff)
    if any(counts[key] for key in WORTH_SAYING):
        card = DigestCard.model_validate({key: counts[key] for key in (*WORTH_SAYING, "untried")})
        await rights.tell(work, staff, card)


async def _readers(work: Work, after: UUID | None) -> Sequence[Staff]:
    readers = map(Role, work.rules.routing.digest_to)
    holding = select(Duty.staff_id).where(col(Duty.role).in_(list(readers)), col(Duty.ended_at).is_(None))
    query = select(Staff).where(col(Staff.id).in_(holding), col(Staff.person_id).is_not(None))
    if after is not None:
        query = query.where(col(Staff.id) > after)
    return (await work.session.exec(query.order_by(col(Staff.id)).limit(BATCH))).all()


async def _reached(work: Work, today: date) -> UUID | None:
    day, _, staff = (await _kept(work, AFTER) or "").partition(" ")
    return UUID(staff) if day == today.isoformat() and staff else None


async def _hold(work: Work) -> None:
    """Of two processes one waits here, and then reads how far the other has come."""
    connection = await work.session.connection()
    await connection.execute(HELD, {"name": AFTER})
    held = select(Setting).where(Setting.name == AFTER).with_for_update()
    await work.session.exec(held.execution_options(populate_existing=True))


async def _kept(work: Work, name: str) -> str | None:
    kept = await work.session.get(Setting, name)
    return kept.value if kept else None


async def _keep(work: Work, name: str, value: str) -> None:
    await work.session.merge(Setting(name=name, value=value))
