"""Bad days on order."""

import asyncio

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api


async def test_too_many_requests(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next("sendMessage", "429", retry_after=17)
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(7, "x")
    assert refusal.value.retry_after == 17
    lihua.never_saw("x")
    await bot.send_message(7, "x")


async def test_bad_gateway_is_html(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next(None, "502")
    with pytest.raises(ClientDecodeError):
        await bot.send_message(7, "x")
    assert sandbox.calls[-1].outcome == "502"


async def test_a_dropped_connection_did_nothing(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next("sendMessage", "drop")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(7, "x")
    lihua.never_saw("x")
    assert sandbox.calls[-1].outcome == "drop"


async def test_accepted_and_never_answered(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next("sendMessage", "accepted_then_timeout")
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(7, "x", request_timeout=0.05)  # type: ignore[arg-type]
    await lihua.sees("x", times=1)


async def test_accepted_and_cut_off(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next("sendMessage", "accepted_then_timeout", after=0.01)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(7, "x")
    await lihua.sees("x", times=1)


async def test_a_held_answer_does_not_hold_the_end(api: Api, sandbox: Sandbox, lihua: Phone) -> None:
    sandbox.faults.next("sendMessage", "accepted_then_timeout")
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(unanswered(api))
        await lihua.sees("x")
        await sandbox.stop()


async def unanswered(api: Api) -> None:
    with pytest.raises(aiohttp.ClientError):
        await api.answer("sendMessage", chat_id=7, text="x")


@pytest.mark.parametrize(
    ("kind", "error"),
    [("400", TelegramBadRequest), ("403", TelegramForbiddenError), ("500", TelegramServerError)],
)
async def test_refusals(bot: Bot, sandbox: Sandbox, lihua: Phone, kind: str, error: type[Exception]) -> None:
    sandbox.faults.next("sendMessage", kind, times=2, description="as ordered")
    for _ in range(2):
        with pytest.raises(error, match="as ordered"):
            await bot.send_message(7, "x")
    await bot.send_message(7, "x")


async def test_a_fault_waits_for_its_method_and_never_for_polling(
    api: Api, sandbox: Sandbox, lihua: Phone
) -> None:
    sandbox.faults.next("sendmessage", "400")
    sandbox.faults.next(None, "403")
    await api.ok("getUpdates")
    assert (await api.refused("getMe")).startswith("403")
    assert (await api.refused("sendMessage", chat_id=7, text="x")).startswith("400")
    sandbox.faults.next("getUpdates", "500")
    assert (await api.refused("getUpdates")).startswith("500")


async def test_chaos_is_the_same_each_time(api: Api, sandbox: Sandbox) -> None:
    async def run() -> list[bool]:
        sandbox.faults.clear()
        sandbox.faults.rate("500", 0.5, seed=3)
        return [(await api.answer("getMe"))["ok"] for _ in range(20)]

    first = await run()
    assert await run() == first
    assert set(first) == {True, False}


async def test_latency(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.latency = 0.05
    began = asyncio.get_running_loop().time()
    await api.ok("getMe")
    assert asyncio.get_running_loop().time() - began >= 0.05


def test_no_such_fault(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        sandbox.faults.next(None, "earthquake")
