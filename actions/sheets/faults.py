"""What can be wrong with a file, a row or a cell: kinds and facts, never personal data in a sentence."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

Cell = str | float | int | bool | datetime | date | time | timedelta


class SheetFault(StrEnum):
    EMPTY = "empty"
    NOT_A_SHEET = "not_a_sheet"
    LOCKED = "locked"
    TOO_LARGE = "too_large"
    NO_HEADER = "no_header"
    MISSING_COLUMNS = "missing_columns"
    BROKEN_QUOTES = "broken_quotes"


class Reason(StrEnum):
    """Why a row is refused."""

    MISSING_KEY = "missing_key"
    DAMAGED_KEY = "damaged_key"
    MISSING_NAME = "missing_name"
    MISSING_COLLEGE = "missing_college"
    MISSING_DESTINATION = "missing_destination"
    MISSING_STATE = "missing_state"
    UNKNOWN_STATE = "unknown_state"
    UNKNOWN_FEEDBACK = "unknown_feedback"
    MISSING_CHANNEL = "missing_channel"
    UNKNOWN_CHANNEL = "unknown_channel"
    MISSING_WORDS = "missing_words"
    MISSING_WHOM = "missing_whom"
    REPEATED_HEADER = "repeated_header"
    SHIFTED = "shifted"
    TOO_LONG = "too_long"
    MISSING_PHONE = "missing_phone"


class Oddity(StrEnum):
    """What a kept row is warned about."""

    BAD_USCC = "bad_uscc"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_DEGREE = "unknown_degree"
    ODD_PHONE = "odd_phone"
    ODD_EMAIL = "odd_email"
    ODD_EXAM_NO = "odd_exam_no"
    ODD_DATE = "odd_date"
    DAMAGED_NUMBER = "damaged_number"


@dataclass(frozen=True, slots=True)
class Warning:
    """`text` is the cell as given; it may be personal: for the office's files, never for a log."""

    column: str
    kind: Oddity
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    line: int
    column: str
    reason: Reason
    cells: tuple[Cell, ...] = field(default=(), repr=False)


class SheetError(Exception):
    """The file as a whole cannot be read; `str()` is one sentence for whoever brought it."""

    def __init__(self, fault: SheetFault, columns: tuple[str, ...] = (), line: int | None = None) -> None:
        self.fault, self.columns, self.line = fault, columns, line
        words = sentences()
        super().__init__(words[fault].format(columns=words["between"].join(columns), line=line))


@cache
def sentences() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("faults.toml").read_text(encoding="utf-8"))
