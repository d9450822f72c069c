"""The wordings laid down for cases: of kinds there are, in both languages, in the voice of other texts."""

from pathlib import Path

import pytest

from rules import RulesError, load
from rules.loading import SHIPPED


def test_there_is_something_to_ask_and_to_say_in_every_kind_of_case() -> None:
    rules = load()
    for kind in rules.cases.kinds:
        assert rules.replies.for_kind(kind, asks=True)
        assert rules.replies.for_kind(kind, asks=False)
    assert len(rules.replies.replies) >= 8


def test_what_is_for_disputes_is_for_nothing_else() -> None:
    replies = load().replies
    others = {one.key for one in replies.for_kind("change_request", asks=False)}
    assert "dispute_received" not in others
    assert "new_employer" not in {one.key for one in replies.for_kind("dispute", asks=True)}


def test_each_is_worded_in_both_languages() -> None:
    for one in load().replies.replies:
        assert one.worded("zh_CN") != one.worded("en")
        assert one.titled("zh_CN") != one.titled("en")
        assert not {"！", "!"} & set(one.zh_CN + one.en)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('key = "what_next"', 'key = "national_register"', "twice"),
        ("想和您通个电话。", "请务必接电话。", "务必"),
        ('kinds = ["dispute"]', 'kinds = ["no_such_kind"]', "no_such_kind"),
        ('key = "when_reachable"', 'key = "When reachable"', "reply.0.key"),
    ],
)
def test_what_would_do_harm_is_refused_when_the_rules_are_read(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    shipped = (SHIPPED / "replies.toml").read_text("utf-8")
    assert old in shipped
    (tmp_path / "replies.toml").write_text(shipped.replace(old, new), "utf-8")
    with pytest.raises(RulesError, match=why):
        load(tmp_path)
