"""What was confirmed false and the register does not show yet, in numbers; read-only."""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import Case, CaseKind, CaseState
from models.dispute import Dispute
from models.unit import Unit


async def register_changes(session: AsyncSession, unit: Unit) -> dict[str, int]:
    """Of this unit and all that lies under it: `open` are not corrected yet, `closed` an import showed."""
    rows = await session.exec(
        select(Case.state, func.count())
        .join(Unit, col(Unit.id) == col(Case.unit_id))
        .where(Case.kind == CaseKind.REGISTER_CHANGE, col(Unit.path).startswith(unit.path))
        .group_by(col(Case.state))
    )
    counts = {"open": 0, "closed": 0}
    for state, n in rows.all():
        counts["closed" if state is CaseState.CLOSED else "open"] += n
    return counts


async def dispute_behind(session: AsyncSession, case: Case) -> Dispute | None:
    """Whose outcome a change of the register is; the words of the graduate stay with the dispute."""
    if case.kind is not CaseKind.REGISTER_CHANGE or case.parent_id is None:
        return None
    return (await session.exec(select(Dispute).where(Dispute.case_id == case.parent_id))).first()
