"""A strict Bot API server of our own, holding the phones of everybody who talks to the bot."""

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import aiohttp
from aiohttp import web

from sandbox import setup  # noqa: F401 - registers its methods
from sandbox.clock import Clock, RealClock
from sandbox.faults import BAD_GATEWAY, Fault, Faults
from sandbox.files import Files
from sandbox.methods import METHODS, Method
from sandbox.parameters import Parameters, Upload, checked, read
from sandbox.phones import Phone, Query
from sandbox.profile import Profile
from sandbox.rates import Rates
from sandbox.refusals import Refused, too_many
from sandbox.updates import Polling, Updates
from sandbox.webhook import Delivery


@dataclass
class Call:
    """One API call as it came, and what became of it: "ok", a refusal, or a fault's name."""

    method: str
    parameters: Parameters
    at: datetime
    moment: float
    outcome: str = "pending"
    result: Any = field(default=None, repr=False)


class Sandbox:
    def __init__(
        self,
        token: str = "1000:TEST",
        *,
        username: str = "quxiang_bot",
        clock: Clock | None = None,
        paced: bool = True,
    ) -> None:
        self.token, self.paced, self.url = token, paced, ""
        self.me = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Quxiang",
            "username": username,
        }
        self.clock: Clock = clock or RealClock()
        self.monotonic: Callable[[], float] = time.monotonic
        self.query_lifetime = 150.0
        self.faults, self.rates, self.files, self.profile = Faults(), Rates(), Files(), Profile()
        self.calls: list[Call] = []
        self.phones: dict[int, Phone] = {}
        self.queries: dict[str, tuple[Phone, Query]] = {}
        self.updates = Updates(lambda: self.monotonic())
        self.polling = Polling(self.updates)
        self.delivery = Delivery(self.updates, lambda: self.clock.now().timestamp())
        self.updates.arrived = self._arrived
        self.app = web.Application(client_max_size=64 << 20)
        self.app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._listeners: list[Callable[[], None]] = []
        self._ids = itertools.count(1)
        self._query_ids = itertools.count(4_000_000_000_000_001)
        self._webhook_set_at = -1.0
        self._open = AsyncExitStack()
        self._closing = asyncio.Event()

    # Its life.

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> str:
        self._open, self._closing = AsyncExitStack(), asyncio.Event()
        session = await self._open.enter_async_context(aiohttp.ClientSession())
        tasks = await self._open.enter_async_context(asyncio.TaskGroup())
        runner = web.AppRunner(self.app, handler_cancellation=True, access_log=None, shutdown_timeout=0.5)
        self._open.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        self._open.callback(self._close)
        self.polling.closed = False
        self.delivery.open(tasks, session)
        self.url = f"http://{host}:{runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        await self._open.aclose()

    def _close(self) -> None:
        self._closing.set()
        self.polling.close()
        self.delivery.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    # What tests and the page do.

    @property
    def penalty(self) -> float:
        return self.rates.penalty

    @penalty.setter
    def penalty(self, seconds: float) -> None:
        self.rates.penalty = seconds

    def phone(
        self,
        user_id: int,
        first_name: str,
        *,
        last_name: str = "",
        username: str | None = None,
        language_code: str = "zh-hans",
        phone_number: str | None = None,
    ) -> Phone:
        """The phone of this person, made at first use."""
        if user_id not in self.phones:
            person = (first_name, last_name, username, language_code, phone_number)
            self.phones[user_id] = Phone(self, user_id, *person)
            self.changed()
        return self.phones[user_id]

    def on_change(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def changed(self) -> None:
        for listener in self._listeners:
            listener()

    async def deliver_raw(self, update: dict[str, Any]) -> None:
        self.updates.force(update)

    async def repeat_last(self, n: int = 1) -> None:
        self.updates.repeat(n)

    # What phones and methods need.

    def date(self) -> int:
        return int(self.clock.now().timestamp())

    def message_id(self) -> int:
        return next(self._ids)

    def query(self, phone: Phone, label: str) -> Query:
        query = Query(str(next(self._query_ids)), label, self.monotonic())
        self.queries[query.query_id] = (phone, query)
        return query

    def once_a_second(self) -> None:
        """setWebhook is refused when it comes again within a second."""
        now = self.monotonic()
        if self._limits() and now - self._webhook_set_at < 1:
            raise too_many(1)
        self._webhook_set_at = now

    def _limits(self) -> bool:
        return self.paced and not self.faults.unlimited

    def _arrived(self, lane: str) -> None:
        self.polling.wake()
        self.delivery.wake(lane)

    # How a call is served.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._served(request)
        except Refused as refused:
            return _refusal(refused)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(Refused(413, "Request Entity Too Large"))

    async def _served(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            raise Refused(401, "Unauthorized")
        method = METHODS.get(request.match_info["method"].lower())
        if method is None:
            raise Refused(404, "Not Found")
        parameters = await read(request)
        call = Call(method.model.__api_method__, parameters, self.clock.now(), self.monotonic())
        self.calls.append(call)
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        return await self._outcome(request, method, call)

    async def _outcome(self, request: web.Request, method: Method, call: Call) -> web.StreamResponse:
        try:
            if fault := self.faults.take(call.method):
                return await self._fail(fault, request, method, call)
            result = await self._execute(method, call)
        except Refused as refused:
            call.outcome = str(refused)
            raise
        call.outcome, call.result = "ok", result
        return web.json_response({"ok": True, "result": result})

    async def _fail(
        self, fault: Fault, request: web.Request, method: Method, call: Call
    ) -> web.StreamResponse:
        call.outcome = fault.kind
        match fault.kind:
            case "502":
                return web.Response(
                    status=502, text=fault.args.get("body", BAD_GATEWAY), content_type="text/html"
                )
            case "accepted_then_timeout":
                call.result = await self._execute(method, call)
                await self._hold(fault.args.get("after"))
            case kind if kind != "drop":
                raise fault.refusal()
        return _cut(request)

    async def _hold(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            pass

    async def _execute(self, method: Method, call: Call) -> Any:
        uploads = {name: value for name, value in call.parameters.items() if isinstance(value, Upload)}
        model = checked(method.model, call.parameters)
        call.parameters = model.model_dump(exclude_unset=True, exclude_none=True)
        if method.paced and self._limits():
            chat = getattr(model, "chat_id", None) if method.per_chat else None
            self.rates.admit(chat if isinstance(chat, int) else None, self.monotonic())
        return await method.run(self, model, uploads)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        kept = self.files.by_path.get(request.match_info["path"])
        if request.match_info["token"] != self.token or kept is None:
            return _refusal(Refused(404, "Not Found"))
        return web.Response(body=kept.content, content_type="application/octet-stream")


def _refusal(refused: Refused) -> web.Response:
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after is not None else None
    return web.json_response(refused.body(), status=refused.code, headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """The connection ends and nobody is told anything."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
