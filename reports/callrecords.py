"""Records of calls, as far as whoever reads them may know what was said; read-only."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import KEPT_CLOSE, Case
from models.dispute import Dispute
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.staff import Staff

SHOWN = 3


async def calls_of(session: AsyncSession, case: Case, reader: UUID | None) -> list[tuple[CallRecord, Staff]]:
    """The newest, in the order they were written down."""
    query = (
        select(CallRecord, Staff)
        .join(Staff, col(Staff.id) == col(CallRecord.staff_id))
        .where(CallRecord.case_id == case.id)
    )
    if case.kind not in KEPT_CLOSE:
        query = query.where(or_(col(CallRecord.staff_id) == reader, ~became_dispute()))
    rows = await session.exec(query.order_by(col(CallRecord.at).desc()).limit(SHOWN))
    return list(rows.all())[::-1]


def told_to(reader: UUID | None) -> ColumnElement[bool]:
    """Of calls about a graduate: one's own; else neither those of a case kept close nor who denied what."""
    close = exists().where(col(Case.id) == col(CallRecord.case_id), col(Case.kind).in_(KEPT_CLOSE))
    found_false = col(CallRecord.finding).is_not_distinct_from(CallFinding.FALSE)
    return or_(col(CallRecord.staff_id) == reader, and_(~close, ~found_false))


def became_dispute() -> ColumnElement[bool]:
    """The graduate denied it on the telephone, and somebody who had no hand in it looks into that."""
    about = exists().where(col(Dispute.destination_id) == col(CallRecord.destination_id))
    denied = and_(
        col(CallRecord.answered_by) == CallAnsweredBy.GRADUATE,
        col(CallRecord.finding).is_not_distinct_from(CallFinding.FALSE),
    )
    return and_(denied, about)
