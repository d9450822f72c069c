"""Runs a reader over a sheet's lines: what it cannot take becomes a refusal that names the column."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from actions.sheets.clean import TooLong, as_given, exam_no, identifier
from actions.sheets.faults import Cell, Oddity, Reason, Refused, SheetError, SheetFault, Warning
from actions.sheets.read import Cells, Sheet, open_sheet
from rules.columns import Sheet as Columns
from rules.parts import bare

T = TypeVar("T")


class Refusing(Exception):
    """Inside a reader: this line cannot be taken, because of this column."""

    def __init__(self, key: str, reason: Reason) -> None:
        self.key, self.reason = key, reason


class Titles:
    """What to call a column: as this sheet does, spelled as in the rules; else by its first name there."""

    def __init__(self, columns: Columns, headers: Iterable[str] = ()) -> None:
        self._of = {key: aliases[0] for key, aliases in columns.columns.items()}
        spelled = {bare(alias): alias for aliases in columns.columns.values() for alias in aliases}
        for header in reversed([*headers]):
            if key := columns.match(header):
                self._of[key] = spelled[bare(header)]

    def __call__(self, key: str) -> str:
        return self._of.get(key, key)

    def warning(self, key: str, kind: Oddity, given: str) -> Warning:
        return Warning(self(key), kind, given)


class Lines(Iterator[T | Refused], Generic[T]):
    """A file being read: rows and refusals as they come, with the headers as they stand."""

    def __init__(self, sheet: Sheet, columns: Columns, take: Callable[[int, Cells], T]) -> None:
        self.headers, self.unknown = sheet.headers, sheet.unknown
        self._titles = Titles(columns, sheet.headers)
        self._keys = {place: key for key, place in sheet.index.items()}
        self._take = take
        self._stream = self._read(sheet)

    def __next__(self) -> T | Refused:
        return next(self._stream)

    def _read(self, sheet: Sheet) -> Iterator[T | Refused]:
        width = len(sheet.headers)
        for line, cells in sheet.rows():
            try:
                row: T | Refused = self._take(line, _fitted(cells, width))
            except Refusing as no:
                row = self._refused(line, no.key, no.reason, cells)
            except TooLong as found:
                row = self._refused(line, self._key_of(found.cell, cells), Reason.TOO_LONG, cells)
            if not isinstance(row, Refused) or any(str(cell).strip() for cell in cells):
                yield row

    def _refused(self, line: int, key: str, reason: Reason, cells: Cells) -> Refused:
        return Refused(line, self._titles(key), reason, tuple(cells))

    def _key_of(self, cell: Cell, cells: Cells) -> str:
        return next((key for place, key in self._keys.items() if cells[place] is cell), "")


def _fitted(cells: Cells, width: int) -> Cells:
    if len(cells) == width:
        return cells
    if any(cells[width:]):
        # An unquoted comma moves every later value into the wrong column.
        raise Refusing("", Reason.SHIFTED)
    return [*cells[:width], *[""] * (width - len(cells))]


def opened(path: Path, columns: Columns) -> Sheet:
    sheet = open_sheet(path, columns.match)
    if missing := columns.missing(set(sheet.index)):
        titles = Titles(columns)
        raise SheetError(SheetFault.MISSING_COLUMNS, tuple(titles(group[0]) for group in missing))
    return sheet


def keys_of(sheet: Sheet, cells: Cells, titles: Titles) -> tuple[str | None, str | None, list[Warning]]:
    """学号 and 考生号: one is enough, and a damaged one is no more than a warning beside a sound one."""
    given = {key: sheet.cell(cells, key) for key in ("student_number", "exam_number")}
    student_no, odd_student = identifier(given["student_number"])
    exam, odd_exam = exam_no(given["exam_number"])
    odd = {key: kind for key, kind in zip(given, (odd_student, odd_exam), strict=True) if kind}
    if student_no is None and exam is None:
        key = next(iter(odd), sheet.first("student_number", "exam_number"))
        raise Refusing(key, Reason.DAMAGED_KEY if odd else Reason.MISSING_KEY)
    return student_no, exam, [titles.warning(key, kind, as_given(given[key])) for key, kind in odd.items()]
