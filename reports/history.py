"""All that happened to a case, in pages that fit into one message; read-only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, select

from models.answer import Answer, Heard
from models.case import KEPT_CLOSE, Case, Note
from models.dispute import Dispute, Statement
from models.event import Event
from models.evidence import WITHDRAWN, Evidence
from models.followup import CallRecord
from models.graduate import Graduate
from models.messages.cases import CaseHistory
from models.staff import Staff
from models.unit import Unit
from reports.callrecords import became_dispute
from reports.disputes import statements
from reports.facts import About, asks
from reports.readers import reads_still, shut_out

MOST = 200
FITS = 3300
PART = 1500
LINE = 120


@dataclass(frozen=True)
class Line:
    """A note, a call, a look, an answer, a paper taken back, or what the graduate said; long words go on in
    the next line."""

    at: datetime
    text: str = ""
    note: Note | None = None
    writer: Staff | None = None
    call: CallRecord | None = None
    answer: Answer | None = None
    role: str | None = None
    what: str | None = None


@asks(CaseHistory)
async def _history(about: About, said: CaseHistory) -> dict[str, Any]:
    case = await about.session.get_one(Case, said.case)
    reads = said.reads and await reads_still(about, said.case, said.reader)
    lines = await _notes(about, case, reads=reads)
    if reads:
        lines += await _words(about, case)
        lines += await _answers(about, case)
        lines += await _calls(about, case, said.reader)
        lines += await _taken_back(about, case)
    if said.views:
        lines += await _looks(about, case)
    pages = _pages(sorted(lines, key=lambda line: line.at))
    graduate = await about.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    return {
        "graduate": graduate,
        "unit": await about.session.get(Unit, case.unit_id),
        "history": pages[min(said.page, len(pages) - 1)],
        "pages": len(pages),
        "reads": reads,
        "elsewhere": await shut_out(about, said.case, said.reader),
    }


async def _notes(about: About, case: Case, *, reads: bool) -> list[Line]:
    rows = await about.session.exec(
        select(Note, Staff)
        .outerjoin(Staff, col(Staff.id) == col(Note.staff_id))
        .where(Note.case_id == case.id)
        .order_by(col(Note.at))
        .limit(MOST)
    )
    lines: list[Line] = []
    for note, writer in rows.all():
        text = about.keys.open(note.text) if note.text and reads else ""
        lines += [Line(note.at, part, note, writer) for part in _parts(text)]
    return lines


async def _words(about: About, case: Case) -> list[Line]:
    """What the graduate said to whoever works on it, word for word."""
    dispute = (await about.session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()
    heard = select(Heard).where(Heard.case_id == case.id).order_by(col(Heard.said_at)).limit(MOST)
    said = await statements(about.session, dispute) if dispute else ()
    rows: list[Statement | Heard] = [*said, *(await about.session.exec(heard)).all()]
    return [Line(row.said_at, part) for row in rows if row.text for part in _parts(about.keys.open(row.text))]


async def _answers(about: About, case: Case) -> list[Line]:
    """The one the case is about; for a dispute all that were given about the same version."""
    dispute = (await about.session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()
    which = col(Answer.id) == case.answer_id
    if dispute is not None:
        same = col(Answer.destination_id) == dispute.destination_id
        which = or_(which, and_(same, col(Answer.graduate_id) == case.graduate_id))
    rows = await about.session.exec(select(Answer).where(which).order_by(col(Answer.said_at)).limit(MOST))
    return [Line(row.said_at, answer=row) for row in rows.all()]


async def _calls(about: About, case: Case, reader: UUID | None) -> list[Line]:
    """Of an ordinary case their own and its own: another may be about what is not theirs to know."""
    if case.graduate_id is None:
        return []
    query = (
        select(CallRecord, Staff)
        .join(Staff, col(Staff.id) == col(CallRecord.staff_id))
        .where(
            CallRecord.graduate_id == case.graduate_id,
            or_(col(CallRecord.at) >= case.opened_at, col(CallRecord.case_id) == case.id),
            col(CallRecord.at) <= (case.closed_at or about.now),
        )
    )
    if case.kind not in KEPT_CLOSE:
        its_own = and_(col(CallRecord.case_id) == case.id, ~became_dispute())
        query = query.where(or_(col(CallRecord.staff_id) == reader, its_own))
    rows = await about.session.exec(query.order_by(col(CallRecord.at)).limit(MOST))
    return [
        Line(call.at, about.keys.open(call.note) if call.note else "", writer=staff, call=call)
        for call, staff in rows.all()
    ]


async def _taken_back(about: About, case: Case) -> list[Line]:
    """Papers of this case that nobody can open any more."""
    rows = await about.session.exec(
        select(Event)
        .join(Evidence, col(Evidence.id) == col(Event.subject_id))
        .where(Evidence.case_id == case.id, Event.kind == WITHDRAWN)
        .order_by(col(Event.at))
        .limit(MOST)
    )
    return [Line(event.at, what=WITHDRAWN) for event in rows.all()]


async def _looks(about: About, case: Case) -> list[Line]:
    """Each colleague once a day, at the card and at the papers."""
    rows = await about.session.exec(
        select(Event, Staff)
        .join(Staff, col(Staff.person_id) == col(Event.actor_id))
        .where(Event.subject_id == case.id, Event.kind == "viewed")
        .order_by(col(Event.at))
        .limit(MOST)
    )
    first: dict[tuple[UUID, date, str | None], Line] = {}
    for event, staff in rows.all():
        day = about.rules.calendar.local(event.at).date()
        role, what = str(event.facts.get("role", "office")), event.facts.get("what")
        first.setdefault((staff.id, day, what), Line(event.at, writer=staff, role=role, what=what))
    return list(first.values())


def _parts(text: str) -> list[str]:
    return [text[start : start + PART] for start in range(0, len(text), PART)] or [""]


def _pages(lines: list[Line]) -> list[list[Line]]:
    pages: list[list[Line]] = [[]]
    room = FITS
    for line in lines:
        room -= len(line.text) + LINE
        if room < 0 and pages[-1]:
            pages.append([])
            room = FITS - len(line.text) - LINE
        pages[-1].append(line)
    return pages
