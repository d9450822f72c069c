"""The tables of the two ladders: days, gap, quiet hours, deadline, maximum, and what downtime does."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise, product

import pytest

from rules import Campaign, Due, Ladder, Rules, Span

At = Callable[[str], datetime]
CONFIRM = ["ask", "after_2", "after_7", "after_16", "after_28"]
AUGUST = ["august_29", "august_22", "august_12", "august_5", "august_1"]
PRESETS = ["henan_ist_2024", "moe_2024", "wuhan_shouyi_2024", "hunan_mech_elec_2021", "inner_mongolia_2020"]
YEARS = range(2021, 2031)
# What is asked of somebody launched upon in the middle of a night, or of a day.
HOURS = range(0, 24 * 75, 61)


def span(rules: Rules, begins_at: datetime, preset: str = "henan_ist_2024", year: int = 2024) -> Span:
    calendar = rules.calendar
    return Span(begins_at, calendar.update_target(preset, year), calendar.update_deadline(preset, year))


@pytest.mark.parametrize(
    ("preset", "target"),
    [
        ("henan_ist_2024", "2024-08-29"),  # 8月30日前
        ("moe_2024", "2024-08-31"),  # 8月底
        ("wuhan_shouyi_2024", "2024-08-31"),
        ("hunan_mech_elec_2021", "2024-08-30"),
        ("inner_mongolia_2020", "2024-08-30"),  # nothing of its own: 当年8月31日前
    ],
)
def test_the_target_is_the_day_before_one_that_updates_are_due_before(
    rules: Rules, preset: str, target: str
) -> None:
    assert str(rules.calendar.update_target(preset, 2024)) == target


def test_days_that_were_applied_are_aimed_at_as_their_preset_words_them(rules: Rules) -> None:
    moved = {"update_deadline": date(2024, 8, 26)}
    assert str(rules.calendar.update_target("henan_ist_2024", 2024, moved)) == "2024-08-25"
    later = {"all_graduates_confirm": date(2024, 9, 9)}
    assert str(rules.calendar.update_target("moe_2024", 2024, later)) == "2024-08-31"


@pytest.mark.parametrize(
    ("launched", "preset", "ladder"),
    [
        (
            "2024-06-20T10:00",
            "henan_ist_2024",
            [
                ("ask", "2024-06-20T10:00"),
                ("after_2", "2024-06-22T10:00"),
                ("after_7", "2024-06-27T10:00"),
                ("after_16", "2024-07-06T10:00"),
                ("after_28", "2024-07-18T10:00"),
                ("august_29", "2024-07-31T10:00"),
                ("august_22", "2024-08-07T10:00"),
                ("august_12", "2024-08-17T10:00"),
                ("august_5", "2024-08-24T10:00"),
                ("august_1", "2024-08-28T10:00"),
            ],
        ),
        (  # 08-05 would be the last of the first ladder: it gives way
            "2024-07-08T22:00",
            "moe_2024",
            [
                ("ask", "2024-07-09T09:00"),
                ("after_2", "2024-07-11T09:00"),
                ("after_7", "2024-07-16T09:00"),
                ("after_16", "2024-07-25T09:00"),
                ("august_29", "2024-08-02T10:00"),
                ("august_22", "2024-08-09T10:00"),
                ("august_12", "2024-08-19T10:00"),
                ("august_5", "2024-08-26T10:00"),
                ("august_1", "2024-08-30T10:00"),
            ],
        ),
        (  # too early for the gap: the first of August waits, and none is left out
            "2024-07-30T20:00",
            "henan_ist_2024",
            [
                ("ask", "2024-07-30T20:00"),
                ("august_29", "2024-08-01T20:00"),
                ("august_22", "2024-08-07T10:00"),
                ("august_12", "2024-08-17T10:00"),
                ("august_5", "2024-08-24T10:00"),
                ("august_1", "2024-08-28T10:00"),
            ],
        ),
        (  # August has begun by the calendar, its ladder has not: asked at once, not reminded
            "2024-08-01T12:00",
            "moe_2024",
            [
                ("ask", "2024-08-01T12:00"),
                ("august_29", "2024-08-03T12:00"),
                ("august_22", "2024-08-09T10:00"),
                ("august_12", "2024-08-19T10:00"),
                ("august_5", "2024-08-26T10:00"),
                ("august_1", "2024-08-30T10:00"),
            ],
        ),
        (  # inside August it begins with the step that stands
            "2024-08-15T10:00",
            "henan_ist_2024",
            [
                ("august_22", "2024-08-15T10:00"),
                ("august_12", "2024-08-17T10:00"),
                ("august_5", "2024-08-24T10:00"),
                ("august_1", "2024-08-28T10:00"),
            ],
        ),
        ("2024-08-28T12:00", "henan_ist_2024", [("august_1", "2024-08-28T12:00")]),
        ("2024-08-30T20:00", "henan_ist_2024", [("august_1", "2024-08-30T20:00")]),
        ("2024-08-30T22:00", "henan_ist_2024", []),
    ],
)
def test_the_ladder_of_somebody_who_never_answers(
    rules: Rules, at: At, launched: str, preset: str, ladder: list[tuple[str, str]]
) -> None:
    plan = rules.campaigns["confirm"].plan(span(rules, at(launched), preset))
    assert list(plan) == [Due(key, at(moment)) for key, moment in ladder]


def keeps_its_promises(rules: Rules, said: Sequence[Due], deadline: datetime) -> None:
    campaign = rules.campaigns["confirm"]
    ladders = Counter(campaign.step(one.step_key).ladder for one in said)
    assert all(count <= campaign.maximum_messages == 5 for count in ladders.values())
    assert len({one.step_key for one in said}) == len(said)
    assert all(rules.quiet.allows(one.at) and one.at <= deadline for one in said)
    assert all(later.at - earlier.at >= timedelta(hours=48) for earlier, later in pairwise(said))
    order = [*CONFIRM, *AUGUST]
    places = [order.index(one.step_key) for one in said]
    assert places == sorted(places)
    august = min((one.at for one in said if one.step_key in AUGUST), default=deadline)
    assert all(one.at < august for one in said if one.step_key in CONFIRM)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_ladder_breaks_a_promise_whenever_it_begins(rules: Rules, at: At, preset: str) -> None:
    for year, hours in product(YEARS, HOURS):
        about = span(rules, at(f"{year}-06-20T00:30") + timedelta(hours=hours), preset, year)
        if about.begins_at <= about.deadline:
            keeps_its_promises(rules, rules.campaigns["confirm"].plan(about), about.deadline)


def said_through(
    campaign: Campaign,
    about: Span,
    away: Sequence[tuple[datetime, datetime]],
    answered_at: datetime | None = None,
) -> list[Due]:
    """A tick every three hours but while it is away: said at once where it is due, as the ladder does.

    An answer, which comes whether anybody looks or not, ends it."""
    said: list[Due] = []
    over: set[str] = set()
    sent: Counter[Ladder] = Counter()
    now = about.begins_at
    while now <= min(about.deadline, answered_at or about.deadline):
        if not any(first <= now < last for first, last in away):
            last_at = said[-1].at if said else None
            due = campaign.next_step(about, over, now, last_sent_at=last_at, sent=sent)
            if due and due.at <= now:
                assert not over & {*due.passed, due.step_key}
                over |= {*due.passed, due.step_key}
                said.append(Due(due.step_key, now))
                sent[campaign.step(due.step_key).ladder] += 1
        now += timedelta(hours=3)
    return said


@pytest.mark.parametrize(("preset", "year"), list(product(PRESETS, YEARS)))
def test_downtime_never_makes_a_message_more(rules: Rules, at: At, preset: str, year: int) -> None:
    chance, campaign = random.Random(f"{preset} {year}"), rules.campaigns["confirm"]
    about = span(rules, at(f"{year}-06-20T00:30") + timedelta(hours=chance.randrange(24 * 60)), preset, year)
    answered_at = about.begins_at + timedelta(hours=chance.randrange(24 * 120))
    away = []
    for _ in range(chance.randrange(1, 9)):
        first = about.begins_at + timedelta(hours=chance.randrange(24 * 70))
        away.append((first, first + timedelta(hours=chance.choice([1, 5, 20, 60, 200, 720]))))
    for answer in (None, answered_at):
        said = said_through(campaign, about, away, answer)
        keeps_its_promises(rules, said, about.deadline)
        assert answer is None or all(one.at <= answer for one in said)
        assert len(said) <= len(said_through(campaign, about, [], answer))


def test_a_month_away_is_one_message_and_it_is_the_current_step(rules: Rules, at: At) -> None:
    about = span(rules, at("2024-06-20T10:00"))
    due = rules.campaigns["confirm"].next_step(
        about, ["ask"], at("2024-07-20T23:00"), last_sent_at=about.begins_at, sent={Ladder.CONFIRM: 1}
    )
    assert due == Due("after_28", at("2024-07-21T09:00"))
    assert due.passed == ("after_2", "after_7", "after_16")


def test_after_the_maximum_of_one_ladder_the_other_goes_on(rules: Rules, at: At) -> None:
    campaign, about = rules.campaigns["confirm"], span(rules, at("2024-07-08T10:00"))
    sent_at = at("2024-07-16T10:00")
    full = {Ladder.CONFIRM: 5}
    due = campaign.next_step(about, ["ask"], sent_at, last_sent_at=sent_at, sent=full)
    assert due == Due("august_29", at("2024-07-31T10:00"))
    both = {Ladder.CONFIRM: 5, Ladder.AUGUST: 5}
    assert campaign.next_step(about, ["ask"], sent_at, last_sent_at=sent_at, sent=both) is None


def test_whoever_comes_later_begins_with_the_step_that_stands(rules: Rules, at: At) -> None:
    campaign, about = rules.campaigns["confirm"], span(rules, at("2024-07-08T10:00"))
    due = campaign.first_step(about, at("2024-07-20T22:30"))
    assert due is not None
    assert (due, due.passed) == (Due("after_7", at("2024-07-21T09:00")), ("ask", "after_2"))
    just_written_to = campaign.first_step(about, at("2024-07-20T15:00"), last_sent_at=at("2024-07-19T15:00"))
    assert just_written_to == Due("after_7", at("2024-07-21T15:00"))


def test_at_the_deadline_what_was_never_said_is_known(rules: Rules, at: At) -> None:
    campaign, about = rules.campaigns["confirm"], span(rules, at("2024-07-08T10:00"))
    assert campaign.left_over(about, ["ask", "august_12"]) == ("august_5", "august_1")
    assert campaign.left_over(about, AUGUST) == ()


@pytest.mark.parametrize(
    ("key", "now", "invites"),
    [
        ("august_5", "2024-08-24T10:00", True),
        ("august_5", "2024-08-24T20:59", True),
        ("august_5", "2024-08-25T09:00", False),
        ("ask", "2024-07-08T10:00", True),
        ("august_29", "2024-08-27T10:00", False),
        ("august_1", "2024-08-20T10:00", False),
    ],
)
def test_the_day_tells_whether_changes_are_invited(
    rules: Rules, at: At, key: str, now: str, invites: bool
) -> None:
    about = span(rules, at("2024-07-08T10:00"))
    assert rules.campaigns["confirm"].invites_changes(about, key, at(now)) is invites


def test_change_requests_are_invited_up_to_five_days_before(rules: Rules) -> None:
    steps = rules.campaigns["confirm"].steps
    assert [step.key for step in steps if not step.invites_changes] == ["august_1"]
    assert [step.days_before_target for step in steps if step.ladder is Ladder.AUGUST] == [29, 22, 12, 5, 1]
    assert [step.days_after_launch for step in steps if step.ladder is Ladder.CONFIRM] == [0, 2, 7, 16, 28]


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
    about = Span(at("2024-09-02T10:00"), None, at("2024-10-02T23:59:59"))
    campaign = rules.campaigns["confirm"]
    assert [(one.step_key, one.at) for one in campaign.plan(about)] == [
        ("ask", at("2024-09-02T10:00")),
        ("after_2", at("2024-09-04T10:00")),
        ("after_7", at("2024-09-09T10:00")),
        ("after_16", at("2024-09-18T10:00")),
        ("after_28", at("2024-09-30T10:00")),
    ]
    assert campaign.is_last(about, "after_28")
    assert not campaign.is_last(span(rules, at("2024-06-20T10:00")), "after_28")


def test_steps_are_found_by_key(rules: Rules) -> None:
    campaign = rules.campaigns["confirm"]
    assert [campaign.step(key).ladder for key in ("ask", "august_1")] == [Ladder.CONFIRM, Ladder.AUGUST]
    assert (campaign.name, campaign.stop_on) == ("confirm", "any_answer")
    assert campaign.deadline_milestone == "update_deadline"
    assert campaign.launched_late_days == 30
    assert campaign.gap == timedelta(hours=48)


@pytest.mark.parametrize(
    ("messages", "begun", "ended"),
    [
        (0, "2024-07-08T23:00", "2024-07-09T09:00"),
        (25 * 60, "2024-07-08T20:50", "2024-07-08T20:51"),
        (25 * 600, "2024-07-08T20:50", "2024-07-08T21:00"),
        (25 * 601, "2024-07-08T20:50", "2024-07-09T09:00:01"),
        (25 * 900, "2024-07-08T20:50", "2024-07-09T09:05"),
        # Twelve hours a day at 25 a second are 1,080,000.
        (1_080_000, "2024-07-08T09:00", "2024-07-08T21:00"),
        (1_080_000 * 3, "2024-07-08T03:00", "2024-07-10T21:00"),
        (1_080_000 * 2 + 25 * 3600, "2024-07-08T09:00", "2024-07-10T10:00"),
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
