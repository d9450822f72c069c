"""When each preset freezes its facts, and what stands in where it names no rhythm."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from rules import Rules, RulesError, load
from rules.loading import SHIPPED
from rules.snapshots import SnapshotKindName

# Over the summer, from the morning of 1 July to the evening of 31 August: how many, the first and the last.
WRITTEN: dict[tuple[str, SnapshotKindName], tuple[int, str, str]] = {
    ("henan_ist_2024", "daily"): (31, "2024-08-01T17:00:00", "2024-08-31T17:00:00"),
    ("henan_ist_2024", "weekly"): (9, "2024-07-03T23:59:59", "2024-08-28T23:59:59"),
    ("henan_ist_2024", "final"): (1, "2024-08-31T23:59:59", "2024-08-31T23:59:59"),
    ("wuhan_shouyi_2024", "daily"): (62, "2024-07-01T23:59:59", "2024-08-31T23:59:59"),
    ("wuhan_shouyi_2024", "weekly"): (9, "2024-07-03T23:59:59", "2024-08-28T23:59:59"),
    ("wuhan_shouyi_2024", "final"): (1, "2024-08-31T23:59:59", "2024-08-31T23:59:59"),
    ("moe_2024", "daily"): (31, "2024-08-01T23:59:59", "2024-08-31T23:59:59"),
    ("moe_2024", "weekly"): (9, "2024-07-03T23:59:59", "2024-08-28T23:59:59"),
    ("moe_2024", "final"): (1, "2024-08-31T23:59:59", "2024-08-31T23:59:59"),
    ("hunan_mech_elec_2021", "daily"): (31, "2024-08-01T23:59:59", "2024-08-31T23:59:59"),
    ("hunan_mech_elec_2021", "weekly"): (9, "2024-07-07T23:59:59", "2024-08-28T23:59:59"),
    ("hunan_mech_elec_2021", "final"): (1, "2024-08-31T23:59:59", "2024-08-31T23:59:59"),
    ("inner_mongolia_2020", "daily"): (62, "2024-07-01T23:59:59", "2024-08-31T23:59:59"),
    ("inner_mongolia_2020", "weekly"): (9, "2024-07-03T23:59:59", "2024-08-28T23:59:59"),
    ("inner_mongolia_2020", "final"): (1, "2024-08-31T23:59:59", "2024-08-31T23:59:59"),
}


@pytest.mark.parametrize(("preset", "kind"), WRITTEN)
def test_every_preset_has_its_instants(
    rules: Rules, at: Callable[[str], datetime], preset: str, kind: SnapshotKindName
) -> None:
    calendar = rules.calendar
    used = calendar.preset(preset)
    dated = [(event, used.dates(event, 2024)) for event in used.events]
    found = rules.snapshots.instants(
        kind, calendar, dated, 2024, at("2024-07-01T09:00:00"), at("2024-08-31T23:59:59")
    )
    count, first, last = WRITTEN[preset, kind]
    assert (len(found), found[0], found[-1]) == (count, at(first), at(last))


def test_every_preset_is_covered(rules: Rules) -> None:
    assert {name for name, _ in WRITTEN} == set(rules.calendar.presets)


def test_nothing_is_due_twice(rules: Rules, at: Callable[[str], datetime]) -> None:
    whole = rules.snapshots.instants(
        "daily", rules.calendar, [], 2024, at("2024-07-31T00:00:00"), at("2024-08-05T12:00:00")
    )
    parts = [
        one
        for first, last in (("07-31T00:00:00", "08-02T23:59:59"), ("08-02T23:59:59", "08-05T12:00:00"))
        for one in rules.snapshots.instants(
            "daily", rules.calendar, [], 2024, at(f"2024-{first}"), at(f"2024-{last}")
        )
    ]
    assert parts == whole
    assert len(whole) == 4


def test_a_rhythm_of_some_months_leaves_no_week_of_the_year_without(
    rules: Rules, at: Callable[[str], datetime]
) -> None:
    """Henan asks for one before each Thursday from March to July; 31 July is before a Thursday of August."""
    used = rules.calendar.preset("henan_ist_2024")
    dated = [(event, used.dates(event, 2024)) for event in used.events]
    first, last = at("2023-11-01T00:00:00"), at("2024-08-31T00:00:00")
    found = rules.snapshots.instants("weekly", rules.calendar, dated, 2024, first, last)
    days = [rules.calendar.local(one).date() for one in found]
    assert all((later - earlier).days == 7 for earlier, later in pairwise(days))
    assert days[-1] == date(2024, 8, 28)
    assert len(days) > 40
    since = found[0]
    parts = []
    for until in (*found[1::3], last):
        parts += rules.snapshots.instants("weekly", rules.calendar, dated, 2024, since, until)
        since = until
    assert parts == found[1:]


def test_each_kind_needs_one_to_stand_in(tmp_path: Path) -> None:
    text = (SHIPPED / "snapshots.toml").read_text("utf-8")
    (tmp_path / "snapshots.toml").write_text(text.replace("freeze_snapshot = true", ""), "utf-8")
    with pytest.raises(RulesError, match="needs an event for the final snapshot"):
        load(tmp_path)
