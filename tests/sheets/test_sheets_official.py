"""The national register's list, as confirmations, moments and feedback."""

from pathlib import Path

import pytest

from actions.sheets import OfficialRow, Reason, Refused, SheetError, read_official
from models.official import Feedback, Official
from rules import load

NEVER = "从未与该单位签订就业协议、劳动合同或其他录用形式"


def read(path: Path, text: str) -> list[OfficialRow | Refused]:
    file = path / "list.csv"
    file.write_bytes(text.encode("gb18030"))
    return list(read_official(file, rules=load(None)))


def test_the_list(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        "考生号,学号,姓名,确认状态,确认时间,反馈\n"
        "20420010000001,1,张三,已确认,2024-06-20 13:14:15,\n"
        "20420010000002,,李四, 未确认 ,,\n"
        ",3,王五,已变更待确认,2024/6/20,信息有误\n"
        f",4,赵六,已确认,昨天,{NEVER}\n"
        ",,钱七,已确认,,\n"
        ",6,孙八,也许,,\n"
        ",7,周九,,,\n"
        ",8,吴十,已确认,,从来没去过那里\n",
    )
    rows = [line for line in lines if isinstance(line, OfficialRow)]
    assert [(row.student_no, row.state, row.feedback) for row in rows] == [
        ("1", Official.CONFIRMED, None),
        (None, Official.UNCONFIRMED, None),
        ("3", Official.CHANGED, Feedback.WRONG_INFO),
        ("4", Official.CONFIRMED, Feedback.NEVER_SIGNED),
    ]
    assert rows[0].confirmed_at is not None
    assert rows[0].confirmed_at.isoformat() == "2024-06-20T13:14:15+08:00"
    assert (rows[3].confirmed_at, rows[3].warnings[0].column) == (None, "确认时间")
    assert [(line.line, line.column, line.reason) for line in lines if isinstance(line, Refused)] == [
        (6, "学号", Reason.MISSING_KEY),
        (7, "确认状态", Reason.UNKNOWN_STATE),
        (8, "确认状态", Reason.MISSING_STATE),
        (9, "反馈", Reason.UNKNOWN_FEEDBACK),
    ]


def test_a_list_without_states_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="确认状态"):
        read(tmp_path, "学号,姓名\n1,张三\n")
