"""What no message may say: each phrase is caught in every spelling, and only exact exceptions are let by."""

import re
import shutil
from pathlib import Path

import pytest

from rules import Rules, RulesError, load
from rules.loading import SHIPPED

PHRASES = load().phrases.every
CHINESE = [one for one in PHRASES if re.search(r"[\u4e00-\u9fff]", one)]
ENGLISH = [one for one in PHRASES if one not in CHINESE]
FAR = 0xFEE0


def wide(words: str) -> str:
    return "".join(chr(ord(one) + FAR) if "!" <= one <= "~" else one for one in words)


def test_there_are_enough_in_both_languages() -> None:
    assert len(CHINESE) >= 50
    assert len(ENGLISH) >= 25


@pytest.mark.parametrize("phrase", CHINESE)
def test_a_chinese_phrase_is_caught_in_a_sentence(rules: Rules, phrase: str) -> None:
    for spelled in (phrase, " ".join(phrase), "\n".join(phrase), "，".join(phrase), "\u200b".join(phrase)):
        found = rules.phrases.found_in(f"各位同学，{spelled}，请知悉。")
        assert found is not None
        assert found.phrase in phrase


@pytest.mark.parametrize("phrase", ENGLISH)
def test_an_english_phrase_is_caught_in_a_sentence(rules: Rules, phrase: str) -> None:
    spellings = (phrase, phrase.upper(), phrase.replace(" ", " \n "), phrase.replace(" ", "-"), wide(phrase))
    for spelled in spellings:
        found = rules.phrases.found_in(f"Dear graduates, {spelled}: thank you.")
        assert found is not None
        assert found.phrase in phrase


@pytest.mark.parametrize(
    "harmless",
    [
        "请看一眼登记的去向是不是真实的。属实、有变、不属实，按实际情况选就行，8月30日前答复都可以。",
        "还没有落实去向的同学，也可以直接回答「仍在求职」，需要帮助请致电 027-8765 4321。",
        "我们不会索要密码、验证码、身份证号、银行卡，也不会要求转账。",
        "提出后不影响毕业证、学位证、档案和户口。",
        "Please see whether it is true. Look for elsewhere in /my. Mustard is no threat.",
        "We never ask for passwords, codes, ID numbers or bank cards, nor for money.",
    ],
)
def test_neutral_words_pass(rules: Rules, harmless: str) -> None:
    assert rules.phrases.found_in(harmless) is None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("我们不会索要密码、验证码、身份证号、银行卡，也不会要求转账。请把密码发来", "密码"),
        ("我们不会索要密码、验证码。", "密码"),
        ("索要密码、验证码、身份证号、银行卡，也不会要求转账", "密码"),
        ("影响毕业证、学位证、档案和户口", "影响毕业"),
        ("We never ask for passwords.", "passwords"),
        ("请尽快签约，否则后果自负", "尽快签约"),
    ],
)
def test_an_exception_is_exact_and_the_first_is_named(rules: Rules, text: str, phrase: str) -> None:
    found = rules.phrases.found_in(text)
    assert found is not None
    assert found.phrase == phrase
    assert found.group.zh_CN
    assert found.group.en


def test_exceptions_are_few_and_each_has_a_reason(rules: Rules) -> None:
    assert len(rules.phrases.allowed) <= 6
    assert all(len(one.why) > 20 for one in rules.phrases.allowed)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('"务必", ', '"务必", "务 必", ', "lists 务 必 twice"),
        ('"务必", ', '"——", ', "has no letter"),
        ('words = "不影响毕业证、学位证、档案和户口"', 'words = "影响毕业"', "which is a phrase itself"),
        ('words = "不影响毕业证、学位证、档案和户口"', 'words = "请看一眼"', "in which there is no phrase"),
        ('why = "the same promise in English"', 'why = ""', "why"),
    ],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    shutil.copy(SHIPPED / "phrases.toml", tmp_path)
    file = tmp_path / "phrases.toml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(RulesError, match=sentence):
        load(tmp_path)
