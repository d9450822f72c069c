"""What the texts about leads ask beyond the rows their ids name."""

from typing import Any

from sqlmodel import col, select

from models.case import Case
from models.graduate import Graduate
from models.messages.dispute import DisputePressureAlert
from models.messages.leads import LeadWhich
from models.staff import Staff
from models.unit import Unit
from reports.facts import About, asks
from reports.queue import in_order
from reports.readers import moved_on


@asks(LeadWhich)
async def _which(about: About, said: LeadWhich) -> dict[str, Any]:
    people = await in_order(about.session, Graduate, said.graduates)
    rows = await about.session.exec(select(Unit).where(col(Unit.id).in_([one.unit_id for one in people])))
    names = {unit.id: unit.name for unit in rows.all()}
    return {
        "people": [(one, names.get(one.unit_id, "")) for one in people],
        "places": await in_order(about.session, Unit, said.units),
        "staff": await in_order(about.session, Staff, said.colleagues),
    }


@asks(DisputePressureAlert)
async def _pressed(about: About, said: DisputePressureAlert) -> dict[str, Any]:
    """The complaint has a number of its own."""
    shown = await about.session.get_one(Case, said.complaint or said.case)
    return {"shown": shown, "elsewhere": await moved_on(about, shown.id, said.reader)}
