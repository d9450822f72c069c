"""The table of time limits."""

from collections.abc import Callable
from datetime import datetime

import pytest

from rules import Rules

At = Callable[[str], datetime]


def contacted(rules: Rules, kind: str, opened: datetime) -> datetime:
    return rules.sla.after(opened, rules.sla.terms(kind).first_contact)


def settled_by(rules: Rules, kind: str, opened: datetime) -> datetime:
    return rules.sla.after(opened, rules.sla.terms(kind).settle)


@pytest.mark.parametrize(
    ("filed", "first_contact", "settled"),
    [
        ("2024-07-08T10:00", "2024-07-08T17:00", "2024-07-15T17:00"),
        ("2024-07-08T00:10", "2024-07-08T17:00", "2024-07-15T17:00"),
        ("2024-07-08T12:00", "2024-07-08T17:00", "2024-07-15T17:00"),
        ("2024-07-08T12:01", "2024-07-09T17:00", "2024-07-15T17:00"),
        ("2024-07-12T18:00", "2024-07-15T17:00", "2024-07-19T17:00"),
        ("2024-07-13T09:00", "2024-07-15T17:00", "2024-07-19T17:00"),
        ("2024-09-29T09:00", "2024-09-29T17:00", "2024-10-11T17:00"),
        ("2024-09-30T13:00", "2024-10-08T17:00", "2024-10-12T17:00"),
        ("2024-10-01T09:00", "2024-10-08T17:00", "2024-10-12T17:00"),
    ],
)
def test_a_dispute(rules: Rules, at: At, filed: str, first_contact: str, settled: str) -> None:
    assert contacted(rules, "dispute", at(filed)) == at(first_contact)
    assert settled_by(rules, "dispute", at(filed)) == at(settled)


@pytest.mark.parametrize(
    "kind",
    [
        "dispute",
        "contact_change",
        "change_request",
        "unreachable",
        "identity_conflict",
        "message",
        "evidence_pending",
        "left_job",
        "terminated",
        "changed_employer",
    ],
)
def test_each_kind_is_answered_before_it_is_settled(rules: Rules, at: At, kind: str) -> None:
    assert kind in rules.sla.kinds
    opened = at("2024-07-08T10:00")
    assert opened < contacted(rules, kind, opened) <= settled_by(rules, kind, opened)


def test_a_kind_that_is_not_listed_has_the_default(rules: Rules, at: At) -> None:
    assert contacted(rules, "something", at("2024-07-08T10:00")) == at("2024-07-09T17:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-07-08T10:00", 4, "2024-07-08T14:00"),
        ("2024-07-08T10:00", 7, "2024-07-08T17:00"),
        ("2024-07-08T16:00", 2, "2024-07-09T09:30"),
        ("2024-07-08T03:00", 1, "2024-07-08T09:30"),
        ("2024-07-08T17:00", 1, "2024-07-09T09:30"),
        ("2024-07-13T12:00", 1, "2024-07-15T09:30"),
        ("2024-09-30T16:30", 18, "2024-10-10T09:00"),
    ],
)
def test_hours_are_working_hours(rules: Rules, at: At, start: str, hours: float, end: str) -> None:
    assert rules.sla.due_by(at(start), hours=hours) == at(end)


@pytest.mark.parametrize(
    ("start", "workdays", "end"),
    [
        ("2024-07-08T10:00", 0, "2024-07-08T17:00"),
        ("2024-07-08T18:00", 0, "2024-07-09T17:00"),
        ("2024-07-08T18:00", 1, "2024-07-09T17:00"),
        ("2024-07-13T10:00", 0, "2024-07-15T17:00"),
        ("2024-07-13T10:00", 1, "2024-07-15T17:00"),
    ],
)
def test_workdays_end_at_their_close(rules: Rules, at: At, start: str, workdays: int, end: str) -> None:
    assert rules.sla.due_by(at(start), workdays=workdays) == at(end)


def test_a_limit_is_one_thing(rules: Rules, at: At) -> None:
    with pytest.raises(ValueError, match="one of"):
        rules.sla.due_by(at("2024-07-08T10:00"))
