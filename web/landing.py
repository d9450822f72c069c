"""GET /j/{code}: where a printed link or QR code leads, one press from the chat; no code is looked up."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
# The code is a key: no page it leads to, no cache and no search engine may come to know it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}


class School(Protocol):
    """What the page names."""

    @property
    def name(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def bot(self) -> str: ...


def landing(school: School) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    words = Environment(
        loader=FileSystemLoader([TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = words.get_template("landing.html")

    async def answer(request: web.Request) -> web.Response:
        code = request.match_info["code"]
        known_form = CODE(code) is not None
        text = page.render(school=school, code=code if known_form else None)
        return web.Response(
            text=text, content_type="text/html", status=200 if known_form else 404, headers=HEADERS
        )

    return answer


def add_to(app: web.Application, school: School) -> None:
    app.router.add_get("/j/{code}", landing(school))
