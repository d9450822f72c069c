"""From raw updates to units: different people's share one transaction, one person's keep their order."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Update, User
from pydantic import ValidationError

from actions import identity
from actions.work import Refusal, Work
from bot.database import Works, away, busy
from bot.errors import Taken, crashed, set_aside, take_in
from bot.hearing import Hearing, Heeded, refused
from handlers.routes import Routes
from models.person import Person

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
TRIES = 3
# A unit on SQLite holds the only writer, and nobody may hold it for long.
TOGETHER = 32
# Where several came together they come again: the next unit waits for them, being nearly free, until all of
# them are here, or a moment brings nobody.
MOMENT = 0.001
GATHER = 0.005
# On PostgreSQL a slow unit need not hold up everybody else's.
SIDE_BY_SIDE = 4
Acknowledge = Callable[[str], None]


@dataclass(eq=False)
class Waiting:
    """An update in the line, until it is committed or the database was out of reach."""

    update: Update
    heard: Heeded
    sender: User
    raw: dict[str, Any]
    refusal: Refusal | None = None
    acknowledged: bool = False
    settled: bool = False
    error: Exception | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self, error: Exception | None = None) -> None:
        self.settled, self.error = True, error
        self.woken.set()


class Undone(Exception):
    """One of a unit was refused: all of it is undone, and done again without what that one did."""


class Intake:
    """Whoever waits and finds the way free carries what has gathered; the others wait for their own."""

    def __init__(self, works: Works, bot: Bot, routes: Routes, acknowledge: Acknowledge) -> None:
        self.works, self.bot, self.routes, self.acknowledge = works, bot, routes, acknowledge
        self.hearing = Hearing(routes)
        self._line: deque[Waiting] = deque()
        self._carried: set[int] = set()
        self._ways = 1 if works.database.sqlite else SIDE_BY_SIDE
        self._expected = 1
        self._all_here = asyncio.Event()

    async def take(self, raw: dict[str, Any]) -> None:
        """Returns once the update is committed; raises only when the database is out of reach."""
        await self.take_all([raw])

    async def take_all(self, raws: Sequence[dict[str, Any]]) -> None:
        """As they were received; one that failed for want of the database fails all of them."""
        entered = [one for raw in raws if (one := await self._read(raw)) is not None]
        self._line.extend(entered)
        if len(self._line) >= self._expected:
            self._all_here.set()
        try:
            for one in entered:
                await self._settled(one)
        except asyncio.CancelledError:
            # Also those that somebody carries: put back by them, nobody would be there to be woken.
            for one in entered:
                one.settled = True
            self._line = deque(one for one in self._line if one not in entered)
            self._wake_next()
            raise
        for one in entered:
            if one.error is not None:
                raise one.error

    async def _read(self, raw: dict[str, Any]) -> Waiting | None:
        try:
            update = Update.model_validate(_slim(raw), context={"bot": self.bot})
        except ValidationError as error:
            log.warning("update %s cannot be read", raw.get("update_id"))
            await set_aside(self.works, raw, error)
            return None
        heard = update.message or update.callback_query or update.my_chat_member
        if heard is None or heard.from_user is None or not _private(heard):
            return None
        return Waiting(update, heard, heard.from_user, raw)

    async def _settled(self, one: Waiting) -> None:
        while not one.settled:
            await self._gather()
            if unit := self._next_unit():
                await self._carry(unit)
            else:
                await one.woken.wait()
                one.woken.clear()

    async def _gather(self) -> None:
        """Alone nobody waits; under load a unit of twenty costs little more than one of two."""
        if self._ways and 0 < len(self._line) < self._expected:
            self._ways -= 1
            try:
                await self._nobody_comes()
            finally:
                self._ways += 1

    async def _nobody_comes(self) -> None:
        loop = asyncio.get_running_loop()
        until, there = loop.time() + GATHER, 0
        self._all_here.clear()
        while there < len(self._line) < self._expected and loop.time() < until:
            there = len(self._line)
            with suppress(TimeoutError):
                async with asyncio.timeout(MOMENT):
                    await self._all_here.wait()

    def _next_unit(self) -> list[Waiting]:
        """In the order received, the first of each person who is not being carried already."""
        unit: list[Waiting] = []
        later: deque[Waiting] = deque()
        people = set(self._carried)
        while self._ways and self._line and len(unit) < TOGETHER:
            one = self._line.popleft()
            (later if one.sender.id in people else unit).append(one)
            people.add(one.sender.id)
        self._line.extendleft(reversed(later))
        return unit

    async def _carry(self, unit: list[Waiting]) -> None:
        people = {one.sender.id for one in unit}
        self._ways -= 1
        self._carried |= people
        if self._ways:
            self._wake_next()
        try:
            await self._through(unit)
        except Exception as error:  # the database is away, also for those who wait behind
            for one in (*unit, *self._line):
                if not one.settled:
                    one.settle(error)
            self._line.clear()
            raise
        finally:
            self._line.extendleft(one for one in reversed(unit) if not one.settled)
            self._carried -= people
            self._ways += 1
            self._expected = min(len({one.sender.id for one in (*unit, *self._line)}), TOGETHER)
            self._wake_next()

    def _wake_next(self) -> None:
        if self._line:
            self._line[0].woken.set()

    async def _through(self, unit: list[Waiting]) -> None:
        """Until all of it is committed; a unit that fails is undone and taken one by one."""
        failed = await self._tried(unit)
        if failed is None:
            for one in unit:
                one.settle()
        elif len(unit) > 1:
            for one in unit:
                # It may have been refused for what another of the unit did, and that is undone.
                one.refusal = None
                await self._through([one])
        else:
            [one] = unit
            await crashed(self.works, one.update, one.sender, one.raw, failed)
            one.settle()

    async def _tried(self, unit: list[Waiting]) -> Exception | None:
        refusals = left = TRIES
        while True:
            try:
                await self._together(unit)
                return None
            except Undone as undone:
                refusals -= 1
                if not refusals:
                    return undone
            except Exception as error:
                left -= 1
                if busy(error) and left:
                    continue
                if away(error):
                    raise
                return error

    async def _together(self, unit: list[Waiting]) -> None:
        async with self.works.begin() as work:
            people = await identity.senders(work, {one.sender.id: one.sender.language_code for one in unit})
            new = await take_in(work, [_row(one, people[one.sender.id]) for one in unit])
            fresh = [(one, people[one.sender.id]) for one in unit if one.update.update_id in new]
            for one, _ in fresh:
                self._acknowledged(one)
            await self._read_ahead(work, fresh)
            for one, person in fresh:
                await self._heard(work, one, person)

    async def _read_ahead(self, work: Work, fresh: list[tuple[Waiting, Person]]) -> None:
        presses: list[tuple[Person, CallbackData]] = []
        for one, person in fresh:
            if one.refusal is None and (found := self.hearing.press(one.heard)) is not None:
                presses.append((person, found[0]))
        if presses and self.routes.reads_ahead:
            await self.routes.reads_ahead(work, presses)

    async def _heard(self, work: Work, one: Waiting, person: Person) -> None:
        if one.refusal is not None:
            refused(work, person, one.heard, one.refusal)
            return
        try:
            await self.hearing.route(work, person, one.heard)
        except Refusal as refusal:
            one.refusal = refusal
            raise Undone from refusal

    def _acknowledged(self, one: Waiting) -> None:
        if isinstance(one.heard, CallbackQuery) and not one.acknowledged:
            one.acknowledged = True
            self.acknowledge(one.heard.id)


def _slim(raw: dict[str, Any]) -> dict[str, Any]:
    """The message a button hangs on says only whether the chat is private: the rest is not worth reading."""
    match raw:
        case {"callback_query": {"message": {"chat": {"type": "private"}}} as pressed}:
            return raw | {"callback_query": {key: pressed[key] for key in pressed if key != "message"}}
    return raw


def _row(one: Waiting, person: Person) -> Taken:
    outcome = one.refusal.said.kind if one.refusal else "done"
    return Taken(one.update.update_id, one.update.event_type, outcome, person.id)


def _private(heard: Heeded) -> bool:
    if isinstance(heard, CallbackQuery):
        return heard.message is None or heard.message.chat.type == "private"
    return heard.chat.type == "private"
