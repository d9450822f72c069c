"""A postman in a process of its own, to be killed: `python -m tests.delivery.child URL API TOKEN JOURNAL`."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.journal import Journal
from bot.pace import Pace
from bot.postman import Postman
from models.messages import Say
from models.messages.cases import CaseTextTooLong
from models.person import Locale
from tests.delivery.office import Given, works_on


class Numbered:
    async def render(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Given:
        assert isinstance(message, CaseTextTooLong)
        return Given(f"第{message.most}条", None)


async def main(url: str, api: str, token: str, journal: str) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    works = works_on(url, bot.id)
    await Postman(
        works, bot, Numbered(), Journal(Path(journal)), Pace(200, burst=100), name="child", at_once=8
    ).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
