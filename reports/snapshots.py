"""Snapshots that were taken: the newest first, and one of them."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.snapshot import Snapshot, SnapshotKind
from models.unit import Unit


async def newest(
    session: AsyncSession,
    unit: Unit,
    *,
    cohort: int | None = None,
    kind: SnapshotKind | None = None,
    limit: int,
) -> Sequence[Snapshot]:
    query = select(Snapshot).where(Snapshot.unit_id == unit.id)
    if cohort is not None:
        query = query.where(Snapshot.cohort == cohort)
    if kind is not None:
        query = query.where(Snapshot.kind == kind)
    query = query.order_by(col(Snapshot.at).desc(), col(Snapshot.cohort).desc(), col(Snapshot.kind))
    return (await session.exec(query.limit(limit))).all()
