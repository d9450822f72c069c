"""The SMS platform brings its receipts: signed, lately, and in any order; to anybody else nothing is said."""

import hmac
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from aiohttp import web

from actions import receipts
from actions.receipts import Brought
from actions.sheets.phones import phone
from actions.work import Work
from models.dispatch import DispatchState, Failure
from models.sealed import Keyring
from rules import Rules
from rules.flat import flat, form, parsed
from rules.gateway import Callback, signature
from web.bodies import whole
from web.limits import Bucket
from web.safety import FORM, address_of

log = logging.getLogger(__name__)
PLACE = "/sms/receipts"
BODY_MAX = 256 * 1024
AT_ONCE = 40
RETRY_AFTER = {"Retry-After": "60"}


class Works(Protocol):
    @property
    def rules(self) -> Rules: ...
    @property
    def keys(self) -> Keyring: ...
    def begin(self) -> AbstractAsyncContextManager[Work]: ...


class Receipts:
    """Whether a text is known is not to be heard from the answer, which is always the one it wants."""

    def __init__(self, works: Works, callback: Callback, key: str) -> None:
        self.works, self.callback, self.key = works, callback, key
        self.requests = Bucket(callback.requests_a_minute, 60)
        self.failures = Bucket(callback.failures_a_minute, 60)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PLACE, self.take)

    async def take(self, request: web.Request) -> web.Response:
        address = address_of(request)
        if not self.failures.has_room(address) or not self.requests.take(address):
            return web.Response(status=429, headers=RETRY_AFTER)
        body = await whole(request.content, BODY_MAX)
        try:
            if body is None:
                raise ValueError("too long")
            said = form(body) if request.content_type == FORM else parsed(body)
            self._must_be_theirs(flat(said))
            brought = list(self._brought(said))
        except ValueError:
            self.failures.take(address)
            return web.Response(status=413 if body is None else 403)
        try:
            for first in range(0, len(brought), AT_ONCE):
                async with self.works.begin() as work:
                    await receipts.bring(work, brought[first : first + AT_ONCE])
        except Exception as error:
            log.error("receipts put back: %s", type(error).__name__, exc_info=error)
            return web.Response(status=503, headers=RETRY_AFTER)
        return web.Response(text=self.callback.answer)

    def _must_be_theirs(self, fields: dict[str, str]) -> None:
        """One seen before is taken again, and changes nothing: so no nonce has to be remembered."""
        given = fields.pop(self.callback.signature, "").lower()
        if not hmac.compare_digest(given.encode(), signature(self.key, fields).encode()):
            raise ValueError("not theirs")
        if not fields.get(self.callback.nonce):
            raise ValueError("no nonce")
        off = abs(time.time() - int(fields.get(self.callback.timestamp, "")))
        if off > self.callback.window_seconds:
            raise ValueError("too old, or not yet")

    def _brought(self, said: Any) -> Iterator[Brought]:
        unknown = 0
        for one in self._each(said):
            fields = flat(one)
            reason = fields.get(self.callback.reason) if self.callback.reason else None
            read = self.works.rules.sms.receipts.read(fields.get(self.callback.status, ""), reason)
            if read is None:
                unknown += 1
                continue
            state, why = read
            yield Brought(
                DispatchState(state),
                Failure(why) if why else None,
                _reference(fields.get(self.callback.reference or "")),
                (fields.get(self.callback.id or "") or "")[:80] or None,
                self._digest(fields.get(self.callback.phone or "")),
            )
        if unknown:
            log.warning("%s receipts in words that rules/sms.toml does not know", unknown)

    def _each(self, said: Any) -> list[Any]:
        """Those in the list it names, else the body itself."""
        listed = said.get(self.callback.receipts) if isinstance(said, dict) else said
        if isinstance(listed, list):
            return listed
        return [said]

    def _digest(self, number: str | None) -> str | None:
        normal = phone(number)[0] if number else None
        return self.works.keys.digest(normal) if normal else None


def _reference(given: str | None) -> UUID | None:
    try:
        return UUID(hex=given) if given else None
    except ValueError:
        return None
