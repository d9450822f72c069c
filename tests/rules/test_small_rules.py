"""The tables of intents, destinations, follow-ups, routing, privacy and anomalies."""

import pytest

from rules import Act, DestinationClass, Intent, Rules, Severity

C = DestinationClass


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("停止", Intent.STOP),
        ("停止。", Intent.STOP),
        (" 退 订 ", Intent.STOP),
        ("ＳＴＯＰ", Intent.STOP),
        ("Unsubscribe!", Intent.STOP),
        ("帮助", Intent.HELP),
        ("确认", Intent.CONFIRM),
        ("「属实」", Intent.CONFIRM),
        ("取消", Intent.CANCEL),
        ("Language", Intent.LANGUAGE),
        ("我的", Intent.MY),
        ("请不要停止提醒我", None),
        ("不属实", None),
        ("确认不了", None),
        ("...", None),
        ("", None),
    ],
)
def test_only_a_whole_message_is_an_intent(rules: Rules, text: str, intent: Intent | None) -> None:
    assert rules.intents.match(text) is intent


def test_material_fields(rules: Rules) -> None:
    assert rules.destinations.material_fields == ("class", "employer", "school", "signed_on")


@pytest.mark.parametrize(
    ("cls", "first", "count"),
    [
        (C.EMPLOYER, "employer", 8),
        (C.CONSCRIPT, "signed_on", 3),
        (C.STARTUP, "employer", 5),
        (C.FREELANCE, "position", 3),
        (C.STUDY, "school", 2),
        (C.STUDY_ABROAD, "school", 3),
        (C.SEEKING, "code", 1),
        (C.NOT_SEEKING, "code", 1),
        (C.UNKNOWN, "code", 4),
    ],
)
def test_correctable_fields(rules: Rules, cls: DestinationClass, first: str, count: int) -> None:
    fields = rules.destinations.correctable(cls)
    assert (fields[0], len(fields)) == (first, count)
    assert "code" in fields


def test_who_is_implicated_and_who_owns(rules: Rules) -> None:
    routing = rules.routing
    assert set(routing.implicating_acts) == set(Act)
    assert routing.countersignature_above_college == "signer"
    assert routing.dispute_owners == ("reviewer",)
    assert routing.dispute_fallback == ("school_head", "discipline")
    assert routing.pressure_to == ("reviewer", "discipline")
    assert "counselor" not in routing.second_persons


def test_who_stands_in_and_who_looks(rules: Rules) -> None:
    routing = rules.routing
    assert routing.independent == ("reviewer", "school_head", "discipline")
    assert routing.pool("counselor") == ("counselor", "employment_officer", "office")
    assert routing.pool("office") == ("office", "employment_officer")
    assert routing.pool("reviewer") == routing.independent
    assert set(routing.class_roles) == {"counselor", "class_tutor"} == set(routing.call_list)
    assert set(routing.call_list) < set(routing.may_call)
    assert not {"counselor", "class_tutor", "employment_officer"} & set(routing.may_look_independent)
    assert not set(routing.class_roles) & {*routing.overdue_to, *routing.call_objections_to}
    assert routing.stranded_to == ("office", "school_head")
    assert routing.away_at_most == 90


def test_the_ladder_goes_up(rules: Rules) -> None:
    ladder = rules.routing.ladder
    assert ladder[0] == rules.routing.default_owner
    assert ladder[-1] == "school_head"
    assert len(set(ladder)) == len(ladder)
    above = rules.routing.overdue_to
    assert above == ("college_deputy", "office", "reviewer")
    assert [role for role in ladder if role in above] == [role for role in above if role in ladder]


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("contact_change", "counselor"),
        ("unreachable", "counselor"),
        ("left_job", "counselor"),
        ("identity_conflict", "reviewer"),
        ("dispute", "reviewer"),
        ("message", "office"),
        ("something", "counselor"),
    ],
)
def test_default_owners(rules: Rules, kind: str, role: str) -> None:
    assert rules.routing.owner_role(kind) == role


def test_every_routed_kind_has_a_time_limit(rules: Rules) -> None:
    assert set(rules.routing.owners) == set(rules.sla.kinds)


def test_privacy(rules: Rules) -> None:
    privacy = rules.privacy
    assert (privacy.retention_years, privacy.invitation_days) == (3, 90)
    assert (privacy.lock_minutes, privacy.digit_tries) == (60, 3)
    assert not privacy.files_in_chat
    assert not privacy.roster_files_in_chat
    # A Telegram message holds 4,096 characters.
    assert privacy.text_max.message <= 4096


def test_anomalies(rules: Rules) -> None:
    numbered = {f"A{number}" for number in range(1, 33)} - {"A2", "A3", "A4"}
    assert numbered | {"A2a", "A2b", "A2c", "A3a", "A3b", "A4a", "A4b", "A4c", "A5b", "A7b", "A7c"} == set(
        rules.anomalies
    )
    mismatch, cluster, shared = (rules.anomalies[key] for key in ("A4c", "A5", "A7"))
    assert mismatch.switches["checksum"]
    assert mismatch.numbers["names_of_one_code_at_least"] == 2
    assert cluster.numbers["graduates_at_least"] == 4
    assert cluster.words["individual_business_prefixes"] == ("92",)
    assert shared.words["phones"] == ("own", "other_graduates", "parents")
    assert {one.severity for one in (mismatch, cluster, shared)} == {Severity.HIGH}
    assert rules.anomalies["A1"].numbers["percent_over"] == 10
