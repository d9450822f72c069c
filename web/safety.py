"""What every answer of the page carries, and what a request must bring before anything is done for it."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import web

# The code is a key: no page it leads to, no cache and no search engine may come to know it.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
PLACE = "/j"
FORM = "application/x-www-form-urlencoded"
BODY_MAX = 64 * 1024
# Our own proxy's; anybody else could write there whatever they like.
PROXIES = ("127.0.0.1", "::1")


class Cookie:
    """The browser's key: only for these pages, out of every script's reach, encrypted where the pages are."""

    def __init__(self, public_url: str | None, hours: int) -> None:
        self.secure = (public_url or "").startswith("https://")
        self.name = "__Secure-quxiang" if self.secure else "quxiang"
        self.max_age = hours * 3600

    def of(self, request: web.Request) -> str | None:
        return request.cookies.get(self.name)

    def set(self, answer: web.Response, value: str) -> None:
        answer.set_cookie(
            self.name,
            value,
            path=PLACE,
            max_age=self.max_age,
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def drop(self, answer: web.Response) -> None:
        answer.del_cookie(self.name, path=PLACE, secure=self.secure, httponly=True, samesite="Lax")


def new_key() -> str:
    """Before a session begins: for the first form's token alone."""
    return secrets.token_urlsafe(32)


def token_of(cookie: str) -> str:
    """What a form brings back; nobody who has not the cookie can make it."""
    return hmac.digest(cookie.encode(), b"form", hashlib.sha256).hex()


def is_ours(request: web.Request, given: str, cookie: str | None) -> bool:
    """The form was ours and this browser's, and it was sent from our own page."""
    token = token_of(cookie) if cookie else ""
    same = bool(token) and hmac.compare_digest(token.encode(), given.encode("utf-8", "surrogateescape"))
    return same and _same_site(request)


def _same_site(request: web.Request) -> bool:
    """Without a referrer browsers call their origin null; the token is what tells then."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc == request.host


def address_of(request: web.Request) -> str:
    remote = request.remote or ""
    if remote not in PROXIES:
        return remote
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or remote
