"""How often each standing occurs under a unit: what is folded, put right by what was touched since."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import UUID
from models.tally import CASE, CaseStanding, Counted, MessageMove, Standing, Tally, Touched, present
from models.unit import Unit

# As many as a statement takes by name; more than these are joined.
NAMED = 2000


class Standings:
    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts

    def people(self) -> Iterator[tuple[Standing, int]]:
        return ((Standing.of(one), n) for one, n in self._of(of_case=False))

    def cases(self) -> Iterator[tuple[CaseStanding, int]]:
        return ((CaseStanding.of(one), n) for one, n in self._of(of_case=True))

    def _of(self, *, of_case: bool) -> Iterator[tuple[str, int]]:
        return ((one, n) for one, n in self._counts.items() if n and one.startswith(CASE) is of_case)


async def standings(session: AsyncSession, unit: Unit) -> Standings:
    """A tick between the two statements changes nothing: the second takes off whatever it finds counted."""
    query: Any = select(col(Tally.standing).label("standing"), col(Tally.n).label("n")).where(
        col(Tally.unit_id) == unit.id
    )
    some = select(col(Touched.subject_id)).distinct().limit(NAMED + 1)
    touched = (await session.execute(some)).scalars().all()
    whole: Any = union_all(query, *_since(unit, touched)) if touched else query
    rows = whole.subquery()
    summed = select(rows.c.standing, func.sum(rows.c.n)).group_by(rows.c.standing)
    return Standings({standing: int(n) for standing, n in await session.execute(summed)})


def _since(unit: Unit, touched: Any) -> list[Any]:
    """Off from where they are counted, on to where they stand."""
    some: list[UUID] | Any = touched if len(touched) <= NAMED else select(col(Touched.subject_id))
    under = select(col(Unit.id)).where(col(Unit.path).startswith(unit.path))
    now = present(some).subquery()
    return [
        select(col(Counted.standing), literal(-1)).where(
            col(Counted.subject_id).in_(some), col(Counted.unit_id).in_(under)
        ),
        select(now.c.standing, literal(1)).where(now.c.unit_id.in_(under)),
    ]


async def messages(session: AsyncSession) -> dict[str, int]:
    """To everybody, by their state; what is due or claimed is queued."""
    query = select(col(MessageMove.state), func.sum(col(MessageMove.n))).group_by(col(MessageMove.state))
    return {state: int(n) for state, n in await session.execute(query)}
