"""What every answer of the page carries, and what a request must bring before anything is done for it."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
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
# The longest text a form takes is 72 kB on its way: each Chinese character nine bytes.
BODY_MAX = 128 * 1024
SAME_HOUSE = 64


@dataclass(frozen=True)
class Outside:
    """By which name browsers reach us, and whose word counts for who asks: our own proxies' alone."""

    host: str
    proxies: Sequence[IPv4Network | IPv6Network]


OUTSIDE = web.AppKey("outside", Outside)


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
    return origin == "null" or urlsplit(origin).netloc in (request.host, request.app[OUTSIDE].host)


def is_from_here(request: web.Request) -> bool:
    """Said by the browser itself, where it says so at all."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def address_of(request: web.Request) -> str:
    """Who stands before our own proxies, each of which writes down whom it heard at the end of the list."""
    passed = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    found = _address(request.remote or "")
    while found is not None and passed and any(found in one for one in request.app[OUTSIDE].proxies):
        if (further := _address(passed.pop().strip())) is None:
            break
        found = further
    if isinstance(found, IPv6Address):  # one device may take any address of its network
        return str(ip_network((found, SAME_HOUSE), strict=False))
    return str(found or "")


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(written)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
