"""A person's phone: what they see in their chat with the bot, and what they can do there."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.refusals import bad, forbidden
from sandbox.shown import Button, Shown, buttons

if TYPE_CHECKING:
    from sandbox.server import Sandbox

OWN = -1


@dataclass
class Query:
    """One press of an inline button, waiting for the bot's answer."""

    query_id: str
    label: str
    pressed_at: float
    answer: str | None = None
    alert: bool = False


@dataclass(eq=False)
class Phone:
    sandbox: "Sandbox" = field(repr=False)
    user_id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    language_code: str = "zh-hans"
    phone_number: str | None = None
    shown: list[Shown] = field(default_factory=list, repr=False)
    gone: list[Shown] = field(default_factory=list, repr=False)
    queries: list[Query] = field(default_factory=list, repr=False)
    opened: list[str] = field(default_factory=list, repr=False)
    copied: list[str] = field(default_factory=list, repr=False)
    reply_rows: list[list[Button]] = field(default_factory=list, repr=False)
    one_time: bool = False
    keyboard_of: Shown | None = field(default=None, repr=False)
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    # What the person does.

    async def send(self, text: str) -> Shown:
        if self.blocked and text.startswith("/start"):
            await self.unblock()
        entities = _commands(text)
        return self._said({"text": text, **({"entities": entities} if entities else {})})

    async def press(self, label: str, *, on: Shown | None = None, nth: int = -1) -> None:
        holders = [shown for shown in ([on] if on else self.shown) if shown.button(label)]
        if holders and -len(holders) <= nth < len(holders):
            holder = holders[nth]
            await self._press_inline(holder, holder.button(label))
        elif on is None and (key := self._key(label)):
            await self._press_key(key)
        else:
            raise LookupError(self._no_button(label, on))

    async def press_data(self, data: str, on: Shown) -> None:
        self._pressed(data, data, on)

    async def share_contact(
        self, *, phone_number: str | None = None, user_id: int | None = OWN, forwarded: bool = False
    ) -> None:
        number = phone_number or self.phone_number
        if number is None:
            raise ValueError(f"{self.first_name}'s phone has no number to share")
        contact: dict[str, Any] = {
            "phone_number": number,
            "first_name": self.first_name,
            "last_name": self.last_name,
        }
        contact |= {"user_id": self.user_id if user_id == OWN else user_id}
        said: dict[str, Any] = {"contact": {name: value for name, value in contact.items() if value}}
        if forwarded:
            said["forward_origin"] = {"type": "user", "sender_user": self.user(), "date": self.sandbox.date()}
        self._said(said)

    async def send_document(
        self,
        name: str,
        content: bytes,
        mime_type: str = "application/octet-stream",
        caption: str | None = None,
    ) -> None:
        kept = self.sandbox.files.keep(name, mime_type, content, "documents")
        self._said({"document": kept.document(), **({"caption": caption} if caption else {})})

    async def send_photo(self, content: bytes, caption: str | None = None) -> None:
        kept = self.sandbox.files.keep("photo.jpg", "image/jpeg", content, "photos")
        self._said({"photo": kept.photo(), **({"caption": caption} if caption else {})})

    async def block(self) -> None:
        if not self.blocked:
            self.blocked = True
            self._member("member", "kicked")

    async def unblock(self) -> None:
        if self.blocked:
            self.blocked = False
            self._member("kicked", "member")

    # What the person sees.

    def buttons(self) -> list[str]:
        return next((shown.labels() for shown in reversed(self.shown) if shown.by_bot and shown.rows), [])

    def keyboard(self) -> list[str]:
        return [button.label for row in self.reply_rows for button in row]

    @property
    def toasts(self) -> list[str]:
        return [query.answer for query in self.queries if query.answer]

    def unanswered(self) -> list[str]:
        """Labels of pressed buttons that still show the waiting spinner."""
        return [query.label for query in self.queries if query.answer is None]

    async def sees(self, text: str, *, times: int | None = None, within: float = 10.0) -> Shown:
        try:
            async with asyncio.timeout(within):
                while len(found := self._showing(text)) < (times or 1):
                    await self._news.wait()
        except TimeoutError:
            found = self._showing(text)
        wrong = not found if times is None else len(found) != times
        if wrong:
            wanted = "" if times is None else f" {times} times, but {len(found)}"
            raise AssertionError(f"{text!r} was not seen{wanted} within {within:g} s:\n{self.transcript()}")
        return found[-1]

    async def offers(self, label: str, *, within: float = 10.0) -> None:
        """Waits until a button with this label is there to be pressed."""
        try:
            async with asyncio.timeout(within):
                while not (any(shown.button(label) for shown in self.shown) or self._key(label)):
                    await self._news.wait()
        except TimeoutError:
            raise LookupError(self._no_button(label, None)) from None

    def never_saw(self, text: str) -> None:
        """Not now, not before an edit, not before a deletion, not as a callback's answer."""
        told = [
            words
            for shown in (*self.shown, *self.gone)
            if shown.by_bot
            for words in (shown.text, *shown.earlier)
        ]
        if any(text in words for words in (*told, *self.toasts)):
            raise AssertionError(f"{text!r} was seen:\n{self.transcript()}")

    def transcript(self) -> str:
        lines = [f"— {self.first_name} ({self.user_id}) —", *(str(shown) for shown in self.shown)]
        lines += (
            [f"keyboard: {' '.join(f'[{label}]' for label in self.keyboard())}"] if self.reply_rows else []
        )
        return "\n".join([*lines, *(f"toast: {toast}" for toast in self.toasts)])

    def find(self, message_id: int) -> Shown | None:
        return next((shown for shown in reversed(self.shown) if shown.message_id == message_id), None)

    # What the server shows.

    def reachable(self) -> None:
        if self.deactivated:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.started:
            raise forbidden("bot can't initiate conversation with a user")

    def show(self, raw: dict[str, Any], keyboard: dict[str, Any] | None = None) -> Shown:
        shown = Shown(raw["message_id"], by_bot=raw["from"]["is_bot"], raw=raw)
        self.shown.append(shown)
        if keyboard is not None and "inline_keyboard" not in keyboard:
            self._take_keyboard(shown, keyboard)
        self.changed()
        return shown

    def remove(self, shown: Shown) -> None:
        self.shown.remove(shown)
        self.gone.append(shown)
        if shown is self.keyboard_of:
            self.reply_rows = []
        self.changed()

    def changed(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
        self.sandbox.changed()

    def user(self) -> dict[str, Any]:
        given = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        known = {"id": self.user_id, "is_bot": False, "first_name": self.first_name}
        return known | {name: value for name, value in given.items() if value}

    def chat(self) -> dict[str, Any]:
        given = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {"id": self.user_id, "type": "private"} | {
            name: value for name, value in given.items() if value
        }

    # How it happens.

    def _said(self, content: dict[str, Any]) -> Shown:
        if self.blocked:
            raise RuntimeError(f"{self.first_name} blocked the bot; unblock it first, or send /start")
        self.started = True
        raw = {"message_id": self.sandbox.message_id(), "from": self.user(), "chat": self.chat()}
        raw |= {"date": self.sandbox.date(), **content}
        self.sandbox.updates.add("message", dict(raw), f"chat:{self.user_id}")
        return self.show(raw)

    async def _press_inline(self, holder: Shown, button: Button | None) -> None:
        assert button is not None
        if button.data is not None:
            self._pressed(button.label, button.data, holder)
        elif link := button.url or button.web_app:
            self.opened.append(link)
        elif button.copy_text is not None:
            self.copied.append(button.copy_text)

    def _pressed(self, label: str, data: str, on: Shown) -> None:
        if self.blocked:
            raise RuntimeError(f"{self.first_name} blocked the bot; unblock it first")
        query = self.sandbox.query(self, label)
        self.queries.append(query)
        message: dict[str, Any] = dict(on.raw)
        if self.find(on.message_id) is None:
            message = {"chat": self.chat(), "message_id": on.message_id, "date": 0}
        pressed = {"id": query.query_id, "from": self.user(), "message": message, "data": data}
        pressed["chat_instance"] = str(self.user_id * 7919)
        self.sandbox.updates.add("callback_query", pressed, f"callback:{self.user_id}")
        self.changed()

    async def _press_key(self, key: Button) -> None:
        if self.one_time:
            self.reply_rows = []
        await (self.share_contact() if key.request_contact else self.send(key.label))

    def _key(self, label: str) -> Button | None:
        return next((button for row in self.reply_rows for button in row if button.label == label), None)

    def _no_button(self, label: str, on: Shown | None) -> str:
        visible = on.labels() if on else [name for shown in self.shown for name in shown.labels()]
        return f"no button {label!r}; inline: {visible}, keyboard: {self.keyboard()}\n{self.transcript()}"

    def _take_keyboard(self, shown: Shown, keyboard: dict[str, Any]) -> None:
        # Telegram lets nobody edit a message that brought or removed a reply keyboard.
        shown.sealed = True
        if "force_reply" not in keyboard:
            self.keyboard_of = shown
            self.reply_rows = buttons(keyboard.get("keyboard", []))
            self.one_time = bool(keyboard.get("one_time_keyboard"))

    def _showing(self, text: str) -> list[Shown]:
        return [shown for shown in self.shown if shown.by_bot and text in shown.text]

    def _member(self, old: str, new: str) -> None:
        states: dict[str, dict[str, Any]] = {
            "member": {"status": "member"},
            "kicked": {"status": "kicked", "until_date": 0},
        }
        me = self.sandbox.me
        change: dict[str, Any] = {"chat": self.chat(), "from": self.user(), "date": self.sandbox.date()}
        change |= {
            "old_chat_member": {"user": me, **states[old]},
            "new_chat_member": {"user": me, **states[new]},
        }
        self.sandbox.updates.add("my_chat_member", change, f"member:{self.user_id}")
        self.changed()


def answered(query: Query | None, text: str, alert: bool, oldest: float) -> None:
    """An answer is taken once, and only while the press is young."""
    if query is None or query.answer is not None or query.pressed_at < oldest:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    query.answer, query.alert = text, alert


def _commands(text: str) -> list[dict[str, Any]]:
    word = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    return [{"type": "bot_command", "offset": 0, "length": len(word)}] if len(word) > 1 else []
