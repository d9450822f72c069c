"""The table of declarations and hints."""

import pytest

from rules import DestinationClass, Rules

C = DestinationClass


def test_the_employer_sentence_is_the_ministrys_word_for_word(rules: Rules) -> None:
    sentence = rules.disputes.sentence(C.EMPLOYER)
    assert sentence.zh_CN == "从未与该单位签订就业协议、劳动合同或其他录用形式"
    assert sentence.official


@pytest.mark.parametrize("cls", [C.CONSCRIPT, C.STARTUP, C.FREELANCE, C.STUDY, C.STUDY_ABROAD, C.UNKNOWN])
def test_the_other_sentences_are_ours(rules: Rules, cls: DestinationClass) -> None:
    sentence = rules.disputes.sentence(cls)
    assert not sentence.official
    assert sentence.zh_CN.startswith("从未")
    assert sentence.en
    assert rules.disputes.sentence(C.STUDY).zh_CN == "从未被该校录取"


def test_whatever_claims_a_destination_can_be_disputed_an_unknown_code_too(rules: Rules) -> None:
    disputable = {cls for cls in C if rules.disputes.button(cls)}
    assert disputable == {cls for cls in C if cls.settled} | {C.UNKNOWN}
    with pytest.raises(LookupError):
        rules.disputes.sentence(C.SEEKING)


def test_every_sentence_has_its_own_key(rules: Rules) -> None:
    keys = [one.key for one in rules.disputes.sentences.values()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("我根本没签过", True),
        ("这是假的！", True),
        ("我 被 就 业 了", True),
        ("辅导员逼我填的", True),
        ("我要举报", True),
        ("This is FAKE", True),
        ("I didn't sign anything", True),
        ("我换了手机号", False),
        ("已经离职了", False),
        ("", False),
    ],
)
def test_hints(rules: Rules, text: str, hinted: bool) -> None:
    assert rules.disputes.hinted(text) is hinted


def test_the_named_hints_are_there(rules: Rules) -> None:
    assert {"没签", "假的", "被就业", "逼", "举报"} <= set(rules.disputes.hints)
