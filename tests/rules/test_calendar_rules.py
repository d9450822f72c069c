"""The tables of working days and of official dates."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from rules import Preset, Rules, load
from rules.presets import Dates

At = Callable[[str], datetime]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-07-08", True),
        ("2024-07-20", False),
        ("2024-09-28", False),
        ("2024-09-29", True),
        ("2024-09-30", True),
        ("2024-10-01", False),
        ("2024-10-07", False),
        ("2024-10-08", True),
        ("2024-10-12", True),
        ("2031-10-01", True),
        ("2031-10-04", False),
    ],
)
def test_working_days(rules: Rules, day: str, works: bool) -> None:
    assert rules.calendar.is_workday(date.fromisoformat(day)) is works


def test_a_year_nobody_knows_is_said_to_be_unknown(rules: Rules) -> None:
    assert rules.calendar.unknown_year(date(2031, 10, 1))
    assert not rules.calendar.unknown_year(date(2024, 10, 1))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2024-07-08T10:00", 0, "2024-07-08T10:00"),
        ("2024-07-08T10:00", 5, "2024-07-15T10:00"),
        ("2024-07-06T10:00", 1, "2024-07-08T10:00"),
        ("2024-09-27T10:00", 1, "2024-09-29T10:00"),
        ("2024-09-30T10:00", 1, "2024-10-08T10:00"),
        ("2024-09-29T23:30", 3, "2024-10-09T23:30"),
        ("2024-10-03T10:00", 5, "2024-10-12T10:00"),
        ("2031-09-30T10:00", 4, "2031-10-06T10:00"),
    ],
)
def test_workdays_are_counted_across_holidays(rules: Rules, at: At, start: str, days: int, end: str) -> None:
    assert rules.calendar.add_workdays(at(start), days) == at(end)


def test_a_schools_holidays_stand_over_the_library(
    rules: Rules, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "holidays.toml").write_text(
        "years = [2031]\noff = [2031-10-01, 2024-07-08]\nwork = [2031-10-04]\n", encoding="utf-8"
    )
    own = load(folder).calendar
    assert not own.unknown_year(date(2031, 5, 1))
    assert not own.is_workday(date(2031, 10, 1))
    assert own.is_workday(date(2031, 10, 4))
    assert not own.is_workday(date(2024, 7, 8))
    assert rules.calendar.is_workday(date(2024, 7, 8))


@pytest.mark.parametrize(
    ("preset", "cohort", "deadline"),
    [
        (None, 2024, "2024-08-30T23:59:59"),
        (None, 2026, "2026-08-30T23:59:59"),
        ("henan_ist_2024", 2024, "2024-08-30T23:59:59"),
        ("moe_2024", 2024, "2024-08-31T23:59:59"),
        ("wuhan_shouyi_2024", 2024, "2024-08-31T23:59:59"),
        ("hunan_mech_elec_2021", 2023, "2023-08-31T23:59:59"),
        ("inner_mongolia_2020", 2022, "2022-08-31T23:59:59"),
    ],
)
def test_the_last_day_for_updates(
    rules: Rules, at: At, preset: str | None, cohort: int, deadline: str
) -> None:
    assert rules.calendar.update_deadline(preset, cohort) == at(deadline)


def test_presets_are_found_by_name(rules: Rules) -> None:
    assert rules.calendar.preset().source == "S1"
    assert rules.calendar.preset("moe_2024").level == "ministry"
    assert len(rules.calendar.presets) == 5
    with pytest.raises(LookupError):
        rules.calendar.preset("nowhere")


def test_before_a_day_aims_at_the_day_before(rules: Rules, at: At) -> None:
    report = rules.calendar.preset("henan_ist_2024").event("college_self_check_report_and_evidence")
    assert report is not None
    assert (report.target_on(2024), report.due_on(2024)) == (date(2024, 7, 23), date(2024, 7, 24))
    by = rules.calendar.preset("wuhan_shouyi_2024").event("summary_data_cutoff")
    assert by is not None
    assert by.target_on(2024) == by.due_on(2024) == date(2024, 8, 31)
    assert rules.calendar.milestone(None, "update_deadline", 2024) == at("2024-08-30T23:59:59")
    assert rules.calendar.milestone(None, "no_such_milestone", 2024) is None


@pytest.mark.parametrize(
    ("preset", "day", "keys"),
    [
        ("henan_ist_2024", "2024-07-11", {"weekly_monitor", "confirmation_status_circulation"}),
        ("henan_ist_2024", "2024-07-12", {"confirmation_status_circulation"}),
        ("henan_ist_2024", "2024-01-20", {"monthly_monitor"}),
        (
            "wuhan_shouyi_2024",
            "2024-07-20",
            {"school_sms_full_coverage_and_phone_sample", "same_day_clearing"},
        ),
        ("inner_mongolia_2020", "2024-03-27", {"weekly_report", "per_person_daily_clearing"}),
        ("inner_mongolia_2020", "2024-03-31", {"monthly_report", "per_person_daily_clearing"}),
        ("inner_mongolia_2020", "2024-10-31", {"per_person_daily_clearing"}),
        ("hunan_mech_elec_2021", "2025-09-30", {"publish_initial_rate"}),
        ("moe_2024", "2024-09-15", {"nbs_sample_survey"}),
    ],
)
def test_what_falls_on_a_day(rules: Rules, preset: str, day: str, keys: set[str]) -> None:
    events = rules.calendar.preset(preset).on(date.fromisoformat(day))
    assert {event.key for event in events} == keys


@pytest.mark.parametrize(
    ("preset", "key", "cohort", "starts", "due"),
    [
        ("wuhan_shouyi_2024", "school_sms_full_coverage_and_phone_sample", 2024, "2024-07-20", "2024-07-21"),
        ("wuhan_shouyi_2024", "class_self_check", 2026, "2026-07-08", "2026-07-18"),
        ("wuhan_shouyi_2024", "summary_due", 2025, None, "2025-09-12"),
        ("henan_ist_2024", "update_deadline", 2025, None, "2025-08-30"),
        ("henan_ist_2024", "confirmation_status_circulation", 2025, "2025-06-15", None),
        ("moe_2024", "all_graduates_confirm", 2023, None, "2023-08-31"),
        ("hunan_mech_elec_2021", "publish_initial_rate", 2026, None, "2026-09-30"),
        ("inner_mongolia_2020", "quality_report", 2026, None, None),
    ],
)
def test_a_preset_in_another_year(
    rules: Rules, preset: str, key: str, cohort: int, starts: str | None, due: str | None
) -> None:
    """Weekends move nothing: 2024-07-20 was a Saturday, 2025-08-30 is one."""
    event = rules.calendar.preset(preset).event(key)
    assert event is not None
    dates = rules.calendar.preset(preset).dates(event, cohort)
    assert [day and day.isoformat() for day in (dates.starts_on, dates.due_on)] == [starts, due]


def test_a_month_end_stays_one_and_a_day_before_stays_a_day() -> None:
    def february(op: str, due: str, **more: object) -> Preset:
        event = {"key": "any", "kind": "milestone", "due": due, "due_op": op}
        return Preset.model_validate(
            {"source": "S", "level": "school", "cohort": 2024, "event": [event]} | more
        )

    assert february("by", "2024-02-29").due("any", 2025) == date(2025, 2, 28)
    assert february("by", "2023-02-28", cohort=2023).due("any", 2024) == date(2024, 2, 29)
    assert february("before", "2023-02-28", cohort=2023).due("any", 2024) == date(2024, 2, 28)
    assert february("before", "2023-12-20").due("any", 2026) == date(2025, 12, 20)


def test_a_daily_deadline_is_five_in_the_afternoon_in_shanghai(rules: Rules, at: At) -> None:
    daily = rules.calendar.preset("henan_ist_2024").event("daily_monitor")
    weekly = rules.calendar.preset("henan_ist_2024").event("weekly_monitor")
    assert daily is not None
    assert weekly is not None
    day = date(2024, 8, 1)
    assert rules.calendar.closes(daily, day) == at("2024-08-01T17:00:00")
    assert daily.target_of(day) == day
    thursday = date(2024, 7, 11)
    assert rules.calendar.closes(weekly, thursday) == at("2024-07-11T23:59:59")
    assert weekly.target_of(thursday) == date(2024, 7, 10)


def test_a_season_and_the_working_day_before(rules: Rules) -> None:
    assert rules.calendar.season(2024) == (date(2023, 9, 1), date(2024, 8, 31))
    assert rules.calendar.workday_before(date(2024, 7, 21), 0) == date(2024, 7, 19)
    assert rules.calendar.workday_before(date(2024, 7, 22), 1) == date(2024, 7, 19)
    assert rules.calendar.workday_before(date(2024, 10, 6), 1) == date(2024, 9, 29)


def test_every_duty_names_who_and_every_paper_its_reader(rules: Rules) -> None:
    for preset in rules.calendar.presets.values():
        for event in preset.events:
            assert event.title, event.key
            assert event.title_en, event.key
            assert event.who, event.key
            assert not event.sign or event.output, event.key
            assert not event.sign or event.seal or preset.level != "school" or event.to or event.file_with


@pytest.mark.parametrize(
    ("preset", "key", "day", "comes"),
    [
        ("henan_ist_2024", "confirm_at_leaving", "2024-08-31", True),
        ("henan_ist_2024", "confirm_at_leaving", "2024-09-01", False),
        ("henan_ist_2024", "moe_fortnightly_statistical_check", "2024-09-01", False),
        ("inner_mongolia_2020", "quality_report", "2024-12-20", True),
        ("inner_mongolia_2020", "yearly_self_check", "2025-08-31", True),
        ("inner_mongolia_2020", "quality_report", "2025-09-01", False),
    ],
)
def test_what_has_no_day_does_not_stay_for_ever(
    rules: Rules, at: At, preset: str, key: str, day: str, comes: bool
) -> None:
    event = rules.calendar.preset(preset).event(key)
    assert event is not None
    expected = Dates() if comes else None
    assert rules.calendar.coming(event, Dates(), 2024, at(f"{day}T12:00:00")) == expected


def test_the_days_a_school_works_with_stand_in_the_presets_place(rules: Rules, at: At) -> None:
    moved = {"update_deadline": date(2024, 8, 25)}
    assert rules.calendar.update_deadline(None, 2024, moved) == at("2024-08-25T23:59:59")
    late = {"update_deadline": date(2024, 9, 5)}
    assert rules.calendar.update_deadline(None, 2024, late) == at("2024-08-31T23:59:59")
