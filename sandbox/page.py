"""The phones page: several phones side by side, the JSON behind them, and the clock bar."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, NonNegativeInt, ValidationError

from sandbox.files import dimensions
from sandbox.phones import Phone
from sandbox.server import Sandbox
from sandbox.shown import Shown

STATIC = Path(__file__).parent / "static"
DATES = {"0717": (7, 17), "0801": (8, 1), "0830": (8, 30)}
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
HEARTBEAT, GATHER = 15.0, 0.03
LARGEST, NEWEST = 20 << 20, 300
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A phone's seat on the page: whose it is, what to try there, and how it begins."""

    phone: Phone
    title: str
    hint: str
    start: str | None = None


class Declined(web.HTTPConflict):
    """What the page asked cannot be done; `static/words.js` has the sentence."""

    def __init__(self, word: str, status: int = 409, **facts: str) -> None:
        body = json.dumps({"refused": word, **facts})
        super().__init__(text=body, content_type="application/json", headers=HEADERS)
        self.set_status(status)


class _Ask(BaseModel, strict=True, extra="forbid"):
    """What the page's scripts send; each request fills in its own part."""

    to: str = ""
    text: str = ""
    label: str = ""
    message_id: NonNegativeInt = 0
    row: NonNegativeInt = 0
    column: NonNegativeInt = 0


