"""The ledger of whom no message reaches: how many for each reason, and the people behind a number."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.graduate import Graduate
from models.messages.office import ReachCard, ReachList
from models.person import OutOfReach
from models.reach import behind
from models.unit import Unit
from reports.calls import with_units
from reports.facts import About, asks
from reports.tally import standings


async def ledger(session: AsyncSession, units: Sequence[Unit]) -> dict[str, Any]:
    """Each graduate once: the roster is whoever is reached and the sum over the reasons."""
    counts: Counter[OutOfReach | None] = Counter()
    for unit in units:
        for one, n in (await standings(session, unit)).people():
            counts[one.out_of_reach] += n
    return {
        "roster": sum(counts.values()),
        "reachable": counts[None],
        "unreachable": {reason.value: counts[reason] for reason in OutOfReach},
    }


async def names(
    session: AsyncSession, unit: Unit, reason: OutOfReach
) -> AsyncIterator[tuple[Graduate, Unit]]:
    """Everybody behind a number; streamed, a cohort may be long."""
    query = (
        select(Graduate, Unit)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(*behind([unit], reason))
        .order_by(col(Graduate.student_no), col(Graduate.id))
    )
    async for graduate, here in await session.stream(query):
        yield graduate, here


@asks(ReachCard)
async def _card(about: About, said: ReachCard) -> dict[str, Any]:
    rows = await about.session.execute(
        select(Unit).where(col(Unit.id).in_(said.units)).order_by(col(Unit.path))
    )
    over = list(rows.scalars())
    return {"over": over, **await ledger(about.session, over)}


@asks(ReachList)
async def _list(about: About, said: ReachList) -> dict[str, Any]:
    return {"people": await with_units(about.session, said.graduates)}
