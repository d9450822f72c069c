"""A text of the office's own words: where it may lead, when it may begin, and until when it is sent."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from rules import Rules, RulesError, load
from rules.loading import SHIPPED

At = Callable[[str], datetime]


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("请在 dj.ncss.cn 看一看。", None),
        ("请在 https://dj.ncss.cn/student 看一看", None),
        ("就业网：http://job.wust.edu.cn:8080/a，或 www.hubei.gov.cn。", None),
        ("写信到 job@wust.edu.cn；8.30 前都可以，电话 027-8765 4321", None),
        ("请登录 https://ncss.cn.evil.com/login", "ncss.cn.evil.com"),
        ("请登录 ncss.com", "ncss.com"),
        ("https://ncss.cn@evil.com/", "ncss.cn@evil.com"),
        ("notncss.cn", "notncss.cn"),
        ("ｅｖｉｌ．ｃｏｍ", "evil.com"),
        ("t.me/helper", "t.me"),
        ("请联系 @some_helper", "@some_helper"),
        ("tg://resolve?domain=x", "resolve"),
        ("https://中文.网址/", "中文.网址"),
    ],
)
def test_links_lead_only_to_known_places(rules: Rules, text: str, stranger: str | None) -> None:
    assert rules.broadcasts.stranger(text) == stranger


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2024-07-08T10:00", [(0, "2024-07-08T15:00"), (1, "2024-07-09T09:00"), (2, "2024-07-10T09:00")]),
        ("2024-07-08T14:45", [(1, "2024-07-09T09:00"), (2, "2024-07-10T09:00")]),
        ("2024-07-31T23:30", [(1, "2024-08-01T09:00"), (2, "2024-08-02T09:00")]),
    ],
)
def test_moments_are_ahead(rules: Rules, at: At, now: str, offered: list[tuple[int, str]]) -> None:
    assert rules.broadcasts.moments(at(now)) == [(days, at(moment)) for days, moment in offered]


def test_what_has_not_left_after_a_week_is_left(rules: Rules, at: At) -> None:
    assert rules.broadcasts.deadline(at("2024-07-08T10:00")) == at("2024-07-15T23:59:59")


@pytest.mark.parametrize(
    ("messages", "begun", "ended"),
    [
        (25 * 60, "2024-07-08T10:00", "2024-07-08T10:01"),
        (25 * 60, "2024-07-08T22:00", "2024-07-09T09:01"),
        (25 * 3600 * 2, "2024-07-08T20:00", "2024-07-09T10:00"),
    ],
)
def test_it_ends_by_pace_and_quiet_hours(rules: Rules, at: At, messages: int, begun: str, ended: str) -> None:
    assert rules.broadcasts.ends_at(messages, at(begun)) == at(ended)


def test_every_segment_is_told_apart(rules: Rules) -> None:
    keys = [one.key for one in rules.broadcasts.values.segments]
    assert keys == [
        "everyone",
        "unconfirmed",
        "officially_unconfirmed",
        "changed_since",
        "employed",
        "unsettled",
        "case",
    ]
    unsettled = rules.broadcasts.segment("unsettled")
    assert unsettled is not None
    assert not any(one.settled for one in unsettled.classes)
    assert rules.broadcasts.segment("nothing") is None


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('key = "unconfirmed"', 'key = "everyone"', "lists the segment everyone twice"),
        ("runs_days = 7 ", "runs_days = 2 ", "must be longer than gap_hours"),
        ('key = "case"', 'key = "Case:1"', "key segment.6.key"),
        ('classes = ["employer"]', 'classes = ["job"]', "key segment.4.classes"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    shutil.copy(SHIPPED / "broadcasts.toml", tmp_path)
    file = tmp_path / "broadcasts.toml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(RulesError, match=sentence):
        load(tmp_path)
