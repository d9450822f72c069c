"""The table of reminders asked for later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

import pytest

from rules import Rules

At = Callable[[str], datetime]
TONIGHT, MORNING, THREE = "tonight", "tomorrow_morning", "three_days"


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2024-07-08T10:00", [TONIGHT, MORNING, THREE]),
        ("2024-07-08T19:30", [TONIGHT, MORNING, THREE]),
        ("2024-07-08T19:31", [MORNING, THREE]),
        ("2024-07-08T22:00", [MORNING, THREE]),
        ("2024-08-28T10:00", [TONIGHT, MORNING]),
        ("2024-08-30T10:00", [TONIGHT]),
        ("2024-08-30T21:00", []),
    ],
)
def test_only_what_is_ahead_and_before_the_deadline_is_offered(
    rules: Rules, at: At, now: str, offered: list[str]
) -> None:
    deadline = rules.calendar.update_deadline(None, 2024)
    options = rules.snooze.snooze_options(at(now), deadline, rules.quiet)
    assert [key for key, _ in options] == offered


def test_the_moments(rules: Rules, at: At) -> None:
    assert rules.snooze.snooze_options(at("2024-07-08T10:00"), None, rules.quiet) == [
        (TONIGHT, at("2024-07-08T20:00")),
        (MORNING, at("2024-07-09T09:00")),
        (THREE, at("2024-07-11T10:00")),
    ]


def test_what_quiet_hours_forbid_is_not_offered(rules: Rules, at: At) -> None:
    early = replace(rules.quiet, starts=time(19), ends=time(9, 30))
    options = rules.snooze.snooze_options(at("2024-07-08T10:00"), None, early)
    assert [key for key, _ in options] == [THREE]
