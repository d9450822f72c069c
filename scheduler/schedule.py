"""APScheduler ticks the jobs on UTC intervals; due instants are rows, so a missed tick loses nothing."""

import asyncio
import logging
from datetime import UTC
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import JOBS, Begins, Job, run

log = logging.getLogger(__name__)


class Schedule:
    """Memory store only: the truth is in due rows, never in a job store."""

    def __init__(self, works: Begins) -> None:
        self.works, self.stopped = works, False
        self._ticking: set[asyncio.Task[Any]] = set()
        self.apscheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        for job in JOBS:
            self.apscheduler.add_job(
                self._tick, "interval", seconds=job.every, args=[job], id=job.name, name=job.name
            )
        self.apscheduler.start()

    async def stop(self) -> None:
        """Nothing ticks when this returns; the scheduler itself only asks its loop to end some time."""
        self.stopped = True
        self.apscheduler.shutdown(wait=False)
        ticking = list(self._ticking)
        for task in ticking:
            task.cancel()
        await asyncio.gather(*ticking, return_exceptions=True)

    async def look_now(self) -> None:
        """Every job once, in order: when the clock was moved, and in tests."""
        for job in JOBS:
            if self.stopped:
                return
            await run(job, self.works)

    async def _tick(self, job: Job) -> None:
        task = asyncio.current_task()
        if self.stopped or task is None:
            return
        self._ticking.add(task)
        task.add_done_callback(self._ticking.discard)
        try:
            await run(job, self.works)
        except asyncio.CancelledError:
            # Cut short by the end of the process, which is no fault: what was due is due at the next start.
            if not self.stopped:
                raise
