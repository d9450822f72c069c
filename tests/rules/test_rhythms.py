"""Every rhythm over ten years, against lists made day by day from what the documents say, another way."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from rules import Event, Rules

FIRST, LAST = date(2020, 1, 1), date(2029, 12, 31)
DAYS = [date.fromordinal(one) for one in range(FIRST.toordinal(), LAST.toordinal() + 1)]
MONDAY, WEDNESDAY, THURSDAY, SUNDAY = 1, 3, 4, 7


def ends_its_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


# The seeds' own words: 12月至次年2月每月20日前, 3月至7月每周四前, 每年11月至次年3月每月底, 3月至8月每周三.
WRITTEN: dict[tuple[str, str], Callable[[date], bool]] = {
    ("henan_ist_2024", "monthly_monitor"): lambda day: day.day == 20 and day.month in (12, 1, 2),
    ("henan_ist_2024", "weekly_monitor"): lambda day: 3 <= day.month <= 7 and day.isoweekday() == THURSDAY,
    ("henan_ist_2024", "daily_monitor"): lambda day: day.month == 8,
    ("henan_ist_2024", "moe_fortnightly_statistical_check"): lambda _: False,
    ("wuhan_shouyi_2024", "same_day_clearing"): lambda _: True,
    ("hunan_mech_elec_2021", "weekly_officer_review"): lambda day: day.isoweekday() == SUNDAY,
    ("hunan_mech_elec_2021", "weekly_table_signed"): lambda day: day.isoweekday() == SUNDAY,
    ("inner_mongolia_2020", "monthly_report"): lambda day: (
        ends_its_month(day) and (day.month >= 11 or day.month <= 3)
    ),
    ("inner_mongolia_2020", "weekly_report"): lambda day: (
        day.month in range(3, 9) and day.isoweekday() == WEDNESDAY
    ),
    ("inner_mongolia_2020", "per_person_daily_clearing"): lambda _: True,
    ("inner_mongolia_2020", "yearly_self_check"): lambda _: False,
}
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


def test_every_rhythm_of_every_preset_is_written_down_here(rules: Rules) -> None:
    found = {
        (name, event.key)
        for name, preset in rules.calendar.presets.items()
        for event in preset.events
        if event.kind == "rhythm"
    }
    assert found == set(WRITTEN)


@pytest.mark.parametrize(("preset", "key"), WRITTEN)
def test_ten_years_of_a_shipped_rhythm(rules: Rules, preset: str, key: str) -> None:
    event = rules.calendar.preset(preset).event(key)
    assert event is not None
    expected = [day for day in DAYS if WRITTEN[preset, key](day)]
    assert list(event.between(FIRST, LAST)) == expected
    assert [day for day in DAYS if event.falls_on(day)] == expected


def made(chance: random.Random) -> tuple[Event, Callable[[date], bool]]:
    """Any rhythm a school may write, and the same thing said day by day."""
    months = tuple(chance.sample(range(1, 13), chance.randint(0, 12)))
    given: dict[str, Any] = {"key": "any", "kind": "rhythm", "months": months}

    def in_season(day: date) -> bool:
        return not months or day.month in months

    match chance.choice(["daily", "weekly", "monthly", "last"]):
        case "weekly":
            number = chance.randrange(7)
            given |= {"freq": "weekly", "weekday": WEEKDAYS[number]}
            return Event.model_validate(given), lambda day: in_season(day) and day.weekday() == number
        case "monthly":
            on = chance.randint(1, 28)
            given |= {"freq": "monthly", "day": on}
            return Event.model_validate(given), lambda day: in_season(day) and day.day == on
        case "last":
            given |= {"freq": "monthly", "day": "last"}
            return Event.model_validate(given), lambda day: in_season(day) and ends_its_month(day)
        case _:
            return Event.model_validate(given | {"freq": "daily"}), in_season


@pytest.mark.parametrize("seed", range(60))
def test_any_rhythm_between_any_two_days(seed: int) -> None:
    chance = random.Random(seed)
    event, falls = made(chance)
    assert list(event.between(FIRST, LAST)) == [day for day in DAYS if falls(day)]
    first, middle, last = sorted(chance.sample(DAYS, 3))
    whole = list(event.between(first, last))
    assert whole == [day for day in DAYS if first <= day <= last and falls(day)]
    cut = [*event.between(first, middle), *event.between(middle + timedelta(days=1), last)]
    assert cut == whole
    assert list(event.between(last, first)) == []


def test_march_has_both_rhythms_of_inner_mongolia(rules: Rules) -> None:
    preset = rules.calendar.preset("inner_mongolia_2020")
    march = (date(2024, 3, 1), date(2024, 3, 31))
    days = {event.key: [one.day for one in event.between(*march)] for event in preset.events}
    assert days["monthly_report"] == [31]
    assert days["weekly_report"] == [6, 13, 20, 27]


def test_no_rhythm_fills_a_gap(rules: Rules) -> None:
    """Henan has none from September on, Inner Mongolia nothing but the daily clearing."""
    autumn = (date(2024, 9, 1), date(2024, 10, 31))
    for name, known in (("henan_ist_2024", set()), ("inner_mongolia_2020", {"per_person_daily_clearing"})):
        events = rules.calendar.preset(name).events
        assert {event.key for event in events if any(event.between(*autumn))} == known
