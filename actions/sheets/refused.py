"""Writes refused lines back as a workbook: the columns as they came, and the reason at the end."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from xlsxwriter import Workbook

from actions.sheets.clean import as_given
from actions.sheets.faults import Refused, sentences

MOST_IN_A_CELL = 32_767


def refused_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.refused.xlsx")


def write_refused(
    path_out: Path, headers: Sequence[str], refused: Iterable[Refused], reason_text: Callable[[Refused], str]
) -> Path:
    """Every cell is text, so what looks like a formula or a link stays what somebody typed."""
    with Workbook(str(path_out), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        _write(sheet.write_string, 0, [*headers, sentences()["reason"]])
        for place, row in enumerate(refused, start=1):
            cells = [as_given(cell) for cell in row.cells[: len(headers)]]
            cells += [""] * (len(headers) - len(cells))
            _write(sheet.write_string, place, [*cells, reason_text(row)])
    return path_out


def _write(write: Callable[[int, int, str], object], line: int, cells: Iterable[str]) -> None:
    for place, cell in enumerate(cells):
        if cell:
            write(line, place, cell[:MOST_IN_A_CELL])
