"""Opens a CSV or XLSX file as a stream of numbered rows under a header found by its column names."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from actions.sheets import tables
from actions.sheets.faults import Cell, SheetError, SheetFault

Match = Callable[[str], str | None]
Cells = Sequence[Cell]

HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """`index` leads from a column's key to its place; lines count from the header, which is 1."""

    headers: tuple[str, ...]
    index: dict[str, int]
    unknown: tuple[str, ...]
    body: Iterator[Cells] = field(repr=False)

    def header(self, key: str) -> str | None:
        place = self.index.get(key)
        return None if place is None else self.headers[place]

    def first(self, *keys: str) -> str:
        """The first of these columns that the sheet has."""
        return next((key for key in keys if key in self.index), keys[0])

    def cell(self, cells: Cells, key: str) -> Cell:
        place = self.index.get(key)
        return "" if place is None else cells[place]

    def rows(self) -> Iterator[tuple[int, Cells]]:
        for line, cells in enumerate(self.body, start=2):
            if any(cells):
                yield line, cells


@dataclass(frozen=True, slots=True)
class _Header:
    place: int
    cells: Cells
    keys: tuple[str | None, ...]

    @property
    def known(self) -> int:
        return len(set(self.keys) - {None})


def open_sheet(path: Path, match: Match) -> Sheet:
    """The first table of the file that has a header; its rows are read as they are asked for."""
    best: tuple[_Header, tables.Table] | None = None
    wrong = SheetError(SheetFault.EMPTY)
    text = tables.is_text(path)
    for table in tables.of(path):
        top, broken = _top(table)
        if broken or any(map(_filled, top)):
            wrong = broken or SheetError(SheetFault.NO_HEADER)
        found = _header(top, match)
        if found and (best is None or found.known > best[0].known):
            best = found, table
        if found and found.known > 1 and not text:
            break
    if best is None:
        raise wrong
    return _sheet(*best)


def _top(table: tables.Table) -> tuple[list[Cells], SheetError | None]:
    """The first rows, as far as they can be read: another delimiter may read more."""
    top: list[Cells] = []
    try:
        top.extend(islice(table(), HEADER_WITHIN))
    except SheetError as broken:
        return top, broken
    return top, None


def _header(top: Iterable[Cells], match: Match) -> _Header | None:
    """The first row naming two known columns or more, else the first naming one."""
    single = None
    for place, cells in enumerate(top):
        keys = tuple(match(str(cell)) if cell != "" else None for cell in cells)
        found = _Header(place, cells, keys)
        if found.known > 1:
            return found
        if found.known == 1 and single is None:
            single = found
    return single


def _sheet(header: _Header, table: tables.Table) -> Sheet:
    index: dict[str, int] = {}
    unknown: list[str] = []
    headers = tuple(_head(cell) for cell in header.cells)
    for place, key in enumerate(header.keys):
        if key is not None and key not in index:
            index[key] = place
        elif headers[place]:
            unknown.append(headers[place])
    return Sheet(headers, index, tuple(unknown), islice(table(), header.place + 1, None))


def _head(cell: Cell) -> str:
    return " ".join(str(cell).split())


def _filled(cells: Cells) -> bool:
    return any(str(cell).strip().strip(tables.DELIMITERS) for cell in cells)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
