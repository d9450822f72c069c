"""Reads a call's parameters in any of Telegram's encodings and checks them against the published schema."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    TelegramObject,
)
from aiohttp import web
from pydantic import BaseModel, ValidationError

from sandbox.refusals import Refused, bad

M = TypeVar("M", bound=TelegramMethod[Any])
MARKUPS: dict[str, type[TelegramObject]] = {
    "inline_keyboard": InlineKeyboardMarkup,
    "keyboard": ReplyKeyboardMarkup,
    "remove_keyboard": ReplyKeyboardRemove,
    "force_reply": ForceReply,
}
ABSENT = {"text": "message text is empty", "chat_id": "chat_id is empty"}


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime_type: str
    content: bytes


Parameters = dict[str, Any]


async def read(request: web.Request) -> Parameters:
    """Query, JSON, form and multipart together, as Telegram takes them."""
    parameters: Parameters = dict(request.query)
    if request.content_type == "application/json":
        parameters |= _body(await request.text())
    elif request.can_read_body:
        parameters |= {name: _field(value) for name, value in (await request.post()).items()}
    return parameters


def _body(text: str) -> Parameters:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad("object expected as request body")
    return body


def _field(value: str | bytes | bytearray | web.FileField) -> str | Upload:
    if isinstance(value, web.FileField):
        with value.file as file:
            return Upload(value.filename, value.content_type, file.read())
    return value if isinstance(value, str) else value.decode()


def checked(model: type[M], parameters: Parameters) -> M:
    """The call as aiogram's own model of the method, or the refusal Telegram would give."""
    attached = {name for name in parameters if f"attach://{name}" in parameters.values()}
    if unknown := sorted(set(parameters) - set(model.model_fields) - attached):
        raise bad(f'unknown parameter "{unknown[0]}"')
    values = {name: _value(model, name, parameters) for name in parameters if name in model.model_fields}
    try:
        call = model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise _worded(error) from None
    if extra := next(_extras(call), None):
        raise bad(f'unknown field "{extra}"')
    return call


def _worded(error: ValidationError) -> Refused:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing" and len(first["loc"]) == 1:
        return bad(ABSENT.get(name, f'parameter "{name}" is required'))
    where = ".".join(str(part) for part in first["loc"])
    return bad(f"can't parse {where}: {first['msg']}")


def _value(model: type[TelegramMethod[Any]], name: str, parameters: Parameters) -> Any:
    value = parameters[name]
    kinds = _kinds(model, name)
    if InputFile in kinds:
        return _file(name, value, parameters, str in kinds)
    if name == "chat_id" and isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if str in kinds:
        return value if isinstance(value, str | type(None)) or int in kinds else _text(value)
    if isinstance(value, str):
        value = _json(name, value)
    return _markup(value, kinds) if name == "reply_markup" else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _file(name: str, value: Any, parameters: Parameters, by_name: bool) -> Any:
    if isinstance(value, Upload):
        return f"attach://{name}" if by_name else BufferedInputFile(value.content, value.name)
    if by_name or not isinstance(value, str):
        return value
    upload = parameters.get(value.removeprefix("attach://"))
    return BufferedInputFile(upload.content, upload.name) if isinstance(upload, Upload) else value


def _json(name: str, value: str) -> Any:
    if not value.strip():
        return None
    if value.lstrip()[0] not in "[{":
        return value
    try:
        return json.loads(value)
    except ValueError:
        what = "reply keyboard markup" if name == "reply_markup" else name
        raise bad(f"can't parse {what} JSON object") from None


@cache
def _kinds(model: type[TelegramMethod[Any]], name: str) -> frozenset[Any]:
    """Every type a parameter may have; what stands inside a list says nothing about how it is written."""
    pending: list[Any] = [model.model_fields[name].annotation]
    found: list[Any] = []
    while pending:
        found.append(kind := pending.pop())
        if get_origin(kind) is not list:
            pending.extend(get_args(kind))
    return frozenset(kind for kind in found if isinstance(kind, type))


def _markup(value: Any, kinds: frozenset[Any]) -> Any:
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if not value:
        return None
    kind = next((model for key, model in MARKUPS.items() if key in value), None)
    if kind is None:
        raise bad("object expected as reply markup")
    if kind not in kinds:
        raise bad("inline keyboard expected")
    try:
        return kind.model_validate(_buttons(value))
    except ValidationError as error:
        raise _keyboard_error(error) from None


def _keyboard_error(error: ValidationError) -> Refused:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return bad(f"can't parse reply keyboard markup: {where}: {first['msg']}")


def _buttons(markup: dict[str, Any]) -> dict[str, Any]:
    """A reply keyboard's button may be written as its bare text."""
    if not isinstance(rows := markup.get("keyboard"), list):
        return markup
    named = [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows if isinstance(row, list)]
    return {**markup, "keyboard": named}


def _extras(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        for name in value.model_fields_set:
            yield from _extras(getattr(value, name, None))
    elif isinstance(value, list):
        for item in value:
            yield from _extras(item)
