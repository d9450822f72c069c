"""The product's own pages: health for the operator, a landing page for personal links."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from aiohttp import web
from sqlmodel import text
from sqlmodel.ext.asyncio.session import AsyncSession

from web import landing
from web.landing import School


class Reads(Protocol):
    def reading(self) -> AbstractAsyncContextManager[AsyncSession]: ...


class Knows(Protocol):
    """The school's name and the bot's, as the pages show them."""

    @property
    def school(self) -> School: ...


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def pages(works: Reads, words: Knows) -> web.Application:
    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_get("/healthz", health(works))
    landing.add_to(app, words.school)
    return app


def health(works: Reads) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        async with works.reading() as session:
            await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
        return web.json_response({"ok": True})

    return answer
