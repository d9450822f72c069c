"""The numbers of `/status` and `/progress` counted row by row: what the folded counts must come to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import AnswerKind, Source
from models.case import Case, CaseState, Outcome
from models.dispute import Dispute
from models.followup import CallAnsweredBy, CallRecord, CallWhy, ToCall
from models.graduate import Graduate
from models.official import Feedback, Official, OfficialState
from models.outgoing import Outgoing, Sending
from models.person import Binding, OutOfReach, Person, Unreachable
from models.staff import Invitation
from models.unit import Unit, UnitKind
from reports.progress import NAMES, TO_CHECK

Counts = dict[str, int]
OUTCOMES = (
    Outcome.CONFIRMED_FALSE,
    Outcome.CONFIRMED_TRUE,
    Outcome.WAS_TRUE_NOW_ENDED,
    Outcome.EMPLOYER_MIX_UP,
    Outcome.UNRESOLVED,
)
MESSAGES = {
    Sending.DUE: "queued",
    Sending.CLAIMED: "queued",
    Sending.ACCEPTED: "accepted",
    Sending.REFUSED: "refused",
    Sending.UNKNOWN: "unknown",
}


async def status_counted(session: AsyncSession, unit: Unit, now: datetime) -> dict[str, Any]:
    """Every key is always there; removed people count nowhere."""
    return {
        **await _people(session, unit),
        "official": await _official(session, unit),
        "cases": await _cases(session, unit, now),
        "disputes": await _disputes(session, unit),
        "unreachable": await _unreachable(session, unit),
        "messages": await _messages(session, unit),
    }


async def coverage_counted(session: AsyncSession, unit: Unit) -> dict[str, int]:
    answer = col(Graduate.answer)
    unsettled = or_(answer.in_(TO_CHECK), and_(answer.is_not(None), col(Graduate.answer_verified).is_(False)))
    phoned = exists().where(
        col(CallRecord.graduate_id) == col(Graduate.id),
        col(CallRecord.answered_by) == CallAnsweredBy.GRADUATE,
    )
    query = select(
        func.count(),
        _sum(col(Graduate.asked_at).is_not(None)),
        _sum(and_(answer.is_not(None), ~unsettled)),
        _sum(phoned),
        _sum(unsettled),
    ).where(*_live(unit))
    row = (await session.execute(query.select_from(Graduate))).one()
    return {name: int(count or 0) for name, count in zip(NAMES, row, strict=True)}


async def _people(session: AsyncSession, unit: Unit) -> dict[str, Any]:
    answered = and_(col(Graduate.answer).is_not(None), col(Graduate.answer_verified).is_not(False))
    asked = col(Graduate.asked_at).is_not(None)
    row = (
        await session.execute(
            _here(
                select(
                    func.count(),
                    _sum(_bound(verified=True)),
                    _sum(asked),
                    _sum(and_(asked, ~answered)),
                    _sum(and_(~_bound(verified=True), _bound(verified=False))),
                ),
                unit,
            )
        )
    ).one()
    by_answer = _here(select(col(Graduate.answer), func.count()).where(answered), unit)
    answers = await _grouped(session, by_answer.group_by(col(Graduate.answer)), AnswerKind)
    names = ("roster", "enrolled", "asked", "awaiting", "unverified")
    return {name: int(count or 0) for name, count in zip(names, row, strict=True)} | {"answers": answers}


async def _official(session: AsyncSession, unit: Unit) -> dict[str, Any]:
    """A dispute filed on the register is counted as that, whatever state stands beside it."""
    disputed = _disputed_there()
    query = _here(select(col(Graduate.official), disputed, func.count()), unit)
    counts = dict.fromkeys(("confirmed", "unconfirmed", "changed_since", "disputed"), 0)
    names = {
        Official.CONFIRMED: "confirmed",
        Official.UNCONFIRMED: "unconfirmed",
        Official.CHANGED: "changed_since",
    }
    for state, is_disputed, count in await session.execute(query.group_by(col(Graduate.official), disputed)):
        name = "disputed" if is_disputed else names.get(state)
        if name is not None:
            counts[name] += count
    latest = (await session.execute(_here(select(func.max(col(Graduate.official_at))), unit))).scalar_one()
    return counts | {"as_of": latest.isoformat() if latest else None}


def _disputed_there() -> ColumnElement[bool]:
    latest = (
        select(OfficialState.__table__.c.feedback)  # type: ignore[attr-defined]
        .where(col(OfficialState.graduate_id) == col(Graduate.id))
        .order_by(col(OfficialState.imported_at).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )
    return case((latest == Feedback.NEVER_SIGNED, True), else_=False)


async def _cases(session: AsyncSession, unit: Unit, now: datetime) -> Counts:
    is_open = col(Case.state) != CaseState.CLOSED
    untouched = and_(col(Case.first_contact_at).is_(None), col(Case.first_contact_by) < now)
    query = select(_sum(is_open), _sum(and_(is_open, or_(col(Case.due_at) < now, untouched))), _sum(~is_open))
    row = (await session.execute(query.select_from(Case).where(_unit_of(col(Case.unit_id), unit)))).one()
    return {name: int(n or 0) for name, n in zip(("open", "overdue", "closed"), row, strict=True)}


async def _disputes(session: AsyncSession, unit: Unit) -> dict[str, Any]:
    is_open = col(Dispute.closed_at).is_(None)
    whole = select(
        _sum(is_open),
        _sum(~is_open),
        _sum(and_(is_open, col(Case.state) == CaseState.AWAITING_REVIEW)),
        _sum(col(Dispute.reopened) > 0),
    )
    row = (await session.execute(_with_case(whole, unit))).one()
    names = ("open", "closed", "awaiting_review", "reopened")
    by_source = _with_case(select(col(Dispute.source), func.count()), unit).group_by(col(Dispute.source))
    by_outcome = _with_case(select(col(Case.outcome), func.count()), unit).where(~is_open)
    outcomes = await _grouped(session, by_outcome.group_by(col(Case.outcome)), Outcome)
    return {
        **{name: int(n or 0) for name, n in zip(names, row, strict=True)},
        "by_source": await _grouped(session, by_source, Source),
        "by_outcome": {name: n for name, n in outcomes.items() if n or name in OUTCOMES},
    }


async def _unreachable(session: AsyncSession, unit: Unit) -> Counts:
    """One after the other, in plain words; nobody counts under a bad request."""
    counts: Counts = {one.value: 0 for one in [*Unreachable, *OutOfReach]}
    for graduate in (await session.execute(select(Graduate).where(*_live(unit)))).scalars():
        reason = await reason_of(session, graduate)
        if reason is not None:
            counts[reason] += 1
    return counts


async def reason_of(session: AsyncSession, graduate: Graduate) -> OutOfReach | None:
    """Why no message comes to them; nothing where one does."""
    every = (
        await session.execute(
            select(Binding, Person)
            .join(Person, col(Person.id) == col(Binding.person_id))
            .where(col(Binding.graduate_id) == graduate.id)
        )
    ).all()
    live = [person for binding, person in every if binding.ended_at is None]
    silent = await _silent(session, graduate)
    taking = [
        one for one in live if not one.stopped_at and one.unreachable in (None, Unreachable.BAD_REQUEST)
    ]
    if taking and not silent:
        return None
    why = {one.unreachable for one in live}
    found = {OutOfReach(one.value) for one in why if one and one is not Unreachable.BAD_REQUEST}
    if any(one.stopped_at for one in live):
        found.add(OutOfReach.OPTED_OUT)
    if silent:
        found.add(OutOfReach.UNANSWERED)
    if await _dead(session, graduate):
        found.add(OutOfReach.DEAD_NUMBER)
    if not live:
        ended = sorted((binding.ended_at, binding.id.hex, binding.ended_why) for binding, _ in every)
        if ended and ended[-1][2] == "wrong_person":
            found.add(OutOfReach.WRONG_PERSON)
        if await _declined(session, graduate):
            found.add(OutOfReach.DECLINED)
    return next((one for one in OutOfReach if one in found), OutOfReach.NOT_ENROLLED)


async def _silent(session: AsyncSession, graduate: Graduate) -> bool:
    query = select(ToCall).where(col(ToCall.graduate_id) == graduate.id, col(ToCall.over_at).is_(None))
    marks = (await session.execute(query)).scalars()
    return not graduate.answered and any(one.why is CallWhy.UNANSWERED for one in marks)


async def _dead(session: AsyncSession, graduate: Graduate) -> bool:
    query = select(CallRecord).where(col(CallRecord.graduate_id) == graduate.id)
    others = (CallAnsweredBy.PARENT, CallAnsweredBy.EMPLOYER)
    calls = [one for one in (await session.execute(query)).scalars() if one.answered_by not in others]
    if not calls:
        return False
    last = max(calls, key=lambda one: (one.at, one.id.hex))
    same = last.phone_digest is None or last.phone_digest == graduate.phone_digest
    return same and last.answered_by is CallAnsweredBy.DEAD_NUMBER


async def _declined(session: AsyncSession, graduate: Graduate) -> bool:
    query = (
        select(Person)
        .join(Invitation, col(Invitation.used_by_id) == col(Person.id))
        .where(col(Invitation.graduate_id) == graduate.id)
    )
    return any(one.unreachable is Unreachable.DECLINED for one in (await session.execute(query)).scalars())


async def _messages(session: AsyncSession, unit: Unit) -> Counts:
    """To the people of this unit; to everybody, staff too, where the whole school is meant."""
    counts = dict.fromkeys(MESSAGES.values(), 0)
    query = select(col(Outgoing.state), func.count()).group_by(col(Outgoing.state))
    if unit.kind is not UnitKind.SCHOOL:
        people = (
            select(col(Binding.person_id))
            .join(Graduate, col(Graduate.id) == col(Binding.graduate_id))
            .where(*_live(unit))
        )
        query = query.where(col(Outgoing.person_id).in_(people))
    for state, count in await session.execute(query):
        if state in MESSAGES:
            counts[MESSAGES[state]] += count
    return counts


def _sum(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((what, 1), else_=0))


def _bound(*, verified: bool) -> ColumnElement[bool]:
    return exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None),
        col(Binding.verified).is_(verified),
    )


def _unit_of(column: Any, unit: Unit) -> ColumnElement[bool]:
    under: ColumnElement[bool] = column.in_(select(col(Unit.id)).where(col(Unit.path).startswith(unit.path)))
    return under


def _live(unit: Unit) -> tuple[ColumnElement[bool], ...]:
    return col(Graduate.removed_at).is_(None), _unit_of(col(Graduate.unit_id), unit)


def _here(query: Any, unit: Unit) -> Any:
    return query.select_from(Graduate).where(*_live(unit))


def _with_case(query: Any, unit: Unit) -> Any:
    joined = query.select_from(Dispute).join(Case, col(Case.id) == col(Dispute.case_id))
    return joined.where(_unit_of(col(Case.unit_id), unit))


async def _grouped(session: AsyncSession, query: Any, of: Any) -> Counts:
    counts: Counts = {one.value: 0 for one in of}
    for key, count in await session.execute(query):
        if key is not None:
            counts[key.value] += count
    return counts
