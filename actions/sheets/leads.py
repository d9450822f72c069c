"""Reads complaint leads and lists of suspects: what a line says, whom it names, by when it wants an end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from actions.sheets.clean import Judged, as_given, exam_no, identifier, name, text, uscc
from actions.sheets.faults import Reason
from actions.sheets.lines import Lines, Refusing, Titles, opened
from actions.sheets.read import Cells, Sheet
from actions.sheets.when import day
from models.case import Channel
from rules import Rules
from rules.columns import Sheet as Columns

LONG = 4000
REFERENCE = 80


@dataclass(frozen=True, slots=True)
class LeadRow:
    """`words`: all that the line says, under the names its columns have."""

    line: int
    channel: Channel | None
    student_no: str | None = field(repr=False)
    exam_no: str | None = field(repr=False)
    name: str | None = field(repr=False)
    college: str | None = field(repr=False)
    employer: str | None = field(repr=False)
    uscc: str | None = field(repr=False)
    reference: str | None = field(repr=False)
    received_on: date | None
    deadline: date | None
    words: str = field(repr=False)

    @property
    def key(self) -> str:
        """Whom it names, where nobody of the roster is meant."""
        named = (self.student_no, self.exam_no, self.name, self.uscc, self.employer)
        return "|".join(one or "" for one in named) if any(named) else ""


def read_complaints(path: Path, *, rules: Rules) -> Lines[LeadRow]:
    sheet = opened(path, rules.columns.complaints)
    return Lines(sheet, rules.columns.complaints, _Complaints(sheet, rules).row)


def read_suspects(path: Path, *, rules: Rules) -> Lines[LeadRow]:
    sheet = opened(path, rules.columns.suspects)
    return Lines(sheet, rules.columns.suspects, _Suspects(sheet, rules.columns.suspects).row)


class _Reader:
    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self._sheet = sheet
        self._titles = Titles(columns, sheet.headers)

    def _text(self, cells: Cells, key: str, limit: int = LONG) -> str | None:
        return text(self._sheet.cell(cells, key), limit)

    def _day(self, cells: Cells, *keys: str) -> date | None:
        """The first that is a day; words like 尽快 stay words."""
        return next((on for key in keys if (on := day(self._sheet.cell(cells, key))[0])), None)

    def _number(self, key: str, judged: Judged) -> str | None:
        number, damaged = judged
        if number is None and damaged:
            raise Refusing(key, Reason.DAMAGED_KEY)
        return number

    def _all(self, cells: Cells, keys: Iterable[str]) -> str:
        given = [(key, as_given(self._sheet.cell(cells, key)).strip()) for key in keys]
        return "\n".join(f"{self._titles(key)}：{value}" for key, value in given if value)

    def _whom(self, cells: Cells) -> dict[str, str | None]:
        student = identifier(self._sheet.cell(cells, "student_number"))
        exam = exam_no(self._sheet.cell(cells, "exam_number"))
        return {
            "student_no": self._number("student_number", student),
            "exam_no": self._number("exam_number", exam),
            "name": name(self._sheet.cell(cells, "name")),
            "reference": self._text(cells, "reference", REFERENCE),
        }


class _Complaints(_Reader):
    def __init__(self, sheet: Sheet, rules: Rules) -> None:
        super().__init__(sheet, rules.columns.complaints)
        self._columns = rules.columns.complaints

    def row(self, line: int, cells: Cells) -> LeadRow:
        words = self._text(cells, "words")
        if words is None:
            raise Refusing("words", Reason.MISSING_WORDS)
        rest = self._all(cells, ("request", "deadline", "student_number", "exam_number", "name", "college"))
        return LeadRow(
            line=line,
            channel=self._channel(cells),
            college=self._text(cells, "college", 200),
            employer=None,
            uscc=None,
            received_on=self._day(cells, "received_on"),
            deadline=self._day(cells, "deadline", "request"),
            words="\n".join(part for part in (words, rest) if part),
            **self._whom(cells),
        )

    def _channel(self, cells: Cells) -> Channel:
        given = self._text(cells, "channel")
        if given is None:
            raise Refusing("channel", Reason.MISSING_CHANNEL)
        found = self._columns.channel(given)
        if found is None:
            raise Refusing("channel", Reason.UNKNOWN_CHANNEL)
        return Channel(found)


class _Suspects(_Reader):
    def row(self, line: int, cells: Cells) -> LeadRow:
        whom = self._whom(cells)
        employer, code = self._text(cells, "employer", 300), uscc(self._sheet.cell(cells, "uscc"))[0]
        if not (whom["student_no"] or whom["exam_no"] or employer or code):
            raise Refusing(self._sheet.first("student_number", "employer"), Reason.MISSING_WHOM)
        told = ("reason", "request", "deadline", "student_number", "exam_number", "name", "employer", "uscc")
        return LeadRow(
            line=line,
            channel=None,
            college=None,
            employer=employer,
            uscc=code,
            received_on=None,
            deadline=self._day(cells, "deadline", "request"),
            words=self._all(cells, told),
            **whom,
        )
