"""A running sandbox, a real aiogram bot and a bare HTTP client for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api, Seconds


class Session(AiohttpSession):
    """aiogram waits a quarter of a second for TLS to end; there is none here."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(paced=False) as sandbox:
        yield sandbox


@pytest.fixture
def seconds(sandbox: Sandbox) -> Seconds:
    sandbox.monotonic = seconds = Seconds()
    return seconds


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield Api(sandbox, http)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    session = Session(api=TelegramAPIServer.from_base(sandbox.url))
    async with Bot(sandbox.token, session=session).context() as bot:
        yield bot


@pytest.fixture
async def lihua(sandbox: Sandbox) -> Phone:
    phone = sandbox.phone(7, "Hua", last_name="Li", phone_number="+8613800138000")
    await phone.send("/start")
    return phone
