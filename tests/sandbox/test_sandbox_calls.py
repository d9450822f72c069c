"""Calls in every encoding, and calls that are none."""

import json

import aiohttp
from aiogram import Bot

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api


async def test_a_real_client_learns_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (1000, "quxiang_bot", True)


async def test_wrong_token_is_unauthorized(api: Api) -> None:
    async with api.http.get(f"{api.sandbox.url}/bot1000:WRONG/getMe") as response:
        assert response.status == 401
        assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_unknown_method_is_not_found(api: Api) -> None:
    assert await api.refused("sendMesage") == "404 Not Found"


async def test_method_names_ignore_case(api: Api) -> None:
    assert (await api.ok("GETME"))["id"] == 1000


async def test_query_parameters(api: Api, lihua: Phone) -> None:
    async with api.http.get(api.url("sendMessage"), params={"chat_id": 7, "text": "query"}) as response:
        assert response.status == 200
    await lihua.sees("query")


async def test_urlencoded_parameters_with_json_inside(api: Api, lihua: Phone) -> None:
    keyboard = json.dumps({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]})
    form = {"chat_id": "7", "text": "[1]", "reply_markup": keyboard, "disable_notification": "true"}
    async with api.http.post(api.url("sendMessage"), data=form) as response:
        assert response.status == 200
    assert (await lihua.sees("[1]")).labels() == ["A"]


async def test_multipart_parameters(api: Api, lihua: Phone) -> None:
    form = aiohttp.FormData({"chat_id": "7", "text": "parts"}, default_to_multipart=True)
    async with api.http.post(api.url("sendMessage"), data=form) as response:
        assert response.status == 200
    await lihua.sees("parts")


async def test_numbers_may_come_as_strings_and_strings_as_numbers(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id="7", text=12)
    await lihua.sees("12")


async def test_body_that_is_no_json(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    async with api.http.post(api.url("getMe"), data="{", headers=headers) as response:
        assert (await response.json())["description"] == "Bad Request: can't parse JSON object"


async def test_missing_parameters(api: Api, lihua: Phone) -> None:
    assert await api.refused("sendMessage", text="x") == "400 Bad Request: chat_id is empty"
    assert await api.refused("sendMessage", chat_id=7) == "400 Bad Request: message text is empty"
    assert "message_id" in await api.refused("deleteMessage", chat_id=7)


async def test_unknown_parameters(api: Api, lihua: Phone) -> None:
    assert 'unknown parameter "colour"' in await api.refused("sendMessage", chat_id=7, text="x", colour=1)


async def test_unknown_fields_inside_parameters(api: Api, lihua: Phone) -> None:
    keyboard = {"inline_keyboard": [[{"text": "A", "callback_dat": "a"}]]}
    refused = await api.refused("sendMessage", chat_id=7, text="x", reply_markup=keyboard)
    assert refused == '400 Bad Request: unknown field "callback_dat"'


async def test_wrong_types(api: Api, lihua: Phone) -> None:
    assert "disable_notification" in await api.refused(
        "sendMessage", chat_id=7, text="x", disable_notification="perhaps"
    )
    assert "message_id" in await api.refused("deleteMessage", chat_id=7, message_id="first")


async def test_every_call_is_kept(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id="7", text="x")
    await api.refused("sendMessage", chat_id=8, text="x")
    assert [(call.method, call.outcome) for call in api.sandbox.calls] == [
        ("sendMessage", "ok"),
        ("sendMessage", "400 Bad Request: chat not found"),
    ]
    assert api.sandbox.calls[0].parameters == {"chat_id": 7, "text": "x"}


async def test_it_may_be_stopped_and_started_again(api: Api, sandbox: Sandbox) -> None:
    await sandbox.stop()
    await sandbox.start()
    assert (await api.ok("getMe"))["id"] == 1000
    assert await api.ok("logOut") is True
    assert await api.ok("close") is True
