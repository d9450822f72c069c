"""Moves the counts of `/status` by what was touched since; a tick, and nothing waits for it."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import col, delete, select

from actions.work import Work
from models.outgoing import Sending
from models.tally import Counted, MessageMove, Tally, Touched, present
from models.unit import Unit

BATCH = 500
Place = tuple[UUID, str]


async def fold(work: Work) -> bool:
    """One batch of each; whether there may be more."""
    touched = await _touched(work)
    moved = await _moved(work)
    return touched or moved


async def _touched(work: Work) -> bool:
    """Taken away first and looked at afterwards: what changes in between is touched once more."""
    oldest = select(Touched.id).order_by(col(Touched.id)).limit(BATCH)
    taken = delete(Touched).where(col(Touched.id).in_(oldest)).returning(col(Touched.subject_id))
    rows = (await work.session.execute(taken)).scalars().all()
    if ids := set(rows):
        await _count(work, ids)
    return len(rows) == BATCH


async def _count(work: Work, ids: Collection[UUID]) -> None:
    columns = select(col(Counted.subject_id), col(Counted.unit_id), col(Counted.standing))
    was = await _places(work, columns.where(col(Counted.subject_id).in_(ids)))
    now = await _places(work, present(ids))
    changed = [one for one in ids if was.get(one) != now.get(one)]
    if not changed:
        return
    await work.session.execute(delete(Counted).where(col(Counted.subject_id).in_(changed)))
    made = [_row(one, *now[one]) for one in changed if one in now]
    if made:
        await work.session.execute(insert(Counted), made)
    moves: Counter[Place] = Counter()
    for one in changed:
        if one in was:
            moves[was[one]] -= 1
        if one in now:
            moves[now[one]] += 1
    await _move(work, await _at_every_level(work, moves))


async def _places(work: Work, query: Any) -> dict[UUID, Place]:
    return {subject: (unit_id, standing) for subject, unit_id, standing in await work.session.execute(query)}


def _row(subject_id: UUID, unit_id: UUID, standing: str) -> dict[str, UUID | str]:
    return {"subject_id": subject_id, "unit_id": unit_id, "standing": standing}


async def _at_every_level(work: Work, moves: Counter[Place]) -> Counter[Place]:
    units = await work.session.exec(select(Unit).where(col(Unit.id).in_({unit for unit, _ in moves})))
    above = {unit.id: unit.ids_above for unit in units}
    every: Counter[Place] = Counter()
    for (unit_id, standing), n in moves.items():
        for one in above[unit_id]:
            every[one, standing] += n
    return every


async def _move(work: Work, moves: Counter[Place]) -> None:
    units, standings = {unit for unit, _ in moves}, {standing for _, standing in moves}
    query = select(Tally).where(col(Tally.unit_id).in_(units), col(Tally.standing).in_(standings))
    tallies = {(one.unit_id, one.standing): one for one in await work.session.exec(query)}
    for (unit_id, standing), n in moves.items():
        tally = tallies.get((unit_id, standing))
        if tally is None:
            work.session.add(Tally(unit_id=unit_id, standing=standing, n=n))
        elif n:
            tally.n += n


async def _moved(work: Work) -> bool:
    """Many moves become one for each state."""
    ids = (await work.session.exec(select(MessageMove.id).order_by(col(MessageMove.id)).limit(BATCH))).all()
    if len(ids) <= len(Sending):
        return False
    taken = delete(MessageMove).where(col(MessageMove.id).in_(ids))
    sums: Counter[str] = Counter()
    for state, n in await work.session.execute(taken.returning(col(MessageMove.state), col(MessageMove.n))):
        sums[state] += n
    await work.session.execute(insert(MessageMove), [{"state": one, "n": n} for one, n in sums.items()])
    return len(ids) == BATCH
