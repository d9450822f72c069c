"""Delivery to a webhook: order, patience, and nobody waiting for another's queue."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api, Seconds


class Receiver:
    """A webhook that answers as it is told, 200 otherwise."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.headers: list[str | None] = []
        self.answers: list[web.Response] = []
        self.holding: set[int] = set()
        self.released, self._news = asyncio.Event(), asyncio.Event()
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self._news.set()
        if update.get("message", {}).get("chat", {}).get("id") in self.holding:
            await self.released.wait()
        return self.answers.pop(0) if self.answers else web.Response()

    async def has(self, n: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < n:
                self._news.clear()
                await self._news.wait()

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
async def receiver(sandbox: Sandbox) -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    sandbox.delivery.retry_base = 0.01
    yield receiver
    receiver.released.set()
    await runner.cleanup()


async def settled(api: Api, pending: int = 0) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while True:
            info: dict[str, Any] = await api.ok("getWebhookInfo")
            if info["pending_update_count"] == pending:
                return info


async def test_updates_come_with_the_secret(api: Api, lihua: Phone, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url, secret_token="s-3_cret")
    await receiver.has(1)
    assert receiver.texts() == ["/start"]
    assert receiver.headers == ["s-3_cret"]
    info = await settled(api)
    assert (info["url"], info["max_connections"]) == (receiver.url, 40)
    assert "last_error_message" not in info


async def test_a_queue_waits_for_its_first(api: Api, lihua: Phone, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=500), web.Response(status=503)]
    await api.ok("setWebhook", url=receiver.url)
    await lihua.send("a")
    await receiver.has(4)
    assert receiver.texts() == ["/start", "/start", "/start", "a"]
    info = await settled(api)
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["last_error_date"] > 0


async def test_no_chat_waits_for_another(
    api: Api, sandbox: Sandbox, lihua: Phone, receiver: Receiver
) -> None:
    receiver.holding = {7}
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(1)
    await lihua.send("held back")
    await sandbox.phone(8, "Ming").send("/start")
    await receiver.has(2)
    assert receiver.texts() == ["/start", "/start"]
    receiver.released.set()
    await receiver.has(3)
    assert receiver.texts()[-1] == "held back"


async def test_presses_do_not_wait_for_messages(api: Api, lihua: Phone, receiver: Receiver) -> None:
    receiver.holding = {7}
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(1)
    await lihua.press_data("x", lihua.shown[0])
    await receiver.has(2)
    assert receiver.got[1]["callback_query"]["data"] == "x"


async def test_retry_after_is_obeyed(api: Api, lihua: Phone, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=429, headers={"Retry-After": "1"})]
    began = asyncio.get_running_loop().time()
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(2)
    assert asyncio.get_running_loop().time() - began >= 1


async def test_nobody_listens(api: Api, lihua: Phone, receiver: Receiver) -> None:
    await api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    async with asyncio.timeout(5):
        while not (info := await api.ok("getWebhookInfo")).get("last_error_message"):
            pass
    assert info["last_error_message"].startswith("Connection failed")
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(1)


async def test_no_answer_in_time(api: Api, sandbox: Sandbox, lihua: Phone, receiver: Receiver) -> None:
    sandbox.delivery.timeout = 0.05
    receiver.holding = {7}
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(2)
    assert (await api.ok("getWebhookInfo"))["last_error_message"] == "Read timeout expired"


async def test_old_presses_are_dropped(api: Api, lihua: Phone, receiver: Receiver, seconds: Seconds) -> None:
    await lihua.press_data("x", lihua.shown[0])
    seconds.passes(151)
    await api.ok("setWebhook", url=receiver.url)
    await settled(api)
    assert receiver.texts() == ["/start"]


async def test_a_backlog_may_be_dropped(api: Api, lihua: Phone, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url, drop_pending_updates=True, allowed_updates=["message"])
    await lihua.block()
    await lihua.unblock()
    await lihua.send("a")
    await receiver.has(1)
    assert receiver.texts() == ["a"]
    assert (await settled(api))["allowed_updates"] == ["message"]


async def test_duplicates_and_raw_updates(
    api: Api, sandbox: Sandbox, lihua: Phone, receiver: Receiver
) -> None:
    await api.ok("setWebhook", url=receiver.url)
    await receiver.has(1)
    await sandbox.repeat_last()
    await sandbox.deliver_raw({"message": "nonsense"})
    await receiver.has(3)
    assert receiver.got.count(receiver.got[0]) == 2


async def test_after_a_restart_delivery_goes_on(
    api: Api, sandbox: Sandbox, lihua: Phone, receiver: Receiver
) -> None:
    await api.ok("setWebhook", url=receiver.url)
    await settled(api)
    await sandbox.stop()
    await lihua.send("meanwhile")
    await sandbox.start()
    await receiver.has(2)
    assert receiver.texts()[-1] == "meanwhile"


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "http://e.cn/hook"}, "An HTTPS URL must be provided"),
        ({"url": "https://e.cn:8081/hook"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://e.cn", "secret_token": "a b"}, "secret token"),
        ({"url": "https://e.cn", "secret_token": "x" * 257}, "secret token"),
        ({"url": "https://e.cn", "max_connections": 101}, "max_connections"),
    ],
)
async def test_bad_webhooks(api: Api, parameters: dict[str, Any], reason: str) -> None:
    assert reason in await api.refused("setWebhook", **parameters)
    assert (await api.ok("getWebhookInfo"))["url"] == ""


async def test_an_empty_address_ends_the_webhook(api: Api, receiver: Receiver) -> None:
    await api.ok("setWebhook", url=receiver.url)
    await api.ok("setWebhook", url="")
    assert (await api.ok("getWebhookInfo"))["url"] == ""


async def test_set_once_a_second(api: Api, sandbox: Sandbox, seconds: Seconds, receiver: Receiver) -> None:
    sandbox.paced = True
    await api.ok("setWebhook", url=receiver.url)
    assert await api.refused("setWebhook", url=receiver.url) == "429 Too Many Requests: retry after 1"
    seconds.passes(1)
    await api.ok("setWebhook", url=receiver.url)
