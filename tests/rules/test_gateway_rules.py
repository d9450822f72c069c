"""What a school writes about its gateway, its mails and its doors, and what is said of a slip."""

from pathlib import Path

import pytest

from bot.carriers import check
from bot.settings import WrongSetting, read
from rules import RulesError, load
from rules.flat import flat, form, parsed
from rules.gateway import canonical, signature
from tests.doors.opened import rules_with
from tests.doors.platform import KEY

ADDRESS = "https://sms.example.edu.cn/send"


def own(folder: Path, file: str, before: str, after: str) -> Path:
    rules = rules_with(folder, sms=ADDRESS, mail=True)
    text = (rules / file).read_text("utf-8") if (rules / file).exists() else ""
    assert before in text
    (rules / file).write_text(text.replace(before, after, 1), "utf-8")
    return rules


def test_as_shipped_there_is_neither(tmp_path: Path) -> None:
    assert (load().sms.gateway, load().mail.sender) == (None, None)
    check(read(_env_file=None), load())


def test_what_stands_there_as_a_comment_is_a_whole_gateway(tmp_path: Path) -> None:
    rules = load(rules_with(tmp_path, sms=ADDRESS, mail=True))
    assert rules.sms.gateway is not None
    assert rules.sms.gateway.callback is not None
    assert rules.sms.receipts == load().sms.receipts
    facts = {"phone": "1", "text": "你好 & 再见", "reference": "r", "timestamp": "2", "nonce": "n"}
    sent = rules.sms.gateway.filled(KEY, **facts)
    assert sent.pop("sign") == signature(KEY, sent)
    assert sent == {
        "account": "quxiang",
        "mobile": "1",
        "content": "你好 & 再见",
        "reference": "r",
        "timestamp": "2",
        "nonce": "n",
    }


def test_the_signature_is_the_one_that_others_reckon() -> None:
    """Reckoned with openssl."""
    fields = {"text": "a=1&b=2 去向", "b.c": "~-_.", "B": ""}
    assert canonical(fields) == "B=&b.c=~-_.&text=a%3D1%26b%3D2%20%E5%8E%BB%E5%90%91"
    assert signature("key", {"a": "1"}) == "b17f9ae9ca05727a9af1d682e302eb7729bf55bf4bef5ba64cebbe8646401b99"


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("sms.toml", f'address = "{ADDRESS}"', 'address = "http://sms.example.edu.cn"', "gateway.address"),
        ("sms.toml", 'content = "{text}"', 'content = "{words}"', "{words}"),
        ("sms.toml", 'content = "{text}"', 'content = "text}"', "brace"),
        ("sms.toml", 'nonce = "{nonce}"', 'nonce = "1"', "{nonce}"),
        ("sms.toml", 'account = "quxiang"', 'sign = "quxiang"', "signature"),
        ("sms.toml", 'body = "json"', 'body = "xml"', "gateway.body"),
        ("sms.toml", "per_second = 50.0", "per_second = 0", "gateway.per_second"),
        ("mail.toml", 'from = "就业指导处 <jiuye@example.edu.cn>"', 'from = "就业指导处"', "from"),
        ("mail.toml", "retry_minutes", "retry_minuts", "retry_minu"),
    ],
)
def test_a_slip_is_one_sentence(tmp_path: Path, file: str, before: str, after: str, said: str) -> None:
    rules = own(tmp_path, file, before, after)
    with pytest.raises(RulesError) as found:
        load(rules)
    assert said in str(found.value)
    assert len(str(found.value).splitlines()) == 1


def test_a_door_twice_or_an_unknown_one_is_a_slip(tmp_path: Path) -> None:
    for doors in ('["sms", "sms"]', '["fax"]', "[]"):
        (tmp_path / "doors.toml").write_text(f'chat = {doors}\npage = ["sms"]\nnowhere = ["sms"]\n')
        with pytest.raises(RulesError):
            load(tmp_path)


@pytest.mark.parametrize(
    ("code", "said", "means"),
    [
        (550, "5.1.1 no such user", "dead"),
        (550, "5.1.10 no such domain takes mail", "dead"),
        (551, "User not local", "dead"),
        (550, "No such user", "other"),
        (550, "Ip frequency limited", "other"),
        (553, "sorry, your envelope sender is in my badmailfrom list", "other"),
        (550, "5.7.1 blocked", "refused"),
        (554, "go away", "refused"),
        (552, "5.2.2 mailbox full", "other"),
        (550, "5.10.1 nobody knows", "other"),
    ],
)
def test_a_bounce_means_what_the_rules_say(code: int, said: str, means: str) -> None:
    assert load().mail.bounces.read(code, said) == means


@pytest.mark.parametrize(
    "url",
    [
        "https://smtp.example.edu.cn",
        "smtp://",
        "smtp://user@smtp.example.edu.cn",
        "smtp://smtp.example.edu.cn:mail",
        "smtp.example.edu.cn:587",
    ],
)
def test_a_wrong_mail_server_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(WrongSetting) as found:
        read(_env_file=None, smtp_url=url.replace("user@", "hunter2@"))
    assert str(found.value).startswith("QUXIANG_SMTP_URL must be smtp://user:password@host:587")
    assert "hunter2" not in str(found.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "QUXIANG_SMS_KEY is not set"),
        ({"sms_key": KEY}, "QUXIANG_PUBLIC_URL is not set"),
        ({"sms_key": KEY, "public_url": "https://qx.cn"}, "QUXIANG_SMTP_URL is not set"),
        (
            {"sms_key": KEY, "public_url": "http://qx.cn", "smtp_url": "smtp://mx.example.edu.cn"},
            "QUXIANG_PUBLIC_URL must begin with https://",
        ),
    ],
)
def test_what_the_rules_switch_on_needs_its_secret(tmp_path: Path, given: dict[str, str], said: str) -> None:
    rules = load(rules_with(tmp_path, sms=ADDRESS, mail=True))
    with pytest.raises(WrongSetting) as found:
        check(read(_env_file=None, **given), rules)
    assert str(found.value).startswith(said)


def test_a_body_is_read_so_that_it_can_be_signed() -> None:
    said = parsed(b'{"a": [{"b": 1.50}, {"b": true}], "c": null}')
    assert flat(said) == {"a.0.b": "1.50", "a.1.b": "true", "c": ""}
    assert form(b"a=%E5%8E%BB&b=") == {"a": "去", "b": ""}
    for body in (b'{"a": 1, "a": 2}', b"{", b"NaN", b"[" * 200_000, b"\xff"):
        with pytest.raises(ValueError):
            parsed(body)
    with pytest.raises(ValueError, match="twice"):
        flat({"a.b": "1", "a": {"b": "2"}})
    for text in (b"a=1&a=2", b"a=%FF", b"\xff"):
        with pytest.raises(ValueError):
            form(text)