@dataclass
class _Page:
    sandbox: Sandbox
    places: Callable[[], Sequence[Place]]
    school: str
    zone: ZoneInfo
    listeners: set[asyncio.Event] = field(default_factory=set)
    moving: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed: bool = False

    def changed(self) -> None:
        for listener in self.listeners:
            listener.set()

    async def opened(self, _: web.Application) -> None:
        self.closed = False

    async def close(self, _: web.Application) -> None:
        self.closed = True
        self.changed()

    async def home(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html", headers=HEADERS)

    async def state(self, _: web.Request) -> web.StreamResponse:
        seats = [self._place(place) for place in self.places()]
        return _json({"school": self.school, "clock": self._reading(), "places": seats})

    def _place(self, place: Place) -> Json:
        phone = place.phone
        return {
            "id": phone.user_id,
            "title": place.title,
            "hint": place.hint,
            "start": place.start,
            "blocked": phone.blocked,
            "messages": [self._message(shown) for shown in phone.shown[-NEWEST:]],
            "keyboard": [[asdict(key) for key in row] for row in phone.reply_rows],
            "answers": [asdict(query) for query in phone.queries if query.answer is not None][-1:],
        }

    def _message(self, shown: Shown) -> Json:
        return {
            "id": shown.message_id,
            "by_bot": shown.by_bot,
            "text": shown.text,
            "entities": shown.entities,
            "at": self._local(shown.at),
            "edited": shown.edited_at is not None,
            "rows": [[asdict(button) for button in row] for row in shown.rows],
            "document": shown.document and asdict(shown.document),
            "photo": shown.photo and asdict(shown.photo),
            "contact": shown.contact,
        }

    def _local(self, instant: datetime) -> str:
        return instant.astimezone(self.zone).replace(tzinfo=None).isoformat(timespec="minutes")

    def _reading(self) -> Json:
        now = self.sandbox.clock.now()
        dates = {to: self._date(to, now) for to in DATES}
        return {
            "now": self._local(now),
            "past": {to: self._local(at) for to, at in dates.items() if at <= now},
        }

    def _date(self, to: str, now: datetime) -> datetime:
        month, day = DATES[to]
        return datetime(now.astimezone(self.zone).year, month, day, 10, tzinfo=self.zone)

    async def clock(self, _: web.Request) -> web.StreamResponse:
        return _json(self._reading())

    async def leap(self, request: web.Request) -> web.StreamResponse:
        to = (await _asked(request)).to
        async with self.moving:
            await self.sandbox.clock.move_to(self._landing(to))
        self.changed()
        return _json(self._reading())

    def _landing(self, to: str) -> datetime:
        now = self.sandbox.clock.now()
        if to in STEPS:
            return now + STEPS[to]
        if to not in DATES:
            raise Declined("wrong_request", 400)
        if (at := self._date(to, now)) <= now:
            raise Declined("earlier_clock", at=self._local(at))
        return at

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        listener = asyncio.Event()
        self.listeners.add(listener)
        try:
            await self._tell(response, listener)
        except ConnectionResetError:
            pass
        finally:
            self.listeners.discard(listener)
        return response

    async def _tell(self, response: web.StreamResponse, listener: asyncio.Event) -> None:
        await response.write(b"retry: 1000\n\n")
        while not self.closed:
            # One update changes a phone several times; a moment's patience makes it one event.
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await listener.wait()
                    await asyncio.sleep(GATHER)
            told = b"event: change\ndata: {}\n\n" if listener.is_set() else b": still here\n\n"
            listener.clear()
            await response.write(told)

    def _phone(self, request: web.Request) -> Phone:
        user_id = int(request.match_info["phone"])
        found = next((place.phone for place in self.places() if place.phone.user_id == user_id), None)
        if found is None:
            raise Declined("unknown_phone", 404)
        return found

    async def act(self, request: web.Request) -> web.StreamResponse:
        phone, verb = self._phone(request), request.match_info["verb"]
        if phone.blocked and (verb in SAYING or verb == "file"):
            raise Declined("blocked")
        if verb == "file":
            await _file(phone, request)
        else:
            await VERBS[verb](phone, await _asked(request))
        self.changed()
        return _json({"done": True})

    async def download(self, request: web.Request) -> web.StreamResponse:
        shown = self._phone(request).find(int(request.match_info["message"]))
        if shown is None or (info := shown.photo or shown.document) is None:
            raise Declined("stale", 404)
        kind, shape = ("image/jpeg", "inline") if shown.photo else ("application/octet-stream", "attachment")
        named = f"{shape}; filename*=UTF-8''{quote(info.name, safe='')}"
        headers = {**HEADERS, "Content-Type": kind, "Content-Disposition": named}
        return web.Response(body=self.sandbox.files.by_id[info.file_id].content, headers=headers)


async def _text(phone: Phone, ask: _Ask) -> None:
    if not (text := ask.text.strip()):
        raise Declined("empty", 400)
    await phone.send(text)


async def _press(phone: Phone, ask: _Ask) -> None:
    if (shown := phone.find(ask.message_id)) is None:
        raise Declined("stale")
    row = shown.rows[ask.row] if ask.row < len(shown.rows) else []
    if ask.column >= len(row) or (data := row[ask.column].data) is None:
        raise Declined("stale")
    await phone.press_data(data, on=shown)


async def _keyboard(phone: Phone, ask: _Ask) -> None:
    key = next((key for row in phone.reply_rows for key in row if key.label == ask.label), None)
    if key is None:
        raise Declined("stale")
    if key.request_contact and phone.phone_number is None:
        raise Declined("no_number")
    if phone.one_time:
        phone.reply_rows = []
    await (phone.share_contact() if key.request_contact else phone.send(key.label))


async def _contact(phone: Phone, ask: _Ask) -> None:
    key = next((key for row in phone.reply_rows for key in row if key.request_contact), None)
    if key is None:
        raise Declined("stale")
    await _keyboard(phone, _Ask(label=key.label))


SAYING: dict[str, Callable[[Phone, _Ask], Awaitable[None]]]
SAYING = {"text": _text, "press": _press, "keyboard": _keyboard, "contact": _contact}
VERBS = SAYING | {"block": lambda phone, _: phone.block(), "unblock": lambda phone, _: phone.unblock()}


async def _file(phone: Phone, request: web.Request) -> None:
    _own(request)
    form = await request.post()
    if not isinstance(file := form.get("file"), web.FileField):
        raise Declined("wrong_request", 400)
    with file.file as source:
        content = source.read()
    if not 0 < len(content) <= LARGEST:
        raise Declined("too_large" if content else "empty", 413 if content else 400)
    caption = str(form.get("caption", "")).strip() or None
    if dimensions(content):
        await phone.send_photo(content, caption)
    else:
        await phone.send_document(file.filename, content, file.content_type, caption)


def _json(body: Json) -> web.Response:
    return web.json_response(body, headers=HEADERS)


def _own(request: web.Request) -> None:
    # Any site open in the same browser can post to a local address; only this page's own requests count.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Declined("wrong_request", 403)


async def _asked(request: web.Request) -> _Ask:
    _own(request)
    try:
        return _Ask.model_validate_json(await request.read())
    except ValidationError:
        raise Declined("wrong_request", 400) from None


def add_page(
    sandbox: Sandbox, places: Callable[[], Sequence[Place]], *, school: str, zone: str = "Asia/Shanghai"
) -> None:
    """Adds the page and the JSON behind it to the sandbox's own application."""
    page = _Page(sandbox, places, school, ZoneInfo(zone))
    sandbox.on_change(page.changed)
    sandbox.app.on_startup.append(page.opened)
    sandbox.app.on_shutdown.append(page.close)
    one, verbs = r"/api/phones/{phone:\d{1,18}}", "|".join([*VERBS, "file"])
    router = sandbox.app.router
    router.add_static("/static", STATIC)
    router.add_get("/", page.home)
    router.add_get("/api/state", page.state)
    router.add_get("/api/events", page.events)
    router.add_get("/api/clock", page.clock)
    router.add_post("/api/clock", page.leap)
    router.add_get(one + r"/messages/{message:\d{1,18}}/file", page.download)
    router.add_post(f"{one}/{{verb:{verbs}}}", page.act)
