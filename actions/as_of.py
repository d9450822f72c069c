"""What stood at an instant, counted from history alone: the same whenever it is asked.

Left out, since nothing keeps what it was: why somebody could not be reached, whose case was overdue, how many
messages were queued, and what the roster said of a person beside the destination."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import AnswerKind, Source
from models.case import Case, CaseKind, CaseState, Outcome
from models.dispute import Dispute
from models.event import STALE, Event
from models.graduate import Destination, Graduate
from models.official import Feedback, Official, OfficialState
from models.person import Binding

Facts = dict[str, Any]
LEFT_OUT = ("unreachable", "overdue", "messages")
ANSWERED, STANDS = "answered", "answer_stands"
SETTLED, CLOSED, RETURNED, REOPENED = "case_settled", "case_closed", "case_returned", "dispute_reopened"
MOVED = "roster_changed"
TOLD = (ANSWERED, STANDS, STALE, SETTLED, CLOSED, RETURNED, REOPENED, MOVED)
OFFICIAL = {
    Official.CONFIRMED: "confirmed",
    Official.UNCONFIRMED: "unconfirmed",
    Official.CHANGED: "changed_since",
}


@dataclass
class Stood:
    """One graduate as of the instant."""

    unit_id: UUID
    asked: bool
    answer: AnswerKind | None = None
    answer_verified: bool = True
    destination: Destination | None = None
    official: OfficialState | None = None
    bound: bool = False
    enrolled: bool = False

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer_verified


@dataclass
class Settled:
    """How far a case had come."""

    case: Case
    dispute: Dispute | None
    state: CaseState = CaseState.OPEN
    outcome: Outcome | None = None
    reopened: int = 0

    def hear(self, event: Event) -> None:
        """Events come in the order in which they happened."""
        match event.kind:
            case "case_settled":
                self.outcome = Outcome(event.facts["outcome"])
                self.state = CaseState.AWAITING_REVIEW
            case "case_closed":
                self.state = CaseState.CLOSED
            case "case_returned" | "dispute_reopened":
                self.state, self.outcome = CaseState.OPEN, None
                self.reopened += event.kind == REOPENED


@dataclass
class History:
    """All that is told of some graduates up to the instant, and where they were moved from after it."""

    events: dict[UUID, list[Event]] = field(default_factory=lambda: defaultdict(list))
    was_unit: dict[UUID, UUID] = field(default_factory=dict)


async def count(session: AsyncSession, ids: Sequence[UUID], at: datetime) -> dict[UUID, Facts]:
    """By unit: of these graduates, those there were at the instant, and of their cases."""
    told = await _told(session, ids, at)
    people = await _people(session, ids, at, told)
    counts: defaultdict[UUID, Facts] = defaultdict(dict)
    for one in people.values():
        add(counts[one.unit_id], _of_person(one))
    for case in await _cases(session, list(people), at, told):
        add(counts[case.case.unit_id], _of_case(case))
    return counts


async def _told(session: AsyncSession, ids: Collection[UUID], at: datetime) -> History:
    history = History()
    query = select(Event).where(col(Event.graduate_id).in_(ids), col(Event.kind).in_(TOLD))
    for event in await session.exec(query.order_by(col(Event.id))):
        assert event.graduate_id is not None
        if event.at <= at:
            history.events[event.graduate_id].append(event)
        elif (was := event.facts.get("was_unit")) is not None:
            history.was_unit.setdefault(event.graduate_id, UUID(was))
    return history


async def _people(
    session: AsyncSession, ids: Collection[UUID], at: datetime, told: History
) -> dict[UUID, Stood]:
    query = select(Graduate.id, Graduate.unit_id, Graduate.asked_at).where(
        col(Graduate.id).in_(ids),
        col(Graduate.created_at) <= at,
        col(Graduate.removed_at).is_(None) | (col(Graduate.removed_at) > at),
    )
    people = {
        id_: Stood(told.was_unit.get(id_, unit_id), asked_at is not None and asked_at <= at)
        for id_, unit_id, asked_at in await session.exec(query)
    }
    for id_, one in people.items():
        for event in told.events.get(id_, ()):
            _answer(one, event)
    for version in await _versions(session, people, at):
        people[version.graduate_id].destination = version
    for state in await _states(session, people, at):
        people[state.graduate_id].official = state
    for binding in await _bindings(session, people, at):
        one = people[binding.graduate_id]
        one.bound = True
        verified_at = binding.verified_at or binding.bound_at
        one.enrolled = one.enrolled or (binding.verified and verified_at <= at)
    return people


def _answer(one: Stood, event: Event) -> None:
    match event.kind:
        case "answer_stale":
            one.answer = None
        case "answered" if not event.facts.get("counts", True):
            pass
        case "answered" | "answer_stands":
            said = event.facts["answer"]
            one.answer = AnswerKind(said) if said else None
            one.answer_verified = event.facts["verified"]


async def _versions(session: AsyncSession, ids: Iterable[UUID], at: datetime) -> Iterable[Destination]:
    query = select(Destination).where(
        col(Destination.graduate_id).in_(ids), col(Destination.registered_at) <= at
    )
    return await session.exec(query.order_by(col(Destination.number)))


async def _states(session: AsyncSession, ids: Iterable[UUID], at: datetime) -> Iterable[OfficialState]:
    of_these = col(OfficialState.graduate_id).in_(ids)
    query = select(OfficialState).where(of_these, col(OfficialState.imported_at) <= at)
    return await session.exec(query.order_by(col(OfficialState.imported_at)))


async def _bindings(session: AsyncSession, ids: Iterable[UUID], at: datetime) -> Iterable[Binding]:
    return await session.exec(
        select(Binding).where(
            col(Binding.graduate_id).in_(ids),
            col(Binding.bound_at) <= at,
            col(Binding.ended_at).is_(None) | (col(Binding.ended_at) > at),
        )
    )


async def _cases(
    session: AsyncSession, ids: Collection[UUID], at: datetime, told: History
) -> Iterable[Settled]:
    query = select(Case, Dispute).outerjoin(Dispute, col(Dispute.case_id) == col(Case.id))
    rows = await session.exec(query.where(col(Case.graduate_id).in_(ids), col(Case.opened_at) <= at))
    found = {case.id: Settled(case, dispute) for case, dispute in rows}
    subjects = found | {one.dispute.id: one for one in found.values() if one.dispute is not None}
    for id_ in ids:
        for event in told.events.get(id_, ()):
            if event.subject_id in subjects:
                subjects[event.subject_id].hear(event)
    return found.values()


def _of_person(one: Stood) -> Facts:
    facts: Facts = {
        "roster": 1,
        "enrolled": int(one.enrolled),
        "unverified": int(one.bound and not one.enrolled),
        "asked": int(one.asked),
        "awaiting": int(one.asked and not one.answered),
    }
    if one.answer is not None and one.answered:
        facts["answers"] = {one.answer.value: 1}
    if one.official is not None:
        disputed = one.official.feedback is Feedback.NEVER_SIGNED
        if name := "disputed" if disputed else OFFICIAL.get(one.official.state):
            facts["official"] = {name: 1}
    if one.destination is not None:
        facts["destinations"] = {one.destination.category: 1}
        facts["codes"] = {one.destination.code or "": 1}
    return facts


def _of_case(one: Settled) -> Facts:
    closed = one.state is CaseState.CLOSED
    facts: Facts = {"cases": {"closed" if closed else "open": 1}}
    if one.dispute is None or one.case.kind is not CaseKind.DISPUTE:
        return facts
    facts["disputes"] = {
        "closed" if closed else "open": 1,
        "awaiting_review": int(one.state is CaseState.AWAITING_REVIEW),
        "reopened": int(one.reopened > 0),
        "by_source": {one.dispute.source.value: 1},
        "by_outcome": {one.outcome.value: 1} if closed and one.outcome else {},
    }
    return facts


def add(to: Facts, more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping):
            add(to.setdefault(name, {}), value)
        else:
            to[name] = to.get(name, 0) + value


def whole(counts: Mapping[str, Any]) -> Facts:
    """Every key is always there, and what is not known is named."""
    facts: Facts = {
        **dict.fromkeys(("roster", "enrolled", "unverified", "asked", "awaiting"), 0),
        "answers": dict.fromkeys((one.value for one in AnswerKind), 0),
        "official": dict.fromkeys((*OFFICIAL.values(), "disputed"), 0),
        "destinations": {},
        "codes": {},
        "cases": dict.fromkeys(("open", "closed"), 0),
        "disputes": {
            **dict.fromkeys(("open", "closed", "awaiting_review", "reopened"), 0),
            "by_source": dict.fromkeys((one.value for one in Source), 0),
            "by_outcome": {},
        },
    }
    add(facts, counts)
    return facts | {"left_out": list(LEFT_OUT)}
