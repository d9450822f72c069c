"""How far each unit is, and who stands behind the numbers of /status; coverage only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import AnswerKind
from models.base import UUID
from models.campaign import CampaignState
from models.event import Setting
from models.graduate import Graduate
from models.messages.office import OfficeSwitch, ProgressCard, StatusCard, StatusList
from models.unit import Unit
from reports import campaigns
from reports.facts import About, asks
from reports.folding import fold
from reports.readers import kept_of
from reports.status import channels, status
from reports.tally import standings

# To whoever may not know of disputes, everything unsettled is one and the same 待核实.
TO_CHECK = (AnswerKind.DISPUTED, AnswerKind.NOT_ME)
NAMES = ("roster", "asked", "answered", "phoned", "to_check")


async def coverage(session: AsyncSession, unit: Unit) -> dict[str, int]:
    counts = dict.fromkeys(NAMES, 0)
    for one, n in (await standings(session, unit)).people():
        unsettled = one.answer is not None and (one.answer in TO_CHECK or not one.answer_verified)
        counts["roster"] += n
        counts["asked"] += n * one.asked
        counts["answered"] += n * (one.answer is not None and not unsettled)
        counts["phoned"] += n * one.phoned
        counts["to_check"] += n * unsettled
    return counts


@asks(ProgressCard)
async def _progress(about: About, said: ProgressCard) -> dict[str, Any]:
    rows = await about.session.execute(select(Unit).where(col(Unit.id).in_(said.units)))
    units = {unit.id: unit for unit in rows.scalars()}
    lines = [(units[one], await coverage(about.session, units[one])) for one in said.units if one in units]
    return {"lines": lines}


@asks(StatusCard)
async def _status(about: About, said: StatusCard) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    doors = await channels(about.session, unit)
    numbers = await status(about.session, unit, about.now)
    if said.reader is not None:
        kept = await kept_of(about.session, said.reader)
        await fold(about.session, unit, kept, numbers, about.now)
    return {"numbers": numbers, "over": unit, "doors": doors}


@asks(StatusList)
async def _listed(about: About, said: StatusList) -> dict[str, Any]:
    return {"people": await _with_units(about.session, said.graduates)}


@asks(OfficeSwitch)
async def _switch(about: About, said: OfficeSwitch) -> dict[str, Any]:
    """What can be paused runs; what can be resumed is paused."""
    kept = await about.session.get(Setting, "paused")
    states = (CampaignState.PAUSED,) if said.resuming else (CampaignState.RUNNING,)
    return {
        "all_paused": kept is not None and kept.value == "1",
        "listed": await campaigns.listed(about.session, states),
    }


async def _with_units(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[Graduate, Unit]]:
    rows = await session.execute(
        select(Graduate, Unit)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(col(Graduate.id).in_(ids))
    )
    found = {graduate.id: (graduate, unit) for graduate, unit in rows}
    return [found[one] for one in ids if one in found]
