"""Whether enough was tried to reach each graduate of a class; their answers are nobody's merit here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from actions import routing
from actions.work import Work
from models.answer import ContactChange, ContactKind
from models.case import Case
from models.event import STALE, Event
from models.followup import CallAnsweredBy, CallFinding, CallRecord, ToCall
from models.graduate import Graduate
from models.reach import to_be_tried
from models.task import Attempt
from models.unit import Unit

FOUND = (CallFinding.TRUE, CallFinding.CHANGED, CallFinding.FALSE)
# By whose number somebody was tried is a means of its own.
LINES = {CallAnsweredBy.PARENT: "parent", CallAnsweredBy.EMPLOYER: "employer"}


@dataclass(frozen=True)
class Tried:
    at: datetime
    means: str
    reached: bool = False


async def missing(work: Work, unit_id: UUID, cohort: int) -> int:
    """Of those without an answer and without a dispute, how many were tried too little."""
    unit = await work.session.get_one(Unit, unit_id)
    query = select(func.count()).select_from(Graduate).join(Unit, col(Unit.id) == col(Graduate.unit_id))
    query = query.where(col(Unit.path).startswith(unit.path), Graduate.cohort == cohort, to_be_tried())
    return (await work.session.exec(query)).one()


def enough(work: Work, tried: Sequence[Tried]) -> bool:
    """They were spoken to, or it was tried often enough, on enough days, by enough means."""
    wanted, local = work.rules.duties.attempts, work.rules.calendar.local
    if any(one.reached for one in tried):
        return True
    days, means = {local(one.at).date() for one in tried}, {one.means for one in tried}
    return len(tried) >= wanted.count and len(days) >= wanted.days and len(means) >= wanted.means


async def enough_now(work: Work, graduate: Graduate) -> bool:
    return enough(work, await of(work, graduate, await _since(work, graduate)))


async def _since(work: Work, graduate: Graduate) -> datetime:
    """What was tried before this says nothing of what is registered now, of the number they have now,
    or of the reason to call that came last, which counts from its day on."""
    stale = select(func.max(Event.at)).where(Event.graduate_id == graduate.id, Event.kind == STALE)
    reasons = select(func.max(ToCall.since)).where(
        ToCall.graduate_id == graduate.id, col(ToCall.over_at).is_(None)
    )
    numbers = select(func.max(ContactChange.verified_at)).where(
        ContactChange.graduate_id == graduate.id, ContactChange.contact == ContactKind.OWN_PHONE
    )
    found = [(await work.session.exec(one)).one() for one in (stale, numbers)]
    since = max([graduate.created_at, *(at for at in found if at)])
    if wanted := (await work.session.exec(reasons)).one():
        calendar = work.rules.calendar
        since = max(since, calendar.start_of_day(calendar.local(wanted).date()))
    return since


def _to_another(call: CallRecord, graduate: Graduate) -> bool:
    return call.answered_by not in LINES and call.phone_digest not in (None, graduate.phone_digest)


def _spoken_to(call: CallRecord) -> bool:
    """To the graduate: what somebody else says for them is one more try."""
    return call.answered_by is CallAnsweredBy.GRADUATE and call.finding in FOUND


async def of(work: Work, graduate: Graduate, since: datetime) -> Sequence[Tried]:
    """All that was tried to reach one graduate, without calls to a number they have no more and those that
    they say were none."""
    objections = select(Case.reason).where(
        Case.graduate_id == graduate.id, col(Case.reason).startswith(routing.CALL_OBJECTED)
    )
    objected = set((await work.session.exec(objections)).all())
    calls = select(CallRecord).where(CallRecord.graduate_id == graduate.id, col(CallRecord.at) >= since)
    others = select(Attempt).where(Attempt.graduate_id == graduate.id, col(Attempt.at) >= since)
    return [
        *(
            Tried(one.at, LINES.get(one.answered_by, "phone"), _spoken_to(one))
            for one in await work.session.exec(calls)
            if routing.objection_to(one) not in objected and not _to_another(one, graduate)
        ),
        *(Tried(one.at, one.means.value) for one in await work.session.exec(others)),
    ]
