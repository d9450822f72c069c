"""What many would write: an aiogram handler that inserts one row, commits and answers the press."""

import asyncio
import json
import sys
from datetime import datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery
from aiohttp import web
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.database import PRAGMAS
from bot.webhook import Webhook


class Pressed(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    user: int
    data: str
    at: datetime


class Bare:
    """Behind the same webhook as ours: the update is handed over once the request was checked."""

    def __init__(self, bot: Bot, engine: AsyncEngine) -> None:
        self.bot, self.engine, self.clock = bot, engine, Clock()
        self.dispatcher = Dispatcher()
        self.dispatcher.callback_query.register(self.pressed)

    async def take(self, raw: dict[str, Any]) -> None:
        await self.dispatcher.feed_raw_update(self.bot, raw)

    async def pressed(self, query: CallbackQuery) -> None:
        async with AsyncSession(self.engine) as session:
            session.add(Pressed(user=query.from_user.id, data=query.data or "", at=self.clock.now()))
            await session.commit()
        await query.answer()


def opened(address: str) -> AsyncEngine:
    """The stock driver with our pragmas, and one connection: several writers would wait for each other."""
    engine = create_async_engine(address, pool_size=1, max_overflow=0, pool_timeout=60)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def _connected(connection: Any, _: Any) -> None:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").close()

    return engine


async def bare(api: str, address: str, token: str, count: int) -> None:
    engine = opened(address)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.tables["pressed"].create)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    app = web.Application(client_max_size=1 << 20)
    runner = web.AppRunner(app, access_log=None)
    door = Webhook(bot, Bare(bot, engine), "bench" * 4, "http://127.0.0.1")  # type: ignore[arg-type]
    door.add_to(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{door.path}"
    presses = [(number, f"as:{number:032x}:y") for number in range(1, count + 1)]
    print(json.dumps({"url": url, "secret": door.secret, "presses": presses}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()
    await bot.session.close()
    await engine.dispose()
