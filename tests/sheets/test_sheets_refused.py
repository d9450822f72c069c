"""Refused lines go back as text only, and can be mended and read again."""

import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook

from actions.sheets import Reason, Refused, read_roster, refused_path, write_refused
from rules import load


def test_refused_lines_go_back_with_their_reason(tmp_path: Path) -> None:
    head = "学号,姓名,学院,毕业去向,单位名称,QQ号\n"
    file = tmp_path / "名单.csv"
    file.write_text(
        head + ',张三,机电学院,待就业,"=HYPERLINK(""http://x"",""点"")",1\n007,,机电学院,待就业,http://x\n',
        encoding="utf-8",
    )
    lines = read_roster(file, rules=load(None), cohort=2024)
    refused = [line for line in lines if isinstance(line, Refused)]
    out = write_refused(refused_path(file), lines.headers, refused, lambda one: f"缺{one.column}")
    assert out.name == "名单.csv.refused.xlsx"
    table = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert table[0] == [*head.strip().split(","), "原因"]
    assert table[1] == ["", "张三", "机电学院", "待就业", '=HYPERLINK("http://x","点")', "1", "缺学号"]
    assert table[2] == ["007", "", "机电学院", "待就业", "http://x", "", "缺姓名"]
    again = read_roster(out, rules=load(None), cohort=2024)
    assert [type(line) for line in again] == [Refused, Refused]
    assert again.unknown == ("QQ号", "原因")


def test_no_formula_is_stored(tmp_path: Path) -> None:
    refused = [Refused(2, "学号", Reason.MISSING_KEY, ("=1+1", "+1", "@x", "-1", 20240617.0))]
    out = write_refused(tmp_path / "out.xlsx", ["a", "b", "c", "d", "e"], refused, lambda one: one.reason)
    sheet = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "20240617<" in sheet
