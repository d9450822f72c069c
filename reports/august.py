"""What the ministry asks in August: disputes, suspects, complaints by result and source, as of one instant.

Counted from the history alone, so that what happens later never alters the numbers of an earlier instant."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Source
from models.case import Case, CaseKind, CaseState, Channel, Outcome
from models.dispute import Dispute
from models.event import Event
from models.graduate import Graduate
from models.lead import Lead
from models.messages.leads import AugustCard
from models.unit import Unit
from reports.facts import About, asks

ROWS = 500
TOLD = ("case_settled", "case_closed", "case_returned", "dispute_reopened")
STATES = ("open", "awaiting_review", "closed")
OUTCOMES = (
    *("confirmed_false", "confirmed_true", "was_true_now_ended", "employer_mix_up"),
    *("substantiated", "partly", "unfounded", "passed_on", "register_corrected", "unresolved", "other"),
)
OF_WHICH = ("reopened", "unmatched")
NUMBERS = ("total", *STATES, *OUTCOMES, *OF_WHICH)
Numbers = dict[str, int]


class Section(StrEnum):
    DISPUTES = "disputes"
    REGISTER = "register_changes"
    FINDINGS = "findings"
    COMPLAINTS = "complaints"
    ANOMALIES = "anomalies"


KINDS = {
    CaseKind.DISPUTE: Section.DISPUTES,
    CaseKind.FINDING: Section.FINDINGS,
    CaseKind.COMPLAINT: Section.COMPLAINTS,
    CaseKind.ANOMALY: Section.ANOMALIES,
}
OWN = "own"
SOURCES: dict[Section, tuple[str, ...]] = {
    Section.DISPUTES: tuple(Source),
    Section.REGISTER: tuple(Source),
    Section.FINDINGS: (Channel.MINISTRY, Channel.PROVINCE, Channel.THIRD_PARTY, Channel.OTHER),
    Section.COMPLAINTS: tuple(Channel),
    Section.ANOMALIES: (OWN,),
}
UNMATCHED = "unmatched"


@dataclass(frozen=True)
class Row:
    """One case as it stood."""

    section: Section
    source: str
    case: Case
    graduate: Graduate | None
    lead: Lead | None
    state: str = "open"
    outcome: str | None = None
    reopened: int = 0
    closed_at: datetime | None = None

    @property
    def numbers(self) -> Iterable[str]:
        yield "total"
        yield self.state
        if self.state == "closed":
            yield self.outcome if self.outcome in OUTCOMES else "other"
        if self.reopened:
            yield "reopened"
        if self.case.kind is CaseKind.FINDING and self.case.reason == UNMATCHED:
            yield "unmatched"


async def rows_of(session: AsyncSession, unit: Unit, at: datetime) -> AsyncIterator[Row]:
    """By number; a dispute that was found false stands once more under the correction of the register."""
    after = 0
    while some := await _some(session, unit, at, after):
        told = await _told(session, some, at)
        changes = await _changes(session, [case.id for case, *_ in some], at)
        for case, dispute, graduate, lead in some:
            row = _stood(Row(KINDS[case.kind], _source(case, dispute), case, graduate, lead), dispute, told)
            yield row
            if row.outcome == Outcome.CONFIRMED_FALSE and row.state == "closed":
                yield _correction(row, changes.get(case.id))
        after = some[-1][0].number


async def count(session: AsyncSession, unit: Unit, at: datetime) -> dict[str, dict[str, Numbers]]:
    return table([row async for row in rows_of(session, unit, at)])


def table(rows: Iterable[Row]) -> dict[str, dict[str, Numbers]]:
    """By section and source; every key is there, and what does not occur is 0."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        counts.update((row.section, row.source, number) for number in row.numbers)
    return {
        section.value: {
            source: {number: counts[section, source, number] for number in NUMBERS} for source in sources
        }
        for section, sources in SOURCES.items()
    }


def whole(sources: Mapping[str, Numbers]) -> Numbers:
    return {number: sum(one[number] for one in sources.values()) for number in NUMBERS}


