"""What many would write: an aiogram handler that inserts one row, commits and answers the press."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery
from aiohttp import web
from sqlmodel import Field, SQLModel

from bot.database import Database
from bot.webhook import Webhook


class Pressed(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    user: int
    data: str
    at: datetime


class Bare:
    """Behind the same webhook as ours: the update is handed over once the request was checked."""

    def __init__(self, bot: Bot, database: Database) -> None:
        self.bot, self.database = bot, database
        self.dispatcher = Dispatcher()
        self.dispatcher.callback_query.register(self.pressed)

    async def take(self, raw: dict[str, Any]) -> None:
        await self.dispatcher.feed_raw_update(self.bot, raw)

    async def pressed(self, query: CallbackQuery) -> None:
        async with self.database.session() as session:
            session.add(Pressed(user=query.from_user.id, data=query.data or "", at=datetime.now(UTC)))
            await session.commit()
        await query.answer()


async def bare(api: str, address: str, token: str, count: int) -> None:
    database = Database(address)
    async with database.writer.begin() as connection:
        await connection.run_sync(SQLModel.metadata.tables["pressed"].create)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    app = web.Application(client_max_size=1 << 20)
    runner = web.AppRunner(app, access_log=None)
    door = Webhook(bot, Bare(bot, database), "bench" * 4, "http://127.0.0.1")  # type: ignore[arg-type]
    door.add_to(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{door.path}"
    presses = [(number, f"as:{number:032x}:y") for number in range(1, count + 1)]
    print(json.dumps({"url": url, "secret": door.secret, "presses": presses}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()
    await bot.session.close()
    await database.close()
