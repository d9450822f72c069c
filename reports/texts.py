"""The list for the school's SMS platform: a number, the text, the link; whole or not there at all."""

import csv
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from xlsxwriter import Workbook

TITLES = ("手机号", "短信正文", "链接")
WIDTHS = (16, 80, 60)


class TextSheet:
    """Written beside its place, readable by its owner alone, and moved there once it is whole."""

    def __init__(self, file: Path) -> None:
        self.file, self.lines, self._whole = file, 0, False
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=file.suffix, dir=file.parent)
        os.close(handle)
        self._made = Path(name)
        self._to: _Workbook | _Csv = (
            _Csv(self._made) if file.suffix.lower() == ".csv" else _Workbook(self._made)
        )
        self._to.write(0, TITLES)

    def write(self, phone: str, text: str, link: str) -> None:
        self.lines += 1
        self._to.write(self.lines, (phone, text, link))

    def whole(self) -> None:
        """On the disk before anybody counts on it."""
        self._to.close()
        with self._made.open("rb") as made:
            os.fsync(made.fileno())
        self._whole = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._whole:
            self._made.replace(self.file)
            return
        with suppress(Exception):
            self._to.close()
        self._made.unlink(missing_ok=True)


class _Workbook:
    """Every cell is text: a number stays a number as written, and a link is no formula."""

    def __init__(self, file: Path) -> None:
        self._book: Any = Workbook(str(file), {"constant_memory": True, "strings_to_urls": False})
        self._sheet: Any = self._book.add_worksheet()
        for place, width in enumerate(WIDTHS):
            self._sheet.set_column(place, place, width)

    def write(self, line: int, cells: Sequence[str]) -> None:
        for place, cell in enumerate(cells):
            self._sheet.write_string(line, place, cell)

    def close(self) -> None:
        self._book.close()


class _Csv:
    def __init__(self, file: Path) -> None:
        # Spreadsheets take UTF-8 for what it is only where it begins with this mark.
        self._file = file.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def write(self, line: int, cells: Sequence[str]) -> None:
        self._writer.writerow(cells)

    def close(self) -> None:
        self._file.close()