@asks(AugustCard)
async def _card(about: About, said: AugustCard) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    numbers = await count(about.session, unit, about.now)
    return {
        "over": unit,
        "numbers": numbers,
        "whole": {section: whole(sources) for section, sources in numbers.items()},
        "outcomes": OUTCOMES,
    }


Found = tuple[Case, Dispute | None, Graduate | None, Lead | None]


async def _some(session: AsyncSession, unit: Unit, at: datetime, after: int) -> list[Found]:
    under = select(Unit.id).where(col(Unit.path).startswith(unit.path))
    rows = await session.exec(
        select(Case, Dispute, Graduate, Lead)
        .outerjoin(Dispute, col(Dispute.case_id) == col(Case.id))
        .outerjoin(Graduate, col(Graduate.id) == col(Case.graduate_id))
        .outerjoin(Lead, col(Lead.case_id) == col(Case.id))
        .where(
            col(Case.kind).in_(list(KINDS)),
            col(Case.unit_id).in_(under),
            col(Case.opened_at) <= at,
            col(Case.number) > after,
        )
        .order_by(col(Case.number))
        .limit(ROWS)
    )
    return list(rows)


async def _told(session: AsyncSession, some: Sequence[Found], at: datetime) -> dict[UUID, list[Event]]:
    ids = [one.id for case, dispute, *_ in some for one in (case, dispute) if one is not None]
    return await _events(session, ids, at)


async def _events(session: AsyncSession, ids: Sequence[UUID], at: datetime) -> dict[UUID, list[Event]]:
    query = select(Event).where(
        col(Event.subject_id).in_(ids), col(Event.kind).in_(TOLD), col(Event.at) <= at
    )
    told: dict[UUID, list[Event]] = {}
    for event in await session.exec(query.order_by(col(Event.id))):
        if event.subject_id is not None:
            told.setdefault(event.subject_id, []).append(event)
    return told


async def _changes(
    session: AsyncSession, parents: Sequence[UUID], at: datetime
) -> dict[UUID, datetime | None]:
    """Of each dispute whose record is to be corrected: when the latest correction was seen, if it was."""
    rows = await session.exec(
        select(Case.id, Case.parent_id)
        .where(
            Case.kind == CaseKind.REGISTER_CHANGE,
            col(Case.parent_id).in_(parents),
            col(Case.opened_at) <= at,
        )
        .order_by(col(Case.number))
    )
    latest = {parent: id_ for id_, parent in rows if parent is not None}
    told = await _events(session, list(latest.values()), at)
    closed = {
        id_: event.at for id_, events in told.items() for event in events if event.kind == "case_closed"
    }
    return {parent: closed.get(id_) for parent, id_ in latest.items()}


def _source(case: Case, dispute: Dispute | None) -> str:
    if dispute is not None:
        return dispute.source
    if case.kind is CaseKind.ANOMALY:
        return OWN
    return case.channel if case.channel in SOURCES[KINDS[case.kind]] else Channel.OTHER


def _stood(row: Row, dispute: Dispute | None, told: Mapping[UUID, list[Event]]) -> Row:
    events = [*told.get(row.case.id, ()), *(told.get(dispute.id, ()) if dispute else ())]
    for event in sorted(events, key=lambda one: one.id or 0):
        row = _heard(row, event)
    return row


def _heard(row: Row, event: Event) -> Row:
    match event.kind:
        case "case_settled":
            return replace(row, state=CaseState.AWAITING_REVIEW.value, outcome=event.facts["outcome"])
        case "case_closed":
            return replace(row, state=CaseState.CLOSED.value, closed_at=event.at)
        case "dispute_reopened":
            return replace(row, state="open", outcome=None, closed_at=None, reopened=row.reopened + 1)
        case _:
            return replace(row, state="open", outcome=None, closed_at=None)


def _correction(row: Row, corrected_at: datetime | None) -> Row:
    return replace(
        row,
        section=Section.REGISTER,
        state="closed" if corrected_at else "open",
        outcome=Outcome.REGISTER_CORRECTED.value if corrected_at else None,
        closed_at=corrected_at,
        reopened=0,
    )
