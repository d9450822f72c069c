"""One letter through the pace, into the journal and to Telegram: edited where it can be, else sent anew."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendMessage
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.delivery_claims import Letter
from bot.delivery_errors import Trouble, failure, plain
from bot.journal import Journal
from bot.network import result_of
from bot.pace import Pacing
from models.messages import Say
from models.person import Locale

log = logging.getLogger("quxiang.postman")

LEASE = 30.0
CALL_WITHIN = 12
# A claim not begun by then goes back, so that a pause, a cancel or a reply elsewhere is felt within seconds.
BEGIN_WITHIN = 2.0
# A call that begins by then is over while the claim still holds; nobody else can have sent the row meanwhile.
LAST_CALL_WITHIN = LEASE - CALL_WITHIN - 1
AT_ONCE = 50
NO_PREVIEW = {"is_disabled": True}
Markup = dict[str, Any] | None


class Rendered(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def markup(self) -> Markup: ...


class Wording(Protocol):
    async def render(
        self, session: AsyncSession, message: Say, locale: Locale, now: datetime
    ) -> Rendered: ...


class NotNow(Exception):
    """Its turn did not come in time, or the postman is stopping: nothing was sent."""


@dataclass(frozen=True)
class Ready:
    """A letter in its words; its first call begins by one monotonic moment, any further one by the other."""

    letter: Letter
    rendered: Rendered
    begin_by: float
    last_call_by: float


def ready(worded: list[tuple[Letter, Rendered]], leased_at: float) -> list[Ready]:
    last_call_by = leased_at + LAST_CALL_WITHIN
    begin_by = min(time.monotonic() + BEGIN_WITHIN, last_call_by)
    return [Ready(letter, rendered, begin_by, last_call_by) for letter, rendered in worded]


@dataclass(frozen=True)
class Sent:
    message_id: int | None
    as_plain_text: bool = False


class Sender:
    def __init__(self, bot: Bot, pace: Pacing, journal: Journal, at_once: int) -> None:
        self.bot, self.pace, self.journal = bot, pace, journal
        self.slots = asyncio.Semaphore(at_once)
        self.closed = False

    async def send(self, ready: Ready) -> Sent:
        edits, markup = ready.letter.edits, ready.rendered.markup
        begin_by = ready.begin_by
        # Keyboards under the text field belong to new messages only.
        if edits is not None and (markup is None or "inline_keyboard" in markup):
            try:
                return await self._worded(ready, edits, begin_by)
            except TelegramBadRequest as error:
                match failure(error).trouble:
                    case Trouble.UNCHANGED:
                        return Sent(edits)
                    case Trouble.UNEDITABLE:
                        begin_by = ready.last_call_by
                    case _:
                        raise
        return await self._worded(ready, None, begin_by)

    async def _worded(self, ready: Ready, edits: int | None, begin_by: float) -> Sent:
        """Markup that Telegram cannot read is our fault; the person gets the words all the same."""
        try:
            return Sent(await self._call(ready, edits, begin_by, "HTML"))
        except TelegramBadRequest as error:
            if failure(error).trouble is not Trouble.MARKUP:
                raise
        return Sent(await self._call(ready, edits, ready.last_call_by, None), as_plain_text=True)

    async def _call(
        self, ready: Ready, edits: int | None, begin_by: float, parse_mode: str | None
    ) -> int | None:
        letter = ready.letter
        if not await self.pace.turn(letter.chat, letter.lane, within=begin_by - time.monotonic()):
            raise NotNow
        async with self.slots:
            if self.closed or self.pace.resumes_in() or time.monotonic() > begin_by:
                raise NotNow
            self._begin(letter.row_id)
            text = ready.rendered.text if parse_mode else plain(ready.rendered.text)
            if edits is None:
                return await self._new(ready, text, parse_mode)
            return await self._edit(ready, edits, text, parse_mode)

    def _begin(self, row_id: int) -> None:
        try:
            self.journal.begun(row_id)
        except OSError:
            # Sent without a line it could be sent twice; a full disk stops the sending, and says so.
            log.exception("the journal cannot be written, row %s waits", row_id)
            raise NotNow from None

    async def _new(self, ready: Ready, text: str, parse_mode: str | None) -> int | None:
        what = _what(ready, text, parse_mode)
        sent = await result_of(self.bot, SendMessage, what, within=CALL_WITHIN)
        return _number(sent)

    async def _edit(self, ready: Ready, message_id: int, text: str, parse_mode: str | None) -> int | None:
        what = _what(ready, text, parse_mode) | {"message_id": message_id}
        edited = await result_of(self.bot, EditMessageText, what, within=CALL_WITHIN)
        return message_id if edited is True else _number(edited)


def _what(ready: Ready, text: str, parse_mode: str | None) -> dict[str, object]:
    """Nothing is left to the bot's defaults, which only aiogram's own calls would fill in."""
    what: dict[str, object] = {"chat_id": ready.letter.chat, "text": text, "link_preview_options": NO_PREVIEW}
    if parse_mode is not None:
        what["parse_mode"] = parse_mode
    if ready.rendered.markup is not None:
        what["reply_markup"] = ready.rendered.markup
    return what


def _number(message: Any) -> int | None:
    """Accepted all the same, should a newer server word it otherwise."""
    number = message.get("message_id") if isinstance(message, dict) else None
    return number if isinstance(number, int) else None
