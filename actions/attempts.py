"""Whether enough was tried to reach each graduate of a class; their answers are nobody's merit here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import col, select

from actions.work import Work
from models.equation import under_dispute
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate, unanswered
from models.task import Attempt
from models.unit import Unit

MANY = 5000
FOUND = (CallFinding.TRUE, CallFinding.CHANGED, CallFinding.FALSE)
# By whose number somebody was tried is a means of its own.
LINES = {CallAnsweredBy.PARENT: "parent", CallAnsweredBy.EMPLOYER: "employer"}


@dataclass(frozen=True)
class Tried:
    at: datetime
    means: str
    reached: bool = False


async def missing(work: Work, unit_id: UUID, cohort: int, since: date) -> int:
    """Of those without an answer and without a dispute, how many were tried too little since that day."""
    unit = await work.session.get_one(Unit, unit_id)
    waiting = await _waiting(work, unit, cohort)
    tried = await _tried(work, waiting, work.rules.calendar.at(since, time.min))
    return sum(not enough(work, tried[one]) for one in waiting)


def enough(work: Work, tried: Sequence[Tried]) -> bool:
    """Somebody was spoken to, or it was tried often enough, on enough days, by enough means."""
    wanted, local = work.rules.duties.attempts, work.rules.calendar.local
    if any(one.reached for one in tried):
        return True
    days, means = {local(one.at).date() for one in tried}, {one.means for one in tried}
    return len(tried) >= wanted.count and len(days) >= wanted.days and len(means) >= wanted.means


async def of(work: Work, graduate_id: UUID, since: datetime) -> Sequence[Tried]:
    """All that was tried to reach one graduate."""
    return (await _tried(work, [graduate_id], since))[graduate_id]


async def _waiting(work: Work, unit: Unit, cohort: int) -> Sequence[UUID]:
    query = (
        select(Graduate.id)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(
            col(Unit.path).startswith(unit.path),
            Graduate.cohort == cohort,
            col(Graduate.removed_at).is_(None),
            unanswered(),
            ~under_dispute(),
        )
    )
    return (await work.session.exec(query.limit(MANY))).all()


async def _tried(work: Work, ids: Sequence[UUID], since: datetime) -> dict[UUID, list[Tried]]:
    found: dict[UUID, list[Tried]] = defaultdict(list)
    calls = select(CallRecord).where(col(CallRecord.graduate_id).in_(ids), col(CallRecord.at) >= since)
    for call in await work.session.exec(calls):
        line = LINES.get(call.answered_by, "phone")
        found[call.graduate_id].append(Tried(call.at, line, call.finding in FOUND))
    others = select(Attempt).where(col(Attempt.graduate_id).in_(ids), col(Attempt.at) >= since)
    for one in await work.session.exec(others):
        found[one.graduate_id].append(Tried(one.at, one.means.value))
    return found
