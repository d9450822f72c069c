"""What may go wrong on the way to Telegram: all of it passes, none of it may end the process."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

log = logging.getLogger(__name__)

# The proxy's own errors descend from plain Exception, so that no other class catches them.
ON_THE_WAY = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)

PAUSES = (0.5, 1, 2)
NOT_YET = (TelegramNetworkError, TelegramServerError, ClientDecodeError, *ON_THE_WAY)
T = TypeVar("T")


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Telegram may be restarting just when we start; a token it refuses is told at once.

    However long it asks to be left alone, it is: to come back sooner, or started anew, makes it longer."""
    for pause in PAUSES:
        try:
            return await call()
        except TelegramRetryAfter as error:
            log.warning("Telegram asks to be left alone: the start waits %d seconds", error.retry_after)
            await asyncio.sleep(error.retry_after)
        except NOT_YET as error:
            log.warning("Telegram does not answer yet: %s", type(error).__name__)
            await asyncio.sleep(pause)
    return await call()


@asynccontextmanager
async def asked(
    bot: Bot, method: str, what: Mapping[str, object], *, within: float
) -> AsyncIterator[aiohttp.ClientResponse]:
    """One call through the bot's own connections, its answer unread: no model is built on either side."""
    link = bot.session
    assert isinstance(link, AiohttpSession)
    session = await link.create_session()
    url = link.api.api_url(bot.token, method)
    # A connection that does not come about sent nothing: it has to fail by itself, before all of it does.
    limit = aiohttp.ClientTimeout(total=within, connect=within / 2)
    async with session.post(url, json=what, timeout=limit) as answer:
        yield answer


async def result_of(
    bot: Bot, method: type[TelegramMethod[Any]], what: Mapping[str, Any], *, within: float
) -> Any:
    """What Telegram gave, as it came; what it refused is raised as aiogram words it.

    A form, and a model of the whole message for the sake of its number, cost as much as all the rest."""
    try:
        async with asked(bot, method.__api_method__, what, within=within) as answer:
            said = await answer.text()
    except TimeoutError as error:
        raise TelegramNetworkError(_of(method, what), "no answer in time") from error
    except aiohttp.ClientError as error:
        raise TelegramNetworkError(_of(method, what), f"{type(error).__name__}: {error}") from error
    if answer.status == HTTPStatus.OK:
        try:
            body = json.loads(said)
        except ValueError:
            body = None
        if isinstance(body, dict) and body.get("ok") is True and body.get("result"):
            return body["result"]
    return bot.session.check_response(bot, _of(method, what), answer.status, said).result


def _of(method: type[TelegramMethod[Any]], what: Mapping[str, Any]) -> TelegramMethod[Any]:
    return method.model_construct(None, **what)
