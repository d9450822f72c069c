"""What grows with the school and what must not: a tick and `/status`, at ten thousand and at a million."""

import asyncio
import os
import statistics
import time
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update
from sqlmodel import col, select

from actions.units import find_unit
from bench.campus import Campus
from bench.graduates import BEGIN, Asked, begun, enrolled, folded
from bench.line import Line, Skipped
from bench.server import Yes
from models.ask import Ask
from models.outgoing import Sending
from reports.status import status
from scheduler.jobs import JOBS, run

SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000,1000000").split(","))
DUE = 100
TIMES = 5
MOST = 1.5
Taken = dict[int, float]


def ticks() -> list[Line | Skipped]:
    return _lines(f"one tick of every job, {DUE} due", _measured()[0])


def statuses() -> list[Line | Skipped]:
    return _lines("/status", _measured()[1])


def _lines(what: str, taken: Taken) -> list[Line | Skipped]:
    small, *larger = SIZES
    return [
        Line(f"{what} of {size:,} graduates", "s", taken[size], f"of {small:,}", taken[small], at_most=MOST)
        for size in larger
    ]


@cache
def _measured() -> tuple[Taken, Taken]:
    """Both of one school that grows; a million take minutes to write."""
    with TemporaryDirectory() as kept:
        return asyncio.run(_grown(Path(kept)))


async def _grown(folder: Path) -> tuple[Taken, Taken]:
    campus = Campus(f"sqlite+aiosqlite:///{folder / 'grown.db'}", folder, Yes())
    await campus.open()
    campaign = await begun(campus.works, spread=True)
    asked = Asked(campaign.id, Sending.ACCEPTED)
    ticked, told, already = Taken(), Taken(), 0
    for size in SIZES:
        await enrolled(campus.works, size - already, already=already, asked=asked)
        already = size
        await folded(campus.works)
        ticked[size] = statistics.median([await _tick(campus) for _ in range(TIMES)])
        told[size] = statistics.median([await _status(campus) for _ in range(TIMES)])
    await campus.close()
    return ticked, told


async def _tick(campus: Campus) -> float:
    async with campus.works.begin() as work:
        some = select(Ask.id).where(col(Ask.next_at) > BEGIN, col(Ask.sent_count) == 1).limit(DUE)
        due = {"next_at": BEGIN, "asked_at": BEGIN - timedelta(days=4)}
        await work.session.execute(update(Ask).where(col(Ask.id).in_(some)).values(due))
    begun_at = time.perf_counter()
    for job in JOBS:
        await run(job, campus.works)
    return time.perf_counter() - begun_at


async def _status(campus: Campus) -> float:
    begun_at = time.perf_counter()
    async with campus.works.reading() as session:
        await status(session, await find_unit(session, ""), campus.works.clock.now())
    return time.perf_counter() - begun_at
