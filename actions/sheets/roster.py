"""Reads a roster of graduates: each line is a clean row with its warnings, or a refusal with its reason."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

from actions.sheets.clean import (
    Judged,
    as_given,
    code,
    email,
    identifier,
    name,
    often,
    often_name,
    text,
    uscc,
)
from actions.sheets.faults import Cell, Oddity, Reason, Warning
from actions.sheets.lines import Lines, Refusing, Titles, keys_of, opened
from actions.sheets.phones import phone
from actions.sheets.read import Cells, Sheet
from actions.sheets.row import RosterRow
from actions.sheets.when import day
from rules import Rules

# Of each field of the row: its column in the rules, and how its cells are cleaned.
PLAIN: dict[str, tuple[str, Callable[[Cell], str | None]]] = {
    "gender": ("gender", partial(often, limit=20)),
    "major": ("major", often),
    "class_name": ("class_name", often),
    "degree": ("level", partial(often, limit=60)),
    "hardship": ("hardship", often),
    "counselor": ("counselor", often_name),
    "code_name": ("destination_name", often),
    "employer": ("employer", partial(text, limit=300)),
    "employer_nature": ("employer_kind", often),
    "industry": ("industry", often),
    "location": ("location", partial(often, limit=200)),
    "position": ("position", often),
    "contact_name": ("contact_name", often_name),
    "country": ("country", often),
    "school": ("school", partial(text, limit=300)),
    "enterer": ("entered_by", often_name),
    "signer": ("signed_by", often_name),
}
JUDGED: dict[str, tuple[str, Callable[[Cell], Judged]]] = {
    "phone": ("phone", phone),
    "parent_phone": ("parent_phone", phone),
    "email": ("email", email),
    "counselor_no": ("counselor_number", identifier),
    "uscc": ("uscc", uscc),
    "contact_phone": ("contact_phone", phone),
    "enterer_no": ("entered_by_number", identifier),
    "signer_no": ("signed_by_number", identifier),
}


def read_roster(path: Path, *, rules: Rules, cohort: int) -> Lines[RosterRow]:
    """Streams; a SheetError may come late where a CSV breaks off inside quotes."""
    sheet = opened(path, rules.columns.roster)
    return Lines(sheet, rules.columns.roster, _Reader(sheet, rules, cohort).row)


class _Reader:
    """Knows the places of this sheet's columns and what this cohort's codes mean."""

    def __init__(self, sheet: Sheet, rules: Rules, cohort: int) -> None:
        self._sheet = sheet
        self._titles = Titles(rules.columns.roster, sheet.headers)
        self._plain = [
            (part, sheet.index[key], of) for part, (key, of) in PLAIN.items() if key in sheet.index
        ]
        self._judged = [
            (part, key, sheet.index[key], judge)
            for part, (key, judge) in JUDGED.items()
            if key in sheet.index
        ]
        self._blank: dict[str, str | None] = dict.fromkeys((*PLAIN, *JUDGED))
        self._name_head = name(sheet.header("name") or "")
        self._rules, self._cohort = rules, cohort
        self._standing = lru_cache(maxsize=1024)(self._read_standing)
        self._code = lru_cache(maxsize=1024)(self._read_code)

    def row(self, line: int, cells: Cells) -> RosterRow:
        student_no, exam, warnings = keys_of(self._sheet, cells, self._titles)
        called, college = self._named(cells)
        values = self._values(cells, warnings)
        level, completer = self._standing(values["degree"], self._sheet.cell(cells, "graduation_kind"))
        if level is None and values["degree"]:
            warnings.append(self._titles.warning("level", Oddity.UNKNOWN_DEGREE, values["degree"]))
        return RosterRow(
            line=line,
            student_no=student_no,
            exam_no=exam,
            name=called,
            college=college,
            level=level,
            completer=completer,
            graduation_on=self._day(cells, "graduated_on", warnings),
            signed_on=self._day(cells, "signed_on", warnings),
            code=self._destination(cells, values["code_name"], warnings),
            warnings=tuple(warnings),
            **values,
        )

    def _named(self, cells: Cells) -> tuple[str, str]:
        called = name(self._sheet.cell(cells, "name"))
        college = often(self._sheet.cell(cells, "college"))
        if called is None:
            raise Refusing("name", Reason.MISSING_NAME)
        if called == self._name_head:
            raise Refusing("name", Reason.REPEATED_HEADER)
        if college is None:
            raise Refusing("college", Reason.MISSING_COLLEGE)
        return called, college

    def _values(self, cells: Cells, warnings: list[Warning]) -> dict[str, str | None]:
        values = self._blank.copy()
        for part, place, of in self._plain:
            if (cell := cells[place]) != "":
                values[part] = of(cell)
        for part, key, place, judge in self._judged:
            if (cell := cells[place]) != "":
                values[part], odd = judge(cell)
                if odd is not None:
                    warnings.append(self._titles.warning(key, odd, as_given(cell)))
        return values

    def _read_standing(self, degree: str | None, completion: Cell) -> tuple[str | None, bool]:
        """Level, and whether without a diploma: either column may say so."""
        degrees = self._rules.columns.degrees
        known = degrees.read(degree) if degree else None
        said = degrees.completer(as_given(completion)) is True
        return (known.level.value if known else None), said or bool(known and known.completer)

    def _day(self, cells: Cells, key: str, warnings: list[Warning]) -> date | None:
        cell = self._sheet.cell(cells, key)
        found, odd = day(cell)
        if odd is not None:
            warnings.append(self._titles.warning(key, odd, as_given(cell)))
        return found

    def _destination(self, cells: Cells, called: str | None, warnings: list[Warning]) -> str | None:
        given = code(self._sheet.cell(cells, "destination_code"))
        if given is None and called is None:
            raise Refusing(
                self._sheet.first("destination_code", "destination_name"), Reason.MISSING_DESTINATION
            )
        found, known = self._code(given, called)
        if not known:
            key = "destination_code" if given else "destination_name"
            warnings.append(self._titles.warning(key, Oddity.UNKNOWN_CODE, given or called or ""))
        return found

    def _read_code(self, given: str | None, called: str | None) -> tuple[str | None, bool]:
        """The code as the rules write it; a name stands in for a code that is not given."""
        taxonomy = self._rules.taxonomy
        found = taxonomy.code(self._cohort, given) if given else None
        found = found or taxonomy.by_name(self._cohort, given or called or "")
        return (found.code, True) if found else (given, False)
