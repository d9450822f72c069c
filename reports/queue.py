"""What cards of cases, queues and call lists show beyond the rows their ids name; read-only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer, ContactChange, Heard
from models.case import Case, CaseKind, CaseState, Note
from models.dispute import Dispute, Statement, StatementKind
from models.event import Event
from models.followup import contacts_of
from models.graduate import Destination, Graduate
from models.lead import Lead
from models.messages.absence import CaseStranded
from models.messages.cases import (
    CaseAlert,
    CaseCard,
    CaseColleagues,
    CaseHandedOver,
    CaseOutcomeTold,
    CaseReturned,
    CaseReviewAlert,
    CaseReviewLate,
    CaseTaken,
)
from models.messages.queue import (
    QueueCard,
    QueueList,
)
from models.rectification import Rectification
from models.staff import Staff
from models.unit import Unit
from reports.callrecords import calls_of
from reports.disputes import statements
from reports.evidence import shared_by
from reports.facts import About, asks, current_destination
from reports.lookinto import looked_into
from reports.readers import away_until, kept_away, moved_on, reads_still, shut_out
from reports.registering import dispute_behind

TAIL = 3
HEARD = 5
R = TypeVar("R", bound=SQLModel)


@asks(CaseCard)
async def _card(about: About, said: CaseCard) -> dict[str, Any]:
    return await _for_reader(about, said)


@asks(QueueCard)
async def _queue(about: About, said: QueueCard) -> dict[str, Any]:
    facts = await _for_reader(about, said)
    return facts | {"waiting": await _waiting(about, said.rest)}


async def _for_reader(about: About, said: CaseCard | QueueCard) -> dict[str, Any]:
    """What they may read was worked out when it was said; it may be less by now, never more."""
    reads = said.reads and await reads_still(about, said.case, said.reader)
    facts = await case_facts(about, said.case, said.reader, reads=reads, pressure=said.reads_pressure)
    if await kept_away(about, said.graduate, said.reader):
        facts["contact"] = None
    return facts | {"reads": reads, "elsewhere": await shut_out(about, said.case, said.reader)}


@asks(QueueList)
async def _queue_list(about: About, said: QueueList) -> dict[str, Any]:
    return {"waiting": await _waiting(about, said.rest)}


@asks(CaseAlert)
async def _alert(about: About, said: CaseAlert) -> dict[str, Any]:
    elsewhere = await moved_on(about, said.case, said.reader, owned=said.mine)
    return await _dues(about, said.case) | {"elsewhere": elsewhere}


@asks(CaseStranded)
async def _stranded(about: About, said: CaseStranded) -> dict[str, Any]:
    return {"elsewhere": await moved_on(about, said.case, said.reader)}


@asks(CaseHandedOver)
async def _handed(about: About, said: CaseHandedOver) -> dict[str, Any]:
    elsewhere = {"elsewhere": not await reads_still(about, said.case, said.reader)}
    return await _dues(about, said.case) | await _note(about, said.note) | elsewhere


@asks(CaseReturned)
async def _returned(about: About, said: CaseReturned) -> dict[str, Any]:
    elsewhere = {"elsewhere": not await reads_still(about, said.case, said.reader)}
    return await _note(about, said.note) | elsewhere


@asks(CaseReviewAlert)
async def _review(about: About, said: CaseReviewAlert) -> dict[str, Any]:
    case = await about.session.get_one(Case, said.case)
    closer = await about.session.get(Staff, case.closer_id) if case.closer_id else None
    return {"closer": closer, "review_by": case.review_by}


@asks(CaseReviewLate)
async def _review_late(about: About, said: CaseReviewLate) -> dict[str, Any]:
    return {"review_by": (await about.session.get_one(Case, said.case)).review_by}


@asks(CaseOutcomeTold)
async def _outcome(about: About, said: CaseOutcomeTold) -> dict[str, Any]:
    case = await about.session.get_one(Case, said.case)
    return {"answer": await about.session.get(Answer, case.answer_id) if case.answer_id else None}


@asks(CaseTaken)
async def _taken(about: About, said: CaseTaken) -> dict[str, Any]:
    return {"owner": await about.session.get(Staff, said.staff)}


@asks(CaseColleagues)
async def _colleagues(about: About, said: CaseColleagues) -> dict[str, Any]:
    return {"listed": await in_order(about.session, Staff, said.colleagues)}


async def case_facts(
    about: About, case_id: UUID, reader: UUID | None, *, reads: bool, pressure: bool
) -> dict[str, Any]:
    """Everything a card may show; what the graduate said only for whoever may read it."""
    session = about.session
    case = await session.get_one(Case, case_id)
    dispute = (await session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()
    about_it = dispute or await dispute_behind(session, case)
    facts: dict[str, Any] = {
        "unit": await session.get(Unit, case.unit_id),
        "graduate": await session.get(Graduate, case.graduate_id) if case.graduate_id else None,
        "owner": await session.get(Staff, case.owner_id) if case.owner_id else None,
        "closer": await session.get(Staff, case.closer_id) if case.closer_id else None,
        "dispute": dispute,
        "lead": (await session.exec(select(Lead).where(Lead.case_id == case.id))).first(),
        "destination": await _registered(session, case, about_it),
        "tail": await _notes(session, case.id, TAIL),
        "calls": await calls_of(session, case, reader),
        "looked": await looked_into(session, case) if case.state is CaseState.AWAITING_REVIEW else [],
        "review_by": case.review_by,
        "overdue": case.overdue(about.now),
        "weekends_only": about.rules.calendar.unknown_year(about.rules.calendar.local(case.due_at).date()),
        "task": await _task(session, case),
    }
    facts |= await shared_by(session, case) if reads else {"shared": [], "unnamed": 0}
    return facts | await _said(session, case, dispute, reads=reads, pressure=pressure)


async def _task(session: AsyncSession, case: Case) -> Rectification | None:
    query = select(Rectification).where(Rectification.case_id == case.id)
    return (await session.exec(query)).first() if case.kind is CaseKind.RECTIFICATION else None


async def _said(
    session: AsyncSession, case: Case, dispute: Dispute | None, *, reads: bool, pressure: bool
) -> dict[str, Any]:
    said: dict[str, Any] = {"statements": [], "heard": [], "claim": None, "pressure": [], "contact": None}
    said["disowned"] = None
    about = await _reported_in(session, case) if case.for_few else dispute
    if about is not None and pressure and reads:
        said["pressure"] = await _pressure(session, about)
    if not reads:
        return said
    said["statements"] = list(await statements(session, dispute)) if dispute else []
    heard = select(Heard).where(Heard.case_id == case.id).order_by(col(Heard.said_at).desc()).limit(HEARD)
    said["heard"] = list((await session.exec(heard)).all())[::-1]
    answer = await session.get(Answer, case.answer_id) if case.answer_id else None
    said["claim"] = answer.claim if answer else None
    said["disowned"] = await _disowned(session, case)
    if case.kind is CaseKind.CONTACT_CHANGE:
        said["contact"] = await _newest_contact(session, case)
    return said


async def _disowned(session: AsyncSession, case: Case) -> datetime | None:
    """When the graduate said that what was answered on the page was not said by them."""
    query = select(Event.at).where(Event.subject_id == case.id, Event.kind == "case_disowned")
    return (await session.exec(query.order_by(col(Event.id).desc()).limit(1))).first()


async def _reported_in(session: AsyncSession, case: Case) -> Dispute | None:
    """The dispute in which the graduate said that somebody asked them to sign."""
    return (await session.exec(select(Dispute).where(Dispute.case_id == case.parent_id))).first()


async def _pressure(session: AsyncSession, dispute: Dispute) -> Sequence[Statement]:
    query = select(Statement).where(
        Statement.dispute_id == dispute.id, Statement.kind == StatementKind.PRESSURE
    )
    return (await session.exec(query.order_by(col(Statement.said_at)).limit(HEARD))).all()


async def _newest_contact(session: AsyncSession, case: Case) -> ContactChange | None:
    query = select(ContactChange).where(contacts_of(case))
    return (await session.exec(query.order_by(col(ContactChange.given_at).desc()).limit(1))).first()


async def _registered(session: AsyncSession, case: Case, dispute: Dispute | None) -> Destination | None:
    """The version that is disputed, else the one registered now."""
    if dispute is not None:
        return await session.get(Destination, dispute.destination_id)
    graduate = await session.get(Graduate, case.graduate_id) if case.graduate_id else None
    return await current_destination(session, graduate) if graduate else None


async def _notes(session: AsyncSession, case_id: UUID, most: int) -> list[tuple[Note, Staff | None]]:
    """The newest, in the order they were written."""
    rows = await session.exec(
        select(Note, Staff)
        .outerjoin(Staff, col(Staff.id) == col(Note.staff_id))
        .where(Note.case_id == case_id)
        .order_by(col(Note.at).desc())
        .limit(most)
    )
    newest: list[tuple[Note, Staff | None]] = [(note, staff) for note, staff in rows.all()]
    return newest[::-1]


async def _waiting(about: About, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    cases = await in_order(about.session, Case, ids)
    people = {one.id: one for one in await in_order(about.session, Graduate, [c.graduate_id for c in cases])}
    return [
        {
            "case": case,
            "graduate": people.get(case.graduate_id) if case.graduate_id else None,
            "due": case.next_due or case.due_at,
            "overdue": case.overdue(about.now),
        }
        for case in cases
    ]


async def _dues(about: About, case_id: UUID) -> dict[str, Any]:
    case = await about.session.get_one(Case, case_id)
    calendar = about.rules.calendar
    today = calendar.local(case.first_contact_by).date() == calendar.local(about.now).date()
    away = await away_until(about, case)
    return {"today": today, "unit": await about.session.get(Unit, case.unit_id), "away": away}


async def _note(about: About, note_id: UUID) -> dict[str, Any]:
    note = await about.session.get_one(Note, note_id)
    writer = await about.session.get(Staff, note.staff_id) if note.staff_id else None
    return {"note": note, "writer": writer}


async def college_of(session: AsyncSession, unit: Unit) -> Unit:
    """The college over a unit, as a graduate knows it; the unit itself where there is none."""
    ids = [UUID(part) for part in unit.path.strip("/").split("/")]
    rows = await session.exec(select(Unit).where(col(Unit.id).in_(ids), Unit.kind == "college"))
    return rows.first() or unit


async def in_order(session: AsyncSession, row: type[R], ids: Iterable[UUID | None]) -> list[R]:
    """The rows in the order of the ids; one that is gone is left out."""
    wanted = [one for one in ids if one is not None]
    rows = await session.exec(select(row).where(row.id.in_(wanted)))  # type: ignore[attr-defined]
    found = {one.id: one for one in rows.all()}  # type: ignore[attr-defined]
    return [found[one] for one in wanted if one in found]
