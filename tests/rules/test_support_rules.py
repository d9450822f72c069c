"""Who is to be helped, by the words of the roster and the day of graduation."""

from datetime import date

import pytest

from rules import load


@pytest.mark.parametrize(
    ("words", "hard", "poor"),
    [
        ("就业困难", True, False),
        ("就业困难和家庭困难", True, True),
        ("家庭困难", False, True),
        ("家庭困难和残疾", True, True),
        ("残疾", True, False),
        ("建档立卡贫困户", False, True),
        ("零就业家庭", True, False),
        ("一般困难", False, True),
        ("双困", True, True),
        ("非困难生", False, False),
        ("非建档立卡贫困", False, True),
        ("无困难", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_words_of_the_roster(words: str | None, hard: bool, poor: bool) -> None:
    rules = load().support
    assert (rules.is_hard(words), rules.is_poor(words)) == (hard, poor)


@pytest.mark.parametrize(
    ("graduated", "today", "left"),
    [
        (None, date(2024, 6, 30), False),
        (None, date(2024, 7, 1), True),
        (date(2024, 7, 20), date(2024, 7, 8), False),
        (date(2024, 7, 20), date(2024, 7, 21), True),
    ],
)
def test_nobody_has_left_before_graduating(graduated: date | None, today: date, left: bool) -> None:
    assert load().support.has_left(graduated, 2024, today) is left


def test_the_days_to_look_again_go_up() -> None:
    assert list(load().support.check_days) == sorted(load().support.check_days)
