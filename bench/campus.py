"""A made-up school, the phones of its graduates, and the product in processes of their own beside it."""

from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from actions import spreading
from bench.graduates import BEGIN, FIRST_ADDRESS, begun, enrolled
from bench.product import SECRET, Told, started
from bench.server import Yes
from bot.clock import Clock
from bot.database import Database, Works
from bot.delivery_sending import AT_ONCE
from bot.migrate import migrate
from bot.rehearsal import set_rehearsal_clock
from models.answer import Answer
from models.campaign import Campaign
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Chat
from models.sealed import Keyring
from reports import campaigns
from rules import load
from sandbox import Sandbox

CONFIRM = "以上信息属实"
LOG = "product.log"


class Campus:
    def __init__(self, url: str, folder: Path, server: Sandbox | Yes) -> None:
        self.url, self.folder, self.server = url, folder, server
        self.journal, self.log = folder / "product.journal", folder / LOG
        bot_id = int(server.token.partition(":")[0])
        self.works = Works(Database(url), Clock(), load(None), Keyring.of(SECRET), bot_id)
        self.campaign: Campaign

    @property
    def sandbox(self) -> Sandbox:
        assert isinstance(self.server, Sandbox)
        return self.server

    async def open(self) -> None:
        await migrate(self.works.database)
        await set_rehearsal_clock(self.works, BEGIN)

    async def close(self) -> None:
        await self.works.database.close()

    async def ask(self, count: int) -> None:
        """A campaign over so many people, every message of it queued."""
        await enrolled(self.works, count)
        self.phones(count)
        self.campaign = await begun(self.works)
        while True:
            async with self.works.begin() as work:
                if not await spreading.spread(work):
                    return

    def phones(self, count: int) -> None:
        for number in range(count):
            self.sandbox.phone(FIRST_ADDRESS + number, "李华").started = True

    def start(
        self, pace: float | None, journal: Path | None = None, *, at_once: int = AT_ONCE, **given: Any
    ) -> ForkServerProcess:
        api, token = self.server.url, self.server.token
        return started(Told(self.url, api, token, journal or self.journal, pace, self.log, at_once, given))

    async def states(self) -> Counter[Sending]:
        async with self.works.reading() as session:
            query = select(col(Outgoing.state), func.count()).group_by(col(Outgoing.state))
            return Counter(dict((await session.execute(query)).all()))

    async def answers(self) -> Counter[int]:
        """How many answers there are by the address they came from."""
        async with self.works.reading() as session:
            query = select(col(Chat.address)).join(Answer, col(Answer.person_id) == col(Chat.person_id))
            return Counter((await session.execute(query)).scalars())

    async def rows(self) -> dict[int, Outgoing]:
        """The campaign's rows by the address they went to."""
        query = select(col(Chat.address), Outgoing).join(Outgoing, col(Outgoing.person_id) == Chat.person_id)
        async with self.works.reading() as session:
            found = await session.execute(query.where(col(Outgoing.lane) == Lane.CAMPAIGN))
            return {row[0]: row[1] for row in found}

    async def numbers(self) -> dict[str, int | bool]:
        async with self.works.reading() as session:
            campaign = await session.get_one(Campaign, self.campaign.id)
            return await campaigns.numbers(session, campaign)

    def cards(self) -> Counter[int]:
        """How often the campaign's message was executed for each chat, answered or not."""
        return Counter(
            call.result["chat"]["id"]
            for call in self.sandbox.calls
            if call.method == "sendMessage" and call.result and CONFIRM in str(call.result)
        )
