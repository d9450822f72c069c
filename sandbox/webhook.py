"""Carries updates to a webhook: in order within a chat, patiently, and no chat waiting for another."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sandbox.updates import Pending, Updates


@dataclass
class Hook:
    url: str
    secret: str | None
    max_connections: int
    places: asyncio.Semaphore = field(init=False)
    last_error_date: int | None = None
    last_error_message: str | None = None

    def __post_init__(self) -> None:
        self.places = asyncio.Semaphore(self.max_connections)

    def headers(self) -> dict[str, str]:
        return {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}


class Delivery:
    """One worker per queue, living only while its queue is not empty."""

    def __init__(self, updates: Updates, now: Callable[[], float] = time.time) -> None:
        self.updates, self.now = updates, now
        self.hook: Hook | None = None
        self.retry_base, self.retry_cap, self.timeout = 1.0, 60.0, 60.0
        self._tasks: asyncio.TaskGroup | None = None
        self._session: aiohttp.ClientSession | None = None
        self._workers: dict[str, asyncio.Task[None]] = {}

    def open(self, tasks: asyncio.TaskGroup, session: aiohttp.ClientSession) -> None:
        self._tasks, self._session = tasks, session
        self._wake_all()

    def close(self) -> None:
        self._tasks = None
        self._stop_workers()

    def change(self, hook: Hook | None) -> None:
        self.hook = hook
        self._stop_workers()
        self._wake_all()

    def wake(self, lane: str) -> None:
        if self.hook is not None and self._tasks is not None and lane not in self._workers:
            self._workers[lane] = self._tasks.create_task(self._work(self.hook, lane))

    def _wake_all(self) -> None:
        for lane in list(self.updates.lanes):
            self.wake(lane)

    def _stop_workers(self) -> None:
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()

    async def _work(self, hook: Hook, lane: str) -> None:
        delay = self.retry_base
        while pending := self.updates.first(lane):
            wait = await self._deliver(hook, pending)
            if wait is None:
                self.updates.done(pending)
                delay = self.retry_base
            else:
                await asyncio.sleep(min(wait, 3600) or delay)
                delay = min(delay * 2, self.retry_cap)
        # A worker that was replaced must not take its successor's name off the list.
        if self._workers.get(lane) is asyncio.current_task():
            del self._workers[lane]

    async def _deliver(self, hook: Hook, pending: Pending) -> float | None:
        """Nothing once it was taken; else the seconds asked for by Retry-After, 0 without."""
        async with hook.places:
            try:
                return await self._post(hook, pending.update)
            except TimeoutError:
                return self._failed(hook, "Read timeout expired")
            except aiohttp.ClientError as error:
                return self._failed(hook, f"Connection failed: {type(error).__name__}")

    async def _post(self, hook: Hook, update: dict[str, Any]) -> float | None:
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        async with self._session.post(
            hook.url, json=update, headers=hook.headers(), timeout=timeout
        ) as answer:
            await answer.read()
            if 200 <= answer.status < 300:
                return None
            asked = answer.headers.get("Retry-After", "")
            message = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            return self._failed(hook, message, float(asked) if asked.isdigit() else 0.0)

    def _failed(self, hook: Hook, message: str, wait: float = 0.0) -> float:
        hook.last_error_date, hook.last_error_message = int(self.now()), message
        return wait
