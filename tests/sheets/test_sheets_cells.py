"""Cells as Excel and people leave them: dressed, damaged, wide, spaced, and what they become."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from actions.sheets import Oddity, Reason, Refused, RosterRow, fingerprint, key, read_roster
from actions.sheets import clean as cells
from actions.sheets.faults import Cell
from actions.sheets.phones import phone
from actions.sheets.when import day, instant
from rules import Rules, load

DAMAGED = (None, Oddity.DAMAGED_NUMBER)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load(None)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("202001000000", "202001000000"),
        (2.02001e11, "202001000000"),
        (202001000017.0, "202001000017"),
        (20420010000000.0, "20420010000000"),
        ("202001000017.0", "202001000017"),
        ("2.02001000017E+11", "202001000017"),
        ("'0012345", "0012345"),
        ('="0012345"', "0012345"),
        ("２０２００１ＡＢ", "202001AB"),
        (" 2020\u30000100\xa0\u200b17\t", "2020010017"),
        ("1234567890123456789", "1234567890123456789"),
        ("T001", "T001"),
        ("1E5", "1E5"),
        ("", None),
        (" \u3000", None),
    ],
)
def test_numbers_that_are_names_stay_text(cell: Cell, number: str | None) -> None:
    assert cells.identifier(cell) == (number, None)


@pytest.mark.parametrize(
    "cell",
    [
        "1.51311E+13",
        "2.02001E+11",
        "1.51311e+13",
        1.51311e13,
        9.242016504819615e17,
        "924201650481961000",
        2020.5,
        float("inf"),
        float("nan"),
    ],
)
def test_numbers_that_lost_digits_are_given_up(cell: Cell) -> None:
    assert cells.identifier(cell) == DAMAGED


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("  张 三 ", "张三"),
        ("张　三", "张三"),
        ("阿卜杜热合曼·阿卜杜热依木·买买提明·图尔荪·艾合买提·吐尔逊", None),
        ("Ｊｏｈｎ　Smith", "John Smith"),
        ('<b>王&"小"明</b>', None),
        ("小明👨\u200d👩\u200d👧", None),
        ("O'Neil", None),
        ("\ufeff李\u200b四\xa0", "李四"),
        ("𠮷田", None),
    ],
)
def test_names_are_tidied_and_never_changed(cell: str, kept: str | None) -> None:
    assert cells.name(cell) == (kept or cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("10", "10"), ("10.0", "10"), (10.0, "10"), (801, "801"), ("'10", "10"), ("１０", "10"), ("", None)],
)
def test_codes_stay_text(cell: Cell, code: str | None) -> None:
    assert cells.code(cell) == code


def test_text_keeps_its_brackets_and_narrows_its_digits() -> None:
    assert cells.text(" 武汉（光谷）ＡＢ１２\n有限公司 ") == "武汉（光谷）AB12 有限公司"
    assert cells.text("a\0b") == "ab"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("20240617", date(2024, 6, 17)),
        (20240617.0, date(2024, 6, 17)),
        ("2024-06-17", date(2024, 6, 17)),
        ("2024/6/17", date(2024, 6, 17)),
        ("2024.6.17", date(2024, 6, 17)),
        ("2024年6月17日", date(2024, 6, 17)),
        ("２０２４－０６－１７", date(2024, 6, 17)),
        ("2024-06-17 00:00:00", date(2024, 6, 17)),
        ("'20240617", date(2024, 6, 17)),
        (date(2024, 6, 17), date(2024, 6, 17)),
        (datetime.fromisoformat("2024-06-17T10:00"), date(2024, 6, 17)),
        (45460.0, date(2024, 6, 17)),
    ],
)
def test_dates(cell: Cell, found: date) -> None:
    assert day(cell) == (found, None)


@pytest.mark.parametrize("cell", ["20240230", "2024", "去年", "2024-13-01", 12.0, True, timedelta(1)])
def test_odd_dates(cell: Cell) -> None:
    assert day(cell) == (None, Oddity.ODD_DATE)


def test_moments_are_those_of_the_wall_clock() -> None:
    found, odd = instant("2024/6/20 13:14")
    assert odd is None
    assert found is not None
    assert found.isoformat() == "2024-06-20T13:14:00+08:00"
    assert instant(" ") == (None, None)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("19910000000", "+8619910000000"),
        (19910000000.0, "+8619910000000"),
        ("+86 199-1000-0000", "+8619910000000"),
        ("008619910000000", "+8619910000000"),
        ("１９９１００００００００"[:11], "+8619910000000"),
        ("027-88687512", "+862788687512"),
        ("(027)88687512", "+862788687512"),
        ("02788687512", "+862788687512"),
        ("0371-6555123", "+863716555123"),
        ("027-88687512-801", "+862788687512;ext=801"),
        ("4008001234", "+864008001234"),
        ("13900000001/13900000002", "+8613900000001"),
        ("+44 7911 123456", "+447911123456"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_phones_have_one_form(cell: Cell, number: str) -> None:
    assert phone(cell) == (number, None)


@pytest.mark.parametrize("cell", ["12345", "无", "199100000001", "1.991E+10", "88687512", 1.5])
def test_odd_phones(cell: Cell) -> None:
    assert phone(cell) == (None, Oddity.ODD_PHONE)


def test_a_code_with_a_bad_checksum_is_kept_and_a_damaged_one_is_not() -> None:
    good = "91420185016103396C"
    assert cells.uscc(good) == (good, None)
    assert cells.uscc(" ９1420185016103396c ") == (good, None)
    assert cells.uscc("91420175786907366A") == ("91420175786907366A", Oddity.BAD_USCC)
    assert cells.uscc("9.24202E+17") == DAMAGED
    assert cells.uscc(924201650481961519.0) == DAMAGED


def test_mail() -> None:
    assert cells.email(" S10@Example.edu ") == ("s10@example.edu", None)
    assert cells.email("无") == (None, Oddity.ODD_EMAIL)


HEAD = ["学号", "考生号", "姓名", "学院", "毕业去向类别代码", "毕业去向", "学历", "毕业类别", "签约日期"]
HEAD += ["统一社会信用代码", "手机"]


def written(path: Path, *rows: list[Cell]) -> Path:
    with Workbook(str(path)) as book:
        sheet, dated = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEAD)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell, dated if isinstance(cell, date) else None)
    return path


def graduate(**cells_of: Cell) -> list[Cell]:
    usual: dict[str, Cell] = {"学号": "2020", "姓名": "张三", "学院": "机电学院", "毕业去向类别代码": "10"}
    return [(usual | cells_of).get(head, "") for head in HEAD]


def read(path: Path, rules: Rules) -> list[RosterRow | Refused]:
    return list(read_roster(path, rules=rules, cohort=2024))


def test_numbers_damaged_in_a_workbook(tmp_path: Path, rules: Rules) -> None:
    file = written(
        tmp_path / "a.xlsx",
        graduate(学号=202001000017, 考生号=1.51311e13, 手机=19910000000, 毕业去向类别代码=10),
        graduate(学号="", 考生号=1.51311e13),
        graduate(学号="", 考生号=123456789012345678),
        graduate(签约日期=date(2024, 6, 17), 统一社会信用代码=924201650481961519),
    )
    first, second, third, fourth = read(file, rules)
    assert isinstance(first, RosterRow)
    assert (first.student_no, first.exam_no, first.code) == ("202001000017", None, "10")
    assert first.phone == "+8619910000000"
    assert [(one.column, one.kind) for one in first.warnings] == [("考生号", Oddity.DAMAGED_NUMBER)]
    assert key(first) == ("student_no", "202001000017")
    for refused in (second, third):
        assert isinstance(refused, Refused)
        assert (refused.column, refused.reason) == ("考生号", Reason.DAMAGED_KEY)
    assert isinstance(fourth, RosterRow)
    assert (fourth.signed_on, fourth.uscc) == (date(2024, 6, 17), None)
    assert [one.kind for one in fourth.warnings] == [Oddity.DAMAGED_NUMBER]


def test_a_known_name_stands_in_for_a_code(tmp_path: Path, rules: Rules) -> None:
    file = written(
        tmp_path / "a.xlsx",
        graduate(毕业去向类别代码="", 毕业去向="签劳动合同形式就业"),
        graduate(毕业去向类别代码="", 毕业去向="去了火星"),
        graduate(毕业去向类别代码=""),
        graduate(毕业去向类别代码="999"),
    )
    named, strange, nothing, unknown = read(file, rules)
    assert isinstance(named, RosterRow)
    assert isinstance(strange, RosterRow)
    assert isinstance(unknown, RosterRow)
    assert isinstance(nothing, Refused)
    assert (named.code, named.warnings) == ("11", ())
    assert (strange.code, strange.code_name) == (None, "去了火星")
    assert (strange.warnings[0].column, strange.warnings[0].kind) == ("毕业去向", Oddity.UNKNOWN_CODE)
    assert (unknown.code, unknown.warnings[0].text) == ("999", "999")
    assert (nothing.column, nothing.reason) == ("毕业去向类别代码", Reason.MISSING_DESTINATION)


def test_those_who_complete_without_a_diploma_are_kept(tmp_path: Path, rules: Rules) -> None:
    file = written(
        tmp_path / "a.xlsx",
        graduate(学历="本科生结业"),
        graduate(学历="本科", 毕业类别="结业"),
        graduate(学历="硕士生毕业", 毕业类别="毕业"),
        graduate(学历="33"),
        graduate(学历="童生"),
    )
    rows = [row for row in read(file, rules) if isinstance(row, RosterRow)]
    assert [(row.level, row.completer) for row in rows] == [
        ("bachelor", True),
        ("bachelor", True),
        ("master", False),
        ("bachelor", True),
        (None, False),
    ]
    assert [warning.kind for row in rows for warning in row.warnings] == [Oddity.UNKNOWN_DEGREE]


def test_two_degrees_of_one_person_have_two_keys(tmp_path: Path, rules: Rules) -> None:
    number = "15131181151992"
    file = written(
        tmp_path / "a.xlsx",
        graduate(考生号=number, 学历="本科生毕业"),
        graduate(考生号=number, 学历="二学位毕业"),
    )
    first, second = (row for row in read(file, rules) if isinstance(row, RosterRow))
    assert key(first) != key(second)
    assert fingerprint(first) != fingerprint(second)


def test_an_examinee_number_of_another_length_is_kept_with_a_warning(tmp_path: Path, rules: Rules) -> None:
    (row,) = read(written(tmp_path / "a.xlsx", graduate(考生号="12345")), rules)
    assert isinstance(row, RosterRow)
    assert (row.exam_no, [one.kind for one in row.warnings]) == ("12345", [Oddity.ODD_EXAM_NO])


def test_a_missing_college_is_refused_under_the_sheets_own_name(tmp_path: Path, rules: Rules) -> None:
    (line,) = read(written(tmp_path / "a.xlsx", graduate(学院=" ")), rules)
    assert isinstance(line, Refused)
    assert (line.column, line.reason) == ("学院", Reason.MISSING_COLLEGE)
