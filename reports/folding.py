"""The numbers of /status for whoever may not know of a dispute: as many as the names they find."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import KEPT_CLOSE, Case, CaseState, overdue_at
from models.dispute import Dispute
from models.graduate import Graduate
from models.person import OutOfReach
from models.reach import out_of_reach
from models.unit import Unit


async def fold(
    session: AsyncSession, unit: Unit, kept: ColumnElement[bool], numbers: dict[str, Any], now: datetime
) -> None:
    """A number that is greater than its list would say that there is one more, and that it is about them."""
    await _people(session, unit, kept, numbers)
    await _disputes(session, unit, kept, numbers["disputes"])
    await _cases(session, unit, kept, numbers["cases"], now)


async def _people(
    session: AsyncSession, unit: Unit, kept: ColumnElement[bool], numbers: dict[str, Any]
) -> None:
    query = select(
        col(Graduate.answer),
        col(Graduate.answer_verified).is_not(False),
        col(Graduate.asked_at).is_not(None),
        out_of_reach() == OutOfReach.NOT_ENROLLED.value,
    ).where(col(Graduate.removed_at).is_(None), _under(unit), kept)
    for answer, verified, asked, absent in await session.execute(query):
        answered = answer is not None and verified
        if answered:
            numbers["answers"][answer.value] -= 1
        numbers["awaiting"] -= asked and not answered
        numbers["unreachable"][OutOfReach.NOT_ENROLLED.value] -= bool(absent)


async def _disputes(
    session: AsyncSession, unit: Unit, kept: ColumnElement[bool], numbers: dict[str, Any]
) -> None:
    is_closed = col(Dispute.closed_at).is_not(None)
    query = (
        select(is_closed, col(Case.state), col(Dispute.reopened), func.count())
        .join(Case, col(Case.id) == col(Dispute.case_id))
        .where(
            col(Case.unit_id).in_(_units(unit)),
            col(Dispute.graduate_id).in_(select(col(Graduate.id)).where(kept)),
        )
        .group_by(is_closed, col(Case.state), col(Dispute.reopened))
    )
    for closed, state, reopened, n in await session.execute(query):
        numbers["closed" if closed else "open"] -= n
        numbers["awaiting_review"] -= n * (not closed and state is CaseState.AWAITING_REVIEW)
        numbers["reopened"] -= n * bool(reopened)


async def _cases(
    session: AsyncSession, unit: Unit, kept: ColumnElement[bool], numbers: dict[str, Any], now: datetime
) -> None:
    """What is about those who made the record, and what came of it; other cases of theirs are no secret."""
    is_closed = col(Case.state) == CaseState.CLOSED
    overdue = func.sum(case((overdue_at(now), 1), else_=0))
    query = (
        select(is_closed, func.count(), overdue)
        .where(
            col(Case.kind).in_(KEPT_CLOSE),
            col(Case.unit_id).in_(_units(unit)),
            col(Case.graduate_id).in_(select(col(Graduate.id)).where(kept)),
        )
        .group_by(is_closed)
    )
    for closed, n, late in await session.execute(query):
        numbers["closed" if closed else "open"] -= n
        numbers["overdue"] -= int(late)


def _under(unit: Unit) -> ColumnElement[bool]:
    return col(Graduate.unit_id).in_(_units(unit))


def _units(unit: Unit) -> Any:
    return select(col(Unit.id)).where(col(Unit.path).startswith(unit.path))
