"""What the platform's words mean, how long a text is, and which of its wordings is taken."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.letters import Texts, TooLong
from rules import load
from rules.sms import Failure, Status, counted

SMS = load().sms
ENDS = datetime(2024, 8, 30, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "reason", "means"),
    [
        ("已发送", None, ("sent", None)),
        (" 发送 成功 ", None, ("sent", None)),
        ("DELIVRD", "", ("delivered", None)),
        ("送达成功", "空号", ("delivered", None)),
        ("失败", "空号", ("failed", "dead")),
        ("失败", "停机", ("failed", "dead")),
        ("失败", "关机", ("failed", "off")),
        ("失败", "用户拒收", ("failed", "refused")),
        ("失败", "黑名单", ("failed", "blacklisted")),
        ("失败", "MK:0001", ("failed", "other")),
        ("空号", None, ("failed", "dead")),
        ("成功", None, None),
        ("处理中", "空号", None),
    ],
)
def test_a_receipt_means_what_the_rules_say(
    status: str, reason: str | None, means: tuple[Status, Failure | None] | None
) -> None:
    assert SMS.receipts.read(status, reason) == means


@pytest.mark.parametrize(("text", "length"), [("", 0), ("【学】a", 4), ("𠮷", 2)])
def test_characters_are_counted_as_the_platforms_count(text: str, length: int) -> None:
    assert counted(text) == length


def worded(link: str, *, name: str = "李华", school: str = "江城理工学院") -> str:
    return Texts(SMS, school, ZoneInfo("Asia/Shanghai")).ask(name, link, ENDS)


@pytest.mark.parametrize("length", range(10, 50))
def test_the_longest_wording_that_fits_is_taken_with_the_whole_link(length: int) -> None:
    text, longer = worded("x" * length), worded("x" * (length + 1))
    assert text.startswith("【江城理工学院】")
    assert text.endswith(" " + "x" * length)
    assert counted(text) <= 70
    assert counted(longer) <= counted(text) + 1


def test_the_day_is_named_where_there_is_room_and_a_long_name_gives_way() -> None:
    assert "8月30日（周五）前" in worded("https://q.cn/j/abc")
    long = worded("https://qx.example.edu.cn/j/abcdefghijkm", name="阿卜杜拉·买买提·吐尔逊江")
    assert "阿卜杜拉" not in long


def test_what_is_too_long_is_told_apart() -> None:
    with pytest.raises(TooLong) as found:
        worded("x" * 60, school="某某大学")
    assert (found.value.school, found.value.link, found.value.over) == (4, 60, 4)
