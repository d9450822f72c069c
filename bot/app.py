"""The whole product in one process: intake, postman, scheduler and web under one TaskGroup."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.token import TokenValidationError
from aiohttp import web
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions import delivery
from actions.units import ensure_school
from bot import carriers
from bot.bell import Bell
from bot.clock import Clock
from bot.courier import Courier
from bot.database import Database, Works
from bot.delivery_sending import AT_ONCE
from bot.delivery_verdicts import shut_out
from bot.door import Door
from bot.evidence import EvidenceDoor
from bot.intake import Intake
from bot.journal import Journal
from bot.lookout import Health, Lookout
from bot.migrate import migrate
from bot.network import ON_THE_WAY, asked, patiently
from bot.pace import ANSWER, Pace
from bot.pace_shared import SharedPace
from bot.poller import Poller
from bot.postman import Postman
from bot.rehearsal import set_rehearsal_clock
from bot.rendering import School, Words
from bot.settings import Settings, WrongSetting
from bot.sweep import Sweep
from bot.vault import Vault, evidence_folder
from bot.webhook import Webhook
from handlers import routes
from models.event import Setting
from models.sealed import Keyring
from rules import Rules, load
from scheduler.schedule import Schedule
from web.app import pages

log = logging.getLogger(__name__)

BOT_USERNAME = "bot_username"
ACKNOWLEDGE_WITHIN = 10
# A process that is asked to stop is gone within ten seconds; the last of them is for closing down.
FINISH_WITHIN = 9.0
T = TypeVar("T")


class App:
    """Built from settings; `run` lives until `stop`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rules: Rules = load(settings.rules)
        carriers.check(settings, self.rules)
        self.keys = Keyring.of(settings.key_material())
        self.clock = Clock()
        self.bot = make_bot(settings)
        database = Database(settings.database_url)
        self.works = Works(database, self.clock, self.rules, self.keys, self.bot.id, process_name())
        self.routes = routes()
        self.journal_file = journal_path(settings)
        self.evidence_folder = evidence_folder(settings)
        self.pace = Pace()
        self.at_once = AT_ONCE
        self.started = asyncio.Event()
        self.health: Callable[[], Awaitable[Health | None]]
        self._stop = asyncio.Event()
        self._kept_waiting: asyncio.Timeout | None = None
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            await self._prepare()
            if not self._stop.is_set():
                await self._live()
        finally:
            await self.bot.session.close()
            await self.works.database.close()

    def stop(self) -> None:
        if self._kept_waiting and not self._stop.is_set():
            self._kept_waiting.reschedule(0)
        self._stop.set()

    async def moved_to(self, instant: datetime) -> None:
        """Move this database's clock forward and look at once for what became due."""
        await self.works.keep_clock(self.clock.offset_to(instant))
        await self.schedule.look_now()
        self.postman.ring()

    async def settled(self) -> None:
        """Until nothing is due and nothing is in flight."""
        await self.postman.drained()
        for courier in self.couriers:
            await courier.drained()

    async def _unless_stopped(self, waited_for: Awaitable[T]) -> T | None:
        """Telegram may keep a start waiting for hours; where we are asked to stop that is over at once."""
        try:
            async with asyncio.timeout(0 if self._stop.is_set() else None) as self._kept_waiting:
                return await waited_for
        except TimeoutError:
            if not self._stop.is_set():
                raise
            return None
        finally:
            self._kept_waiting = None

    async def _prepare(self) -> None:
        await migrate(self.works.database)
        await set_clock(self.works, self.settings.clock)
        me = await self._unless_stopped(patiently(self.bot.get_me))
        if me is None:
            return
        school = School(
            self.settings.must("school"),
            self.settings.must("contact"),
            self.settings.public_url,
            me.username or "",
        )
        async with self.works.begin() as work:
            await work.alone_at("start")
            await ensure_school(work.session, school.name)
            await work.session.merge(Setting(name=BOT_USERNAME, value=school.bot))
        self.words = Words(self.routes, self.rules, self.keys, school, self.rules.quiet.zone)
        sqlite = self.works.database.sqlite
        journal = Journal(self.journal_file) if sqlite else Journal.first_free(self.journal_file)
        self.postman = Postman(
            self.works,
            self.bot,
            self.words,
            journal,
            self.pace,
            name=self.works.name,
            at_once=self.at_once,
        )
        self.couriers = [
            Courier(self.works, carrier, self.works.name)
            for carrier in carriers.carriers(self.settings, self.rules, self.keys)
        ]
        self.works.bells += [self.postman.ring, *(one.ring for one in self.couriers)]
        self.schedule = Schedule(self.works)
        self.vault = Vault(self.evidence_folder, self.keys)
        self.sweep = Sweep(self.works, self.vault)

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group, AsyncExitStack() as closing:
            self._group = group
            intake = Intake(self.works, self.bot, self.routes, self._acknowledge)
            serving = await self._serve(intake)
            closing.push_async_callback(serving.cleanup)
            shared = SharedPace(self.works, self.pace)
            bell = Bell(self.works, ring=self.postman.ring, paused=shared.look)
            staying = [group.create_task(shared.run()), group.create_task(self.postman.run())]
            staying += [group.create_task(one.run()) for one in self.couriers]
            listening = [group.create_task(bell.run())]
            if self.settings.mode == "polling":
                poller = Poller(self.bot, intake)
                self.health = poller.health
                listening.append(group.create_task(self._polling(poller)))
                await self._unless_stopped(poller.listening.wait())
            listening.append(group.create_task(Lookout(self.works, self.health).run()))
            listening.append(group.create_task(self.sweep.run()))
            self.schedule.start()
            closing.push_async_callback(self.schedule.stop)
            self.started.set()
            await self._stop.wait()
            for task in listening:
                task.cancel()
            carried = (one.stop(FINISH_WITHIN) for one in self.couriers)
            await asyncio.gather(serving.cleanup(), self.postman.stop(within=FINISH_WITHIN), *carried)
            for task in (*staying, *self._acknowledging):
                task.cancel()

    async def _polling(self, poller: Poller) -> None:
        if self.works.database.sqlite:
            await poller.run()
        else:
            from bot.poller_lock import OnePoller

            await OnePoller(self.works.database, poller).run()

    async def _serve(self, intake: Intake) -> web.AppRunner:
        self.door = Door(self.works, self.routes, self.words)
        papers = EvidenceDoor(self.door, self.vault)
        app = pages(
            self.works,
            self.door,
            self.words.school,
            self.rules.privacy.page,
            papers,
            self.rules.evidence.limits,
            self.settings.sms_key,
        )
        if self.settings.mode == "webhook":
            webhook = Webhook(
                self.bot, intake, self.settings.key_material(), self.settings.must("public_url")
            )
            webhook.add_to(app)
            self.health = webhook.health
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_WITHIN)
        await runner.setup()
        host, port = self.settings.host_and_port
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise WrongSetting(f"QUXIANG_LISTEN {host}:{port} cannot be used: {error.strerror}") from error
        self.address = runner.addresses[0][:2]
        if self.settings.mode == "webhook":
            await self._unless_stopped(webhook.register())
        return runner

    def _acknowledge(self, query_id: str) -> None:
        """One bounded request that nobody waits for; the button stops spinning."""
        task = self._group.create_task(self._answer(query_id))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    async def _answer(self, query_id: str) -> None:
        """Sent bare: of the answer only a refusal to hear more for a while is of use."""
        with suppress(*ON_THE_WAY, KeyError, TypeError, ValueError, DBAPIError, PoolTimeout):
            if not await self.pace.turn(None, ANSWER, within=ACKNOWLEDGE_WITHIN):
                return
            query = {"callback_query_id": query_id}
            async with asked(self.bot, "answerCallbackQuery", query, within=ACKNOWLEDGE_WITHIN) as said:
                if said.status != HTTPStatus.TOO_MANY_REQUESTS:
                    return
                body = await said.json(content_type=None)
            if until := shut_out(self.pace, self.clock, float(body["parameters"]["retry_after"])):
                async with self.works.begin() as work:
                    await delivery.throttled(work, until)


