"""All that happened to a case, in pages that fit into one message; read-only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from models.answer import Heard
from models.case import Case, Note
from models.dispute import Dispute, Statement
from models.graduate import Graduate
from models.messages.cases import CaseHistory
from models.staff import Staff
from models.unit import Unit
from reports.disputes import statements
from reports.facts import About, asks
from reports.readers import reads_still, shut_out

MOST = 200
FITS = 3300
PART = 1500
LINE = 120


@dataclass(frozen=True)
class Line:
    """A note of a colleague's, or what the graduate said; long words go on in the next line."""

    at: datetime
    text: str
    note: Note | None = None
    writer: Staff | None = None


@asks(CaseHistory)
async def _history(about: About, said: CaseHistory) -> dict[str, Any]:
    case = await about.session.get_one(Case, said.case)
    reads = said.reads and await reads_still(about, said.case, said.reader)
    lines = await _notes(about, case, reads=reads)
    if reads:
        lines += await _words(about, case)
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
