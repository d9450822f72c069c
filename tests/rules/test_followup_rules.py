"""The chains as shipped: steps and waits, who hears, what ends them."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from models.followup import FollowUpKind
from rules import Chain, Does, Ends, Rules
from rules.followups import TO_THE_GRADUATE, FollowupKind

BEGAN = datetime(2024, 7, 8, 2, tzinfo=UTC)
TOLD = ("counselor", "class_tutor")
CHANGE = {Ends.REMOVED, Ends.REGISTERED, Ends.DISPUTED, Ends.ANSWERED}
CONTACT = {Ends.REMOVED, Ends.VERIFIED}


@pytest.mark.parametrize(
    ("kind", "steps", "told", "case", "ends"),
    [
        ("own_phone", ["check 5", "ask 30", "case +5"], TOLD, "contact_change", CONTACT),
        ("parent_phone", ["check 7", "ask 60", "case +7"], TOLD, "contact_change", CONTACT),
        ("employer_contact", ["check 5", "ask 30", "case +5"], TOLD, "contact_change", CONTACT),
        ("left_job", ["check 3", "ask 14", "case +3"], TOLD, "left_job", CHANGE),
        ("terminated", ["check 3", "ask 14", "case +3"], TOLD, "terminated", CHANGE),
        (
            "changed_employer",
            ["check 3", "ask 30", "case +3"],
            TOLD,
            "changed_employer",
            CHANGE | {Ends.MATERIAL},
        ),
        (
            "needs_help",
            ["tell 3", "ask 7", "tell +7"],
            TOLD,
            "support",
            {Ends.REMOVED, Ends.CASE_CLOSED, Ends.DISPUTED, Ends.ANSWERED, Ends.OPTED_OUT},
        ),
        ("still_seeking", ["offer_help 14", "offer_help 28"], (), None, CHANGE | {Ends.OPTED_OUT}),
        ("unverified_phone", ["tell 5", "tell 10", "tell 14"], (), "contact_change", CONTACT),
        (
            "snoozed",
            ["ladder 3"],
            (),
            None,
            {Ends.REMOVED, Ends.ANSWERED, Ends.DISPUTED, Ends.ASK_CLOSED, Ends.OPTED_OUT},
        ),
    ],
)
def test_a_chain(
    rules: Rules,
    kind: FollowupKind,
    steps: list[str],
    told: tuple[str, ...],
    case: str | None,
    ends: set[Ends],
) -> None:
    chain = rules.followups.chains[kind]
    assert [said(chain, place) for place in range(len(list(chain.moments())))] == steps
    assert (chain.told, chain.case, set(chain.ends)) == (told, case, ends)
    assert case is None or case in rules.sla.kinds


def said(chain: Chain, place: int) -> str:
    """What it does, and after how many days; `+` from when the step before was taken."""
    moment = list(chain.moments())[place]
    last = BEGAN + timedelta(days=1000)
    due = moment.due(BEGAN, last if moment.step.after_step else None)
    assert due is not None
    days = f"+{(due - last).days}" if moment.step.after_step else str((due - BEGAN).days)
    return f"{moment.step.does} {days}"


def test_a_time_taken_late_moves_the_next_one_on(rules: Rules) -> None:
    first, second = rules.followups.chains["still_seeking"].moments()
    late = BEGAN + timedelta(days=27)
    assert first.due(BEGAN, late) == BEGAN + timedelta(days=14)
    assert second.due(BEGAN, late) == late + timedelta(days=14)


def test_every_kind_has_a_chain(rules: Rules) -> None:
    assert set(rules.followups.chains) == {one.value for one in FollowUpKind} == set(get_args(FollowupKind))


def test_whoever_seeks_is_offered_help_twice_at_most_and_asked_nothing(rules: Rules) -> None:
    chain = rules.followups.chains["still_seeking"]
    assert len(list(chain.moments())) <= 2
    assert {step.does for step in chain.steps} == {Does.OFFER_HELP}
    assert all(step.after is not None and step.after.span >= timedelta(days=14) for step in chain.steps)


def test_a_snooze_adds_no_message(rules: Rules) -> None:
    steps = rules.followups.chains["snoozed"].steps
    assert not {step.does for step in steps} & {*TO_THE_GRADUATE, Does.TELL, Does.CASE, Does.CHECK}


def test_a_step_waits_for_the_one_before_it(rules: Rules) -> None:
    chain = rules.followups.chains["left_job"]
    check, recheck, answer = chain.moments()
    assert (chain.following(check), chain.following(answer)) == (recheck, None)
    assert answer.due(BEGAN, None) is None
    assert chain.at("recheck", 1) == recheck
    assert chain.at("as it was called before", 1) == check


def test_when_somebody_is_to_be_telephoned(rules: Rules) -> None:
    wanted = rules.followups.call_list
    assert (wanted.steps_unanswered, wanted.channels_failed, wanted.refusals) == (3, 2, 2)
    assert wanted.after.span == timedelta(days=3)
