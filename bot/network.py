"""What may go wrong on the way to Telegram: all of it passes, none of it may end the process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

# The proxy's own errors descend from plain Exception, so that no other class catches them.
ON_THE_WAY = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)


@asynccontextmanager
async def asked(
    bot: Bot, method: str, what: Mapping[str, object], *, within: float
) -> AsyncIterator[aiohttp.ClientResponse]:
    """One call through the bot's own connections, its answer unread: no model is built on either side."""
    link = bot.session
    assert isinstance(link, AiohttpSession)
    session = await link.create_session()
    url = link.api.api_url(bot.token, method)
    async with session.post(url, json=what, timeout=aiohttp.ClientTimeout(total=within)) as answer:
        yield answer