class Unencrypted(AiohttpSession):
    """To a Bot API server on this machine: there is no encryption whose end must be waited for."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def make_bot(settings: Settings) -> Bot:
    encrypted = not (settings.telegram_api or "").startswith("http://")
    session = (AiohttpSession if encrypted else Unencrypted)(proxy=settings.proxy)
    if settings.telegram_api:
        session.api = TelegramAPIServer.from_base(settings.telegram_api)
    try:
        return Bot(
            settings.must("token"),
            session=session,
            default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True),
        )
    except TokenValidationError as error:
        raise WrongSetting("QUXIANG_TOKEN is not a bot token; it looks like 123456:ABC…") from error


async def set_clock(works: Works, instant: datetime | None) -> None:
    """The first process stores the offset; every other process of the database takes it over."""
    await works.read_clock()
    if instant is not None:
        await set_rehearsal_clock(works, instant)


def journal_path(settings: Settings) -> Path:
    """Beside the SQLite file; on PostgreSQL in the working folder, the first of those of this database."""
    file = settings.sqlite_file
    if file is not None:
        return file.with_name(file.name + ".journal")
    return Path(f"quxiang-{make_url(settings.database_url).database}.journal")


def process_name() -> str:
    """Never the same twice: a number of the system comes back, in a container at every start."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
