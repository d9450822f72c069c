"""The table of destination codes."""

import pytest

from rules import DestinationClass, Rules, TopLevel

C = DestinationClass
TABLE = [
    ("10", C.EMPLOYER, "contract_employment", "org_employment"),
    ("11", C.EMPLOYER, "contract_employment", "org_employment"),
    ("12", C.EMPLOYER, "flexible_employment", "org_employment"),
    ("27", C.EMPLOYER, "contract_employment", "org_employment"),
    ("271", C.EMPLOYER, "contract_employment", "org_employment"),
    ("46", C.CONSCRIPT, "contract_employment", "org_employment"),
    ("50", C.EMPLOYER, "contract_employment", "org_employment"),
    ("502", C.EMPLOYER, "contract_employment", "org_employment"),
    ("503", C.EMPLOYER, "contract_employment", "org_employment"),
    ("51", C.EMPLOYER, "contract_employment", "org_employment"),
    ("512", C.EMPLOYER, "contract_employment", "org_employment"),
    ("519", C.EMPLOYER, "contract_employment", "org_employment"),
    ("70", C.SEEKING, "seeking", "seeking"),
    ("71", C.NOT_SEEKING, "not_seeking", "not_seeking"),
    ("72", C.NOT_SEEKING, "not_seeking", "not_seeking"),
    ("75", C.STARTUP, "startup", "startup"),
    ("76", C.FREELANCE, "flexible_employment", "freelance"),
    ("80", C.STUDY, "further_study", "further_study"),
    ("801", C.STUDY, "further_study", "further_study"),
    ("802", C.STUDY, "further_study", "further_study"),
    ("85", C.STUDY_ABROAD, "further_study", "further_study"),
]


@pytest.mark.parametrize(("code", "cls", "in_2021", "in_2024"), TABLE)
def test_each_code(rules: Rules, code: str, cls: DestinationClass, in_2021: str, in_2024: str) -> None:
    for cohort, l2 in ((2021, in_2021), (2023, in_2021), (2024, in_2024), (2026, in_2024)):
        found = rules.taxonomy.code(cohort, code)
        assert found is not None
        assert (found.code, found.cls, found.l2) == (code, cls, l2)
        assert found.rollups == {"2021": in_2021, "2024": in_2024}
        assert found.flexible is (code in {"12", "76"})
        assert found.settled is (code not in {"70", "71", "72"})
        assert (found.l1 is TopLevel.UNSETTLED) is not found.settled


def test_the_table_is_whole(rules: Rules) -> None:
    assert {one.code for one in rules.taxonomy.codes(2024)} == {row[0] for row in TABLE}


@pytest.mark.parametrize("code", ["", "7", "77", "81", "272", "501", "753", "803", "8010", "1", "abc"])
def test_an_unknown_code_is_no_code_and_no_prefix_helps(rules: Rules, code: str) -> None:
    assert rules.taxonomy.code(2024, code) is None


def test_a_cohort_before_the_editions_has_no_codes(rules: Rules) -> None:
    assert rules.taxonomy.code(2020, "10") is None
    assert rules.taxonomy.by_name(2020, "待就业") is None
    assert rules.taxonomy.codes(2020) == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("签劳动合同形式就业", "11"),
        (" 签劳动合同 形式就业 ", "11"),
        ("科研助理、管理助理", "271"),
        ("国家基层项目-三支一扶", "502"),
        ("国家基层项目—三支一扶", "502"),
        ("出国、出境", "85"),
        ("境外留学", "85"),
        ("暂不就业", "72"),
        ("不就业拟升学", "71"),
        ("专升本", "80"),
        ("８０１", None),
        ("升学（非全日制）", None),
        ("签劳动合同", None),
        ("", None),
    ],
)
def test_a_name_is_matched_whole(rules: Rules, name: str, code: str | None) -> None:
    found = rules.taxonomy.by_name(2024, name)
    assert (found.code if found else None) == code


def test_full_width_codes_are_codes(rules: Rules) -> None:
    found = rules.taxonomy.code(2024, " ８０１ ")
    assert found is not None
    assert found.code == "801"


def test_the_addends_of_the_settlement_rate(rules: Rules) -> None:
    older, newer = rules.taxonomy.edition(2023), rules.taxonomy.edition(2024)
    assert older is not None
    assert newer is not None
    assert older.settlement == ("contract_employment", "startup", "flexible_employment", "further_study")
    assert newer.settlement == ("org_employment", "startup", "freelance", "further_study")
    assert older.flexible == newer.flexible == {"12", "76"}


def test_which_classes_are_settled() -> None:
    assert {cls for cls in C if not cls.settled} == {C.SEEKING, C.NOT_SEEKING, C.UNKNOWN}
