"""Thirty a second in all, bursts of three in a chat, and silence for whoever goes over."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api, Seconds

RETRY = "429 Too Many Requests: retry after 3"


@pytest.fixture
async def crowd(sandbox: Sandbox, seconds: Seconds) -> list[Phone]:
    sandbox.paced = True
    phones = [sandbox.phone(100 + n, f"P{n}") for n in range(40)]
    for phone in phones:
        await phone.send("/start")
    return phones


async def send(api: Api, phone: Phone) -> None:
    await api.ok("sendMessage", chat_id=phone.user_id, text="x")


async def test_a_chat_takes_three_and_then_one_a_second(
    api: Api, crowd: list[Phone], seconds: Seconds
) -> None:
    for _ in range(3):
        await send(api, crowd[0])
    seconds.passes(1)
    await send(api, crowd[0])
    assert await api.refused("sendMessage", chat_id=100, text="x") == RETRY
    assert len(crowd[0].shown) == 5


async def test_that_chat_alone_is_shut_until_the_penalty_is_over(
    api: Api, crowd: list[Phone], seconds: Seconds
) -> None:
    for _ in range(3):
        await send(api, crowd[0])
    assert await api.refused("sendMessage", chat_id=100, text="x") == RETRY
    seconds.passes(1.5)
    assert "retry after 2" in await api.refused("sendMessage", chat_id=100, text="x")
    await send(api, crowd[1])
    seconds.passes(1.5)
    await send(api, crowd[0])


async def test_thirty_a_second_and_then_nobody(api: Api, crowd: list[Phone], seconds: Seconds) -> None:
    for phone in crowd[:30]:
        await send(api, phone)
    body = await api.answer("sendMessage", chat_id=130, text="x")
    assert body["parameters"] == {"retry_after": 3}
    assert await api.refused("sendMessage", chat_id=131, text="x") == RETRY
    seconds.passes(3)
    await send(api, crowd[30])


async def test_an_even_pace_is_never_refused(api: Api, crowd: list[Phone], seconds: Seconds) -> None:
    for n in range(120):
        await send(api, crowd[n % 40])
        seconds.passes(1 / 30)


async def test_edits_and_answers_count(api: Api, crowd: list[Phone]) -> None:
    for n in range(3):
        sent = await api.ok("sendMessage", chat_id=100, text=str(n))
    edit = {"chat_id": 100, "message_id": sent["message_id"], "text": "y"}
    assert await api.refused("editMessageText", **edit) == RETRY
    for _ in range(27):
        await api.refused("answerCallbackQuery", callback_query_id="1")
    assert await api.refused("answerCallbackQuery", callback_query_id="1") == RETRY
    await api.ok("sendChatAction", chat_id=101, action="typing")


async def test_the_client_is_told_how_long(bot: Bot, sandbox: Sandbox, crowd: list[Phone]) -> None:
    sandbox.penalty = 41.5
    for _ in range(3):
        await bot.send_message(100, "x")
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(100, "x")
    assert refusal.value.retry_after == 42


async def test_limits_may_be_off(api: Api, sandbox: Sandbox, crowd: list[Phone]) -> None:
    sandbox.faults.unlimited = True
    for _ in range(40):
        await send(api, crowd[0])
