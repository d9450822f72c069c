"""Where a complaint or a suspicion came from: its door, its number there, and who is kept from it."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import JSON, CompoundSelect, and_, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col

from models.base import UUID, Choice, Id, Instant, Key, Link, append_only, datetime
from models.case import Case, CaseKind, Channel

LEADS = frozenset({CaseKind.COMPLAINT, CaseKind.FINDING, CaseKind.ANOMALY})


class Lead(SQLModel, table=True):
    """One of a case, at most; `digest` says that the same lead about the same person is not taken twice.

    `hands`: ids of staff as they were when it came, and of whom it is about; duties change, that stays."""

    id: UUID = Id()
    case_id: UUID = Key("cases", unique=True)
    case: Case = Link()
    channel: Channel = Choice(Channel)
    reference: str | None = Field(default=None, max_length=80, index=True)
    received_on: date | None = None
    digest: str = Field(max_length=64, unique=True)
    import_id: UUID | None = Key("import_batch", nullable=True)
    hands: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Instant()


append_only(Lead)


def hands_in(cases: Collection[UUID]) -> CompoundSelect[UUID, list[str]]:
    """Whom these cases are kept from: by what else of the same lead names nobody, or the same graduate."""
    own = select(col(Lead.case_id), col(Lead.hands))
    line, case = aliased(Lead), aliased(Case)
    beside = (
        select(col(line.case_id), col(Lead.hands))
        .join(case, col(case.id) == col(line.case_id))
        .where(
            col(line.case_id).in_(cases),
            col(Case.id) == col(Lead.case_id),
            col(Case.kind) == col(case.kind),
            or_(col(Case.graduate_id).is_(None), col(Case.graduate_id) == col(case.graduate_id)),
        )
    )
    same_number = and_(col(Lead.reference) == col(line.reference), col(Lead.channel) == col(line.channel))
    own = own.where(col(Lead.case_id).in_(cases))
    return union_all(own, beside.where(same_number), beside.where(col(Case.parent_id) == col(case.id)))
