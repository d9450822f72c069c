"""Reads the receipt file of the school's SMS platform: which number, what became of it, when."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from actions.sheets.clean import identifier, text
from actions.sheets.faults import Reason
from actions.sheets.lines import Lines, Refusing, opened
from actions.sheets.phones import phone
from actions.sheets.read import Cells, Sheet
from actions.sheets.when import instant
from rules import Rules
from rules.sms import Failure, Status


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """`state` None: the platform's word for it is not in the rules. `odd`: neither is its reason."""

    line: int
    phone: str = field(repr=False)
    status: str
    state: Status | None
    failure: Failure | None
    odd: str | None
    at: datetime | None
    provider_id: str | None


def read_receipts(path: Path, *, rules: Rules) -> Lines[ReceiptRow]:
    columns = rules.sms.receipts
    sheet = opened(path, columns)
    return Lines(sheet, columns, lambda line, cells: _row(sheet, rules, line, cells))


def _row(sheet: Sheet, rules: Rules, line: int, cells: Cells) -> ReceiptRow:
    number, _ = phone(sheet.cell(cells, "phone"))
    if number is None:
        raise Refusing("phone", Reason.MISSING_PHONE)
    status, reason = text(sheet.cell(cells, "status")), text(sheet.cell(cells, "reason"))
    if status is None:
        raise Refusing("status", Reason.MISSING_STATE)
    read = rules.sms.receipts.read(status, reason)
    state, failure = read or (None, None)
    odd = reason if failure == "other" else None
    at, _ = instant(sheet.cell(cells, "at"))
    given, _ = identifier(sheet.cell(cells, "provider_id"))
    return ReceiptRow(line, number, status, state, failure, odd, at, given)
