"""Somebody came, went, or got another duty: what nobody has there, and what they left, is looked at again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, text
from sqlmodel import col, select

from actions import owning, rights
from actions.work import Work
from models.case import WORKED_ON, Case, CaseState
from models.event import Setting
from models.messages.absence import PoolWaits
from models.staff import Duty, Staff
from models.unit import Unit

UNDER, LEFT = "again_under:", "again_left:"
BATCH = 20
MARKED = text(
    "INSERT INTO setting (name, value) VALUES (:name, '0') "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


async def mark(work: Work, unit_id: UUID) -> None:
    """For the tick: a roster changes many at once."""
    await _mark(work, f"{UNDER}{unit_id.hex}")


async def under(work: Work, unit: Unit) -> None:
    """A batch of it at once; what is left is the tick's."""
    await _mark(work, f"{UNDER}{unit.id.hex}")
    await _go_on(work, f"{UNDER}{unit.id.hex}")


async def under_duties_of(work: Work, staff: Staff) -> None:
    units = select(Unit).join(Duty, col(Duty.unit_id) == col(Unit.id))
    held = units.where(Duty.staff_id == staff.id, col(Duty.ended_at).is_(None)).distinct()
    for unit in (await work.session.exec(held.order_by(col(Unit.path)))).all():
        await under(work, unit)


async def left_by(work: Work, staff: Staff) -> None:
    """Whoever goes away leaves what they have not begun."""
    await _mark(work, f"{LEFT}{staff.id.hex}")
    await _go_on(work, f"{LEFT}{staff.id.hex}")


async def look(work: Work) -> bool:
    """One batch of what is still marked."""
    marked = [col(Setting.name).startswith(kind, autoescape=True) for kind in (UNDER, LEFT)]
    waiting = select(Setting.name).where(or_(*marked))
    name = (await work.session.exec(waiting.order_by(col(Setting.name)).limit(1))).first()
    if name is not None:
        await _go_on(work, name)
    return name is not None


async def _mark(work: Work, name: str) -> None:
    await work.session.flush()
    await (await work.session.connection()).execute(MARKED, {"name": name})


async def _go_on(work: Work, name: str) -> None:
    """The setting's value is the number of the last case looked at."""
    held = select(Setting).where(Setting.name == name).with_for_update()
    found = await work.session.exec(held.execution_options(populate_existing=True))
    if (kept := found.first()) is None:
        return
    kind, _, id = name.partition(":")
    look = _under if f"{kind}:" == UNDER else _left
    rows = await look(work, UUID(id), int(kept.value))
    if len(rows) == BATCH:
        kept.value = str(rows[-1].number)
    else:
        await work.session.delete(kept)
    await work.session.flush()


async def _left(work: Work, staff_id: UUID, after: int) -> Sequence[Case]:
    staff = await work.session.get_one(Staff, staff_id)
    if not staff.is_away(work.now):
        return []
    rows = await _batch(work, and_(col(Case.owner_id) == staff_id, col(Case.state) == CaseState.OPEN), after)
    for case in rows:
        await owning.set_aside(work, case)
    return rows


async def _under(work: Work, unit_id: UUID, after: int) -> Sequence[Case]:
    unit = await work.session.get_one(Unit, unit_id)
    nobodys = and_(col(Case.owner_id).is_(None), col(Case.state).in_(WORKED_ON))
    rows = await _batch(work, and_(nobodys, col(Unit.path).startswith(unit.path)), after)
    pools: dict[UUID, Staff] = {}
    for case in rows:
        pools |= {one.id: one for one in await owning.somebody(work, case)}
    for one in pools.values():
        await rights.tell(work, one, PoolWaits(), replaces=f"pool:{one.id}:{_today(work)}")
    return rows


async def _batch(work: Work, which: ColumnElement[bool], after: int) -> Sequence[Case]:
    query = select(Case).join(Unit, col(Unit.id) == col(Case.unit_id)).where(which, col(Case.number) > after)
    return (
        await work.session.exec(query.order_by(col(Case.number)).limit(BATCH).with_for_update(of=Case))
    ).all()


def _today(work: Work) -> str:
    return work.rules.calendar.local(work.now).date().isoformat()
