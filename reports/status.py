"""The numbers of `/status` and `quxiang status`: people by their latest answer, cases, disputes, messages."""

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import AnswerKind, Source
from models.case import Case, CaseState, Outcome, overdue_at
from models.dispatch import Channel, Dispatch, as_sending
from models.equation import COUNTED
from models.graduate import Graduate
from models.messages.campaign import Number
from models.official import Official
from models.outgoing import Outgoing, Sending
from models.person import Binding, OutOfReach, Unreachable
from models.tally import QUEUED
from models.unit import Unit, UnitKind
from reports.tally import Standings, messages, standings

Counts = dict[str, int]
OUTCOMES = (
    Outcome.CONFIRMED_FALSE,
    Outcome.CONFIRMED_TRUE,
    Outcome.WAS_TRUE_NOW_ENDED,
    Outcome.EMPLOYER_MIX_UP,
    Outcome.UNRESOLVED,
)
WAITING = (Sending.DUE, Sending.CLAIMED)
MESSAGES = (QUEUED, Sending.ACCEPTED.value, Sending.REFUSED.value, Sending.UNKNOWN.value)
OFFICIAL = {
    Official.CONFIRMED: "confirmed",
    Official.UNCONFIRMED: "unconfirmed",
    Official.CHANGED: "changed_since",
}


async def status(session: AsyncSession, unit: Unit, now: datetime) -> dict[str, Any]:
    """Every key is always there; removed people count nowhere."""
    found = await standings(session, unit)
    return {
        **_people(found),
        "official": _official(found) | {"as_of": await _as_of(session, unit)},
        "cases": await _open_cases(session, unit, now) | {"closed": _closed_cases(found)},
        "disputes": _disputes(found),
        "unreachable": _unreachable(found),
        "messages": await _messages(session, unit),
    }


def _people(found: Standings) -> dict[str, Any]:
    counts: Counts = dict.fromkeys(("roster", "enrolled", "asked", "awaiting", "unverified"), 0)
    answers: Counter[StrEnum | None] = Counter()
    for one, n in found.people():
        counts["roster"] += n
        counts["enrolled"] += n * one.enrolled
        counts["asked"] += n * one.asked
        counts["awaiting"] += n * (one.asked and not one.answered)
        counts["unverified"] += n * (one.bound and not one.enrolled)
        answers[one.answer if one.answered else None] += n
    return {**counts, "answers": _by(AnswerKind, answers)}


def _official(found: Standings) -> dict[str, Any]:
    """A dispute filed on the register is counted as that, whatever state stands beside it."""
    counts = dict.fromkeys((*OFFICIAL.values(), "disputed"), 0)
    for one, n in found.people():
        name = "disputed" if one.disputed_there else OFFICIAL.get(one.official)
        if name is not None:
            counts[name] += n
    return counts


async def _as_of(session: AsyncSession, unit: Unit) -> str | None:
    """Each unit's latest is one look into an index."""
    latest = (
        select(func.max(col(Graduate.official_at)))
        .where(
            col(Graduate.unit_id) == col(Unit.id),
            col(Graduate.official_at).is_not(None),
            col(Graduate.removed_at).is_(None),
        )
        .correlate(Unit)
        .scalar_subquery()
    )
    query = select(func.max(latest)).select_from(Unit).where(col(Unit.path).startswith(unit.path))
    found = (await session.execute(query)).scalar_one()
    return found.isoformat() if found else None


async def _open_cases(session: AsyncSession, unit: Unit, now: datetime) -> Counts:
    """What is overdue depends on the hour; only what is open is looked at."""
    overdue = case((overdue_at(now), 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(overdue), 0)).where(
        col(Case.state) != CaseState.CLOSED, _unit_of(col(Case.unit_id), unit)
    )
    is_open, late = (await session.execute(query.select_from(Case))).one()
    return {"open": is_open, "overdue": int(late)}


def _closed_cases(found: Standings) -> int:
    return sum(n for one, n in found.cases() if one.state is CaseState.CLOSED)


def _disputes(found: Standings) -> dict[str, Any]:
    counts: Counts = dict.fromkeys(("open", "closed", "awaiting_review", "reopened"), 0)
    sources: Counter[StrEnum | None] = Counter()
    outcomes: Counter[StrEnum | None] = Counter()
    for one, n in found.cases():
        if one.source is None:
            continue
        counts["closed" if one.dispute_closed else "open"] += n
        counts["awaiting_review"] += n * (not one.dispute_closed and one.state is CaseState.AWAITING_REVIEW)
        counts["reopened"] += n * one.reopened
        sources[one.source] += n
        outcomes[one.outcome if one.dispute_closed else None] += n
    by_outcome = _by(Outcome, outcomes)
    return {
        **counts,
        "by_source": _by(Source, sources),
        "by_outcome": {name: n for name, n in by_outcome.items() if n or name in OUTCOMES},
    }


def _unreachable(found: Standings) -> Counts:
    """Each graduate once, under one reason: their sum is the roster without those who are reached."""
    counts: Counter[StrEnum | None] = Counter()
    for one, n in found.people():
        counts[one.out_of_reach] += n
    # Nobody counts under a bad request, which is a fault of ours; its key is promised all the same.
    return dict.fromkeys(Unreachable, 0) | _by(OutOfReach, counts)


async def _messages(session: AsyncSession, unit: Unit) -> Counts:
    """To everybody, staff too, where the whole school is meant; else to the people of this unit."""
    if unit.kind is UnitKind.SCHOOL:
        found = await messages(session)
    else:
        found = await _messages_under(session, unit)
    return {name: found.get(name, 0) for name in MESSAGES}


async def _messages_under(session: AsyncSession, unit: Unit) -> Counts:
    """Counted as they stand: who studied twice is in two units, and one person above both."""
    people = (
        select(col(Binding.person_id))
        .join(Graduate, col(Graduate.id) == col(Binding.graduate_id))
        .where(col(Graduate.removed_at).is_(None), _unit_of(col(Graduate.unit_id), unit))
    )
    query = select(col(Outgoing.state), func.count()).where(col(Outgoing.person_id).in_(people))
    counts: Counter[str] = Counter()
    for state, n in await session.execute(query.group_by(col(Outgoing.state))):
        counts[QUEUED if state in WAITING else state.value] += n
    return counts


async def channels(session: AsyncSession, unit: Unit) -> dict[str, Counts]:
    """By the doors beside the chat, in the words of a campaign's equation."""
    state = as_sending()
    query = (
        select(col(Dispatch.channel), state, func.count())
        .join(Graduate, col(Graduate.id) == col(Dispatch.graduate_id))
        .where(col(Graduate.removed_at).is_(None), _unit_of(col(Graduate.unit_id), unit))
        .group_by(col(Dispatch.channel), state)
    )
    found = {channel.value: dict.fromkeys(Number, 0) for channel in Channel}
    for channel, sending, n in await session.execute(query):
        found[channel][Number.QUEUED] += n
        if (number := COUNTED.get(Sending(sending))) is not None:
            found[channel][number] += n
    return {channel: {key.value: n for key, n in counts.items()} for channel, counts in found.items()}


def _unit_of(column: Any, unit: Unit) -> ColumnElement[bool]:
    under: ColumnElement[bool] = column.in_(select(col(Unit.id)).where(col(Unit.path).startswith(unit.path)))
    return under


def _by(of: type[StrEnum], counts: Counter[StrEnum | None]) -> Counts:
    return {one.value: counts[one] for one in of}
