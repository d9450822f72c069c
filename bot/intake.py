"""From a raw update to one call of a handler inside one transaction."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update
from pydantic import ValidationError

from actions import delivery, identity
from actions.work import Refusal, Work
from bot.database import Works, away, busy
from bot.errors import crashed, set_aside, take_once
from handlers.routes import Contact, File, Routes
from models.answer import Heard
from models.person import Person, Unreachable

log = logging.getLogger(__name__)

Heeded = Message | CallbackQuery | ChatMemberUpdated
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
REFUSED = "refused"
ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
TRIES = 3
Acknowledge = Callable[[str], None]


class Intake:
    """Takes one update at a time per person; different people's may run side by side."""

    def __init__(self, works: Works, bot: Bot, routes: Routes, acknowledge: Acknowledge) -> None:
        self.works, self.bot, self.routes, self.acknowledge = works, bot, routes, acknowledge
        self._turns: dict[int, tuple[asyncio.Lock, int]] = {}

    async def take(self, raw: dict[str, Any]) -> None:
        """Returns once the update is committed; raises only when the database is out of reach."""
        try:
            update = Update.model_validate(raw, context={"bot": self.bot})
        except ValidationError as error:
            log.warning("update %s cannot be read", raw.get("update_id"))
            await set_aside(self.works, raw, json.dumps(raw, ensure_ascii=False), error)
            return
        heard = update.message or update.callback_query or update.my_chat_member
        if heard is None or heard.from_user is None or not _private(heard):
            return
        async with self._turn(heard.from_user.id):
            await self._try(update, heard, raw)

    async def _try(self, update: Update, heard: Heeded, raw: dict[str, Any]) -> None:
        assert heard.from_user
        for left in reversed(range(TRIES)):
            try:
                await self._one(update, heard)
                return
            except Exception as error:
                if busy(error) and left:
                    continue
                if away(error):
                    raise
                await crashed(self.works, update, heard.from_user, json.dumps(raw, ensure_ascii=False), error)
                return

    async def _one(self, update: Update, heard: Heeded) -> None:
        assert heard.from_user
        async with self.works.begin() as work:
            incoming = await take_once(work, update.update_id, update.event_type)
            if incoming is None:
                return
            person = await identity.sender(work, heard.from_user.id, heard.from_user.language_code)
            incoming.person_id = person_id = person.id
            if isinstance(heard, CallbackQuery):
                self.acknowledge(heard.id)
            try:
                async with work.session.begin_nested():
                    await self._route(work, person, heard)
            except Refusal as refusal:
                incoming.outcome = refusal.said.kind
                again = await work.session.get_one(Person, person_id, populate_existing=True)
                _keep(work, again, heard)
                work.say(again, refusal.said)

    async def _route(self, work: Work, person: Person, heard: Heeded) -> None:
        if isinstance(heard, CallbackQuery):
            await self._pressed(work, person, heard.data or "")
        elif isinstance(heard, ChatMemberUpdated):
            await _member(work, person, heard)
        else:
            await delivery.reachable(work, person)
            await self._said(work, person, heard)

    async def _pressed(self, work: Work, person: Person, data: str) -> None:
        await delivery.reachable(work, person)
        found = self.routes.presses.get(data.partition(":")[0])
        if found is not None:
            button, act = found
            try:
                press = button.unpack(data)
            except (ValueError, TypeError):  # callback data is what a client chose to send
                pass
            else:
                await act(work, person, press)
                return
        if self.routes.outdated:
            await self.routes.outdated(work, person, data)

    async def _said(self, work: Work, person: Person, message: Message) -> None:
        routes = self.routes
        if message.contact is not None and routes.contact:
            own = message.contact.user_id == person_address(message) and message.forward_origin is None
            await routes.contact(work, person, Contact(message.contact.phone_number, own))
        elif (file := _file(message)) is not None and routes.file:
            await routes.file(work, person, file)
        elif message.text and message.text.startswith("/"):
            await self._command(work, person, message.text)
        else:
            await self._text(work, person, message.text or message.caption or "")

    async def _command(self, work: Work, person: Person, text: str) -> None:
        word, _, argument = text[1:].partition(" ")
        name = word.partition("@")[0].lower()
        if COMMAND.fullmatch(name) is None:  # a sentence that begins with a slash is not a command
            await self._text(work, person, text)
            return
        act = self.routes.commands.get(name) or self.routes.commands["help"]
        await act(work, person, argument.strip())

    async def _text(self, work: Work, person: Person, text: str) -> None:
        if self.routes.other_text is None:
            return
        if self.routes.intent and await self.routes.intent(work, person, text):
            return
        step = person.step()
        act: Callable[..., Awaitable[None]] | None = self.routes.texts.get(type(step)) if step else None
        if act is not None:
            await act(work, person, step, text)
        else:
            await self.routes.other_text(work, person, text)

    @asynccontextmanager
    async def _turn(self, user: int) -> AsyncIterator[None]:
        """One person's updates run in the order received; the lock goes when nobody waits."""
        lock, waiting = self._turns.get(user, (asyncio.Lock(), 0))
        self._turns[user] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._turns[user]
            if waiting == 1:
                del self._turns[user]
            else:
                self._turns[user] = (lock, waiting - 1)


def _keep(work: Work, person: Person, heard: Heeded) -> None:
    """What was typed stays though the action was refused; the question it answered is over."""
    if not isinstance(heard, Message) or not heard.text or heard.text.startswith("/"):
        return
    work.session.add(Heard(person_id=person.id, text=work.seal(heard.text), routed=REFUSED, said_at=work.now))
    if (step := person.step()) is not None:
        person.close_step(step.hat)


def person_address(message: Message) -> int | None:
    return message.from_user.id if message.from_user else None


def _private(heard: Heeded) -> bool:
    if isinstance(heard, CallbackQuery):
        return heard.message is None or heard.message.chat.type == "private"
    return heard.chat.type == "private"


async def _member(work: Work, person: Person, change: ChatMemberUpdated) -> None:
    if change.new_chat_member.status == "kicked":
        await delivery.unreachable(work, person, Unreachable.BLOCKED)
    else:
        await delivery.reachable(work, person)


def _file(message: Message) -> File | None:
    words = message.caption or ""
    if message.document is not None:
        document = message.document
        return File("document", document.file_name or "", document.file_size or 0, document.file_id, words)
    if message.photo:
        photo = message.photo[-1]
        return File("photo", "", photo.file_size or 0, photo.file_id, words)
    for kind in ("video", "voice", "audio", "video_note", "animation"):
        if (media := getattr(message, kind)) is not None:
            return File(kind, "", media.file_size or 0, media.file_id, words)
    return None
