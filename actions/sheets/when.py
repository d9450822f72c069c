"""Dates and moments out of cells: Excel dates and serials, 20240617, 2024-06-17, 2024/6/17, 2024年6月17日."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from actions.sheets.clean import as_given, narrow
from actions.sheets.faults import Cell, Oddity

SCHOOL_TIME = ZoneInfo("Asia/Shanghai")
EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zone
SERIALS = range(20_000, 80_000)

_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)")
_APART = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?")


def day(cell: Cell) -> tuple[date | None, Oddity | None]:
    if cell == "":
        return None, None
    found = _moment(cell)
    if found is not None:
        return found.date(), None
    return None, Oddity.ODD_DATE if as_given(cell).strip() else None


def instant(cell: Cell) -> tuple[datetime | None, Oddity | None]:
    """Aware; what stands in a sheet is the clock on the school's wall."""
    if cell == "":
        return None, None
    found = _moment(cell)
    if found is not None:
        return found.replace(tzinfo=SCHOOL_TIME), None
    return None, Oddity.ODD_DATE if as_given(cell).strip() else None


@lru_cache(maxsize=8192, typed=True)
def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, bool | time | timedelta):
        return None
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, float | int) and cell >= 1 and int(cell) in SERIALS:
        return EXCEL_BEGINS + timedelta(days=cell)
    return _spelled(as_given(cell))


def _spelled(given: str) -> datetime | None:
    plain = narrow(given)
    on = _TOGETHER.match(plain) or _APART.match(plain)
    if on is None:
        return None
    rest = plain[on.end() :]
    at = _CLOCK.fullmatch(rest)
    if rest and at is None:
        return None
    clock = [int(part or 0) for part in at.groups()] if at else []
    try:
        return datetime(*map(int, on.groups()), *clock)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
