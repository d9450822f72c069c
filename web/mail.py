"""Where the link in an e-mail leads that ends these mails: no session, and one press at most (RFC 8058)."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from aiohttp import web
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import unsubscribing
from actions.work import Work
from models.sealed import Keyring
from web.answer import AnswerPage, Said, wanted

PLACE = "/m/{token:[0-9a-f]{64}}"


class Works(Protocol):
    @property
    def keys(self) -> Keyring: ...
    def reading(self) -> AbstractAsyncContextManager[AsyncSession]: ...
    def begin(self) -> AbstractAsyncContextManager[Work]: ...


class MailPage:
    """Reading it changes nothing, for mail scanners open every link; whoever has the link may end it."""

    def __init__(self, works: Works, page: AnswerPage) -> None:
        self.works, self.page = works, page

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PLACE, self.page.guarded(self.asked))
        app.router.add_post(PLACE, self.page.guarded(self.ended))
        app.router.add_post(PLACE + "/again", self.page.guarded(self.wanted_again))

    async def asked(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if unsubscribing.dispatch_of(self.works.keys, token) is None:
            raise Said("closed", 404)
        async with self.works.reading() as session:
            over = await unsubscribing.is_over(session, self.works.keys, token)
        return self._shown(request, "ended" if over else "asked")

    async def ended(self, request: web.Request) -> web.Response:
        await self._do(request, unsubscribing.end)
        return self._shown(request, "ended")

    async def wanted_again(self, request: web.Request) -> web.Response:
        await self._do(request, unsubscribing.begin_again)
        return self._shown(request, "asked", again=True)

    async def _do(self, request: web.Request, act: Callable[[Work, str], Awaitable[bool]]) -> None:
        """What stands in the body decides nothing, so that it is not even read."""
        async with self.works.begin() as work:
            found = await act(work, request.match_info["token"])
        if not found:
            raise Said("closed", 404)

    def _shown(self, request: web.Request, what: str, *, again: bool = False) -> web.Response:
        here = f"/m/{request.match_info['token']}"
        return self.page.page("mail", wanted(request), what=what, here=here, again=again)
