"""The tables inside a file, told by its content and not by its name: text with a delimiter, or a workbook."""

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from actions.sheets.faults import Cell, SheetError, SheetFault

Table = Callable[[], Iterator[list[Cell]]]

PACKED, LEGACY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = ",\t;"
PIECE = 1 << 20
MOST_UNPACKED = 1 << 30


def of(path: Path) -> Iterator[Table]:
    """Each possible table: every sheet of a workbook, or the text under every delimiter."""
    if is_text(path):
        encoding = _encoding(path)
        for delimiter in DELIMITERS:
            yield _text(path, encoding, delimiter)
    else:
        yield from _workbook(path)


def is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return not file.read(4).startswith((PACKED, LEGACY))


def _encoding(path: Path) -> str:
    """Decided by decoding all of it: the first foreign byte may come late."""
    with path.open("rb") as file:
        start = file.read(2)
    if not start:
        raise SheetError(SheetFault.EMPTY)
    utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise SheetError(SheetFault.NOT_A_SHEET)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _text(path: Path, encoding: str, delimiter: str) -> Table:
    def rows() -> Iterator[list[Cell]]:
        with path.open(encoding=encoding, newline="") as file:
            # Lenient reading would let one stray quote swallow every row after it without a word.
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                for cells in reader:
                    yield list(cells)
            except csv.Error:
                raise SheetError(SheetFault.BROKEN_QUOTES, line=reader.line_num) from None

    return rows


def _workbook(path: Path) -> Iterator[Table]:
    _refuse_bomb(path)
    with path.open("rb") as file:
        try:
            book = CalamineWorkbook.from_filelike(file)
            for sheet in book.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible:
                    yield _rows_of(book.get_sheet_by_name(sheet.name))
        except PasswordError:
            raise SheetError(SheetFault.LOCKED) from None
        except CalamineError:
            raise SheetError(SheetFault.NOT_A_SHEET) from None


def _rows_of(sheet: CalamineSheet) -> Table:
    return lambda: iter(sheet.iter_rows())


def _refuse_bomb(path: Path) -> None:
    """A small file may unpack to any size; calamine would hold all of it."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        return
    if size > MOST_UNPACKED:
        raise SheetError(SheetFault.TOO_LARGE)
