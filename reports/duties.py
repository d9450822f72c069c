"""What a colleague is told about themselves: their duties, and whether the wider commands are theirs."""

from typing import Any

from sqlmodel import col, select

from models.messages.enrol import StaffHelp, StaffWelcome
from models.staff import Duty, Role
from models.unit import Unit, UnitKind
from reports.facts import About, asks

MANY = 100
LEADING = frozenset({Role.OFFICE, Role.ADMIN})


async def _duties(about: About, message: StaffWelcome | StaffHelp) -> dict[str, Any]:
    rows = (
        await about.session.exec(
            select(Duty, Unit)
            .join(Unit, col(Unit.id) == col(Duty.unit_id))
            .where(Duty.staff_id == message.staff, col(Duty.ended_at).is_(None))
            .order_by(col(Duty.role), col(Unit.path))
            .limit(MANY)
        )
    ).all()
    shown = [(duty.role.value, None if unit.kind is UnitKind.SCHOOL else unit.name) for duty, unit in rows]
    complain = about.rules.routing.may_file_complaints
    return {
        "duties": shown,
        "leads": any(duty.role in LEADING for duty, _ in rows),
        "complains": any(duty.role in complain for duty, _ in rows),
    }


@asks(StaffWelcome)
async def at_welcome(about: About, message: StaffWelcome) -> dict[str, Any]:
    return await _duties(about, message)


@asks(StaffHelp)
async def at_help(about: About, message: StaffHelp) -> dict[str, Any]:
    return await _duties(about, message)
