"""The product's own pages: health for the operator, and the answer page for graduates."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from sqlmodel import text
from sqlmodel.ext.asyncio.session import AsyncSession

from web import receipts
from web.answer import AnswerPage
from web.door import Door, EvidenceDoor, Limits, School, Terms
from web.evidence import EvidencePage
from web.mail import MailPage
from web.receipts import Receipts
from web.safety import BODY_MAX, OUTSIDE, Outside


class Reads(Protocol):
    def reading(self) -> AbstractAsyncContextManager[AsyncSession]: ...


class Works(Reads, receipts.Works, Protocol):
    """Read for health, written where somebody outside brings something."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def pages(
    works: Works,
    door: Door,
    school: School,
    terms: Terms,
    papers: EvidenceDoor,
    limits: Limits,
    sms_key: str | None,
) -> web.Application:
    # What is too long for us may still be shown to whoever wrote it.
    app = web.Application(client_max_size=2 * BODY_MAX)
    app[OUTSIDE] = Outside(urlsplit(school.public_url or "").netloc, terms.trusted_proxies)
    app.router.add_get("/healthz", health(works))
    page = AnswerPage(door, school, terms)
    EvidencePage(page, papers, limits).add_to(app)
    page.add_to(app)
    if works.rules.mail.sender is not None:
        MailPage(works, page).add_to(app)
    gateway = works.rules.sms.gateway
    if gateway is not None and gateway.callback is not None and sms_key:
        Receipts(works, gateway.callback, sms_key).add_to(app)
    return app


def health(works: Reads) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        async with works.reading() as session:
            await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
        return web.json_response({"ok": True})

    return answer
