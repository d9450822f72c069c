"""How often, how and with what result a record was checked: by answers and on the telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer, AnswerKind, RegisterConfirmedClaim
from models.case import Case
from models.dispute import Dispute
from models.followup import CallFinding, CallRecord
from models.graduate import Destination, Graduate
from models.person import Binding
from models.staff import Staff


class Result(StrEnum):
    TRUE = "true"
    CHANGED = "changed"
    FALSE = "false"
    NOT_REACHED = "not_reached"
    TO_CHECK = "to_check"
    UNCHECKED = "unchecked"


ANSWERED = {
    AnswerKind.CONFIRMED: Result.TRUE,
    AnswerKind.CHANGED: Result.CHANGED,
    AnswerKind.DISPUTED: Result.FALSE,
    AnswerKind.NOT_ME: Result.TO_CHECK,
    AnswerKind.SETTLED: Result.CHANGED,
    AnswerKind.FURTHER_STUDY: Result.CHANGED,
}


@dataclass(frozen=True)
class Check:
    """`by` is None where the graduates themselves answered."""

    at: datetime
    way: str
    said: AnswerKind | CallFinding | None
    by: str | None = None
    about: UUID | None = None

    def result(self, destination: Destination) -> Result:
        """An answer about an earlier version says nothing about this one."""
        if self.about is not None and self.about != destination.id:
            return Result.TO_CHECK
        match self.said:
            case AnswerKind.SEEKING | AnswerKind.NOT_SEEKING:
                return Result.TRUE if destination.category == self.said.value else Result.CHANGED
            case AnswerKind():
                return ANSWERED[self.said]
            case CallFinding():
                return Result(self.said.value)
        return Result.NOT_REACHED


def of_version(checks: Sequence[Check], destination: Destination) -> list[Check]:
    """All answers, but of the calls those about this version: nobody was asked about another employer."""
    return [check for check in checks if check.by is None or check.about == destination.id]


def deciding(checks: Sequence[Check], destination: Destination) -> Check:
    """The latest; what the graduate said of this very version before what was heard on the telephone."""
    here = [check for check in checks if check.about == destination.id]
    own = [check for check in here if check.by is None and check.said is not AnswerKind.NOT_ME]
    return (own or here or checks)[-1]


async def checks_of(
    session: AsyncSession, graduates: Sequence[Graduate], as_of: datetime
) -> dict[UUID, list[Check]]:
    """Per graduate, the earliest first; answers of an account nobody had verified by then do not count."""
    ids = [graduate.id for graduate in graduates]
    found: dict[UUID, list[Check]] = {}
    answers = await session.exec(
        select(Answer).where(
            col(Answer.graduate_id).in_(ids),
            col(Answer.said_at) <= as_of,
            or_(col(Answer.verified).is_(True), _verified_since(as_of)),
        )
    )
    for answer in answers:
        if isinstance(answer.claim, RegisterConfirmedClaim):
            continue
        check = Check(answer.said_at, answer.source.value, answer.kind, about=answer.destination_id)
        found.setdefault(answer.graduate_id, []).append(check)
    calls = await session.exec(
        select(CallRecord, Staff.name)
        .join(Staff, col(Staff.id) == col(CallRecord.staff_id))
        .where(col(CallRecord.graduate_id).in_(ids), col(CallRecord.at) <= as_of)
    )
    for call, name in calls:
        check = Check(call.at, "call", call.finding, name, call.destination_id)
        found.setdefault(call.graduate_id, []).append(check)
    for checks in found.values():
        checks.sort(key=lambda check: check.at)
    return found


def version_of_case() -> Any:
    """The one disputed or answered (both joined to the case), else the one that stood when it was opened."""
    stood = (
        select(Destination.id)
        .where(
            Destination.graduate_id == Case.graduate_id,
            col(Destination.registered_at) <= col(Case.opened_at),
        )
        .order_by(col(Destination.number).desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    return func.coalesce(col(Dispute.destination_id), col(Answer.destination_id), stood)


def _verified_since(as_of: datetime) -> ColumnElement[bool]:
    """An answer stays as it was given; its account may have been checked afterwards."""
    return exists().where(
        col(Binding.graduate_id) == col(Answer.graduate_id),
        col(Binding.person_id) == col(Answer.person_id),
        col(Binding.verified),
        func.coalesce(col(Binding.verified_at), col(Binding.bound_at)) <= as_of,
    )
