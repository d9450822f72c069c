"""Carries what was said: claims due rows, has them rendered and sent, and records what became of each."""

import asyncio
import logging
import time
from collections import Counter, deque
from contextlib import suppress
from math import ceil
from uuid import UUID

from aiogram import Bot

from actions.delivery import Outcome, Result, incident_once, record, unrecorded
from actions.delivery_claims import LANES, Letter, claim, recover, take_over
from bot.database import Works, away
from bot.delivery_errors import failure
from bot.delivery_sending import AT_ONCE, LEASE, NotNow, Ready, Rendered, Sender, Wording, ready
from bot.delivery_verdicts import Verdicts
from bot.journal import Journal
from bot.pace import Pacing
from models.messages import Lane
from reports.facts import named_rows

log = logging.getLogger("quxiang.postman")

POLL = 1.0
LOOK_BACK = 5.0
LINGER = 0.05
# A campaign's outcomes wait longer, for a recording of few costs nearly what one of many does.
LINGER_ON = 0.2
RETRY = 0.5
HANDFUL = 500
LEAST = 4
A_SECOND = 1.0


class Postman:
    """`name` tells the claims of this process from those of others; the journal is this process's alone."""

    def __init__(
        self,
        works: Works,
        bot: Bot,
        words: Wording,
        journal: Journal,
        pace: Pacing,
        *,
        name: str,
        at_once: int = AT_ONCE,
    ) -> None:
        self.works, self.words, self.journal, self.pace, self.name = works, words, journal, pace, name
        self.sender = Sender(bot, pace, journal, at_once)
        self.handful, self.at_once = min(max(ceil(pace.per_second), 1), HANDFUL), at_once
        self.verdicts = Verdicts(works.clock, pace, name)
        self._in_hand: dict[int, Lane] = {}
        self._pending: dict[int, Outcome] = {}
        self._bell, self._outcomes, self._empty = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._quiet, self._ended = asyncio.Event(), asyncio.Event()
        self._pressing = asyncio.Event()
        self._left = deque[float]()
        self._work: asyncio.Task[None] | None = None
        self._fault: Exception | None = None
        self._look_back_at = self._shorten_at = 0.0
        self._stopping = self._sent_all = False
        self._empty.set()
        self._ended.set()

    def ring(self) -> None:
        """Something was said: look now."""
        self._bell.set()

    async def drained(self) -> None:
        """Until nothing is due at the clock's now, nothing is claimed and nothing in flight."""
        if not self._ended.is_set():
            self._fault = None
            self._quiet.clear()
            self.ring()
            await self._quiet.wait()
            if self._fault:
                raise self._fault

    async def stop(self, within: float) -> None:
        """Finish what is in hand; what takes longer is left to the journal."""
        self._stopping = self.sender.closed = True
        self.ring()
        try:
            async with asyncio.timeout(within):
                await self._ended.wait()
        except TimeoutError:
            if self._work:
                self._work.cancel()
            await self._ended.wait()

    async def run(self) -> None:
        self._ended.clear()
        try:
            async with asyncio.TaskGroup() as alone:
                # Given up from within, it takes along whatever waits: a send, a recording, a claim.
                self._work = alone.create_task(self._carry_on())
        finally:
            self.journal.close()
            self._quiet.set()
            self._ended.set()

    async def _carry_on(self) -> None:
        await self._recover()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._record_all())
            await self._claim_all(tasks)
            await self._empty.wait()
            self._sent_all = True
            self._outcomes.set()

    # Claiming.

    async def _claim_all(self, tasks: asyncio.TaskGroup) -> None:
        while not self._stopping:
            self._bell.clear()
            found = False if self.verdicts.halted else await self._claim_some(tasks)
            if found:
                continue
            looked = found is not None
            if looked and not (self._in_hand or self._pending or self._bell.is_set()):
                self._quiet.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(POLL, self.pace.resumes_in() or POLL)):
                    await self._bell.wait()

    async def _claim_some(self, tasks: asyncio.TaskGroup) -> bool | None:
        """Whether there may be more; None where this was no time to look."""
        if self.pace.resumes_in() > 0:
            return None
        leased_at = time.monotonic()
        try:
            letters, more = await self._claimed()
        except Exception as error:
            # The loop must outlive whatever one claim meets; nothing was claimed, so nothing is lost.
            if away(error):
                log.warning("no claim: %s", type(error).__name__)
            else:
                log.exception("no claim")
                self._fault = error
                self._quiet.set()
            return None
        if letters:
            self._quiet.clear()
            self._empty.clear()
            self._in_hand.update({letter.row_id: letter.lane for letter in letters})
            self._hand_out(tasks, ready(await self._render(letters), leased_at))
        return more

    async def _claimed(self) -> tuple[list[Letter], bool]:
        now = time.monotonic()
        held = Counter(self._in_hand.values())
        async with self.works.begin() as work:
            if now >= self._look_back_at:
                self._look_back_at = now + LOOK_BACK
                await take_over(work, {*self._in_hand, *self._pending})
            most = self._most()
            # A claim of a few costs as much as one of many: the next is made when half have left.
            room = {lane: most - held[lane] if held[lane] <= most // 2 else 0 for lane in LANES}
            return await claim(work, self.name, LEASE, room)

    def _most(self) -> int:
        """A second of the pace, or of what leaves where Telegram is slower: the rest is for others."""
        while self._left and self._left[0] < time.monotonic() - A_SECOND:
            self._left.popleft()
        leaving = max(len(self._left), 10 * self.at_once)
        return min(self.handful, max(ceil(self.pace.share), LEAST), leaving)

    async def _render(self, letters: list[Letter]) -> list[tuple[Letter, Rendered]]:
        """All in one reading; a letter that cannot be worded is put aside and holds up no other."""
        waiting, worded = deque(letters), list[tuple[Letter, Rendered]]()
        together = True
        while waiting:
            letter = waiting[0]
            try:
                async with self.works.reading() as session:
                    _held = await named_rows(session, [one.message for one in waiting if together])
                    together = False
                    while waiting:
                        letter = waiting[0]
                        rendered = await self.words.render(
                            session, letter.message, letter.locale, self.works.clock.now()
                        )
                        worded.append((letter, rendered))
                        waiting.popleft()
            except Exception as error:  # noqa: BLE001
                # Templates and facts are many and change often; one at fault must not stop the rest.
                if not waiting:
                    # All are worded; only the end of the reading failed.
                    break
                if together:
                    # Nobody's yet: whose it is shows when each is worded by itself.
                    together = False
                    continue
                log.warning("row %s not rendered: %s", letter.row_id, type(error).__name__)
                self._finish(waiting.popleft(), self.verdicts.not_rendered(letter, error, away=away(error)))
        return worded

    # Sending.

    def _hand_out(self, tasks: asyncio.TaskGroup, letters: list[Ready]) -> None:
        """One task per person, so that one chat has one message in flight and they leave in order."""
        of_person: dict[UUID, list[Ready]] = {}
        for one in letters:
            of_person.setdefault(one.letter.person_id, []).append(one)
        for theirs in of_person.values():
            tasks.create_task(self._carry_all(theirs))

    async def _carry_all(self, theirs: list[Ready]) -> None:
        held = False
        try:
            for one in theirs:
                letter = one.letter
                if held and letter.lane is Lane.REPLY:
                    outcome = self.verdicts.returned(letter)
                else:
                    outcome = await self._carry(one)
                if letter.lane is Lane.REPLY:
                    held = held or outcome.result in (Result.LATER, Result.RETURNED)
                self._finish(letter, outcome)
        finally:
            for one in theirs:
                self._let_go(one.letter.row_id)

    async def _carry(self, one: Ready) -> Outcome:
        letter = one.letter
        try:
            sent = await self.sender.send(one)
        except NotNow:
            return self.verdicts.returned(letter)
        except Exception as error:  # noqa: BLE001
            # Whatever a library may raise says something about this one letter, and nothing about the others.
            return self.verdicts.failed(letter, failure(error))
        return self.verdicts.sent(letter, sent)

    # Recording.

    def _finish(self, letter: Letter, outcome: Outcome) -> None:
        try:
            self.journal.outcome(outcome)
        except OSError:
            log.exception("the journal cannot be written, row %s", letter.row_id)
        self._pending[letter.row_id] = outcome
        self._outcomes.set()
        if letter.lane is not Lane.CAMPAIGN:
            self._pressing.set()
        if outcome.result is not Result.RETURNED:
            self._left.append(time.monotonic())
        self._let_go(letter.row_id)

    def _let_go(self, row_id: int) -> None:
        self._in_hand.pop(row_id, None)
        if len(self._in_hand) <= self._most() // 2:
            self._bell.set()
        if not self._in_hand:
            self._empty.set()
            self._pressing.set()

    async def _record_all(self) -> None:
        while not (self._sent_all and not self._pending):
            await self._outcomes.wait()
            self._outcomes.clear()
            await self._linger()
            if self._pending and not await self._record():
                await asyncio.sleep(RETRY)
                self._outcomes.set()
            # Each time the disk is waited for.
            if time.monotonic() >= self._shorten_at:
                self._shorten_at = time.monotonic() + A_SECOND
                await self._shorten()
        await self._shorten()

    async def _shorten(self) -> None:
        try:
            if self.journal.long:
                await self.works.database.to_disk()
                self.journal.shorten()
        except OSError as error:
            log.warning("the journal stays as long as it is: %s", type(error).__name__)

    async def _linger(self) -> None:
        """While there is more to come; somebody who was answered may be waiting for the next answer."""
        for event, within in ((self._empty, LINGER), (self._pressing, LINGER_ON)):
            if self._in_hand:
                with suppress(TimeoutError):
                    async with asyncio.timeout(within):
                        await event.wait()
        self._pressing.clear()

    async def _record(self) -> bool:
        """Whether the database took them; until it does they wait in the journal."""
        batch = list(self._pending.values())[:HANDFUL]
        try:
            await self.journal.sync()
            await self._write(batch)
        except Exception as error:  # noqa: BLE001
            # One outcome that cannot be recorded must not keep back the others of its batch.
            if away(error):
                log.warning("%s outcomes wait: %s", len(batch), type(error).__name__)
                return False
            await self._one_by_one(batch)
        if self._pending:
            self._outcomes.set()
        self._bell.set()
        return True

    async def _one_by_one(self, batch: list[Outcome]) -> None:
        for outcome in batch:
            try:
                await self._write([outcome])
            except Exception as error:
                if away(error):
                    return
                log.exception("the outcome of row %s cannot be recorded", outcome.row_id)
                await self._set_aside(outcome, type(error).__name__)

    async def _set_aside(self, outcome: Outcome, fault: str) -> None:
        """Left as it was, it would be sent again whenever its claim ran out."""
        try:
            async with self.works.begin() as work:
                await unrecorded(work, outcome)
            self._recorded([outcome])
            async with self.works.begin() as work:
                await incident_once(work, "unrecorded_outcome", f"{outcome.result.value}: {fault}")
        except Exception as error:
            if not away(error):
                log.exception("row %s cannot be set aside", outcome.row_id)
                self._pending.pop(outcome.row_id, None)

    async def _write(self, batch: list[Outcome]) -> None:
        async with self.works.begin() as work:
            await record(work, batch)
        self._recorded(batch)

    def _recorded(self, batch: list[Outcome]) -> None:
        for outcome in batch:
            self._pending.pop(outcome.row_id, None)
        self.journal.settled(batch)

    async def _recover(self) -> None:
        """What an earlier process left behind, before anything new is claimed."""
        self.journal.sign(self.name)
        self._pending = {outcome.row_id: outcome for outcome in self.journal.outcomes()}
        while self._pending and not self._stopping:
            if not await self._record():
                await asyncio.sleep(RETRY)
        while not self._stopping:
            try:
                async with self.works.begin() as work:
                    await recover(work, self.journal.names, self.journal.unsettled())
                await self.works.database.to_disk()
            except Exception as error:
                if not away(error):
                    raise
                await asyncio.sleep(RETRY)
            else:
                self.journal.recovered(self.name)
                return
