"""How fast messages may leave: evenly spaced for the bot, a small burst per chat, replies first."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from models.messages import Lane

PER_SECOND = 29.0
BURST = 3
# A chat's bucket fills once a second as calls arrive there; the network may bring two closer together.
CHAT_EVERY = 1.05
SAME_WINDOW = 1.0
CAUGHT_UP = 0.1
FORGET_OVER = 4096
# To a press, and no row: a button that spins a little longer costs less than a reply that is late.
Answer = Literal["answer"]
ANSWER: Answer = "answer"
FIRST_TO_LAST: tuple[Lane | Answer, ...] = (Lane.REPLY, ANSWER, Lane.ALERT, Lane.CAMPAIGN)


class Pacing(Protocol):
    """What senders need of a pace; `share` is how much of it this process may count on."""

    per_second: float
    share: float

    async def turn(
        self, chat: int | None, lane: Lane | Answer = Lane.REPLY, *, within: float = math.inf
    ) -> bool: ...

    def pause(self, seconds: float, *, for_all: bool = False) -> bool: ...

    def resumes_in(self) -> float: ...


@dataclass(eq=False)
class _Waiter:
    chat: int | None
    by: float
    granted: asyncio.Future[bool]


class Pace:
    """Monotonic seconds throughout, so that neither a corrected nor a moved clock opens a gap or a burst.

    Alone it makes its slots itself; given a `lack` to call, it hands out those it is lent.
    """

    def __init__(
        self, per_second: float = PER_SECOND, *, burst: int = BURST, chat_every: float = CHAT_EVERY
    ) -> None:
        self.per_second = per_second
        self.every = 1 / per_second
        self.chat_every = chat_every
        self.chat_slack = (burst - 1) * chat_every
        self.next_at = 0.0
        self.paused_until = 0.0
        self.slices = deque([(0.0, math.inf)])
        self.lack: Callable[[], None] | None = None
        self.untold = False
        self.share = per_second
        self.waiting = {lane: deque[_Waiter]() for lane in FIRST_TO_LAST}
        self.chats: dict[int, float] = {}
        self.timer: asyncio.TimerHandle | None = None
        self.soon: asyncio.Handle | None = None

    async def turn(
        self, chat: int | None, lane: Lane | Answer = Lane.REPLY, *, within: float = math.inf
    ) -> bool:
        """Wait for one token; False where there will be none in time, and then nothing may be sent."""
        now = time.monotonic()
        waiter = _Waiter(chat, now + within, asyncio.get_running_loop().create_future())
        alone = not any(self.waiting.values())
        self.waiting[lane].append(waiter)
        if alone:
            # Nobody was kept waiting, so no time was lost that a second message might catch up.
            self.next_at = max(self.next_at, now)
            self._release()
        else:
            self._release_soon()
        try:
            return await waiter.granted
        finally:
            if not waiter.granted.done() or waiter.granted.cancelled():
                self._forget(lane, waiter)

    def pause(self, seconds: float, *, for_all: bool = False) -> bool:
        """Nothing leaves for so long; True where this opens a window, or a longer one than is open."""
        now = time.monotonic()
        until = now + seconds
        # Calls that were under way when the window opened are refused too, with the rest of it rounded up.
        if opens := now >= self.paused_until or until > self.paused_until + SAME_WINDOW:
            self.paused_until = until
            self.untold = for_all
        self._release()
        return opens

    def borrows(self, lack: Callable[[], None]) -> None:
        """From now on slots come from elsewhere; `lack` is called while somebody waits without one."""
        self.slices.clear()
        self.lack = lack

    def lend(self, start: float, count: int) -> None:
        """So many slots from this moment on."""
        if count:
            self.slices.append((start, start + count * self.every))
        self._release()

    def keep_to(self, seconds: float) -> None:
        """A window that has opened elsewhere."""
        if seconds and (until := time.monotonic() + seconds) > self.paused_until:
            self.paused_until = until
            self._release()

    def lacking(self) -> tuple[int, int]:
        """How many wait without a slot though their chats are ready, and how many of them urgently."""
        now = time.monotonic()
        held = self._held(now)
        ready = {
            lane: sum(self._ready_at(waiter) <= now for waiter in waiters)
            for lane, waiters in self.waiting.items()
        }
        campaign = ready[Lane.CAMPAIGN]
        others = sum(ready.values()) - campaign
        return max(campaign + others - held, 0), max(others - held, 0)

    def resumes_in(self) -> float:
        return max(0.0, self.paused_until - time.monotonic())

    def _release_soon(self) -> None:
        """Once for all who come at the same moment, since it looks at everybody who waits."""
        if self.soon is None:
            self.soon = asyncio.get_running_loop().call_soon(self._release)

    def _release(self) -> None:
        now, self.soon = time.monotonic(), None
        self._dismiss(now)
        while (slot := self._slot(now)) <= now and (waiter := self._first(now)):
            self._grant(waiter, slot, now)
        self._wake(now)
        if self.lack and (self.untold or sum(map(len, self.waiting.values())) > self._held(now)):
            self.lack()

    def _slot(self, now: float) -> float:
        """When the next one is; what was missed by more than a little is gone."""
        # A timer is always a little late; what those who wait lost by it is caught up, but no more than that.
        earliest = max(self.next_at, self.paused_until, now - max(self.every, CAUGHT_UP))
        while self.slices:
            start, until = self.slices[0]
            if (at := max(start, earliest)) < until - self.every / 2:
                return at
            self.slices.popleft()
        return math.inf

    def _held(self, now: float) -> int:
        slot = self._slot(now)
        if slot == math.inf:
            return 0
        (_, until), *later = self.slices
        return round((until - slot + sum(end - start for start, end in later)) / self.every)

    def _dismiss(self, now: float) -> None:
        """Those whose time ends before the pause does learn it at once, and give their claims back."""
        opens_at = max(now, self.paused_until)
        for lane, waiters in self.waiting.items():
            if any(waiter.by < opens_at for waiter in waiters):
                self.waiting[lane] = deque(one for one in waiters if one.by >= opens_at)
                for waiter in waiters:
                    if waiter.by < opens_at and not waiter.granted.done():
                        waiter.granted.set_result(False)

    def _first(self, now: float) -> _Waiter | None:
        """A chat that has had its burst waits alone: it holds up nobody behind it."""
        for waiters in self.waiting.values():
            for waiter in waiters:
                if self._ready_at(waiter) <= now:
                    waiters.remove(waiter)
                    return waiter
        return None

    def _ready_by(self, slot: float) -> bool:
        return any(self._ready_at(one) <= slot for waiters in self.waiting.values() for one in waiters)

    def _ready_at(self, waiter: _Waiter) -> float:
        if waiter.chat is None:
            return 0.0
        return self.chats.get(waiter.chat, 0.0) - self.chat_slack

    def _grant(self, waiter: _Waiter, slot: float, now: float) -> None:
        self.next_at = slot + self.every
        if waiter.chat is not None:
            self.chats[waiter.chat] = max(self.chats.get(waiter.chat, 0.0), now) + self.chat_every
            self._forget_rested(now)
        if not waiter.granted.done():
            waiter.granted.set_result(True)

    def _forget_rested(self, now: float) -> None:
        if len(self.chats) > FORGET_OVER:
            self.chats = {chat: rested_at for chat, rested_at in self.chats.items() if rested_at > now}

    def _wake(self, now: float) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None
        slot = self._slot(now)
        wake_at = slot if slot < math.inf and self._ready_by(slot) else self._moves_at(now, slot)
        if wake_at < math.inf:
            self.timer = asyncio.get_running_loop().call_later(wake_at - now, self._release)

    def _moves_at(self, now: float, slot: float) -> float:
        if slot == math.inf:
            # There is nobody to wake but those whose chats become ready, and those who can wait no longer.
            slot = now
        moments = [
            min(ready_at if (ready_at := self._ready_at(waiter)) > now or slot > now else math.inf, waiter.by)
            for waiters in self.waiting.values()
            for waiter in waiters
        ]
        return max(min(moments, default=math.inf), slot)

    def _forget(self, lane: Lane | Answer, waiter: _Waiter) -> None:
        if waiter in self.waiting[lane]:
            self.waiting[lane].remove(waiter)
