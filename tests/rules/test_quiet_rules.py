"""The table of quiet hours."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules import Quiet, Rules

At = Callable[[str], datetime]


@pytest.mark.parametrize(
    ("moment", "allowed", "then"),
    [
        ("2024-07-08T08:59:59", False, "2024-07-08T09:00:00"),
        ("2024-07-08T09:00:00", True, "2024-07-08T09:00:00"),
        ("2024-07-08T12:00:00", True, "2024-07-08T12:00:00"),
        ("2024-07-08T20:59:59", True, "2024-07-08T20:59:59"),
        ("2024-07-08T21:00:00", False, "2024-07-09T09:00:00"),
        ("2024-07-08T23:59:59", False, "2024-07-09T09:00:00"),
        ("2024-07-09T00:00:00", False, "2024-07-09T09:00:00"),
        ("2024-12-31T22:00:00", False, "2025-01-01T09:00:00"),
    ],
)
def test_nobody_is_written_to_from_nine_to_nine(
    rules: Rules, at: At, moment: str, allowed: bool, then: str
) -> None:
    assert rules.quiet.allows(at(moment)) is allowed
    assert rules.quiet.next_allowed(at(moment)) == at(then)


def test_the_hours_are_shanghais_whatever_zone_the_moment_is_in(rules: Rules) -> None:
    assert not rules.quiet.allows(datetime(2024, 7, 8, 13, 0, tzinfo=UTC))
    assert rules.quiet.allows(datetime(2024, 7, 8, 1, 0, tzinfo=UTC))


def test_quiet_hours_may_lie_within_one_day_or_be_none(rules: Rules, at: At) -> None:
    noon = Quiet(time(12), time(14), rules.quiet.zone)
    assert noon.next_allowed(at("2024-07-08T13:00")) == at("2024-07-08T14:00")
    assert noon.allows(at("2024-07-08T14:00"))
    assert Quiet(time(0), time(0), rules.quiet.zone).allows(at("2024-07-08T03:00"))


def test_a_moment_without_a_zone_is_refused(rules: Rules, at: At) -> None:
    with pytest.raises(ValueError, match="zone"):
        rules.quiet.allows(at("2024-07-08T13:00").replace(tzinfo=None))


def test_the_next_evening_closes_and_without_quiet_hours_nothing_does(rules: Rules, at: At) -> None:
    assert rules.quiet.next_closing(at("2024-07-08T09:00")) == at("2024-07-08T21:00")
    assert rules.quiet.next_closing(at("2024-07-08T21:00")) == at("2024-07-09T21:00")
    noon = Quiet(time(12), time(14), rules.quiet.zone)
    assert noon.next_closing(at("2024-07-08T14:00")) == at("2024-07-09T12:00")
    assert Quiet(time(0), time(0), rules.quiet.zone).next_closing(at("2024-07-08T14:00")) is None


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
)
@pytest.mark.parametrize("ends", [time(2, 30), time(2), time(3), time(8)])
def test_where_clocks_are_changed_the_end_still_comes_and_never_lies_in_the_past(
    zone: str, ends: time
) -> None:
    quiet = Quiet(time(21), ends, ZoneInfo(zone))
    for month in (3, 4, 10, 11):
        moment = datetime(2027, month, 1, tzinfo=UTC)
        while moment.month == month:
            then = quiet.next_allowed(moment)
            assert moment <= then <= moment + timedelta(hours=12), moment
            assert quiet.allows(then), moment
            moment += timedelta(minutes=15)


def test_alerts_that_can_wait_have_hours_of_their_own(rules: Rules, at: At) -> None:
    assert rules.quiet_alerts.next_allowed(at("2024-07-08T22:00")) == at("2024-07-09T08:00")
    assert rules.quiet.next_allowed(at("2024-07-08T22:00")) == at("2024-07-09T09:00")
