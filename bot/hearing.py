"""From what somebody did in a chat to one call of a handler."""

import re
from collections.abc import Awaitable, Callable

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from actions import delivery
from actions.work import Refusal, Work
from handlers.routes import Contact, File, Routes, Takes
from models.answer import Heard
from models.person import Person, Unreachable

Heeded = Message | CallbackQuery | ChatMemberUpdated
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
REFUSED = "refused"


class Hearing:
    """One flat table: a button by its prefix, a text by the person's open step."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes

    async def route(self, work: Work, person: Person, heard: Heeded) -> None:
        if isinstance(heard, CallbackQuery):
            await delivery.reachable(work, person)
            await self.pressed(work, person, heard.data or "")
        elif isinstance(heard, ChatMemberUpdated):
            await _member(work, person, heard)
        else:
            await delivery.reachable(work, person)
            await self._said(work, person, heard)

    def press(self, heard: Heeded) -> tuple[CallbackData, Takes] | None:
        """The button that was pressed, where it is one of ours and names what it may name."""
        return self._unpacked(heard.data) if isinstance(heard, CallbackQuery) and heard.data else None

    async def pressed(self, work: Work, person: Person, data: str) -> None:
        """A button of either door, by what is packed in it."""
        if (found := self._unpacked(data)) is not None:
            press, act = found
            await act(work, person, press)
        elif self.routes.outdated:
            await self.routes.outdated(work, person, data)

    async def written(self, work: Work, person: Person, text: str) -> None:
        """Words of either door: a command, or an answer to what is open."""
        if command := command_of(text):
            await self._command(work, person, *command)
        else:
            await self._text(work, person, text)

    def _unpacked(self, data: str) -> tuple[CallbackData, Takes] | None:
        found = self.routes.presses.get(data.partition(":")[0])
        if found is None:
            return None
        button, act = found
        try:
            return button.unpack(data), act
        except (ValueError, TypeError):  # callback data is what a client chose to send
            return None

    async def _said(self, work: Work, person: Person, message: Message) -> None:
        routes = self.routes
        if message.contact is not None and routes.contact:
            sender = message.from_user.id if message.from_user else None
            own = message.contact.user_id == sender and message.forward_origin is None
            await routes.contact(work, person, Contact(message.contact.phone_number, own))
        elif (file := _file(message)) is not None and routes.file:
            await routes.file(work, person, file)
        else:
            await self.written(work, person, message.text or message.caption or "")

    async def _command(self, work: Work, person: Person, name: str, argument: str) -> None:
        act = self.routes.commands.get(name) or self.routes.commands["help"]
        await act(work, person, argument)

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


def command_of(text: str) -> tuple[str, str] | None:
    """Its name and what follows; a sentence that begins with a slash is none."""
    word, _, argument = text.removeprefix("/").partition(" ")
    name = word.partition("@")[0].lower()
    return (name, argument.strip()) if text.startswith("/") and COMMAND.fullmatch(name) else None


def refused(work: Work, person: Person, heard: Heeded, refusal: Refusal) -> None:
    """In place of what the action did: what was typed stays, and why is said."""
    keep(work, person, heard.text if isinstance(heard, Message) else None)
    work.say(person, refusal.said)


def keep(work: Work, person: Person, text: str | None) -> None:
    """What was typed stays though the action was refused; the question it answered is over."""
    if not text or command_of(text):
        return
    work.session.add(Heard(person_id=person.id, text=work.seal(text), routed=REFUSED, said_at=work.now))
    if (step := person.step()) is not None:
        person.close_step(step.hat)


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
