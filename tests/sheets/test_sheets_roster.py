"""The fixture roster, read from CSV and from XLSX, against what is known to be true of it."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.sheets import Oddity, Reason, Refused, RosterRow, digest_of, fingerprint, key, read_roster
from actions.sheets.roster import JUDGED, PLAIN
from rules import Rules, load

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load(None)


@pytest.fixture(scope="module")
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture(scope="module")
def truth(fixtures: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((fixtures / "roster.truth.json").read_text(encoding="utf-8"))
    return facts


@pytest.fixture(scope="module", params=["csv", "xlsx"])
def lines(request: pytest.FixtureRequest, fixtures: Path, rules: Rules) -> list[RosterRow | Refused]:
    return list(read_roster(fixtures / f"roster.{request.param}", rules=rules, cohort=2024))


@pytest.fixture(scope="module")
def rows(lines: list[RosterRow | Refused]) -> list[RosterRow]:
    return [line for line in lines if isinstance(line, RosterRow)]


def warned(rows: list[RosterRow], kind: Oddity) -> list[str | None]:
    return [row.student_no for row in rows for warning in row.warnings if warning.kind is kind]


def test_every_line_is_a_row_or_a_refusal(lines: list[RosterRow | Refused], truth: dict[str, Any]) -> None:
    assert len(lines) == truth["rows"]
    refused = [line for line in lines if isinstance(line, Refused)]
    assert sorted([one.line, one.column] for one in refused) == sorted(truth["refused"])
    assert {one.reason for one in refused} == {Reason.MISSING_KEY, Reason.MISSING_NAME}


def test_codes_are_counted_as_known(lines: list[RosterRow | Refused], truth: dict[str, Any]) -> None:
    kept = {key(line): line.code for line in lines if isinstance(line, RosterRow)}
    codes = Counter(kept.values())
    codes.update(str(line.cells[16]) for line in lines if isinstance(line, Refused))
    assert codes == truth["counts"]


def test_oddities_are_warnings_not_refusals(rows: list[RosterRow], truth: dict[str, Any]) -> None:
    assert warned(rows, Oddity.BAD_USCC) == truth["bad_uscc"]
    assert warned(rows, Oddity.UNKNOWN_CODE) == truth["unknown_code"]
    assert sum(len(row.warnings) for row in rows) == 2


def test_a_number_shared_with_a_graduate_is_the_same_text(
    rows: list[RosterRow], truth: dict[str, Any]
) -> None:
    phones = {row.phone for row in rows}
    assert [row.student_no for row in rows if row.contact_phone in phones] == truth["shared_phone"]


def test_a_cluster_has_one_code_and_one_contact(rows: list[RosterRow], truth: dict[str, Any]) -> None:
    members = [row for row in rows if row.student_no in truth["cluster"]]
    assert len({(row.uscc, row.contact_phone) for row in members}) == 1


def test_formula_and_html_stay_what_was_typed(rows: list[RosterRow], truth: dict[str, Any]) -> None:
    of = {row.student_no: row for row in rows}
    assert of[truth["formula"][0]].employer == '=HYPERLINK("http://x","点我")'
    assert of[truth["html_name"][0]].name == '<b>王&"小"明</b>'


def test_the_duplicate_is_yielded_and_recognised(rows: list[RosterRow], truth: dict[str, Any]) -> None:
    twice = [row for row in rows if row.student_no == truth["duplicate"][0]]
    assert len(twice) == 2
    assert key(twice[0]) == key(twice[1])
    assert fingerprint(twice[0]) == fingerprint(twice[1])
    assert twice[0].line != twice[1].line


def test_a_row_in_full(rows: list[RosterRow]) -> None:
    row = next(row for row in rows if row.student_no == "202001000003")
    assert (row.line, row.level, row.completer, row.degree) == (5, "master", False, "硕士生毕业")
    assert (row.graduation_on, row.phone) == (date(2024, 6, 30), "+8619910000003")
    assert (row.country, row.school) == ("英国", "利兹大学")
    assert key(row) == ("exam_no", "20420010000003", "master")


def test_both_files_say_the_same(fixtures: Path, rules: Rules) -> None:
    prints = [
        [
            fingerprint(row)
            for row in read_roster(file, rules=rules, cohort=2024)
            if isinstance(row, RosterRow)
        ]
        for file in (fixtures / "roster.csv", fixtures / "roster.xlsx")
    ]
    assert prints[0] == prints[1]


def test_what_is_not_known_is_listed(fixtures: Path, rules: Rules) -> None:
    assert read_roster(fixtures / "roster.csv", rules=rules, cohort=2024).unknown == ("QQ号",)
    assert len(digest_of(fixtures / "roster.csv")) == 64


def test_every_column_we_ask_for_is_one_of_the_rules(rules: Rules) -> None:
    asked = {column for column, _ in (*PLAIN.values(), *JUDGED.values())}
    asked |= {"student_number", "exam_number", "name", "college", "destination_code"}
    asked |= {"graduated_on", "graduation_kind", "signed_on"}
    assert asked == set(rules.columns.roster.columns)


def test_nothing_personal_in_a_repr(lines: list[RosterRow | Refused]) -> None:
    assert repr(lines[0]) == "RosterRow(line=2)"
    assert all("199100000" not in repr(line) and "1050" not in repr(line) for line in lines)
