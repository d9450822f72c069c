"""Of whose disputes a colleague must not learn, as a question about a graduate."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_
from sqlmodel import col, select

from models.base import UUID
from models.dispute import Dispute
from models.graduate import Graduate
from models.unit import Unit


def kept_from(staff_id: UUID, classes: Sequence[Unit]) -> ColumnElement[bool]:
    """Where they had a hand or were the counselor then, and in the classes they look after now."""
    me = str(staff_id)
    stored = or_(*(cast(col(column), String).contains(me) for column in (Dispute.hands, Dispute.counselors)))
    disputed = exists().where(col(Dispute.graduate_id) == col(Graduate.id))
    return or_(disputed.where(stored), *(and_(disputed, _under(over)) for over in classes))


def _under(unit: Unit) -> ColumnElement[bool]:
    under = select(Unit.id).where(col(Unit.path).startswith(unit.path))
    return col(Graduate.unit_id).in_(under)
