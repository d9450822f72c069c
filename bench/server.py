"""A server that says yes to everything after a while: what is measured against it is the sender alone."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TOKEN = "1000:BENCH"
ME = {"id": 1000, "is_bot": True, "first_name": "Q", "username": "quxiang_bot"}
LONG_POLL = 5.0


@dataclass
class Yes:
    delay: float = 0.0
    moments: list[float] = field(default_factory=list)
    chats: list[int] = field(default_factory=list)
    token: str = TOKEN
    url: str = ""

    async def __aenter__(self) -> Self:
        self._ids = itertools.count(1)
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._served)
        self._open = AsyncExitStack()
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    async def _served(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        return web.json_response({"ok": True, "result": await self._result(method, request)})

    async def _result(self, method: str, request: web.Request) -> Any:
        match method:
            case "getMe":
                return ME
            case "getUpdates":
                await asyncio.sleep(LONG_POLL)
                return []
            case "sendMessage":
                chat = int(str((await given(request))["chat_id"]))
                if self.delay:
                    await asyncio.sleep(self.delay)
                self.moments.append(time.monotonic())
                self.chats.append(chat)
                return {
                    "message_id": next(self._ids),
                    "date": 1,
                    "chat": {"id": chat, "type": "private", "first_name": "A"},
                    "from": ME,
                    "text": "x",
                }
            case "getWebhookInfo":
                return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        return True

    def rate(self) -> float:
        """(n − 1) / (last − first)."""
        return (len(self.moments) - 1) / (self.moments[-1] - self.moments[0])

    async def received(self, count: int, within: float) -> None:
        async with asyncio.timeout(within):
            while len(self.moments) < count:
                await asyncio.sleep(0.05)


async def given(request: web.Request) -> Mapping[str, Any]:
    """The parameters of a call, sent as a form or as JSON."""
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    return await request.post()
