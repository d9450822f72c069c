"""The SMS platform's own HTTP interface: one signed request for each text, and what its answer means."""

import secrets
import time
from http import HTTPStatus

import aiohttp

from actions.dispatch_claims import Parcel
from actions.dispatch_outcomes import Outcome, Result
from bot.letters import Texts, TooLong
from models.dispatch import Channel, Failure
from rules.flat import flat, parsed
from rules.sms import Sms
from web.bodies import whole

ANSWER_MAX = 64 * 1024
NOT_NOW = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
# A wrong address or key: nobody's text would be taken.
OURS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
)
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class SmsGateway:
    """The text is word for word that of the list (`quxiang sms export`)."""

    channel = Channel.SMS

    def __init__(self, rules: Sms, key: str, texts: Texts, links: str) -> None:
        assert rules.gateway is not None
        self.rules, self.gateway, self.key, self.texts, self.links = rules, rules.gateway, key, texts, links
        self.per_second, self.within = self.gateway.per_second, float(self.gateway.within_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, parcel: Parcel) -> Outcome:
        try:
            text = self.texts.ask(parcel.name, self.links + parcel.code, parcel.deadline_at)
        except TooLong as error:
            return Outcome(Result.RETURNED, halts=f"a text does not fit: {error}")
        fields = self.gateway.filled(
            self.key,
            phone=parcel.address,
            text=text,
            reference=parcel.id.hex,
            timestamp=str(int(time.time())),
            nonce=secrets.token_hex(16),
        )
        try:
            status, said = await self._asked(fields)
        except NEVER_LEFT as error:
            return Outcome(Result.RETURNED, halts=f"the gateway cannot be reached: {type(error).__name__}")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Outcome(Result.UNKNOWN)
        return self._read(status, said)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _asked(self, fields: dict[str, str]) -> tuple[int, bytes]:
        if self._session is None:
            # One kept open may be shut at the moment it is used, and then nobody knows what was read.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        body = fields if self.gateway.body == "json" else None
        form = fields if self.gateway.body == "form" else None
        # A connection that does not come about sent nothing: it has to fail by itself, before all of it does.
        within = aiohttp.ClientTimeout(total=self.within, connect=self.within / 2)
        async with self._session.post(
            self.gateway.address, json=body, data=form, timeout=within, allow_redirects=False
        ) as answer:
            return answer.status, await whole(answer.content, ANSWER_MAX) or b""

    def _read(self, status: int, said: bytes) -> Outcome:
        if status in NOT_NOW or status in OURS or HTTPStatus.MULTIPLE_CHOICES <= status < 400:
            return Outcome(Result.RETURNED, halts=f"the gateway answers {status}")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Outcome(Result.UNKNOWN, halts=f"the gateway answers {status}")
        if (found := self._found(said)) is not None:
            return found
        if status >= HTTPStatus.BAD_REQUEST:
            # Refused as it was, and not understood: tried a few times, for nothing was sent.
            return Outcome(Result.LATER)
        return Outcome(Result.UNKNOWN, halts="the gateway's answer cannot be read")

    def _found(self, said: bytes) -> Outcome | None:
        answer = self.gateway.answer
        try:
            fields = flat(parsed(said))
        except ValueError:
            return None
        code = fields.get(answer.status)
        reason = fields.get(answer.reason) if answer.reason else None
        if code is None:
            return None
        if code in answer.taken:
            given = fields.get(answer.id) if answer.id else None
            return Outcome(Result.TAKEN, provider_id=given[:80] if given else None)
        if code in answer.ours:
            return Outcome(Result.RETURNED, halts=f"the gateway says {code[:40]}")
        if code in answer.busy:
            return Outcome(Result.LATER)
        why = self.rules.receipts.why(reason) or self.rules.receipts.why(code) or "other"
        return Outcome(Result.FAILED, Failure(why))
