"""Updates do not come in: raised once, told to the office, and over when they come again."""

from datetime import datetime

from sqlmodel import col, select

from actions import rights, routing
from actions.units import school
from actions.work import Work
from models.event import STOPPED, Incident
from models.messages import Say
from models.messages.office import UpdatesBack, UpdatesStopped
from models.staff import Role

TOLD = 20


async def began(work: Work, since: datetime, why: str) -> None:
    """However many processes see it, and however often, it is one incident."""
    await work.alone_at(STOPPED)
    if await _open(work) is not None:
        return
    incident = await work.incident(STOPPED, why)
    incident.at = since
    work.record(STOPPED, subject=incident.id)
    await _tell(work, incident, UpdatesStopped(since=since, number=incident.number))


async def ended(work: Work) -> None:
    """Whoever was told finds the same message changed; one that never left gives way to this."""
    await work.alone_at(STOPPED)
    incident = await _open(work)
    if incident is None:
        return
    incident.settled_at = work.now
    work.record("updates_back", subject=incident.id)
    await _tell(work, incident, UpdatesBack(since=incident.at, until=work.now, number=incident.number))


async def _open(work: Work) -> Incident | None:
    one = select(Incident).where(Incident.kind == STOPPED, col(Incident.settled_at).is_(None))
    return (await work.session.exec(one.with_for_update())).first()


async def _tell(work: Work, incident: Incident, message: Say) -> None:
    over_all = await routing.holders(work, (Role.OFFICE, Role.ADMIN), await school(work.session))
    for staff in over_all[:TOLD]:
        await rights.tell(work, staff, message, replaces=f"incident:{incident.number}")
