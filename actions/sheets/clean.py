"""Turns a cell, however Excel has dressed or damaged it, into clean text or a number kept as text."""

import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache

from stdnum.cn import uscc as usccs

from actions.sheets.faults import Cell, Oddity

Judged = tuple[str | None, Oddity | None]

# Invisible marks are dropped, odd spaces become spaces; the joiner inside an emoji is left alone.
_DROPPED = dict.fromkeys([*range(9), *range(14, 32), 0x7F, 0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF])
_SPACED = dict.fromkeys(
    [9, 10, 11, 12, 13, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000],
    " ",
)
_WIDE = {
    wide: wide - 0xFEE0
    for start, end in ("09", "AZ", "az")
    for wide in range(ord(start) + 0xFEE0, ord(end) + 0xFEE1)
}
_TRIM: dict[int, str | None] = {**_DROPPED, **_SPACED}
_TEXT: dict[int, str | int | None] = {**_TRIM, **_WIDE}
_JOINERS = " \u200c\u200d"

_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?[Ee]\+(\d{1,2})")
_HAN_APART = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+(?: +[\u3400-\u9fff\U00020000-\U0003ffff]+)+")
_EXAM_NO = re.compile(r"\d{14,15}")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_ZERO_FRACTION = re.compile(r"(\d+)\.0+")

EXACT_DIGITS = 15


class TooLong(ValueError):
    """A cell longer than anything its column may hold."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell


def as_given(cell: Cell) -> str:
    """The cell as a person would read it in the sheet."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float | int):
        return _number(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == value // 1 else repr(value)


def text(cell: Cell, limit: int = 100) -> str | None:
    """Trimmed; wide digits and letters made narrow; everything else as it was."""
    plain = cell if isinstance(cell, str) else as_given(cell)
    if not plain.isprintable():
        plain = plain.translate(_TEXT)
    elif not plain.isascii():
        plain = plain.translate(_WIDE) if _has_wide(plain) else plain
    plain = _unquoted(plain.strip(_JOINERS))
    if len(plain) > limit:
        raise TooLong(cell)
    return plain or None


_has_wide = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]").search
often = lru_cache(maxsize=4096, typed=True)(text)


def _unquoted(plain: str) -> str:
    """Without the dress that keeps Excel from reading text as a number: a leading ' or =\"…\"."""
    if plain.startswith("'") and "'" not in plain[1:]:
        return plain[1:].strip()
    if plain.startswith('="') and (dressed := _FORMULA_TEXT.fullmatch(plain)):
        return dressed[1].strip()
    return plain


def name(cell: Cell) -> str | None:
    """NFKC; the space that pads a two-character Chinese name to three goes."""
    plain = text(cell, 200)
    if plain is None or plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKC", plain).strip()
    if " " in plain and _HAN_APART.fullmatch(plain):
        plain = plain.replace(" ", "")
    return plain or None


often_name = lru_cache(maxsize=4096, typed=True)(name)


def identifier(cell: Cell) -> Judged:
    """A number that is a name (学号, 工号, …): kept as text, or given up when Excel has eaten its digits."""
    if isinstance(cell, str):
        if cell.isascii() and cell.isalnum() and len(cell) <= EXACT_DIGITS:
            return cell, None
        return _identifier(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _from_number(cell)
    return _identifier(as_given(cell))


def _identifier(cell: str) -> Judged:
    plain = narrow(cell)
    if shortened := _SHORTENED.fullmatch(plain):
        return _expanded(shortened)
    if whole := _ZERO_FRACTION.fullmatch(plain):
        plain = whole[1]
    if len(plain) > EXACT_DIGITS and plain.isdigit() and plain.endswith("000"):
        return None, Oddity.DAMAGED_NUMBER
    if len(plain) > 40:
        raise TooLong(cell)
    return plain or None, None


def narrow(cell: str) -> str:
    """For numbers and codes: half-width, without any space."""
    plain = unicodedata.normalize("NFKC", cell.translate(_TRIM))
    return _unquoted(plain.strip(_JOINERS)).replace(" ", "")


def _expanded(shortened: re.Match[str]) -> Judged:
    """1.51311E+13 has lost its last digits; only one that spells out every digit can be trusted."""
    first, rest, power = shortened[1], shortened[2] or "", int(shortened[3])
    if len(rest) != power or power >= EXACT_DIGITS:
        return None, Oddity.DAMAGED_NUMBER
    return first + rest, None


def _from_number(value: float) -> Judged:
    if value != value or value in (float("inf"), float("-inf")) or value != value // 1:
        return None, Oddity.DAMAGED_NUMBER
    digits = f"{value:.0f}"
    if len(digits) > EXACT_DIGITS and (abs(value) >= 2**53 or digits.endswith("0")):
        return None, Oddity.DAMAGED_NUMBER
    # Six digits and then nothing but zeros is what is left of 1.51311E+13 once it was saved as text.
    if len(digits) >= 13 and len(digits.rstrip("0")) <= 6:
        return None, Oddity.DAMAGED_NUMBER
    return digits, None


def exam_no(cell: Cell) -> Judged:
    number, oddity = identifier(cell)
    if number is not None and not _EXAM_NO.fullmatch(number):
        return number, Oddity.ODD_EXAM_NO
    return number, oddity


@lru_cache(maxsize=4096, typed=True)
def code(cell: Cell) -> str | None:
    number, _ = identifier(cell)
    if number is not None and len(number) > 20:
        raise TooLong(cell)
    return number


@lru_cache(maxsize=8192, typed=True)
def uscc(cell: Cell) -> Judged:
    """Kept even when the checksum is wrong; the checksum proves form only."""
    if cell == "":
        return None, None
    if not isinstance(cell, str):
        return identifier(cell)
    plain = narrow(cell).replace("-", "").upper()
    if not plain:
        return None, None
    if len(plain) > 40:
        raise TooLong(cell)
    if usccs.is_valid(plain):
        return plain, None
    kept, damaged = identifier(plain)
    return (kept, Oddity.BAD_USCC) if damaged is None else (None, damaged)


def email(cell: Cell) -> Judged:
    if cell == "":
        return None, None
    plain = narrow(as_given(cell)).lower()
    if not plain:
        return None, None
    return (plain, None) if len(plain) <= 254 and _EMAIL.fullmatch(plain) else (None, Oddity.ODD_EMAIL)
