"""Carries what leaves by another door than the chat: claims a second of it, sends and records each."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from actions.dispatch_claims import Parcel, claim, take_over
from actions.dispatch_outcomes import Outcome, Result, record
from bot.database import Works, away
from bot.delivery_verdicts import real_time
from models.dispatch import Channel

log = logging.getLogger("quxiang.courier")

POLL = 1.0
LOOK_BACK = 5.0
RETRY = 0.5
# From the claim to the end of a call: a second of pace, and what a record may have to wait for.
SPARE = 15.0
FIRST_HALT, LONGEST_HALT = 30.0, 900.0
# One that is not heard of may be an accident; the next would be lost like it.
IN_A_ROW = 2
PROBING = 1.0


class Carrier(Protocol):
    """One way out. What it does not know it says, and whatever it raises is not known either."""

    channel: Channel
    per_second: float
    within: float

    async def carry(self, parcel: Parcel) -> Outcome: ...

    async def close(self) -> None: ...


class Courier:
    """One carrier's, in one process; the claim is what keeps two of them apart.

    What was claimed and never heard of again is unknown, so that little is claimed at a time."""

    def __init__(self, works: Works, carrier: Carrier, name: str) -> None:
        self.works, self.carrier, self.name = works, carrier, name
        self.lease = timedelta(seconds=carrier.within + SPARE)
        self.halted_until, self.halt, self.unknown = 0.0, 0.0, 0
        self._bell, self._stopping = asyncio.Event(), asyncio.Event()
        self._ended, self._alone = asyncio.Event(), asyncio.Lock()
        self._look_back_at = 0.0
        self._ended.set()

    def ring(self) -> None:
        self._bell.set()

    async def drained(self) -> None:
        """Until nothing is due at the clock's now, or nothing can be sent for a while."""
        while not self._ended.is_set() and await self._round():
            pass

    async def stop(self, within: float) -> None:
        """Finish what is in hand; what takes longer is left to its lease."""
        self._stopping.set()
        self.ring()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._ended.wait()

    async def run(self) -> None:
        self._ended.clear()
        try:
            while not self._stopping.is_set():
                self._bell.clear()
                if not await self._looked():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(POLL):
                            await self._bell.wait()
        finally:
            self._ended.set()
            await self.carrier.close()

    async def _looked(self) -> bool:
        try:
            return await self._round()
        except Exception as error:
            # The loop must outlive whatever one claim meets; nothing was claimed, so nothing is lost.
            if away(error):
                log.warning("no claim of %s: %s", self.carrier.channel.value, type(error).__name__)
            else:
                log.exception("no claim of %s", self.carrier.channel.value)
            return False

    async def _round(self) -> bool:
        """Whether there may be more."""
        async with self._alone:
            if self._stopping.is_set() or time.monotonic() < self.halted_until:
                return False
            began = time.monotonic()
            parcels = await self._claimed(began)
            async with asyncio.TaskGroup() as tasks:
                for one in parcels:
                    tasks.create_task(self._deliver(one, began + one.after))
            return bool(parcels)

    async def _claimed(self, now: float) -> list[Parcel]:
        carrier, real_now = self.carrier, real_time(self.works.clock)
        # After a halt one alone is risked, until one of them is heard of.
        pace = min(carrier.per_second, PROBING) if self.halt else carrier.per_second
        async with self.works.begin() as work:
            if now >= self._look_back_at:
                self._look_back_at = now + LOOK_BACK
                await take_over(work, carrier.channel, real_now)
            return await claim(work, carrier.channel, self.name, real_now, self.lease, pace)

    async def _deliver(self, parcel: Parcel, at: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(at - time.monotonic(), 0)):
                await self._stopping.wait()
        await self._record(parcel, await self._carry(parcel))

    async def _carry(self, parcel: Parcel) -> Outcome:
        if self._stopping.is_set() or time.monotonic() < self.halted_until:
            return Outcome(Result.RETURNED)
        try:
            outcome = await self.carrier.carry(parcel)
        except Exception as error:  # noqa: BLE001
            # Whatever a library may raise: it may have been sent, and the others are not to wait for it.
            log.warning("dispatch %s: %s", parcel.id, type(error).__name__)
            outcome = Outcome(Result.UNKNOWN)
        return self._judged(outcome)

    def _judged(self, outcome: Outcome) -> Outcome:
        """What is not this person's fault would meet everybody after them: all wait, longer each time.

        Those that were under way with the first to meet it have nothing new to tell."""
        if outcome.result is Result.UNKNOWN:
            self.unknown += 1
            if outcome.halts is None and self.unknown >= IN_A_ROW:
                outcome = replace(outcome, halts=f"nothing is heard of {IN_A_ROW} in a row")
        elif outcome.result is not Result.RETURNED:
            self.unknown = 0
        if outcome.halts is None:
            if not self.unknown:
                self.halt = 0.0
            return outcome
        if time.monotonic() < self.halted_until:
            return replace(outcome, halts=None)
        log.warning("%s waits: %s", self.carrier.channel.value, outcome.halts)
        self.halt = min(self.halt * 2 or FIRST_HALT, LONGEST_HALT)
        self.halted_until = time.monotonic() + self.halt
        return outcome

    async def _record(self, parcel: Parcel, outcome: Outcome) -> None:
        """As long as the database is away, for only the record says that it must not be sent again."""
        while True:
            try:
                async with self.works.begin() as work:
                    await record(work, parcel.id, self.name, outcome)
                return
            except Exception as error:
                if not away(error):
                    # Its lease runs out and it is unknown; the others are not to wait for it.
                    log.exception("the outcome of dispatch %s cannot be recorded", parcel.id)
                    return
            await asyncio.sleep(RETRY)
