"""A postman at work against our own Telegram, with rows put straight into a real database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import select
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.database import Database, Works
from bot.journal import Journal
from bot.pace import Pace
from bot.pace_shared import SharedPace
from bot.postman import Postman
from bot.rendering import Markup
from models.ask import Ask
from models.campaign import Campaign, CampaignState
from models.event import Incident
from models.graduate import Graduate
from models.messages import Lane, Say
from models.messages.cases import CaseTextTooLong
from models.outgoing import Outgoing
from models.person import Chat, Locale, Person
from models.sealed import Keyring
from models.unit import Unit, UnitKind
from rules import load
from sandbox import Phone, Sandbox
from tests.shared import compiled_once

BEGIN = datetime(2024, 7, 8, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
RULES = load(None)
Row = TypeVar("Row", bound=SQLModel)


class Given:
    """What a template would have made of it: the message's one number names the text."""

    def __init__(self, text: str, markup: Markup | None) -> None:
        self.text, self.markup = text, markup


class GivenWords:
    def __init__(self) -> None:
        self.given: list[Given | None] = []

    def add(self, text: str | None, markup: Markup | None) -> Say:
        self.given.append(Given(text, markup) if text is not None else None)
        return CaseTextTooLong(most=len(self.given) - 1)

    async def render(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Given:
        assert isinstance(message, CaseTextTooLong)
        given = self.given[message.most]
        if given is None:
            raise LookupError("no template")
        return given


def works_on(url: str, bot_id: int) -> Works:
    clock = Clock()
    clock.offset = BEGIN - clock.now()
    return Works(compiled_once(Database(url)), clock, RULES, Keyring.of("secret"), bot_id)


class Office:
    """Starts and stops postmen; each may have a name, a pace and an address of its own."""

    def __init__(self, url: str, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.works = works_on(url, int(sandbox.token.partition(":")[0]))
        self.words = GivenWords()
        self.running: list[tuple[Postman, Bot, asyncio.Task[None]]] = []
        self.shared: list[asyncio.Task[None]] = []
        self.numbers = iter(range(500, 100_000))

    # Who and what.

    async def person(self, **given: Any) -> tuple[Person, Phone]:
        phone = self.sandbox.phone(next(self.numbers), "李华")
        await phone.send("/start")
        person = Person(created_at=self.now, **given)
        await self.add(person, self.chat(person, phone.user_id))
        return person, phone

    def chat(self, person: Person, address: int) -> Chat:
        return Chat(bot_id=self.works.bot_id, address=address, person=person, created_at=self.now)

    async def campaign(self, state: CampaignState = CampaignState.RUNNING) -> Campaign:
        campaign = Campaign(
            name=f"confirm-{next(self.numbers)}",
            cohort=2024,
            state=state,
            deadline_at=self.now + timedelta(days=30),
            rules_digest="",
            launched_at=self.now,
        )
        await self.add(campaign)
        return campaign

    async def ask(self, **given: Any) -> Ask:
        number = next(self.numbers)
        unit = Unit(kind=UnitKind.CLASS, name=f"软件{number}", path=str(number))
        graduate = Graduate(
            cohort=2024, unit=unit, roster_key=str(number), name="李华", name_key="李华", created_at=self.now
        )
        values = {"version": 1, "deadline_at": self.now + timedelta(days=30), "opened_at": self.now}
        ask = Ask(**{"graduate": graduate, **values, **given})
        await self.add(ask)
        return ask

    async def say(
        self,
        person: Person,
        text: str | None,
        lane: Lane = Lane.REPLY,
        *,
        markup: Markup | None = None,
        **given: Any,
    ) -> int:
        row = Outgoing(
            **{
                "bot_id": self.works.bot_id,
                "person_id": person.id,
                "message": self.words.add(text, markup),
                "lane": lane,
                "due_at": self.now,
                "created_at": self.now,
                **given,
            }
        )
        await self.add(row)
        assert row.id is not None
        return row.id

    # Rows.

    @property
    def now(self) -> datetime:
        return self.works.clock.now()

    async def add(self, *rows: SQLModel) -> None:
        async with self.works.begin() as work:
            work.session.add_all(rows)

    async def row(self, row_id: int) -> Outgoing:
        return await self.get(Outgoing, row_id)

    async def get(self, kind: type[Row], key: int | UUID) -> Row:
        async with self.works.reading() as session:
            return await session.get_one(kind, key)

    async def incidents(self) -> list[str]:
        async with self.works.reading() as session:
            found = await session.execute(select(col(Incident.kind)).order_by(col(Incident.number)))
            return list(found.scalars())

    async def change(self, kind: type[SQLModel], key: int | UUID, **values: Any) -> None:
        async with self.works.begin() as work:
            row = await work.session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def pause(self) -> None:
        """Let the postman work, where there is nothing of ours to wait for."""
        await asyncio.sleep(0.01)

    # Postmen.

    async def opens(
        self,
        name: str = "one",
        *,
        pace: Pace | None = None,
        shared: bool = False,
        url: str | None = None,
        at_once: int = 50,
    ) -> Postman:
        session = AiohttpSession(api=TelegramAPIServer.from_base(url or self.sandbox.url))
        bot = Bot(self.sandbox.token, session=session)
        pace = pace or Pace(2000, burst=1000)
        if shared:
            self.share(name, pace)
        journal = Journal(self.journal(name))
        postman = Postman(self.works, bot, self.words, journal, pace, name=name, at_once=at_once)
        task = asyncio.get_running_loop().create_task(postman.run())
        self.running.append((postman, bot, task))
        await asyncio.sleep(0)
        return postman

    def share(self, name: str, pace: Pace) -> SharedPace:
        made = SharedPace(replace(self.works, name=name), pace)
        self.shared.append(asyncio.get_running_loop().create_task(made.run()))
        return made

    def journal(self, name: str = "one") -> Path:
        return self.folder / f"{name}.journal"

    async def delivers(self) -> None:
        """One postman carries all that is due, and stays."""
        if not self.running:
            await self.opens()
        await self.running[0][0].drained()

    async def passes(self, **delta: float) -> None:
        self.works.clock.offset += timedelta(**delta)
        await self.delivers()

    async def killed(self) -> None:
        """As a kill would: what was in flight is never heard of again."""
        for _, bot, task in self.running:
            task.cancel()
            await asyncio.wait({task})
            await bot.session.close()
        self.running.clear()
        await self.alone()

    async def closes(self) -> None:
        for postman, bot, task in self.running:
            await postman.stop(within=5)
            await task
            await bot.session.close()
        self.running.clear()
        await self.alone()

    async def alone(self) -> None:
        for task in self.shared:
            task.cancel()
            await asyncio.wait({task})
        self.shared.clear()
