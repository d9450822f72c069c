"""Every settled destination has papers that bear it out, and an internship bears out none."""

from pathlib import Path

import pytest

from rules import RulesError, load
from rules.loading import SHIPPED

RULES = load()
COHORT = 2024


@pytest.mark.parametrize("code", [one.code for one in RULES.taxonomy.codes(COHORT)])
def test_a_settled_destination_needs_something_and_no_other_does(code: str) -> None:
    listed = RULES.taxonomy.code(COHORT, code)
    assert listed is not None
    assert (RULES.evidence.need(code, listed.cls) is not None) is listed.settled


def test_a_code_goes_before_its_class() -> None:
    needs = {code: RULES.evidence.need(code, "employer") for code in ("11", "12", "999")}
    found = {code: need.papers if need else () for code, need in needs.items()}
    assert found["11"] == ("labour_contract",)
    assert found["12"] == ("employment_certificate", "income_proof")
    assert "labour_contract" in found["999"]


def test_papers_of_an_internship_are_refused() -> None:
    refused = [one for one in RULES.evidence.papers if one.refused]
    assert [one.key for one in refused] == ["internship_agreement", "internship_certificate"]
    keywords = RULES.anomalies["A8"].words["keywords"]
    for one in RULES.evidence.papers:
        assert any(word in one.zh_CN for word in keywords) is one.refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("keep_years = 3", "keep_years = 2", "keep_years"),
        ('goes_to = ["evidence_pending"', 'goes_to = ["nothing"', "cases.toml knows no nothing"),
        ('codes = ["10"]', 'codes = ["11"]', "says twice what code 11 needs"),
        ('codes = ["46"]', 'codes = ["4646"]', "taxonomy.toml lists no code 4646"),
        ('papers = ["labour_contract"]', 'papers = ["internship_agreement"]', "which is refused"),
        ('papers = ["labour_contract"]', 'papers = ["contract"]', "which is no paper"),
        ('key = "shop_page"', 'key = "other"', "lists the paper other twice"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (SHIPPED / "evidence.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "evidence.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RulesError, match=said):
        load(tmp_path)
