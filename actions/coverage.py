"""Where a dispute would find nobody: units in which nobody could own one, or nobody could review it."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.graduate import Graduate
from models.staff import Duty, Role, Staff
from models.unit import Unit
from rules import Routing, load

EVERY_DUTY = 20_000


async def uncovered_units(session: AsyncSession, routing: Routing | None = None) -> list[Unit]:
    """Units with graduates where, the counselor being implicated, nobody could own or nobody could review."""
    routing = routing or load().routing
    owners = {*routing.dispute_owners, *routing.dispute_fallback}
    seconds = set(routing.second_persons)
    held = await _duties_by_path(session, {*owners, *seconds, Role.COUNSELOR})
    graduates = select(Graduate.unit_id).where(col(Graduate.removed_at).is_(None)).distinct()
    units = await session.exec(select(Unit).where(col(Unit.id).in_(graduates)).order_by(col(Unit.path)))
    return [unit for unit in units if not _covered(unit, held, owners, seconds)]


def _covered(
    unit: Unit, held: dict[str, list[tuple[Role, UUID]]], owners: Collection[str], seconds: Collection[str]
) -> bool:
    duties = [duty for path in unit.paths_above for duty in held.get(path, ())]
    counselors = {who for role, who in duties if role is Role.COUNSELOR}
    owning = {who for role, who in duties if role in owners} - counselors
    reviewing = {who for role, who in duties if role in seconds} - counselors
    return bool(owning and reviewing and len(owning | reviewing) > 1)


async def _duties_by_path(
    session: AsyncSession, roles: Collection[Role | str]
) -> dict[str, list[tuple[Role, UUID]]]:
    rows = await session.exec(
        select(col(Unit.path), col(Duty.role), col(Duty.staff_id))
        .join(Duty, col(Duty.unit_id) == col(Unit.id))
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(
            col(Duty.role).in_([Role(role) for role in roles]),
            col(Duty.ended_at).is_(None),
            col(Staff.person_id).is_not(None),
        )
        .limit(EVERY_DUTY)
    )
    held: dict[str, list[tuple[Role, UUID]]] = {}
    for path, role, staff_id in rows:
        held.setdefault(path, []).append((role, staff_id))
    return held
