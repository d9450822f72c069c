"""The Bot API as bytes on the wire, and time that passes only when told."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox import Sandbox


@dataclass
class Api:
    """The Bot API as bytes on the wire."""

    sandbox: Sandbox
    http: aiohttp.ClientSession

    def url(self, method: str) -> str:
        return f"{self.sandbox.url}/bot{self.sandbox.token}/{method}"

    async def answer(self, method: str, **parameters: Any) -> dict[str, Any]:
        async with self.http.post(self.url(method), json=parameters) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == body.get("error_code", 200)
            return body

    async def ok(self, method: str, **parameters: Any) -> Any:
        body = await self.answer(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        body = await self.answer(method, **parameters)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"


class Seconds:
    """Monotonic time that passes only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds
