"""A school's own files stand in for shipped ones, and what is wrong with them is said in one sentence."""

from pathlib import Path

import pytest

import rules as package
from rules import RulesError, load

SHIPPED = Path(package.__file__ or "").parent


def _own(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_file_replaces_only_its_own(tmp_path: Path) -> None:
    _own(tmp_path, "privacy.toml", ("invitation_days = 90", "invitation_days = 30"))
    own, shipped = load(tmp_path), load()
    assert own.privacy.invitation_days == 30
    assert own.campaigns["confirm"].values == shipped.campaigns["confirm"].values
    assert own.digest != shipped.digest


def test_the_plans_version_is_of_what_decides_when_somebody_is_written_to(tmp_path: Path) -> None:
    _own(tmp_path, "privacy.toml", ("invitation_days = 90", "invitation_days = 30"))
    assert load(tmp_path).plan_version == load().plan_version
    _own(tmp_path, "quiet.toml", ("starts = 21:00:00", "starts = 20:00:00"))
    assert load(tmp_path).plan_version != load().plan_version
    assert len(load().plan_version) == 16


def test_the_digest_is_of_the_contents(tmp_path: Path) -> None:
    _own(tmp_path, "quiet.toml")
    assert load(tmp_path).digest == load().digest == load(None).digest
    assert len(load().digest) == 64


@pytest.mark.parametrize(
    ("name", "before", "after", "key"),
    [
        ("privacy.toml", "lock_minutes", "lock_minuts", "lock_minut"),
        ("quiet.toml", "ends = 09:00:00", 'ends = "later"', "ends"),
        ("campaigns.toml", "minimum_gap_hours", "minimun_gap_hours", "campaign.confirm.minim"),
        ("campaigns.toml", 'gives_way_on = "08-01"', 'gives_way_on = "8-1"', "campaign.confirm.gives_way_on"),
        (
            "campaigns.toml",
            "days_after_launch = 2\n",
            "days_after_launch = 2\n  days_before_target = 9\n",
            "campaign.confirm.step.1",
        ),
        ("campaigns.toml", "time = 10:00:00", "", "campaign.confirm.step.5"),
        ("campaigns.toml", "days_after_launch = 0", "days_after_launch = 1", "first step"),
        ("campaigns.toml", "days_after_launch = 7", "days_after_launch = 2", "out of order"),
        ("campaigns.toml", "days_before_target = 22", "days_before_target = 30", "out of order"),
        ("campaigns.toml", "maximum_messages = 5", "maximum_messages = 4", "more than 4 steps"),
        ("campaigns.toml", 'key = "august_22"', 'key = "august_29"', "two steps with one key"),
        ("nudges.toml", "[5, 14]", "[14, 5]", "pointer.after_days"),
        ("nudges.toml", "[5, 14]", "[5, 14, 20]", "pointer.after_days"),
        ("nudges.toml", "after_hours = 20", "after_hours = 0", "unfinished.after_hours"),
        ("campaigns.toml", "at_least = 50", "at_least = 500", "campaign.confirm.auto_pause.refused"),
        ("campaigns.toml", "share = 0.15", "share = 15", "campaign.confirm.auto_pause.refused.share"),
        ("campaigns.toml", "share = 0.10", "share = 0", "campaign.confirm.auto_pause.not_me.share"),
        ("campaigns.toml", "auto_pause.not_me", "auto_pause.not_mine", "campaign.confirm.auto_pause.not_m"),
        ("taxonomy.toml", 'class = "conscript"', 'class = "soldier"', "code.5.class"),
        ("taxonomy.toml", 'code = "11"', 'code = "10"', "code 10 twice"),
        ("taxonomy.toml", '2024 = "freelance"', '2024 = "gig"', "code 76"),
        ("taxonomy.toml", '2024 = "freelance"', '2024 = "seeking"', "code 76"),
        ("taxonomy.toml", "to_cohort = 2023", "to_cohort = 2024", "editions 2021 and 2024"),
        ("taxonomy.toml", '"出国、出境"', '"待就业"', "alias"),
        ("disputes.toml", "[sentence.study]", "[sentence.studies]", "sentence.studies"),
        ("destinations.toml", "seeking =", "# seeking =", "correctable.seeking"),
        ("calendar.toml", "henan_ist_2024", "henan_2024", "default_preset"),
        ("calendar.toml", "moe_2024", "moe_2023", "survey_preset: there is no preset"),
        ("calendar.toml", "moe_2024", "henan_ist_2024", "survey_preset: there is no survey"),
        ("calendar.toml", "Asia/Shanghai", "Asia/Shanghigh", "zone"),
        ("calendar.toml", "08-31", "08-32", "national_update_deadline"),
        (
            "calendars.toml",
            'due_op = "before"',
            'due_op = "until"',
            "preset.wuhan_shouyi_2024.event.2.due_op",
        ),
        (
            "calendars.toml",
            'key = "college_spot_check"',
            'key = "class_self_check"',
            "preset.wuhan_shouyi_2024",
        ),
        ("calendars.toml", "end = 2024-07-18", "end = 2024-07-07", "event class_self_check ends before"),
        ("calendars.toml", 'freq = "monthly"', "# freq", "event monthly_monitor needs freq"),
        ("calendars.toml", "day = 20", "day = 31", "henan_ist_2024.event.0.day"),
        ("calendars.toml", "day = 20", 'weekday = "MON"', "event monthly_monitor needs day"),
        ("calendars.toml", "months = [12, 1, 2]", "months = [13, 1, 2]", "henan_ist_2024.event.0.months.0"),
        ("calendars.toml", "due = 2024-07-24", "start = 2024-07-24", "has no start"),
        (
            "calendars.toml",
            "due_unknown = true",
            'due_op = "by"',
            "event school_self_check_report needs one of",
        ),
        ("calendars.toml", 'who = "college_group"', 'who = "faculty"', "college_spot_check names faculty"),
        ("calendars.toml", '["college_deputy_in', '["deputy_in', "weekly_table_signed names deputy_in"),
        ("calendars.toml", "standing = true ", "cohort = 2021\nstanding = true ", "a cohort or standing"),
        ("calendars.toml", 'due_md = "08-31"', "due = 2024-08-31", "the preset is standing: use due_md"),
        (
            "calendars.toml",
            "coverage_of_employed = 1.00",
            "coverage_of_employed = 100",
            "coverage_of_employed",
        ),
        ("duties.toml", "means = 2", "means = 0", "attempts.means"),
        ("duties.toml", 'unit = "class"', "", "party.counselor"),
        ("sla.toml", "{ same_day = true", "{ hours = 2, same_day = true", "kind.dispute.first_contact"),
        ("sla.toml", "starts = 08:30:00", "starts = 18:30:00", "working_hours"),
        ("followups.toml", "[chain.own_phone]", "[chain.phone]", "chain.phone"),
        ("followups.toml", 'does = "offer_help"', 'does = "press"', "chain.still_seeking.step.0.does"),
        ("followups.toml", "{ days = 14 }, at_most = 2", "{ days = 14 }, at_most = 0", "at_most"),
        (
            "followups.toml",
            "after = { days = 14 }, at_most",
            "at_most",
            "offer needs one of after, after_step",
        ),
        ("followups.toml", "after = { days = 14 }, at_most", "after = {}, at_most", "one of days, hours"),
        ("followups.toml", '{ key = "offer", does', '{ key = "", does', "chain.still_seeking.step.0.key"),
        ("followups.toml", 'key = "above", does', 'key = "remind", does', "two steps have one key"),
        ("followups.toml", "after = { days = 60 }", "after = { days = 6 }", "before the one ahead of it"),
        ("followups.toml", ', to = ["office", "school_head"]', "", "step above: to belongs to what tells"),
        ("followups.toml", '["office", "school_head"]', '["dean"]', "unverified_phone.step.1.to.0"),
        ("followups.toml", 'case = "support"', 'case = "comfort"', "sla.toml knows no comfort"),
        ("followups.toml", 'case = "terminated"', "", "the key case is missing"),
        ("followups.toml", '"material", ', '"photograph", ', "chain.changed_employer.ends.1"),
        ("followups.toml", 'does = "ladder"', 'does = "ask"', "snoozed: step unanswered would say more"),
        ("followups.toml", "steps_unanswered = 3", "steps_unanswered = 0", "call_list.steps_unanswered"),
        ("routing.toml", 'default_owner = "counselor"', 'default_owner = "boss"', "default_owner"),
        ("routing.toml", '"signed"', '"seen"', "implicating_acts.1"),
        ("anomalies.toml", 'severity = "H"', 'severity = "X"', "anomaly.A1.severity"),
        ("intents.toml", '"帮助"', '"停止"', "停止 means two things"),
        ("intents.toml", '"帮助"', '"？"', "without a letter"),
        ("columns.toml", '"考生号"', '"学号"', "the key roster: 学号 names two columns"),
        ("columns.toml", '["college"]', '["faculty"]', "faculty"),
        ("snooze.toml", "three_days", "four_days", "choice.2.key"),
        ("holidays.toml", "off = []", 'off = ["soon"]', "off"),
    ],
)
def test_a_mistake_is_one_sentence_naming_file_and_key(
    tmp_path: Path, name: str, before: str, after: str, key: str
) -> None:
    _own(tmp_path, name, (before, after))
    with pytest.raises(RulesError) as refused:
        load(tmp_path)
    sentence = str(refused.value)
    assert str(tmp_path / name) in sentence
    assert "\n" not in sentence
    assert key in sentence


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    _own(tmp_path, "privacy.toml", ("digit_tries = 3", ""))
    with pytest.raises(RulesError, match=r"privacy\.toml: the key digit_tries is missing\."):
        load(tmp_path)


def test_a_typing_error_is_named(tmp_path: Path) -> None:
    _own(tmp_path, "privacy.toml", ("digit_tries = 3", "digit_tries = 3\ndigit_trys = 3"))
    with pytest.raises(RulesError, match=r"privacy\.toml: the key digit_trys is not known\."):
        load(tmp_path)


def test_a_file_that_replaces_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_text("", encoding="utf-8")
    with pytest.raises(RulesError, match=r"campaign\.toml replaces no rule file"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"starts = = 3", "is not TOML"), ("# 静".encode("gb18030"), "is not UTF-8")]
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "quiet.toml").write_bytes(content)
    with pytest.raises(RulesError, match=rf"quiet\.toml {reason}"):
        load(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="is not a folder"):
        load(tmp_path / "nowhere")


def test_no_sentence_of_the_product_is_in_the_code() -> None:
    for module in SHIPPED.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in text), module.name


def test_a_chain_that_is_missing_is_named(tmp_path: Path) -> None:
    text = (SHIPPED / "followups.toml").read_text(encoding="utf-8")
    (tmp_path / "followups.toml").write_text(text.partition("[chain.snoozed]")[0], encoding="utf-8")
    with pytest.raises(RulesError, match="there is no chain snoozed"):
        load(tmp_path)
