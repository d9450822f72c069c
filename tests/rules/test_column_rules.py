"""The tables of columns, degrees and the national register's words."""

import pytest

from rules import Degree, Level, OfficialFeedback, OfficialStatus, Rules


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("学号", "student_number"),
        (" 学 号 ", "student_number"),
        ("考生号", "exam_number"),
        ("院系", "college"),
        ("学院", "college"),
        ("所在院系", "college"),
        ("班级", "class_name"),
        ("所在班级", "class_name"),
        ("学历", "level"),
        ("学历层次", "level"),
        ("毕业类别", "graduation_kind"),
        ("手机", "phone"),
        ("联系电话", "phone"),
        ("家庭电话", "parent_phone"),
        ("辅导员", "counselor"),
        ("辅导员工号", "counselor_number"),
        ("毕业去向", "destination_name"),
        ("毕业去向类别代码", "destination_code"),
        ("单位联系电话", "contact_phone"),
        ("联系人电话", "contact_phone"),
        ("单位联系人", "contact_name"),
        ("录入人工号", "entered_by_number"),
        ("审签教师", "signed_by"),
        ("ＱＱ号", None),
        ("联系", None),
        ("", None),
    ],
)
def test_roster_headers(rules: Rules, header: str, key: str | None) -> None:
    assert rules.columns.match(header) == key


def test_what_a_roster_needs(rules: Rules) -> None:
    assert rules.columns.required == (
        ("student_number", "exam_number"),
        ("name",),
        ("college",),
        ("destination_code", "destination_name"),
    )
    assert rules.columns.roster.missing({"exam_number", "name", "destination_name"}) == (("college",),)


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("本科生毕业", Degree(level=Level.BACHELOR, completer=False)),
        ("本科生结业", Degree(level=Level.BACHELOR, completer=True)),
        ("本科", Degree(level=Level.BACHELOR)),
        ("硕士研究生", Degree(level=Level.MASTER)),
        ("博士生结业", Degree(level=Level.DOCTOR, completer=True)),
        ("二学位毕业", Degree(level=Level.SECOND_BACHELOR, completer=False)),
        ("专科（高职）", Degree(level=Level.JUNIOR_COLLEGE)),
        ("01", Degree(level=Level.DOCTOR, completer=False)),
        ("３３", Degree(level=Level.BACHELOR, completer=True)),
        ("43", Degree(level=Level.JUNIOR_COLLEGE, completer=True)),
        ("99", None),
        ("毕业", None),
        ("", None),
    ],
)
def test_degrees(rules: Rules, text: str, degree: Degree | None) -> None:
    assert rules.columns.degrees.read(text) == degree


@pytest.mark.parametrize(
    ("text", "completer"), [("毕业", False), ("结业", True), ("结业生", True), ("肄业", None), ("", None)]
)
def test_completers(rules: Rules, text: str, completer: bool | None) -> None:
    assert rules.columns.degrees.completer(text) is completer


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("已确认", OfficialStatus.CONFIRMED),
        (" 未确认", OfficialStatus.UNCONFIRMED),
        ("已变更待确认", OfficialStatus.CHANGED_SINCE),
        ("已变更，待确认", OfficialStatus.CHANGED_SINCE),
        ("确认", None),
        ("", None),
    ],
)
def test_the_registers_states(rules: Rules, text: str, status: OfficialStatus | None) -> None:
    assert rules.columns.official.status(text) == status


@pytest.mark.parametrize(
    ("text", "feedback"),
    [
        (None, OfficialFeedback.NONE),
        ("  ", OfficialFeedback.NONE),
        ("信息有误", OfficialFeedback.INACCURATE),
        ("「从未与该单位签订就业协议、劳动合同或其他录用形式」", OfficialFeedback.NEVER_SIGNED),
        ("从未与该单位签订…", OfficialFeedback.NEVER_SIGNED),
        ("与该单位签订", None),
    ],
)
def test_the_registers_feedback(rules: Rules, text: str | None, feedback: OfficialFeedback | None) -> None:
    assert rules.columns.official.feedback(text) == feedback


def test_the_registers_headers(rules: Rules) -> None:
    official = rules.columns.official
    headers = ["考生号", "学号", "姓名", "确认状态", "确认时间", "反馈"]
    keys = ["exam_number", "student_number", "name", "status", "confirmed_at", "feedback"]
    assert [official.match(header) for header in headers] == keys
    assert official.match("毕业去向") is None
    assert official.required[-1] == ("status",)


def test_a_whole_header_row_is_read(rules: Rules) -> None:
    row = (
        "学号,考生号,姓名,性别,所在院系,专业名称,所在班级,学历层次,毕业日期,毕业类别,手机号码,家长电话,"
        "电子邮箱,困难生类别,辅导员,辅导员工号,毕业去向类别代码,毕业去向,签约日期,单位名称,"
        "统一社会信用代码,单位性质,单位行业,单位所在地,工作职位类别,单位联系人,联系人电话,"
        "留学国家地区,留学院校中文名称,录入人,审签教师,QQ号"
    )
    headers = row.split(",")
    keys = [rules.columns.match(header) for header in headers]
    assert [header for header, key in zip(headers, keys, strict=True) if key is None] == ["QQ号"]
    assert len(set(keys)) == len(keys)
    assert rules.columns.roster.missing({key for key in keys if key}) == ()
