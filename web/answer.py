"""The answer page: a link is opened, who it is is proven, and every button of the chat has its twin."""

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.door import Done, Door, School, Terms
from web.limits import Bucket
from web.safety import (
    BODY_MAX,
    FORM,
    HEADERS,
    PLACE,
    Cookie,
    address_of,
    is_from_here,
    is_ours,
    new_key,
    token_of,
)

log = logging.getLogger(__name__)
HERE = Path(__file__).parent
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
ME = f"{PLACE}/me"
PAGES = ("landing", "page", "said", "evidence", "file", "files", "mail")
CHINESE, ENGLISH = "zh_CN", "en"
RETRY_AFTER = {"Retry-After": "60"}
ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000"}
TYPED: web.RequestKey[dict[str, str]] = web.RequestKey("typed", dict)
Handler = Callable[[web.Request], Awaitable[web.Response]]


class Said(Exception):
    """An answer instead of what was asked for: which words, and the status."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words, self.status = words, status


class AnswerPage:
    """Nothing here knows what a button means: it is handed on as it was packed, and what is said is shown."""

    def __init__(self, door: Door, school: School, terms: Terms) -> None:
        self.door, self.school = door, school
        self.cookie = Cookie(school.public_url, terms.longest_hours)
        self.acts = Bucket(terms.acts_a_minute, 60)
        self.openings = Bucket(terms.openings_an_hour, 3600)
        self.failures = Bucket(terms.failures_an_hour, 3600)
        self.beginnings = Bucket(terms.beginnings_an_hour, 3600)
        self.requests = Bucket(terms.requests_a_minute, 60)
        self.style = (HERE / "static/page.css").read_bytes()
        self.style_url = f"/style/{hashlib.sha256(self.style).hexdigest()[:16]}.css"
        words = Environment(
            loader=FileSystemLoader([HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates = {name: words.get_template(f"{name}.html") for name in PAGES}

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(self.style_url, self.styled)
        for path in (ME, PLACE, PLACE + "/{code}"):
            read, act = (self.screen, self.acted) if path == ME else (self.landing, self.begun)
            app.router.add_get(path, self.guarded(read))
            app.router.add_post(path, self.guarded(act))
        # The router tries it last, whatever else is added later.
        app.router.add_route("*", "/{path:.*}", self.guarded(self.elsewhere))

    async def styled(self, _: web.Request) -> web.Response:
        kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=self.style, content_type="text/css", charset="utf-8", headers=kept)

    async def landing(self, request: web.Request) -> web.Response:
        """Who asks, and what; no code is looked up before somebody goes on."""
        code = self._code(request)
        locale = wanted(request)
        key = self.cookie.of(request) or new_key()
        answer = self.page(
            "landing", locale, code=code, notice=await self.door.notice(locale), token=token_of(key)
        )
        self.cookie.set(answer, key)
        return answer

    async def begun(self, request: web.Request) -> web.Response:
        code, form = self._code(request), await form_of(request)
        locale, cookie = wanted(request), self.cookie.of(request)
        if cookie is None:
            raise Said("cookie", 403)
        if not is_ours(request, form.get("csrf", ""), cookie):
            raise Said("again", 403)
        if not self._may_begin(code, address_of(request)):
            raise Said("busy", 429)
        done = await self.door.begin(code, cookie, locale)
        if done.failed and not self.failures.take(address_of(request)):
            raise Said("busy", 429)
        if done.cookie is None:
            raise Said("closed", 404)
        return self.on(done)

    def _may_begin(self, code: str | None, address: str) -> bool:
        """A link is held up by nothing but itself, whoever else is loud behind the same address."""
        if code is not None:
            return self.openings.take(code)
        return self.failures.has_room(address) and self.beginnings.take(address)

    async def screen(self, request: web.Request) -> web.Response:
        cookie = self.cookie.of(request)
        screen = await self.door.screen(cookie) if cookie else None
        if cookie is None or screen is None:
            raise Said("over", 401)
        other = CHINESE if screen.locale == ENGLISH else ENGLISH
        return self.page(
            "page",
            screen.locale,
            screen=screen,
            token=token_of(cookie),
            switch=self.door.language(other),
        )

    async def acted(self, request: web.Request) -> web.Response:
        form, cookie = await form_of(request), self.cookie.of(request)
        if cookie is None:
            raise Said("over", 401)
        if not is_ours(request, form.get("csrf", ""), cookie):
            raise Said("again", 403)
        if not self.acts.take(cookie):
            raise Said("busy", 429)
        done = await self._act(request, form, cookie)
        if done.waits:
            raise Said("busy", 429)
        if done.failed:
            self.failures.take(address_of(request))
        if done.cookie is None:
            raise Said("over", 401)
        return self.on(done)

    async def _act(self, request: web.Request, form: dict[str, str], cookie: str) -> Done:
        address = address_of(request)
        may = self.failures.has_room(address)
        if "press" in form:
            return await self.door.press(cookie, form["press"], may_guess=may)
        if "command" in form:
            return await self.door.command(cookie, form["command"])
        text = form.get("text", "").replace("\r\n", "\n")
        return await self.door.write(cookie, text, may_guess=may, address=address)

    async def elsewhere(self, request: web.Request) -> web.Response:
        """An address that was cut off or added to, as messengers do."""
        path = request.rel_url.raw_path
        if path != "/" and not (path.startswith(f"{PLACE}/") and path.endswith("/")):
            raise Said("incomplete", 404)
        to = path.rstrip("/") or PLACE
        query = request.rel_url.raw_query_string
        return web.Response(status=303, headers=HEADERS | {"Location": f"{to}?{query}" if query else to})

    def _code(self, request: web.Request) -> str | None:
        code = request.match_info.get("code")
        if code is not None and CODE(code) is None:
            raise Said("incomplete", 404)
        return code

    def on(self, done: Done) -> web.Response:
        """To be read again without being done again."""
        answer = web.Response(status=303, headers=HEADERS | {"Location": ME})
        if done.cookie is not None:
            self.cookie.set(answer, done.cookie)
        return answer

    def page(self, name: str, locale: str, status: int = 200, **facts: Any) -> web.Response:
        text = self.templates[name].render(
            school=self.school,
            style=self.style_url,
            lang="en" if locale == ENGLISH else "zh-CN",
            say=lambda key, **words: self.door.label(f"page_{key}", locale, **words),
            en=lambda key: self.door.label(f"page_{key}", ENGLISH),
            **facts,
        )
        return web.Response(text=text, content_type="text/html", status=status, headers=HEADERS)

    def _said(self, request: web.Request, what: str, status: int) -> web.Response:
        """With a way on: the same address again, or another way in; what was typed can still be copied."""
        here = request.rel_url.raw_path.removesuffix("/again")
        return self.page("said", wanted(request), status, what=what, here=here, typed=self._typed(request))

    def _typed(self, request: web.Request) -> str:
        """Nobody else's page may put its words into ours."""
        form: dict[str, str] = request.get(TYPED, {})
        ours = is_from_here(request) or is_ours(request, form.get("csrf", ""), self.cookie.of(request))
        return form.get("text", "").strip() if ours else ""

    def guarded(self, handler: Handler) -> Handler:
        """Whatever goes wrong is a page that says what to do; the log hears of a kind of error alone."""

        async def answer(request: web.Request) -> web.Response:
            try:
                if not self.requests.take(address_of(request)):
                    raise Said("busy", 429)
                answer = await handler(request)
            except Said as said:
                answer = self._said(request, said.words, said.status)
            except web.HTTPException as error:
                answer = self._said(request, "again", error.status)
            except Exception as error:
                log.error("the page failed: %s", type(error).__name__, exc_info=error)
                answer = self._said(request, "later", 503)
            if answer.status in (429, 503):
                answer.headers.update(RETRY_AFTER)
            if self.cookie.secure:
                answer.headers.update(ENCRYPTED)
            return answer

        return answer


def wanted(request: web.Request) -> str:
    return ENGLISH if request.query.get("lang") == "en" else CHINESE


async def form_of(request: web.Request) -> dict[str, str]:
    if request.content_type != FORM:
        raise Said("again", 400)
    given = await request.post()
    form = {key: value for key, value in given.items() if isinstance(value, str)}
    request[TYPED] = form
    if (request.content_length or 0) > BODY_MAX:
        raise Said("again", 413)
    return form
