"""Files as schools bring them: encodings, delimiters, titles, several sheets, and things that are none."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from actions.sheets import Reason, Refused, RosterRow, SheetError, SheetFault, open_sheet, read_roster
from rules import Rules, load

HEAD = ["学号", "姓名", "学院", "毕业去向类别代码", "毕业去向", "单位名称"]
ONE = ["202001000001", "张三", "计算机学院", "10", "签就业协议形式就业", "甲公司"]
TWO = ["202001000002", "李四", "机电学院", "70", "待就业", ""]

Lines = list[RosterRow | Refused]
Read = Callable[[Path], Lines]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load(None)


@pytest.fixture
def read(rules: Rules) -> Read:
    return lambda path: list(read_roster(path, rules=rules, cohort=2024))


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def as_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    with Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    sheet.write_string(line, place, cell)
    return path


def names(lines: Lines) -> list[str]:
    return [line.name for line in lines if isinstance(line, RosterRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(tmp_path: Path, read: Read, encoding: str, delimiter: str) -> None:
    file = tmp_path / "roster.csv"
    quoted = [*ONE[:5], "甲,乙;丙\t丁"]
    file.write_bytes(as_csv([HEAD, quoted, TWO], delimiter).encode(encoding))
    lines = read(file)
    assert names(lines) == ["张三", "李四"]
    assert isinstance(lines[0], RosterRow)
    assert lines[0].employer in ("甲,乙;丙\t丁", "甲,乙;丙 丁")


def test_a_semicolon_file_with_every_cell_quoted(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("\n".join(";".join(f'"{cell}"' for cell in row) for row in (HEAD, ONE)), encoding="utf-8")
    assert names(read(file)) == ["张三"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_first_foreign_byte_may_come_late(tmp_path: Path, rules: Rules, encoding: str) -> None:
    plain = [["id", "name", "x" * 80]] + [[str(line), "Ann", "y" * 80] for line in range(1500)]
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv([*plain, ["1500", "张三", ""]]).encode(encoding))
    assert file.read_bytes().index("张".encode(encoding)) > 100_000
    sheet = open_sheet(file, {"id": "id", "name": "name"}.get)
    assert [*sheet.rows()][-1] == (1502, ["1500", "张三", ""])


def test_gb18030_beyond_gbk_and_pieces_cut_anywhere(tmp_path: Path, read: Read) -> None:
    many = [[*ONE[:1], "𠮷㐂·买买提", *ONE[2:5], "公司" * 60] for _ in range(6000)]
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv([HEAD, *many]).encode("gb18030"))
    assert file.stat().st_size > 1 << 20
    assert set(names(read(file))) == {"𠮷㐂·买买提"}


def test_titles_may_stand_above_the_header_which_is_line_one(tmp_path: Path, read: Read) -> None:
    titled = [["2024届毕业生名单"], ["学院：", "制表"], HEAD, ONE, ["", "王五", "学院", "10", "", ""]]
    lines = read(as_xlsx(tmp_path / "a.xlsx", {"名单": titled}))
    assert [line.line for line in lines] == [2, 3]
    file = tmp_path / "a.csv"
    file.write_text(as_csv(titled), encoding="utf-8")
    assert [line.line for line in read(file)] == [2, 3]


def test_the_first_sheet_with_a_header_is_read(tmp_path: Path, read: Read) -> None:
    sheets = {"说明": [["请如实填写"], ["学号", "必填"]], "空": [], "名单": [HEAD, TWO], "旧": [HEAD, ONE]}
    assert names(read(as_xlsx(tmp_path / "a.xlsx", sheets))) == ["李四"]


def test_content_decides_and_not_the_name(tmp_path: Path, read: Read) -> None:
    book = as_xlsx(tmp_path / "a.xlsx", {"名单": [HEAD, ONE]}).rename(tmp_path / "a.csv")
    assert names(read(book)) == ["张三"]
    text = tmp_path / "b.xlsx"
    text.write_text(as_csv([HEAD, ONE]), encoding="utf-8")
    assert names(read(text)) == ["张三"]


def test_headers_in_any_order_spaced_and_wide(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    head = ["\u3000毕业去向 类别代码", "所在院系", "姓　名", "ＱＱ", "学 号\u200b"]
    file.write_text(as_csv([head, ["10", "机电学院", "", "1", "7"]]), encoding="utf-8")
    (line,) = read(file)
    assert isinstance(line, Refused)
    assert (line.column, line.reason) == ("姓名", Reason.MISSING_NAME)


def test_of_two_columns_with_one_meaning_the_first_counts(tmp_path: Path, rules: Rules) -> None:
    file = tmp_path / "a.csv"
    file.write_text(as_csv([[*HEAD, "院系"], [*ONE, "别的学院"]]), encoding="utf-8")
    lines = read_roster(file, rules=rules, cohort=2024)
    assert lines.unknown == ("院系",)
    assert [line.college for line in lines if isinstance(line, RosterRow)] == ["计算机学院"]


def test_blank_lines_count_but_say_nothing(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    file.write_text(as_csv([HEAD, ONE, [], ["", " ", "\u3000", "", "", ""], TWO]), encoding="utf-8")
    assert [line.line for line in read(file)] == [2, 5]


def test_short_lines_are_filled_and_shifted_ones_refused(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    shifted = [*ONE[:2], "计算机", *ONE[2:]]
    file.write_text(as_csv([HEAD, TWO[:5], [*ONE, "", ""], shifted, HEAD]), encoding="utf-8")
    lines = read(file)
    assert names(lines) == ["李四", "张三"]
    refused = [line.reason for line in lines if isinstance(line, Refused)]
    assert refused == [Reason.SHIFTED, Reason.REPEATED_HEADER]


def test_a_cell_too_long_for_its_column_names_the_column(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    file.write_text(as_csv([HEAD, [*ONE[:5], "长" * 301], ["1" * 41, *ONE[1:]]]), encoding="utf-8")
    refused = [line for line in read(file) if isinstance(line, Refused)]
    assert [(line.column, line.reason) for line in refused] == [
        ("单位名称", Reason.TOO_LONG),
        ("学号", Reason.TOO_LONG),
    ]


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))
NO_SHEETS = {
    "nothing": (b"", SheetFault.EMPTY),
    "blank": (b"\n \n,,\n", SheetFault.EMPTY),
    "bom": (b"\xef\xbb\xbf", SheetFault.EMPTY),
    "image": (PNG, SheetFault.NOT_A_SHEET),
    "broken zip": (b"PK\x03\x04" + bytes(100), SheetFault.NOT_A_SHEET),
    "old office": (b"\xd0\xcf\x11\xe0" + bytes(600), SheetFault.NOT_A_SHEET),
    "prose": ("今天天气很好".encode(), SheetFault.NO_HEADER),
}


@pytest.mark.parametrize("case", NO_SHEETS)
def test_what_is_no_sheet_is_one_sentence(tmp_path: Path, read: Read, case: str) -> None:
    content, fault = NO_SHEETS[case]
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)
    with pytest.raises(SheetError) as refused:
        read(file)
    assert refused.value.fault is fault
    assert str(refused.value).count("。") == 1


def test_an_empty_workbook_is_empty(tmp_path: Path, read: Read) -> None:
    with pytest.raises(SheetError) as refused:
        read(as_xlsx(tmp_path / "a.xlsx", {"一": [], "二": []}))
    assert refused.value.fault is SheetFault.EMPTY


def test_a_missing_column_is_named(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    file.write_text(as_csv([["姓名", "学院"], ["张三", "机电学院"]]), encoding="utf-8")
    with pytest.raises(SheetError, match=r"学号.*毕业去向") as refused:
        read(file)
    assert refused.value.fault is SheetFault.MISSING_COLUMNS
    assert len(refused.value.columns) == 2


def test_a_stray_quote_never_swallows_the_rest_in_silence(tmp_path: Path, read: Read) -> None:
    file = tmp_path / "a.csv"
    file.write_text(as_csv([HEAD, ONE]) + '202,"王五,学院,10,,\n' + as_csv([TWO]), encoding="utf-8")
    with pytest.raises(SheetError) as refused:
        read(file)
    assert refused.value.fault is SheetFault.BROKEN_QUOTES
