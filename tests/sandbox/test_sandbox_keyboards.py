"""Keyboards that Telegram refuses."""

from typing import Any

import pytest

from sandbox import Phone
from tests.sandbox.wire import Api

Button = dict[str, Any]


def button(**action: Any) -> Button:
    return {"text": "x", **action}


def column(n: int, data: str = "d") -> list[list[Button]]:
    return [[button(callback_data=data)] for _ in range(n)]


async def refusal(api: Api, **markup: Any) -> str:
    return await api.refused("sendMessage", chat_id=7, text="x", reply_markup=markup)


async def test_callback_data_is_1_to_64_bytes(api: Api, lihua: Phone) -> None:
    fits = [[button(callback_data="字" * 21 + "a")]]
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": fits})
    for data in ("", "字" * 22):
        assert await refusal(api, inline_keyboard=[[button(callback_data=data)]]) == (
            "400 Bad Request: BUTTON_DATA_INVALID"
        )


async def test_one_action_per_button(api: Api, lihua: Phone) -> None:
    assert "Text buttons are unallowed" in await refusal(api, inline_keyboard=[[button()]])
    both = button(callback_data="a", url="https://e.cn")
    assert "exactly one action" in await refusal(api, inline_keyboard=[[both]])


async def test_a_button_has_a_text(api: Api, lihua: Phone) -> None:
    assert "must have a text" in await refusal(api, inline_keyboard=[[{"text": "", "callback_data": "a"}]])
    assert "Field required" in await refusal(api, inline_keyboard=[[{"callback_data": "a"}]])


async def test_100_inline_buttons_8_in_a_row(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": column(100)})
    too_long = "400 Bad Request: reply markup is too long"
    assert await refusal(api, inline_keyboard=column(101)) == too_long
    assert await refusal(api, inline_keyboard=[[button(callback_data="d")] * 9]) == too_long


async def test_10_kilobytes_of_markup(api: Api, lihua: Phone) -> None:
    rows = [[{**key, "text": "xxxx"} for key in row] for row in column(100, "d" * 64)]
    assert "reply markup is too long" in await refusal(api, inline_keyboard=rows)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"url": "http://localhost/x"}, "Wrong HTTP URL"),
        ({"url": "ftp://e.cn"}, "Wrong HTTP URL"),
        ({"web_app": {"url": "http://e.cn"}}, "Only HTTPS links are allowed"),
        ({"copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_bad_actions(api: Api, lihua: Phone, action: Button, reason: str) -> None:
    assert reason in await refusal(api, inline_keyboard=[[button(**action)]])


async def test_good_actions(api: Api, lihua: Phone) -> None:
    actions: list[Button] = [
        {"url": "http://127.0.0.1:8081/x"},
        {"web_app": {"url": "https://e.cn"}},
        {"copy_text": {"text": "c"}},
    ]
    keyboard = {"inline_keyboard": [[button(**action)] for action in actions]}
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup=keyboard)
    rows = lihua.shown[-1].rows
    assert (rows[0][0].url, rows[1][0].web_app, rows[2][0].copy_text) == (
        "http://127.0.0.1:8081/x",
        "https://e.cn",
        "c",
    )


async def test_300_keys_12_in_a_row(api: Api, lihua: Phone) -> None:
    row = [button()] * 12
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"keyboard": [row] * 25})
    too_long = "400 Bad Request: reply markup is too long"
    assert await refusal(api, keyboard=[*[row] * 25, [button()]]) == too_long
    assert await refusal(api, keyboard=[[button()] * 13]) == too_long
    assert "at least one button" in await refusal(api, keyboard=[])
    assert "non-empty" in await refusal(api, keyboard=[[{"text": ""}]])
    twice = button(request_contact=True, request_location=True)
    assert "exactly one request" in await refusal(api, keyboard=[[twice]])


async def test_markup_that_is_none(api: Api, lihua: Phone) -> None:
    assert await refusal(api, buttons=[]) == "400 Bad Request: object expected as reply markup"
    wrong = await api.refused("sendMessage", chat_id=7, text="x", reply_markup="[1]")
    assert wrong == "400 Bad Request: object expected as reply markup"
    broken = await api.refused("sendMessage", chat_id=7, text="x", reply_markup="{")
    assert broken == "400 Bad Request: can't parse reply keyboard markup JSON object"


async def test_only_inline_keyboards_are_edited(api: Api, lihua: Phone) -> None:
    sent = await api.ok("sendMessage", chat_id=7, text="x")
    edit: Button = {
        "chat_id": 7,
        "message_id": sent["message_id"],
        "text": "y",
        "reply_markup": {"keyboard": [["a"]]},
    }
    assert await api.refused("editMessageText", **edit) == "400 Bad Request: inline keyboard expected"


@pytest.mark.parametrize("markup", [{"keyboard": [["a"]]}, {"remove_keyboard": True}, {"force_reply": True}])
async def test_a_message_with_a_reply_keyboard_cannot_be_edited(
    api: Api, lihua: Phone, markup: Button
) -> None:
    sent = await api.ok("sendMessage", chat_id=7, text="x", reply_markup=markup)
    assert "reply_markup" not in sent
    refused = await api.refused("editMessageText", chat_id=7, message_id=sent["message_id"], text="y")
    assert refused == "400 Bad Request: message can't be edited"


async def test_a_reply_keyboard_stays_until_it_goes(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"keyboard": [["a", "b"], ["c"]]})
    await api.ok("sendMessage", chat_id=7, text="y")
    assert lihua.keyboard() == ["a", "b", "c"]
    await api.ok("sendMessage", chat_id=7, text="z", reply_markup={"remove_keyboard": True})
    assert lihua.keyboard() == []


async def test_a_reply_keyboard_goes_with_its_message(api: Api, lihua: Phone) -> None:
    sent = await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"keyboard": [["a"]]})
    await api.ok("deleteMessage", chat_id=7, message_id=sent["message_id"])
    assert lihua.keyboard() == []
