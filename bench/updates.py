"""Presses of 「以上信息属实」 through our webhook, beside a bare aiogram handler that inserts one row."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench.line import Line
from bench.server import given
from bot.webhook import HEADER

TOKEN = "1000:BENCH"
# A round of a hundred is over in a tenth of a second, and mostly its two ends.
SIZE = int(os.environ.get("BENCH_UPDATES", "400"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
TOGETHER = 20
ANSWERS: dict[str, Any] = {
    "getme": {"id": 1000, "is_bot": True, "first_name": "bench", "username": "bench_bot"},
    "getwebhookinfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}
PEER = "bare aiogram handler, one SQLModel insert and commit"


def updates(folder: Path) -> list[Line]:
    return asyncio.run(_measured(folder))


@dataclass
class Server:
    """Ours or the bare one, in a process of its own: where updates go, and what each user presses."""

    url: str
    secret: str
    presses: list[tuple[int, str]]
    next_update: int = 1
    rates: dict[int, list[float]] = field(default_factory=dict)


class Telegram:
    """Answers every call at once and tells when a press was acknowledged."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Event] = {}

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        if method == "answercallbackquery":
            self.waiting[str((await given(request))["callback_query_id"])].set()
        return web.json_response({"ok": True, "result": ANSWERS.get(method, True)})


async def _measured(folder: Path) -> list[Line]:
    telegram = Telegram()
    async with AsyncExitStack() as closing:
        api = await closing.enter_async_context(_served(telegram))
        http = await closing.enter_async_context(aiohttp.ClientSession())
        ours = await closing.enter_async_context(_started("ours", api, folder))
        bare = await closing.enter_async_context(_started("bare", api, folder))
        for turn in range(ROUNDS + 1):
            for at_once in (1, TOGETHER):
                for server in (ours, bare) if turn % 2 else (bare, ours):
                    rate = await _pressed(http, telegram, server, at_once)
                    if turn:  # the first round warms both up
                        server.rates.setdefault(at_once, []).append(rate)
    together = _line(f"{TOGETHER} at a time", ours, bare, TOGETHER, at_least=1.5)
    return [_line("one at a time", ours, bare, 1, at_least=0.25), together]


def _line(how: str, ours: Server, bare: Server, at_once: int, *, at_least: float) -> Line:
    rate, peers = (statistics.median(server.rates[at_once]) for server in (ours, bare))
    what = f"updates {how}: press, commit, reply queued, acknowledged"
    return Line(what, "/s", rate, PEER, peers, at_least=at_least)


async def _pressed(http: aiohttp.ClientSession, telegram: Telegram, server: Server, at_once: int) -> float:
    """Presses a second; one is over when it was taken and its acknowledgement has come."""
    presses = iter([server.presses.pop() for _ in range(SIZE)])

    async def one_after_the_other() -> None:
        for user, data in presses:
            await _press(http, telegram, server, user, data)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_after_the_other())
    return SIZE / (time.perf_counter() - begun)


async def _press(
    http: aiohttp.ClientSession, telegram: Telegram, server: Server, user: int, data: str
) -> None:
    server.next_update += 1
    query = f"{server.secret[:4]}{server.next_update}"
    acknowledged = telegram.waiting[query] = asyncio.Event()
    update = _update(server.next_update, query, user, data)
    async with http.post(server.url, json=update, headers={HEADER: server.secret}) as answer:
        answer.raise_for_status()
    await acknowledged.wait()
    del telegram.waiting[query]


def _update(update_id: int, query: str, user: int, data: str) -> dict[str, Any]:
    sender = {"id": user, "is_bot": False, "first_name": "李华", "language_code": "zh-hans"}
    chat = {"id": user, "type": "private", "first_name": "李华"}
    bot = {"id": 1000, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
    message = {"message_id": 7, "date": 1720404000, "chat": chat, "from": bot, "text": "请核对您登记的去向"}
    pressed = {"id": query, "from": sender, "message": message, "chat_instance": "1", "data": data}
    return {"update_id": update_id, "callback_query": pressed}


@asynccontextmanager
async def _served(telegram: Telegram) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def _started(name: str, api: str, folder: Path) -> AsyncIterator[Server]:
    address = os.environ.get(f"BENCH_DATABASE_{name.upper()}", f"sqlite+aiosqlite:///{folder / name}.db")
    command = (sys.executable, "-m", "bench.updates", name, api, address, str(SIZE * 2 * (ROUNDS + 1)))
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26
    )
    assert process.stdin
    assert process.stdout
    try:
        yield Server(**json.loads(await process.stdout.readline()))
    finally:
        process.stdin.close()
        await process.wait()


def _child(name: str, api: str, address: str, count: int) -> None:
    from bench.bare import bare
    from bench.press import ours

    serve: Callable[..., Coroutine[Any, Any, None]] = {"ours": ours, "bare": bare}[name]
    asyncio.run(serve(api, address, TOKEN, count))


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _child(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as place:
            for line in updates(Path(place)):
                print(line)
