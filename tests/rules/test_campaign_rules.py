"""The table of the confirm ladder: gap, quiet hours, deadline and maximum."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from rules import Due, Rules, StepKind

At = Callable[[str], datetime]


@pytest.mark.parametrize(
    ("asked", "ladder"),
    [
        (
            "2024-07-08T10:00",
            [
                ("after_three_days", "2024-07-11T10:00"),
                ("august_first", "2024-08-01T10:00"),
                ("august_second", "2024-08-12T10:00"),
                ("last", "2024-08-29T10:00"),
            ],
        ),
        (
            "2024-07-30T10:00",
            [
                ("after_three_days", "2024-08-02T10:00"),
                ("august_second", "2024-08-12T10:00"),
                ("august_third", "2024-08-20T10:00"),
                ("last", "2024-08-29T10:00"),
            ],
        ),
        (
            "2024-08-10T22:00",
            [
                ("after_three_days", "2024-08-14T08:00"),
                ("august_third", "2024-08-20T10:00"),
                ("august_fourth", "2024-08-26T10:00"),
                ("last", "2024-08-29T10:00"),
            ],
        ),
        (
            "2024-08-17T10:00",
            [
                ("august_third", "2024-08-20T10:00"),
                ("august_fourth", "2024-08-26T10:00"),
                ("last", "2024-08-29T10:00"),
            ],
        ),
        ("2024-08-24T10:00", [("after_three_days", "2024-08-27T10:00"), ("last", "2024-08-30T10:00")]),
        ("2024-08-27T10:00", [("after_three_days", "2024-08-30T10:00")]),
        ("2024-08-27T22:00", []),
        ("2024-08-28T10:00", []),
        ("2024-08-30T23:00", []),
    ],
)
def test_the_ladder_of_somebody_who_never_answers(
    rules: Rules, at: At, asked: str, ladder: list[tuple[str, str]]
) -> None:
    deadline = rules.calendar.update_deadline(None, 2024)
    plan = rules.campaigns["confirm"].plan(at(asked), deadline)
    expected = [Due("ask", at(asked)), *(Due(key, at(moment)) for key, moment in ladder)]
    assert list(plan) == expected


def test_no_ladder_breaks_a_promise_whenever_it_begins(rules: Rules, at: At) -> None:
    campaign, deadline = rules.campaigns["confirm"], rules.calendar.update_deadline(None, 2024)
    for hours in range(0, 24 * 75, 7):
        asked = at("2024-06-20T00:30") + timedelta(hours=hours)
        if asked > deadline:
            continue
        plan = campaign.plan(asked, deadline)
        assert len(plan) <= campaign.maximum_messages
        assert len({one.step_key for one in plan}) == len(plan)
        assert all(rules.quiet.allows(one.at) and one.at <= deadline for one in plan[1:])
        gap = timedelta(days=campaign.minimum_gap_days)
        assert all(later.at - earlier.at >= gap for earlier, later in pairwise(plan))


def test_of_several_missed_steps_only_the_latest_is_sent_and_not_at_night(rules: Rules, at: At) -> None:
    asked, deadline = at("2024-07-08T10:00"), rules.calendar.update_deadline(None, 2024)
    due = rules.campaigns["confirm"].next_step(asked, asked, ["ask"], deadline, at("2024-08-13T23:00"))
    assert due == Due("august_second", at("2024-08-14T08:00"))


def test_a_step_moved_by_the_gap_is_sent_when_the_gap_is_over(rules: Rules, at: At) -> None:
    asked, sent = at("2024-07-20T10:00"), at("2024-07-31T10:00")
    due = rules.campaigns["confirm"].next_step(
        asked, sent, ["ask", "after_three_days"], rules.calendar.update_deadline(None, 2024), sent
    )
    assert due == Due("august_first", at("2024-08-03T10:00"))


def test_after_the_maximum_nothing_is_due(rules: Rules, at: At) -> None:
    asked, deadline = at("2024-07-08T10:00"), rules.calendar.update_deadline(None, 2024)
    done = ["ask", "after_three_days", "august_first", "august_second", "august_third"]
    sent = at("2024-08-20T10:00")
    assert rules.campaigns["confirm"].next_step(asked, sent, done, deadline, sent) is None


def test_whoever_was_not_asked_is_asked_outside_quiet_hours_and_before_the_deadline(
    rules: Rules, at: At
) -> None:
    campaign, deadline = rules.campaigns["confirm"], rules.calendar.update_deadline(None, 2024)
    night = campaign.next_step(None, None, [], deadline, at("2024-07-08T22:00"))
    assert night == Due("ask", at("2024-07-09T08:00"))
    assert campaign.next_step(None, None, [], deadline, at("2024-08-30T22:00")) is None


@pytest.mark.parametrize(
    ("launched", "deadline"),
    [
        ("2024-07-08T10:00", "2024-08-30T23:59:59"),
        ("2024-08-28T10:00", "2024-08-30T23:59:59"),
        ("2024-09-02T10:00", "2024-10-02T23:59:59"),
    ],
)
def test_launched_late_the_deadline_is_thirty_days_on(
    rules: Rules, at: At, launched: str, deadline: str
) -> None:
    update = rules.calendar.update_deadline(None, 2024)
    assert rules.campaigns["confirm"].deadline(at(launched), update) == at(deadline)


def test_a_late_launch_has_a_ladder_of_its_own(rules: Rules, at: At) -> None:
    plan = rules.campaigns["confirm"].plan(at("2024-09-02T10:00"), at("2024-10-02T23:59:59"))
    assert [(one.step_key, one.at) for one in plan[1:]] == [
        ("after_three_days", at("2024-09-05T10:00")),
        ("last", at("2024-10-01T10:00")),
    ]


def test_the_last_step_follows_the_presets_deadline(rules: Rules, at: At) -> None:
    national = rules.calendar.update_deadline("moe_2024", 2024)
    plan = rules.campaigns["confirm"].plan(at("2024-07-08T10:00"), national)
    assert plan[-1] == Due("last", at("2024-08-30T10:00"))


def test_steps_are_found_by_key(rules: Rules) -> None:
    campaign = rules.campaigns["confirm"]
    assert campaign.step("last").kind is StepKind.LAST
    assert (campaign.name, campaign.scope, campaign.stop_on) == ("confirm", "everyone", "any_answer")
    assert campaign.deadline_milestone == "update_deadline"
    assert campaign.launched_late_days == 30


@pytest.mark.parametrize(
    ("messages", "begun", "ended"),
    [
        (0, "2024-07-08T23:00", "2024-07-09T08:00"),
        (25 * 60, "2024-07-08T20:50", "2024-07-08T20:51"),
        (25 * 600, "2024-07-08T20:50", "2024-07-08T21:00"),
        (25 * 601, "2024-07-08T20:50", "2024-07-09T08:00:01"),
        (25 * 900, "2024-07-08T20:50", "2024-07-09T08:05"),
        # Thirteen hours a day at 25 a second are 1,170,000.
        (1_170_000, "2024-07-08T08:00", "2024-07-08T21:00"),
        (1_170_000 * 3, "2024-07-08T03:00", "2024-07-10T21:00"),
        (1_170_000 * 2 + 25 * 3600, "2024-07-08T08:00", "2024-07-10T09:00"),
    ],
)
def test_the_end_is_reckoned_over_the_nights(
    rules: Rules, at: At, messages: int, begun: str, ended: str
) -> None:
    assert rules.campaigns["confirm"].ends_at(messages, at(begun)) == at(ended)


def test_the_end_is_where_a_sender_second_by_second_comes_to(rules: Rules, at: At) -> None:
    campaign, left, now = rules.campaigns["confirm"], 25 * 3600 * 15, at("2024-07-08T19:30")
    expected = campaign.ends_at(left, now)
    while left > 0:
        now += timedelta(minutes=1)
        left -= 25 * 60 if rules.quiet.allows(now - timedelta(minutes=1)) else 0
    assert expected == now


def test_a_known_pace_counts_more_than_the_planned_one(rules: Rules, at: At) -> None:
    plan = rules.campaigns["confirm"]
    assert plan.ends_at(600, at("2024-07-08T10:00"), 1.0) == at("2024-07-08T10:10")


@pytest.mark.parametrize(
    ("count", "of", "passed"),
    [(0, 0, False), (49, 49, False), (7, 50, False), (8, 50, True), (30, 200, False), (31, 200, True)],
)
def test_few_are_not_judged_and_the_share_itself_is_not_too_many(
    rules: Rules, count: int, of: int, passed: bool
) -> None:
    assert rules.campaigns["confirm"].values.auto_pause.refused.passed(count, of) is passed
