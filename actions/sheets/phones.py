"""Telephone numbers in one form (+86…, an extension after ;ext=), so that equal numbers are equal text."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from actions.sheets.clean import Judged, identifier, narrow
from actions.sheets.faults import Cell, Oddity

_MOBILE = re.compile(r"1[3-9][0-9]{9}").fullmatch
_WRAPPED_MOBILE = re.compile(r"(?:\+|00)?86(1[3-9][0-9]{9})").fullmatch
_LANDLINE = re.compile(r"0(?:(?:10|2[0-9])-?[2-9][0-9]{7}|[3-9][0-9]{2}-?[2-9][0-9]{6,7})").fullmatch
_EXTENDED = re.compile(r"(0\d{2,3}-?\d{7,8})(?:-|转|#|[Ee]xt\.?)(\d{1,6})").fullmatch
_SEVERAL = re.compile(r"[/、，,;；|\\]")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


def phone(cell: Cell) -> Judged:
    if cell == "":
        return None, None
    if isinstance(cell, str) and _MOBILE(cell):
        return "+86" + cell, None
    if isinstance(cell, str) and _LANDLINE(cell):
        return "+86" + cell[1:].replace("-", ""), None
    return _other(cell)


@lru_cache(maxsize=8192, typed=True)
def _other(cell: Cell) -> Judged:
    if isinstance(cell, str):
        given: str | None = narrow(cell).translate(_HYPHENS)
    else:
        given, _ = identifier(cell)
    if given == "":
        return None, None
    for part in _SEVERAL.split(given or ""):
        if found := _one(part):
            return found, None
    return None, Oddity.ODD_PHONE


def _one(given: str) -> str | None:
    if mobile := _WRAPPED_MOBILE(given.replace("-", "")):
        return "+86" + mobile[1]
    if _MOBILE(bare := given.replace("-", "")):
        return "+86" + bare
    extended = _EXTENDED(given)
    try:
        number = phonenumbers.parse(extended[1] if extended else given, "CN")
    except NumberParseException:
        return None
    if not _real(number, given):
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{written};ext={extended[2]}" if extended else written


def _real(number: phonenumbers.PhoneNumber, given: str) -> bool:
    """Abroad a possible length is enough: numbering plans change faster than the library."""
    if given.startswith(("+", "00")) and number.country_code != 86:
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number)
