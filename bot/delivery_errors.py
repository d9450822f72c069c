"""What Telegram, or the way there, meant by an error: refused for good, never sent, or perhaps sent."""

import html
import re
from dataclasses import dataclass
from enum import StrEnum

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from models.person import Unreachable


class Trouble(StrEnum):
    """NOT_SENT may be tried again by anybody; PERHAPS only where a second copy does no harm."""

    SENT = "sent"
    THROTTLED = "throttled"
    UNAUTHORIZED = "unauthorized"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    UNEDITABLE = "uneditable"
    MARKUP = "markup"
    NOT_SENT = "not_sent"
    PERHAPS = "perhaps"


@dataclass(frozen=True)
class Failure:
    trouble: Trouble
    reason: str
    why: Unreachable | None = None
    retry_after: float = 0.0
    message_id: int | None = None


# The server turns some 403 into 400 and the other way round, so the words decide, not the code.
WORDS: tuple[tuple[str, Trouble, Unreachable | None], ...] = (
    ("message is not modified", Trouble.UNCHANGED, None),
    ("message to edit not found", Trouble.UNEDITABLE, None),
    ("message can't be edited", Trouble.UNEDITABLE, None),
    ("message_id_invalid", Trouble.UNEDITABLE, None),
    ("can't parse entities", Trouble.MARKUP, None),
    ("blocked by the user", Trouble.REFUSED, Unreachable.BLOCKED),
    ("user_is_blocked", Trouble.REFUSED, Unreachable.BLOCKED),
    ("deactivated", Trouble.REFUSED, Unreachable.DEACTIVATED),
    ("chat not found", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
    ("user not found", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
    ("peer_id_invalid", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
    ("can't initiate conversation", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
    ("bot was kicked", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
    ("bot is not a member", Trouble.REFUSED, Unreachable.CHAT_NOT_FOUND),
)
GATEWAY_TIMEOUT = re.compile(r"\b504\b|gateway time-?out", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


def failure(error: Exception) -> Failure:
    match error:
        case TelegramRetryAfter():
            return Failure(Trouble.THROTTLED, "retry_after", retry_after=float(error.retry_after))
        case TelegramUnauthorizedError() | TelegramNotFound():
            return Failure(Trouble.UNAUTHORIZED, error.message)
        case TelegramMigrateToChat() | TelegramEntityTooLarge():
            return Failure(Trouble.REFUSED, error.message, Unreachable.BAD_REQUEST)
        case TelegramBadRequest() | TelegramForbiddenError():
            return _refusal(error.message)
        case TelegramNetworkError():
            return _on_the_way(error)
        case ClientDecodeError():
            return _unread(error)
        case ProxyError() | ProxyConnectionError() | ProxyTimeoutError():
            return Failure(Trouble.NOT_SENT, type(error).__name__)
        case TelegramServerError():
            return _from_the_server(error.message)
        case TelegramAPIError():
            return Failure(Trouble.NOT_SENT, error.message)
        case _:
            return Failure(Trouble.PERHAPS, type(error).__name__)


def _refusal(description: str) -> Failure:
    said = description.lower()
    for words, trouble, why in WORDS:
        if words in said:
            return Failure(trouble, description, why)
    return Failure(Trouble.REFUSED, description, Unreachable.BAD_REQUEST)


def _on_the_way(error: TelegramNetworkError) -> Failure:
    """Before there is a connection nothing was asked; afterwards it may have been accepted."""
    cause = error.__cause__
    never_left = isinstance(cause, ClientConnectorError | ConnectionTimeoutError)
    return Failure(Trouble.NOT_SENT if never_left else Trouble.PERHAPS, type(cause or error).__name__)


def _unread(error: ClientDecodeError) -> Failure:
    """A proxy's page in HTML, or an answer newer than our library: that one was accepted all the same."""
    data = error.data
    if isinstance(data, dict):
        result = data.get("result")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return Failure(
            Trouble.SENT if data.get("ok") else Trouble.PERHAPS, "unread_answer", None, 0.0, message_id
        )
    return (
        _from_the_server(str(data)) if str(data).lstrip().startswith("<") else Failure(Trouble.PERHAPS, "cut")
    )


def _from_the_server(said: str) -> Failure:
    """A gateway that gave up waiting knows nothing; every other failure of the server did nothing."""
    if GATEWAY_TIMEOUT.search(said):
        return Failure(Trouble.PERHAPS, "gateway_timeout")
    return Failure(Trouble.NOT_SENT, "server_error")


def plain(text: str) -> str:
    return html.unescape(TAG.sub("", text))
