"""What is shown of what has to be put right: goal and measure to whoever does, asked for or checks it."""

from typing import Any

from sqlmodel import col, select

from models.case import Case
from models.messages.rectify import RectifyList, RectifyOwners
from models.rectification import Rectification
from models.staff import Staff
from models.unit import Unit
from reports.facts import About, asks
from reports.queue import in_order


@asks(RectifyOwners)
async def _owners(about: About, said: RectifyOwners) -> dict[str, Any]:
    return {"listed": await in_order(about.session, Staff, said.colleagues)}


@asks(RectifyList)
async def _list(about: About, said: RectifyList) -> dict[str, Any]:
    rows = await about.session.exec(
        select(Case, Rectification, Staff, Unit)
        .join(Rectification, col(Rectification.case_id) == col(Case.id))
        .join(Unit, col(Unit.id) == col(Case.unit_id))
        .outerjoin(Staff, col(Staff.id) == col(Case.owner_id))
        .where(col(Case.id).in_(said.waiting))
    )
    found = {
        case.id: {"case": case, "task": task, "owner": owner, "unit": unit, "late": case.overdue(about.now)}
        for case, task, owner, unit in rows
    }
    return {"listed": [found[one] for one in said.waiting if one in found]}
