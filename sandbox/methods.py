"""The Bot API's methods for messages and chats, one function each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from aiogram import methods as api
from aiogram.methods import TelegramMethod

from sandbox import limits
from sandbox.files import Kept
from sandbox.parameters import Upload
from sandbox.phones import Phone, answered
from sandbox.refusals import bad
from sandbox.shown import Shown

if TYPE_CHECKING:
    from sandbox.server import Sandbox

M = TypeVar("M", bound=TelegramMethod[Any])
Uploads = dict[str, Upload]
Answer = Any
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


@dataclass(frozen=True)
class Method:
    model: type[TelegramMethod[Any]]
    run: Callable[["Sandbox", Any, Uploads], Awaitable[Answer]]
    paced: bool
    per_chat: bool


METHODS: dict[str, Method] = {}
Run = Callable[["Sandbox", M, Uploads], Awaitable[Answer]]


def method(model: type[M], *, paced: bool = False, per_chat: bool = False) -> Callable[[Run[M]], Run[M]]:
    def register(run: Run[M]) -> Run[M]:
        METHODS[model.__api_method__.lower()] = Method(model, run, paced or per_chat, per_chat)
        return run

    return register


class Sending(Protocol):
    """What every send method has in common."""

    chat_id: int | str
    reply_markup: limits.Markup | None
    protect_content: Any
    reply_parameters: Any
    reply_to_message_id: int | None
    allow_sending_without_reply: bool | None


@method(api.SendMessage, per_chat=True)
async def send_message(sandbox: "Sandbox", call: api.SendMessage, uploads: Uploads) -> Answer:
    phone = _phone(sandbox, call.chat_id)
    text, entities = limits.text(call.text, call.parse_mode, call.entities)
    return _sent(sandbox, phone, call, {"text": text, "entities": entities})


@method(api.SendDocument, per_chat=True)
async def send_document(sandbox: "Sandbox", call: api.SendDocument, uploads: Uploads) -> Answer:
    phone = _phone(sandbox, call.chat_id)
    text, entities = limits.caption(call.caption, call.parse_mode, call.caption_entities)
    kept = _kept(sandbox, call.document, uploads, "documents")
    content = {"document": kept.document(), "caption": text, "caption_entities": entities}
    return _sent(sandbox, phone, call, content)


@method(api.SendPhoto, per_chat=True)
async def send_photo(sandbox: "Sandbox", call: api.SendPhoto, uploads: Uploads) -> Answer:
    phone = _phone(sandbox, call.chat_id)
    text, entities = limits.caption(call.caption, call.parse_mode, call.caption_entities)
    kept = _kept(sandbox, call.photo, uploads, "photos")
    return _sent(sandbox, phone, call, {"photo": kept.photo(), "caption": text, "caption_entities": entities})


@method(api.EditMessageText, per_chat=True)
async def edit_message_text(sandbox: "Sandbox", call: api.EditMessageText, uploads: Uploads) -> Answer:
    phone, shown = _editable(sandbox, call.chat_id, call.message_id)
    text, entities = limits.text(call.text, call.parse_mode, call.entities)
    if "text" not in shown.raw:
        raise bad("there is no text in the message to edit")
    return _edited(
        phone, shown, {"text": text, "entities": entities, "reply_markup": limits.inline(call.reply_markup)}
    )


@method(api.EditMessageReplyMarkup, per_chat=True)
async def edit_reply_markup(sandbox: "Sandbox", call: api.EditMessageReplyMarkup, uploads: Uploads) -> Answer:
    phone, shown = _editable(sandbox, call.chat_id, call.message_id)
    return _edited(phone, shown, {"reply_markup": limits.inline(call.reply_markup)})


@method(api.DeleteMessage)
async def delete_message(sandbox: "Sandbox", call: api.DeleteMessage, uploads: Uploads) -> Answer:
    phone = _phone(sandbox, call.chat_id)
    if (shown := phone.find(call.message_id)) is None:
        raise bad("message to delete not found")
    if sandbox.clock.now() - shown.at >= timedelta(hours=48):
        raise bad("message can't be deleted for everyone")
    phone.remove(shown)
    return True


@method(api.AnswerCallbackQuery, paced=True)
async def answer_callback_query(
    sandbox: "Sandbox", call: api.AnswerCallbackQuery, uploads: Uploads
) -> Answer:
    if len(call.text or "") > 200:
        raise bad("MESSAGE_TOO_LONG")
    phone, query = sandbox.queries.get(call.callback_query_id, (None, None))
    answered(query, call.text or "", bool(call.show_alert), sandbox.monotonic() - sandbox.query_lifetime)
    if phone is not None:
        phone.changed()
    return True


@method(api.SendChatAction)
async def send_chat_action(sandbox: "Sandbox", call: api.SendChatAction, uploads: Uploads) -> Answer:
    _phone(sandbox, call.chat_id)
    if call.action not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


@method(api.GetChat)
async def get_chat(sandbox: "Sandbox", call: api.GetChat, uploads: Uploads) -> Answer:
    full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(GIFTS, True)}
    return {**known(sandbox, call.chat_id).chat(), **full}


@method(api.GetFile)
async def get_file(sandbox: "Sandbox", call: api.GetFile, uploads: Uploads) -> Answer:
    kept = sandbox.files.downloadable(call.file_id)
    return {**kept.described(), "file_path": kept.path}


def known(sandbox: "Sandbox", chat_id: int | str | None) -> Phone:
    if chat_id is None or chat_id == "":
        raise bad("chat_id is empty")
    if not isinstance(chat_id, int) or chat_id not in sandbox.phones:
        raise bad("chat not found")
    return sandbox.phones[chat_id]


def _phone(sandbox: "Sandbox", chat_id: int | str | None) -> Phone:
    phone = known(sandbox, chat_id)
    phone.reachable()
    return phone


def _sent(sandbox: "Sandbox", phone: Phone, call: Sending, content: dict[str, Any]) -> Answer:
    keyboard = limits.markup(call.reply_markup)
    inline = keyboard if keyboard and any(keyboard.get("inline_keyboard", [])) else None
    raw = {
        "message_id": 0,
        "from": sandbox.me,
        "chat": phone.chat(),
        "date": sandbox.date(),
        **{name: value for name, value in content.items() if value},
        **({"reply_markup": inline} if inline else {}),
        **({"has_protected_content": True} if call.protect_content is True else {}),
        **_reply(phone, call),
    }
    raw["message_id"] = sandbox.message_id()
    phone.show(raw, keyboard)
    return dict(raw)


def _reply(phone: Phone, call: Sending) -> dict[str, Any]:
    asked = call.reply_parameters.message_id if call.reply_parameters else call.reply_to_message_id
    if asked is None:
        return {}
    if (shown := phone.find(asked)) is not None:
        return {"reply_to_message": {k: v for k, v in shown.raw.items() if k != "reply_to_message"}}
    forgiving = call.reply_parameters.allow_sending_without_reply if call.reply_parameters else None
    if forgiving is True or call.allow_sending_without_reply is True:
        return {}
    raise bad("message to be replied not found")


def _kept(sandbox: "Sandbox", given: object, uploads: Uploads, folder: str) -> Kept:
    name = given if isinstance(given, str) else ""
    upload = uploads.get(name.removeprefix("attach://")) if name.startswith("attach://") else None
    if upload is not None:
        return sandbox.files.upload(upload.name, upload.mime_type, upload.content, folder)
    return sandbox.files.again(name)


def _editable(sandbox: "Sandbox", chat_id: int | str | None, message_id: int | None) -> tuple[Phone, Shown]:
    phone = _phone(sandbox, chat_id)
    if message_id is None:
        raise bad("message identifier is not specified")
    if (shown := phone.find(message_id)) is None:
        raise bad("message to edit not found")
    if not shown.by_bot or shown.sealed:
        raise bad("message can't be edited")
    return phone, shown


def _edited(phone: Phone, shown: Shown, changes: dict[str, Any]) -> Answer:
    if all((shown.raw.get(name) or None) == (value or None) for name, value in changes.items()):
        raise bad(SAME)
    shown.edit({**changes, "edit_date": phone.sandbox.date()})
    phone.changed()
    return dict(shown.raw)
