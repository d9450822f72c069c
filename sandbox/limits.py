"""Every size and form that Telegram refuses, checked on texts, entities and keyboards."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from aiogram.types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    TelegramObject,
)

from sandbox.reading import Entity, from_html, units, unparsable
from sandbox.refusals import Refused, bad

TEXT, CAPTION, MARKUP_BYTES = 4096, 1024, 10_000
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
Formatted = tuple[str, list[Entity]]


def text(source: str | None, parse_mode: object, entities: list[MessageEntity] | None) -> Formatted:
    if not source:
        raise bad("message text is empty")
    plain, found = formatted(source, parse_mode, entities)
    if not plain:
        raise bad("text must be non-empty")
    if len(plain) > TEXT:
        raise bad("message is too long")
    return plain, found


def caption(source: str | None, parse_mode: object, entities: list[MessageEntity] | None) -> Formatted:
    plain, found = formatted(source or "", parse_mode, entities)
    if len(plain) > CAPTION:
        raise bad("message caption is too long")
    return plain, found


def formatted(source: str, parse_mode: object, entities: list[MessageEntity] | None) -> Formatted:
    if not isinstance(parse_mode, str) or not parse_mode:
        return trimmed(source, explicit(source, entities or []))
    if parse_mode.lower() != "html":
        # Markdown exists at Telegram; this sandbox reads HTML only and says so instead of guessing.
        raise bad("unsupported parse_mode")
    return trimmed(*from_html(source))


def explicit(source: str, entities: list[MessageEntity]) -> list[Entity]:
    if not entities:
        return []
    edges, at = {0}, 0
    for character in source:
        at += units(character)
        edges.add(at)
    for entity in entities:
        _placed(entity.offset, entity.length, edges, at)
    kept = [entity.model_dump(exclude_none=True, mode="json") for entity in entities]
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _placed(offset: int, length: int, edges: set[int], total: int) -> None:
    if offset < 0 or length <= 0 or offset > total:
        raise unparsable(f"Entity has an invalid offset {offset} or length {length}")
    if offset + length > total:
        end = f"after the end of the text at UTF-16 offset {total}"
        raise unparsable(f"Entity beginning at UTF-16 offset {offset} ends {end}")
    if offset not in edges or offset + length not in edges:
        raise unparsable(f"Entity begins or ends in a middle of a UTF-16 symbol at offset {offset}")


def trimmed(plain: str, entities: list[Entity]) -> Formatted:
    """White space around a message is cut off by the server; entities move with it."""
    kept = plain.rstrip()
    cut = len(kept) - len(kept.lstrip())
    kept = kept[cut:]
    return kept, [moved for entity in entities if (moved := _moved(entity, cut, units(kept)))]


def _moved(entity: Entity, cut: int, total: int) -> Entity | None:
    start = max(entity["offset"] - cut, 0)
    end = min(entity["offset"] + entity["length"] - cut, total)
    return {**entity, "offset": start, "length": end - start} if end > start else None


def markup(keyboard: Markup | None) -> dict[str, Any] | None:
    match keyboard:
        case InlineKeyboardMarkup():
            _inline(keyboard)
        case ReplyKeyboardMarkup():
            _reply(keyboard)
        case None:
            return None
    dumped: dict[str, Any] = keyboard.model_dump(exclude_none=True)
    if len(json.dumps(dumped, ensure_ascii=False, separators=(",", ":")).encode()) > MARKUP_BYTES:
        raise bad("reply markup is too long")
    return dumped


def inline(keyboard: InlineKeyboardMarkup | None) -> dict[str, Any] | None:
    """An edited message carries an inline keyboard or none; an empty one is none."""
    dumped = markup(keyboard)
    return dumped if dumped and any(dumped["inline_keyboard"]) else None


def _sized(rows: list[Any], most: int, wide: int) -> None:
    if sum(len(row) for row in rows) > most or any(len(row) > wide for row in rows):
        raise bad("reply markup is too long")


def _inline(keyboard: InlineKeyboardMarkup) -> None:
    _sized(keyboard.inline_keyboard, 100, 8)
    for row in keyboard.inline_keyboard:
        for button in row:
            _inline_button(button)


def _inline_button(button: InlineKeyboardButton) -> None:
    if not button.text.strip():
        raise _refused_button("Text buttons must have a text")
    actions = [name for name in ACTIONS if getattr(button, name) is not None]
    if not actions:
        raise _refused_button("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _refused_button(f"exactly one action is allowed, found {', '.join(actions)}")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if button.copy_text is not None and not 1 <= len(button.copy_text.text) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if button.url is not None:
        _address(button.url)
    if button.web_app is not None and urlsplit(button.web_app.url).scheme != "https":
        raise _wrong_url(button.web_app.url, "Only HTTPS links are allowed")


def _refused_button(reason: str) -> Refused:
    return bad(f"can't parse inline keyboard button: {reason}")


def _address(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    fine = parts.scheme in {"tg", "mailto", "tel"} or (
        parts.scheme in {"http", "https", ""} and "." in (host or url)
    )
    if not fine or re.search(r"\s", url):
        raise _wrong_url(url, "Wrong HTTP URL")


def _wrong_url(url: str, reason: str) -> Refused:
    return bad(f"inline keyboard button URL '{url}' is invalid: {reason}")


def _reply(keyboard: ReplyKeyboardMarkup) -> None:
    _sized(keyboard.keyboard, 300, 12)
    if not any(keyboard.keyboard):
        raise bad("reply keyboard markup must contain at least one button")
    for row in keyboard.keyboard:
        for button in row:
            _reply_button(button)


def _reply_button(button: KeyboardButton) -> None:
    if not button.text.strip():
        raise bad("keyboard button text must be non-empty")
    requests = [name for name, value in button if name.startswith(("request_", "web_app")) and value]
    if len(requests) > 1:
        raise bad("can't parse keyboard button: exactly one request is allowed")


def short(value: str | None, most: int, name: str) -> str:
    if len(value or "") > most:
        raise bad(f"{name} is too long")
    return value or ""


def plain(value: TelegramObject | None) -> dict[str, Any]:
    return value.model_dump(exclude_none=True) if value is not None else {}
