"""The answer page's screen beside a bare aiohttp and jinja2 page with one query, on the same database."""

import asyncio
import os
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from actions import page_sessions
from bench.bare_page import bare_page
from bench.campus import Campus
from bench.graduates import BEGIN, Asked, begun, enrolled
from bench.line import Line, Skipped
from bench.product import Told, processes, started
from bench.server import TOKEN, Yes
from models.ask import Ask
from models.graduate import Destination
from models.messages.ask import AskCard
from models.outgoing import Sending
from models.page import PageSession
from models.person import Binding

SIZE = int(os.environ.get("BENCH_PAGES", "400"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
PEOPLE = 200
TOGETHER = 10
WITHIN = 60.0
PEER = "bare aiohttp and jinja2 page, one SQLModel query"


@dataclass
class Server:
    url: str
    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)


def pages() -> list[Line | Skipped]:
    with TemporaryDirectory() as folder:
        return [*asyncio.run(_measured(Path(folder)))]


async def _measured(folder: Path) -> Sequence[Line]:
    async with Yes() as telegram:
        url = f"sqlite+aiosqlite:///{folder / 'page.db'}"
        cookies = await _browsers(Campus(url, folder, telegram))
        places = _free(), _free()
        told = Told(url, telegram.url, TOKEN, folder / "journal", given={"listen": f"127.0.0.1:{places[0]}"})
        running = [started(told), processes.Process(target=bare_page, args=[url, places[1]], daemon=True)]
        running[1].start()
        try:
            ours, bare = (Server(f"http://127.0.0.1:{port}/j/me") for port in places)
            await _compared(ours, bare, cookies)
        finally:
            for process in running:
                process.kill()
                process.join()
    what = f"answer page, {TOGETHER} at a time: the card"
    rates, slowest = (
        [statistics.median(getattr(one, name)) for one in (ours, bare)] for name in ("rates", "slowest")
    )
    return (
        Line(what, "/s", rates[0], PEER, rates[1], at_least=0.5),
        Line(f"{what}, p99", "ms", slowest[0], PEER, slowest[1]),
    )


async def _compared(ours: Server, bare: Server, cookies: list[str]) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        for server in (ours, bare):
            await _answers(http, server, cookies[0])
        for turn in range(ROUNDS + 1):
            for server in (ours, bare) if turn % 2 else (bare, ours):
                rate, slow = await _read(http, server, cookies)
                if turn:  # the first round warms both up
                    server.rates.append(rate)
                    server.slowest.append(slow)


async def _read(http: aiohttp.ClientSession, server: Server, cookies: list[str]) -> tuple[float, float]:
    """Pages a second, and what all but one in a hundred waited at most, in milliseconds."""
    turns, waited = iter(range(SIZE)), list[float]()

    async def one_after_the_other() -> None:
        for number in turns:
            asked = time.perf_counter()
            await _page(http, server, cookies[number % len(cookies)], number)
            waited.append((time.perf_counter() - asked) * 1000)

    begun_at = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(TOGETHER):
            group.create_task(one_after_the_other())
    took = time.perf_counter() - begun_at
    return SIZE / took, statistics.quantiles(waited, n=100)[-1]


async def _page(http: aiohttp.ClientSession, server: Server, cookie: str, number: int) -> None:
    """From many addresses, as behind a proxy; what comes must be the card."""
    headers = {"Cookie": f"quxiang={cookie}", "X-Forwarded-For": f"10.1.{number % 250}.{number // 250}"}
    async with http.get(server.url, headers=headers) as answer:
        answer.raise_for_status()
        assert "请选一项与事实相符的" in await answer.text()


async def _answers(http: aiohttp.ClientSession, server: Server, cookie: str) -> None:
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                return await _page(http, server, cookie, 0)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


async def _browsers(campus: Campus) -> list[str]:
    """Everybody was asked, and has the card open in a browser; their cookies."""
    await campus.open()
    campaign = await begun(campus.works, spread=True)
    await enrolled(campus.works, PEOPLE, asked=Asked(campaign.id, Sending.ACCEPTED))
    cookies: list[str] = []
    async with campus.works.begin() as work:
        found = await work.session.exec(
            select(Binding.person_id, Destination, Ask.id)
            .join(Destination, col(Destination.graduate_id) == col(Binding.graduate_id))
            .join(Ask, col(Ask.graduate_id) == col(Binding.graduate_id))
        )
        rows = []
        for number, (person, destination, ask) in enumerate(found.all()):
            cookies.append(f"cookie-{number:036d}")
            card = AskCard(graduate=destination.graduate_id, destination=destination.id, ask=ask)
            rows.append(
                PageSession(
                    digest=page_sessions.digest_of(cookies[-1]),
                    person_id=person,
                    shown=[card.model_dump(mode="json")],
                    opened_at=BEGIN,
                    expires_at=BEGIN + timedelta(hours=work.rules.privacy.page.longest_hours),
                ).model_dump()
            )
        await work.session.execute(insert(SQLModel.metadata.tables["page_session"]), rows)
    await campus.close()
    return cookies


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
