"""Updates waiting to be fetched or delivered, in order and with their time of life."""

import asyncio
import itertools
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.refusals import conflict

Update = dict[str, Any]
LIFETIME = {"callback_query": 150.0, "shipping_query": 150.0, "pre_checkout_query": 150.0}
DAY = 86400.0
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class Pending:
    serial: int
    update: Update
    lane: str
    expires_at: float
    forced: bool = False
    handed: bool = False

    @property
    def update_id(self) -> int:
        given = self.update.get("update_id")
        return given if isinstance(given, int) else 0


class Updates:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self.allowed: list[str] = []
        self.arrived: Callable[[str], None] = lambda lane: None
        self.pending: dict[int, Pending] = {}
        self.lanes: dict[str, dict[int, Pending]] = {}
        self._recent: deque[tuple[str, Update]] = deque(maxlen=1000)
        self._serial = itertools.count(1)
        self._next_id = 100_000_001
        self._soonest = math.inf
        self._emptied = asyncio.Event()

    async def emptied(self) -> None:
        """Until the bot has taken everything that was sent to it."""
        while self.pending:
            self._emptied.clear()
            await self._emptied.wait()

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def add(self, kind: str, payload: dict[str, Any], lane: str) -> None:
        """The server drops a kind that was not asked for when it comes, not when it is fetched."""
        if self.wants(kind):
            self._put({"update_id": self._take_id(), kind: payload}, lane, LIFETIME.get(kind, DAY))

    def force(self, update: Update, lane: str | None = None) -> None:
        """Queued whatever its id, and handed out at least once."""
        update = update if "update_id" in update else {"update_id": self._take_id(), **update}
        if isinstance(given := update["update_id"], int):
            self._next_id = max(self._next_id, given + 1)
        self._put(update, lane or _lane(update), DAY, forced=True)

    def repeat(self, n: int) -> None:
        for lane, update in list(self._recent)[-n:]:
            self.force(update, lane)

    def first(self, lane: str) -> Pending | None:
        self._expire()
        return next(iter(self.lanes.get(lane, {}).values()), None)

    def fetch(self, offset: int, limit: int) -> list[Update]:
        self._expire()
        self._confirm(offset)
        batch = list(itertools.islice(self.pending.values(), limit))
        for pending in batch:
            pending.handed = True
        return [pending.update for pending in batch]

    def done(self, pending: Pending) -> None:
        self.pending.pop(pending.serial, None)
        lane = self.lanes.get(pending.lane, {})
        lane.pop(pending.serial, None)
        if not lane:
            self.lanes.pop(pending.lane, None)
        if not self.pending:
            self._emptied.set()

    def count(self) -> int:
        self._expire()
        return len(self.pending)

    def drop_all(self) -> None:
        self.pending.clear()
        self.lanes.clear()
        self._emptied.set()

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _put(self, update: Update, lane: str, lifetime: float, *, forced: bool = False) -> None:
        pending = Pending(next(self._serial), update, lane, self.monotonic() + lifetime, forced)
        self._soonest = min(self._soonest, pending.expires_at)
        self.pending[pending.serial] = pending
        self.lanes.setdefault(lane, {})[pending.serial] = pending
        if not forced:
            self._recent.append((lane, update))
        self.arrived(lane)

    def _expire(self) -> None:
        now = self.monotonic()
        if now < self._soonest:
            return
        for pending in [p for p in self.pending.values() if p.expires_at <= now]:
            self.done(pending)
        self._soonest = min((p.expires_at for p in self.pending.values()), default=math.inf)

    def _confirm(self, offset: int) -> None:
        """Everything below the offset is done with; a negative one counts from the end."""
        if offset < 0:
            confirmed = list(self.pending.values())[:offset]
        else:
            confirmed = [
                p for p in self.pending.values() if p.update_id < offset and (p.handed or not p.forced)
            ]
        for pending in confirmed:
            self.done(pending)


def _lane(update: Update) -> str:
    if isinstance(query := update.get("callback_query"), dict) and isinstance(query.get("from"), dict):
        return f"callback:{query['from'].get('id')}"
    message = update.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    return f"chat:{chat.get('id')}" if isinstance(chat, dict) else "chat:0"


class Polling:
    """One consumer at a time; the older of two is sent away."""

    def __init__(self, updates: Updates) -> None:
        self.updates = updates
        self.closed = False
        self._turn: asyncio.Future[str] | None = None

    async def take(self, offset: int, limit: int, seconds: float) -> list[Update]:
        self.end("terminated by other getUpdates request; make sure that only one bot instance is running")
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not (batch := self.updates.fetch(offset, limit)) and loop.time() < until and not self.closed:
            self._turn = turn = loop.create_future()
            reason = await self._wait(turn, until)
            if reason:
                raise conflict(reason)
        return batch

    async def _wait(self, turn: asyncio.Future[str], until: float) -> str:
        try:
            async with asyncio.timeout_at(until):
                return await turn
        except TimeoutError:
            return ""

    def close(self) -> None:
        self.closed = True
        self.wake()

    def wake(self) -> None:
        self.end("")

    def end(self, reason: str) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(reason)
