"""Reads the national register's list: who has confirmed there, when, and what they wrote back."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from actions.sheets.clean import as_given, name, text
from actions.sheets.faults import Cell, Reason, Warning
from actions.sheets.lines import Lines, Refusing, Titles, keys_of, opened
from actions.sheets.read import Cells, Sheet
from actions.sheets.when import instant
from models.official import Feedback, Official
from rules import Rules
from rules.columns import OfficialFeedback, OfficialStatus

STATES = {
    OfficialStatus.CONFIRMED: Official.CONFIRMED,
    OfficialStatus.UNCONFIRMED: Official.UNCONFIRMED,
    OfficialStatus.CHANGED_SINCE: Official.CHANGED,
}
FEEDBACK = {
    OfficialFeedback.NONE: None,
    OfficialFeedback.INACCURATE: Feedback.WRONG_INFO,
    OfficialFeedback.NEVER_SIGNED: Feedback.NEVER_SIGNED,
}


@dataclass(frozen=True, slots=True)
class OfficialRow:
    line: int
    student_no: str | None = field(repr=False)
    exam_no: str | None = field(repr=False)
    name: str | None = field(repr=False)
    state: Official
    confirmed_at: datetime | None
    feedback: Feedback | None
    warnings: tuple[Warning, ...] = field(default=(), repr=False)


def read_official(path: Path, *, rules: Rules) -> Lines[OfficialRow]:
    sheet = opened(path, rules.columns.official)
    return Lines(sheet, rules.columns.official, _Reader(sheet, rules).row)


class _Reader:
    def __init__(self, sheet: Sheet, rules: Rules) -> None:
        self._sheet, self._columns = sheet, rules.columns.official
        self._titles = Titles(rules.columns.official, sheet.headers)

    def row(self, line: int, cells: Cells) -> OfficialRow:
        student_no, exam, warnings = keys_of(self._sheet, cells, self._titles)
        confirmed_at, odd = instant(self._sheet.cell(cells, "confirmed_at"))
        if odd is not None:
            given = as_given(self._sheet.cell(cells, "confirmed_at"))
            warnings.append(self._titles.warning("confirmed_at", odd, given))
        return OfficialRow(
            line=line,
            student_no=student_no,
            exam_no=exam,
            name=name(self._sheet.cell(cells, "name")),
            state=self._state(self._sheet.cell(cells, "status")),
            confirmed_at=confirmed_at,
            feedback=self._feedback(self._sheet.cell(cells, "feedback")),
            warnings=tuple(warnings),
        )

    def _state(self, cell: Cell) -> Official:
        given = text(cell)
        if given is None:
            raise Refusing("status", Reason.MISSING_STATE)
        status = self._columns.status(given)
        if status is None:
            raise Refusing("status", Reason.UNKNOWN_STATE)
        return STATES[status]

    def _feedback(self, cell: Cell) -> Feedback | None:
        """What we cannot read is refused, for it may be the sentence that somebody never signed."""
        feedback = self._columns.feedback(text(cell, 2000))
        if feedback is None:
            raise Refusing("feedback", Reason.UNKNOWN_FEEDBACK)
        return FEEDBACK[feedback]
