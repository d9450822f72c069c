"""Presses of inline buttons and the answers to them."""

from typing import Any

import pytest
from aiogram.types import Update

from sandbox import Phone
from tests.sandbox.wire import Api, Seconds

TOO_OLD = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def pressed(api: Api, phone: Phone) -> dict[str, Any]:
    await api.ok("sendMessage", chat_id=7, text="Sure?", reply_markup=YES)
    await phone.press("Yes")
    update = (await api.ok("getUpdates", offset=-1))[0]
    Update.model_validate(update)
    query: dict[str, Any] = update["callback_query"]
    return query


async def test_a_press_brings_its_data_and_its_message(api: Api, lihua: Phone) -> None:
    query = await pressed(api, lihua)
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("y", 7, "Sure?")
    assert lihua.unanswered() == ["Yes"]


async def test_an_answer_ends_the_waiting_and_may_show_a_toast(api: Api, lihua: Phone) -> None:
    query = await pressed(api, lihua)
    assert await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="done") is True
    assert (lihua.unanswered(), lihua.toasts) == ([], ["done"])
    with pytest.raises(AssertionError):
        lihua.never_saw("done")


async def test_a_query_is_answered_once(api: Api, lihua: Phone) -> None:
    query = await pressed(api, lihua)
    await api.ok("answerCallbackQuery", callback_query_id=query["id"])
    assert await api.refused("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD


async def test_an_unknown_query(api: Api) -> None:
    assert await api.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_an_old_query(api: Api, lihua: Phone, seconds: Seconds) -> None:
    query = await pressed(api, lihua)
    seconds.passes(151)
    assert await api.refused("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD


async def test_an_answer_holds_200_characters(api: Api, lihua: Phone) -> None:
    query = await pressed(api, lihua)
    long = await api.refused("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert long == "400 Bad Request: MESSAGE_TOO_LONG"
    await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="x" * 200)


async def test_a_press_not_fetched_in_150_seconds_is_lost(api: Api, lihua: Phone, seconds: Seconds) -> None:
    await api.ok("getUpdates", offset=-1)
    await api.ok("sendMessage", chat_id=7, text="Sure?", reply_markup=YES)
    await lihua.press("Yes")
    await lihua.send("still here")
    seconds.passes(151)
    kinds = [set(update) - {"update_id"} for update in await api.ok("getUpdates")]
    assert kinds == [{"message"}, {"message"}]


async def test_forged_data_and_a_deleted_message(api: Api, lihua: Phone) -> None:
    query = await pressed(api, lihua)
    shown = lihua.shown[-1]
    await api.ok("deleteMessage", chat_id=7, message_id=query["message"]["message_id"])
    await lihua.press_data("forged", shown)
    update = (await api.ok("getUpdates", offset=-1))[0]
    assert update["callback_query"]["data"] == "forged"
    assert update["callback_query"]["message"]["date"] == 0
    Update.model_validate(update)
