"""A school's SMS platform: it checks every signature by a reckoning of its own, and brings its receipts."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

import aiohttp
from aiohttp import web

KEY = "a key that only the two know"


def signed(fields: dict[str, Any], key: str = KEY) -> dict[str, Any]:
    """As rules/sms.toml describes it, written down a second time."""
    parts = sorted(_named("", fields))
    whole = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parts)
    return fields | {"sign": hmac.new(key.encode(), whole.encode(), hashlib.sha256).hexdigest()}


def _named(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        return [pair for key, one in inner for pair in _named(f"{name}.{key}".lstrip("."), one)]
    return [(name, str(value))]


@dataclass
class Platform:
    """`says` answers a text, `otherwise` all the others; what neither says is taken. A word alone is no JSON.

    `silent`: it reads and never answers."""

    texts: list[dict[str, str]] = field(default_factory=list)
    says: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    otherwise: tuple[int, dict[str, Any] | str] | None = None
    silent: bool = False
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/send", self.take)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def open(self, port: int = 0) -> None:
        self.site = web.TCPSite(self.runner, "127.0.0.1", port)
        await self.site.start()
        self.port: int = self.runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{self.port}/send"

    async def take(self, request: web.Request) -> web.Response:
        fields = await request.json()
        given = {key: value for key, value in fields.items() if key != "sign"}
        if signed(given) != fields:
            return web.json_response({"code": "401", "message": "signature"})
        self.texts.append(fields)
        self.heard.set()
        if self.silent:
            await asyncio.sleep(3600)
        taken = self.otherwise or (200, {"code": 0, "data": {"msgid": self._id()}})
        status, body = self.says.get(fields["mobile"], taken)
        if isinstance(body, str):
            return web.Response(text=body, status=status, content_type="text/html")
        return web.json_response(body, status=status)

    def _id(self) -> str:
        return f"m{len(self.texts)}"

    def to(self, mobile: str) -> list[dict[str, str]]:
        return [one for one in self.texts if one["mobile"] == mobile]


def brought(*receipts: dict[str, Any], **given: Any) -> bytes:
    fields = {"receipts": list(receipts), "timestamp": str(int(time.time())), "nonce": "n1"} | given
    return json.dumps(signed(fields)).encode()


async def post(address: tuple[str, int], body: bytes, **headers: str) -> tuple[int, str]:
    host, port = address
    given = {"Content-Type": "application/json"} | headers
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://{host}:{port}/sms/receipts", data=body, headers=given) as answer,
    ):
        return answer.status, await answer.text()
