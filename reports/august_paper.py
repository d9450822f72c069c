"""The August table as a workbook: the numbers, and on the second sheet the rows behind every one of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from models.unit import UnitKind
from reports.august import NUMBERS, Row, rows_of, table, whole
from reports.selfcheck import Paper, names_of_units, write_line

DETAILS = (
    *("section", "source", "case", "college", "class", "student_no", "name", "about_unit"),
    *("reference", "received_on", "opened_at", "state", "outcome", "reopened", "closed_at"),
)
COLUMNS = ("unit", "section", "source", *(f"august_{one}" for one in NUMBERS))
COLLEGES = (UnitKind.COLLEGE, UnitKind.RESIDENTIAL)


async def write_august(paper: Paper, file: Path) -> int:
    """How many rows; the same bytes whenever it is asked for the same instant."""
    paper.names = await names_of_units(paper.session)
    rows = [row async for row in rows_of(paper.session, paper.unit, paper.as_of)]
    with Workbook(str(file), {"constant_memory": True}) as book:
        book.set_properties({"created": paper.local(paper.as_of).replace(tzinfo=None)})
        _numbers(paper, book, rows)
        _details(paper, book, rows)
    return len(rows)


def _numbers(paper: Paper, book: Workbook, rows: Sequence[Row]) -> None:
    sheet = _sheet(paper, book, "august_numbers", COLUMNS)
    line = 2
    for texts, numbers in _lines(paper, rows):
        write_line(sheet, line, texts)
        for place, number in enumerate(numbers, start=len(texts)):
            sheet.write_number(line, place, number)
        line += 1


def _lines(paper: Paper, rows: Sequence[Row]) -> Iterator[tuple[list[str], list[int]]]:
    """All of the unit first, zeros too; then the colleges below it, with what there is."""
    yield from _of_unit(paper, paper.unit.name, rows, zeros=True)
    colleges = {row.case.unit_id: paper.level(row.case.unit_id, *COLLEGES) for row in rows}
    for college in sorted({name for name in colleges.values() if name and name != paper.unit.name}):
        yield from _of_unit(paper, college, [row for row in rows if colleges[row.case.unit_id] == college])


def _of_unit(
    paper: Paper, name: str, rows: Sequence[Row], *, zeros: bool = False
) -> Iterator[tuple[list[str], list[int]]]:
    for section, sources in table(rows).items():
        title = paper.words(f"august_{section}")
        for source, numbers in sources.items():
            if zeros or numbers["total"]:
                word = paper.words(f"source_{source}")
                yield [name, title, word], [numbers[one] for one in NUMBERS]
        if zeros or whole(sources)["total"]:
            yield [name, title, paper.words("august_whole")], [whole(sources)[one] for one in NUMBERS]


def _details(paper: Paper, book: Workbook, rows: Sequence[Row]) -> None:
    sheet = _sheet(paper, book, "august_details", DETAILS)
    for line, row in enumerate(rows, start=2):
        write_line(sheet, line, _detail(paper, row))


def _detail(paper: Paper, row: Row) -> list[str]:
    unit, lead = row.case.unit_id, row.lead
    state = paper.words(f"state_{row.state}")
    outcome = paper.words(f"outcome_{row.outcome}") if row.outcome else ""
    first = [paper.words(f"august_{row.section}"), paper.words(f"source_{row.source}")]
    if row.case.for_few:
        nothing = [""] * 7
        withheld = [paper.words("withheld"), paper.level(unit, *COLLEGES)]
        return [*first, *withheld, *nothing, state, outcome]
    return [
        *first,
        str(row.case.number),
        paper.level(unit, *COLLEGES),
        paper.level(unit, UnitKind.CLASS),
        (row.graduate.student_no or "") if row.graduate else "",
        row.graduate.name if row.graduate else "",
        "" if row.graduate else paper.path(unit),
        (lead.reference or "") if lead else "",
        lead.received_on.isoformat() if lead and lead.received_on else "",
        paper.moment(row.case.opened_at),
        state,
        outcome,
        str(row.reopened) if row.reopened else "",
        paper.moment(row.closed_at),
    ]


def _sheet(paper: Paper, book: Workbook, name: str, columns: Sequence[str]) -> Any:
    sheet = book.add_worksheet(paper.words(name))
    title = [paper.words("august_title"), paper.unit.name, paper.words("as_of"), paper.moment(paper.as_of)]
    write_line(sheet, 0, title)
    write_line(sheet, 1, [paper.words(column) for column in columns])
    return sheet
