"""Long polling of our own: raw updates one by one, the offset moves only past what is committed."""

import asyncio
import logging
from typing import Any

from aiogram import Bot
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.intake import ALLOWED_UPDATES, Intake
from bot.lookout import Health
from bot.network import ON_THE_WAY, asked

log = logging.getLogger(__name__)

LONG_POLL = 25
PAUSES = (1, 2, 5, 15, 30)
# Telegram was never seen to ask for more than a day; a number beyond that is not of its making.
LONGEST = 86_400


class NotTelegram(Exception):
    """Something between us and Telegram answered, or Telegram said no."""

    def __init__(self, said: str, retry_after: float = 0.0) -> None:
        super().__init__(said)
        self.retry_after = retry_after


# Telegram or the database is away for a while: the offset stays, and nothing is lost.
FAILURES = (*ON_THE_WAY, NotTelegram, DBAPIError, PoolTimeout)


class Poller:
    def __init__(self, bot: Bot, intake: Intake) -> None:
        self.bot, self.intake = bot, intake
        self.offset = 0
        self.failures = 0
        self.listening = asyncio.Event()
        self._health: Health | None = None

    async def health(self) -> Health | None:
        """None where it does not poll, or has not been answered yet."""
        return self._health

    async def run(self) -> None:
        try:
            await self._rounds()
        finally:
            self._health = None

    async def _rounds(self) -> None:
        cleared = False
        while True:
            try:
                if not cleared:
                    await self._call("deleteWebhook", {})
                    cleared = True
                await self._round()
                self.failures, self._health = 0, Health()
            except FAILURES as error:
                self._health = (self._health or Health()).failed(_why(error))
                pause = _asked_for(error) + PAUSES[min(self.failures, len(PAUSES) - 1)]
                log.warning("polling pauses for %d seconds: %s", pause, _why(error))
                await asyncio.sleep(pause)
                self.failures += 1

    async def _round(self) -> None:
        self.listening.set()
        # Asked first without waiting, so that a failure is known to be over before somebody writes.
        patient = self._health is not None and self._health.failing_since is None
        timeout = LONG_POLL if patient else 0
        what = {"offset": self.offset, "timeout": timeout, "allowed_updates": ALLOWED_UPDATES}
        answered = await self._call("getUpdates", what)
        if not _are_updates(answered):
            raise NotTelegram("getUpdates: a result that is no list of updates")
        if answered:
            await self.intake.take_all(answered)
            self.offset = answered[-1]["update_id"] + 1

    async def _call(self, method: str, what: dict[str, Any]) -> Any:
        async with asked(self.bot, method, what, within=LONG_POLL + 15) as answer:
            try:
                body = await answer.json(content_type=None)
            except ValueError:
                body = None
        # What stands in between may answer with nothing at all, or with JSON of its own.
        if not isinstance(body, dict):
            raise NotTelegram(f"{method}: HTTP {answer.status} without a JSON object")
        if not body.get("ok") or "result" not in body:
            said = f"{method}: {body.get('error_code')} {body.get('description')}"
            raise NotTelegram(said, _retry_after(body))
        return body["result"]


def _are_updates(result: Any) -> bool:
    return isinstance(result, list) and all(
        isinstance(one, dict) and isinstance(one.get("update_id"), int) for one in result
    )


def _retry_after(body: dict[str, Any]) -> float:
    match body:
        case {"parameters": {"retry_after": int(seconds)}}:
            return max(0, min(seconds, LONGEST))
    return 0.0


def _asked_for(error: Exception) -> float:
    return error.retry_after if isinstance(error, NotTelegram) else 0.0


def _why(error: Exception) -> str:
    """Of an error on the way only its kind: its words may contain the address, and with it the token."""
    return str(error) if isinstance(error, NotTelegram) else type(error).__name__
