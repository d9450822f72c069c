"""毕业班辅导员就业帮扶工作日志: every entry up to an instant, in the order and the columns of the form."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from xlsxwriter import Workbook

from models.graduate import Graduate
from models.staff import Staff
from models.support import Support, SupportEntry, SupportHelper, SupportSync
from models.unit import Unit
from reports.selfcheck import Paper, names_of_units, write_line

ROWS = 500
COLUMNS = (
    *("date", "counselor", "unit", "number", "name", "groups", "form", "helpers", "contact", "wish"),
    *("contents", "recommended", "progress", "next_step", "feedback", "synced", "synced_at"),
)


async def write_log(paper: Paper, file: Path) -> int:
    """The same facts are the same bytes; every cell is text. Returns how many entries there are."""
    paper.names = await names_of_units(paper.session)
    lines = 0
    with Workbook(str(file), {"constant_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"created": paper.local(paper.as_of).replace(tzinfo=None)})
        sheet = book.add_worksheet()
        write_line(sheet, 0, [paper.words(column) for column in COLUMNS])
        async for cells in _entries(paper):
            lines += 1
            write_line(sheet, lines, cells)
    return lines


async def _entries(paper: Paper) -> AsyncIterator[list[str]]:
    """Class by class, then by student number; of one graduate as they were written."""
    units = select(Unit.id).where(col(Unit.path).startswith(paper.unit.path)).order_by(col(Unit.path))
    for unit_id in (await paper.session.exec(units)).all():
        after = ""
        while some := await _some_of(paper, unit_id, after):
            for cells in await _lines(paper, some):
                yield cells
            after = some[-1][1].roster_key


async def _some_of(paper: Paper, unit_id: UUID, after: str) -> Sequence[tuple[Support, Graduate]]:
    rows = await paper.session.exec(
        select(Support, Graduate)
        .join(Graduate, col(Graduate.id) == col(Support.graduate_id))
        .where(Graduate.unit_id == unit_id, col(Graduate.roster_key) > after)
        .order_by(col(Graduate.roster_key), col(Support.opened_at))
        .limit(ROWS)
    )
    return rows.all()


async def _lines(paper: Paper, some: Sequence[tuple[Support, Graduate]]) -> list[list[str]]:
    ids = [support.id for support, _ in some]
    entries: dict[UUID, list[SupportEntry]] = {}
    query = select(SupportEntry).where(
        col(SupportEntry.support_id).in_(ids), col(SupportEntry.at) <= paper.as_of
    )
    for entry in await paper.session.exec(query.order_by(col(SupportEntry.at), col(SupportEntry.id))):
        entries.setdefault(entry.support_id, []).append(entry)
    helping, synced = await _helping(paper, ids), await _synced(paper, ids)
    lines = []
    for support, graduate in some:
        wish = ""
        for entry in entries.get(support.id, []):
            wish = _open(paper, entry.wish) or wish
            names = [
                name
                for since, ended, name in helping.get(support.id, [])
                if since <= entry.at and (ended is None or ended > entry.at)
            ]
            at = next((at for at in synced.get(support.id, []) if at >= entry.at), None)
            lines.append(_cells(paper, graduate, entry, names, wish, at))
    return lines


def _cells(
    paper: Paper,
    graduate: Graduate,
    entry: SupportEntry,
    names: Sequence[str],
    wish: str,
    synced: datetime | None,
) -> list[str]:
    return [
        f"{paper.local(entry.at):%Y-%m-%d}",
        graduate.counselor or "",
        paper.path(graduate.unit_id),
        graduate.student_no or graduate.exam_no or "",
        graduate.name,
        _words(paper, "group", entry.groups),
        paper.words(f"form_{entry.form.value}"),
        paper.words("between").join(names),
        _open(paper, graduate.phone),
        wish,
        _contents(paper, entry),
        _open(paper, entry.recommended),
        paper.words(f"progress_{entry.progress.value}"),
        _open(paper, entry.next_step),
        _open(paper, entry.feedback),
        paper.words("yes" if synced else "no"),
        paper.moment(synced),
    ]


def _contents(paper: Paper, entry: SupportEntry) -> str:
    """What was done, and in a few words how."""
    said = _open(paper, entry.text)
    what = _words(paper, "content", entry.contents)
    return what + paper.words("text").format(text=said) if said else what


def _words(paper: Paper, kind: str, values: Sequence[str]) -> str:
    return paper.words("between").join(paper.words(f"{kind}_{one}") for one in values)


def _open(paper: Paper, sealed: str | None) -> str:
    return paper.keys.open(sealed) if sealed else ""


async def _helping(paper: Paper, ids: Sequence[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    rows = await paper.session.exec(
        select(SupportHelper, Staff.name)
        .join(Staff, col(Staff.id) == col(SupportHelper.staff_id))
        .where(
            col(SupportHelper.support_id).in_(ids),
            or_(col(SupportHelper.ended_at).is_(None), col(SupportHelper.ended_at) > SupportHelper.since),
        )
        .order_by(col(SupportHelper.since), col(Staff.number), col(Staff.name))
    )
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for helper, name in rows:
        found.setdefault(helper.support_id, []).append((helper.since, helper.ended_at, name))
    return found


async def _synced(paper: Paper, ids: Sequence[UUID]) -> dict[UUID, list[datetime]]:
    rows = await paper.session.exec(
        select(SupportSync)
        .where(col(SupportSync.support_id).in_(ids), col(SupportSync.at) <= paper.as_of)
        .order_by(col(SupportSync.at))
    )
    found: dict[UUID, list[datetime]] = {}
    for one in rows:
        found.setdefault(one.support_id, []).append(one.at)
    return found
