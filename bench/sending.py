"""How fast messages leave: on the limit of 30/s, without any limit, and shared out among processes."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import InlineKeyboardMarkup
from sqlalchemy import update
from sqlmodel import select

from bench.campus import Campus
from bench.graduates import FIRST_ADDRESS, SCHOOL, Asked, begun, enrolled
from bench.line import Line, Skipped
from bench.product import processes
from bench.server import TOKEN, Yes
from bot.rendering import School, Words
from handlers import routes
from models.campaign import Campaign, CampaignState
from models.outgoing import Outgoing
from models.person import Locale
from sandbox import Sandbox
from tests.databases import Templates

# The plain loop is soon done with all of them, most of them lost; the others would take as long as ours.
PACED, PEERS_PACED = 3000, 450
PIPELINE = 3000
SHARED = 1000
TURNS = 3
IN_FLIGHT = 4
FASTEST = 5000.0
LIMIT = 30.0
ASKED = 100
Loop = Callable[[str, range], Awaitable[None]]


def paced() -> list[Line | Skipped]:
    """Some minutes: three thousand messages take a hundred seconds at the least."""
    ours, lost, refused = asyncio.run(_product_paced())
    peers = [("a plain aiogram loop", plain_loop), ("aiogram with sleep(0.05)", sleeping_loop)]
    holds = not lost and not refused and ours >= 27.5
    what = f"paced send, {PACED} messages, {refused} × 429, {lost} lost"
    reached = Line(what, "msg/s", ours, "the server's limit", LIMIT, at_least=27.5 / LIMIT, holds=holds)
    return [reached, *(_beside(what, ours, name, loop) for name, loop in peers), _beside_ptb(what, ours)]


def _beside(what: str, ours: float, name: str, loop: Loop) -> Line:
    count = PACED if loop is plain_loop else PEERS_PACED
    rate, lost, refused = asyncio.run(_peer_paced(loop, count))
    said = f"{name} ({count} messages, {refused} × 429, {lost} lost)"
    return Line(what, "msg/s", ours, said, rate)


def _beside_ptb(what: str, ours: float) -> Line | Skipped:
    if find_spec("telegram") is None:
        return Skipped("PTB AIORateLimiter", "not installed; pip install 'quxiang[bench]' brings it")
    return _beside(what, ours, "PTB AIORateLimiter", ptb_loop)


async def _product_paced() -> tuple[float, int, int]:
    with TemporaryDirectory() as kept:
        folder = Path(kept)
        async with Sandbox(TOKEN) as sandbox:
            campus = Campus(f"sqlite+aiosqlite:///{folder / 'paced.db'}", folder, sandbox)
            await campus.open()
            await campus.ask(PACED)
            process = campus.start(None)
            async with asyncio.timeout(PACED / 10):
                while sum(campus.cards().values()) < PACED:
                    await asyncio.sleep(5)
            process.terminate()
            await asyncio.to_thread(process.join, 15)
            await campus.close()
            return _measured(sandbox, PACED)


async def _peer_paced(loop: Loop, count: int) -> tuple[float, int, int]:
    async with Sandbox(TOKEN) as sandbox:
        people = range(FIRST_ADDRESS, FIRST_ADDRESS + count)
        for user in people:
            sandbox.phone(user, "A").started = True
        await loop(sandbox.url, people)
        return _measured(sandbox, count)


def _measured(sandbox: Sandbox, count: int) -> tuple[float, int, int]:
    sends = [call for call in sandbox.calls if call.method == "sendMessage"]
    moments = [call.moment for call in sends if call.outcome == "ok"]
    refused = sum(call.outcome.startswith("429") for call in sends)
    return (len(moments) - 1) / (moments[-1] - moments[0]), count - len(moments), refused


def _bot(url: str) -> Bot:
    return Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))


async def plain_loop(url: str, people: range) -> None:
    await _looped(url, people, 0.0)


async def sleeping_loop(url: str, people: range) -> None:
    await _looped(url, people, 0.05)


async def _looped(url: str, people: range, pause: float) -> None:
    async with _bot(url) as bot:
        for user in people:
            with suppress(TelegramRetryAfter):
                await bot.send_message(user, "text")
            await asyncio.sleep(pause)


async def ptb_loop(url: str, people: range) -> None:
    from telegram.error import RetryAfter
    from telegram.ext import AIORateLimiter, ExtBot

    bot = ExtBot(TOKEN, base_url=f"{url}/bot", rate_limiter=AIORateLimiter(max_retries=3))

    async def one(user: int) -> None:
        with suppress(RetryAfter):
            await bot.send_message(user, "text")

    async with bot:
        await asyncio.gather(*(one(user) for user in people))


# Without any limit.


def pipeline() -> list[Line | Skipped]:
    ours, peer = _middle([_piped_once() for _ in range(TURNS)])
    what = f"full pipeline, {PIPELINE} messages claimed, rendered, sent and recorded"
    return [Line(what, "msg/s", ours, "raw aiogram gather(50), same text and keyboard", peer, at_least=0.4)]


def _middle(turns: list[tuple[float, float]]) -> tuple[float, float]:
    """Whatever else the machine does comes and goes: of several turns the one whose ratio is between."""
    return sorted(turns, key=lambda turn: turn[0] / turn[1])[len(turns) // 2]


def _piped_once() -> tuple[float, float]:
    with TemporaryDirectory() as kept:
        return asyncio.run(_piped(Path(kept)))


async def _piped(folder: Path) -> tuple[float, float]:
    url = f"sqlite+aiosqlite:///{folder / 'piped.db'}"
    async with Yes() as server:
        campus = Campus(url, folder, server)
        await _queued(campus, PIPELINE)
        text, markup = await _worded(campus)
        process = campus.start(FASTEST)
        await server.received(PIPELINE, within=120)
        ours = server.rate()
        process.terminate()
        await asyncio.to_thread(process.join, 15)
        await campus.close()
    async with Yes() as server:
        peer = processes.Process(target=_gathered, args=[server.url, text, markup], daemon=True)
        peer.start()
        await server.received(PIPELINE, within=120)
        await asyncio.to_thread(peer.join, 15)
        return ours, server.rate()


async def _queued(campus: Campus, count: int) -> None:
    await campus.open()
    campus.campaign = await begun(campus.works, spread=True)
    await enrolled(campus.works, count, asked=Asked(campus.campaign.id))


async def _worded(campus: Campus) -> tuple[str, str]:
    works, school = campus.works, School(SCHOOL, "027", None, "bot")
    words = Words(routes(), works.rules, works.keys, school, works.rules.quiet.zone)
    async with works.reading() as session:
        row = (await session.exec(select(Outgoing).limit(1))).one()
        rendered = await words.render(session, row.message, Locale.ZH_CN, works.clock.now())
    return rendered.text, json.dumps(rendered.markup)


def _gathered(url: str, text: str, markup: str) -> None:
    asyncio.run(_all_at_once(url, text, InlineKeyboardMarkup.model_validate_json(markup)))


async def _all_at_once(url: str, text: str, markup: InlineKeyboardMarkup) -> None:
    people = iter(range(FIRST_ADDRESS, FIRST_ADDRESS + PIPELINE))

    async def some() -> None:
        for user in people:
            await bot.send_message(user, text, parse_mode="HTML", reply_markup=markup)

    async with _bot(url) as bot:
        await asyncio.gather(*(some() for _ in range(50)))


# Shared out.


def four_processes() -> list[Line | Skipped]:
    what = f"four processes on PostgreSQL, a server that takes 50 ms, {IN_FLIGHT} in flight each"
    try:
        turns = [(asyncio.run(_shared(4)), asyncio.run(_shared(1))) for _ in range(TURNS)]
    except pytest.skip.Exception as skipped:
        return [Skipped(what, str(skipped))]
    doubled = sum(twice for (_, twice), _ in turns)
    four, one = _middle([(many, alone) for (many, _), (alone, _) in turns])
    return [
        Line(f"{what}, {doubled} doubled", "msg/s", four, "one process", one, at_least=3, holds=not doubled)
    ]


async def _shared(count: int) -> tuple[float, int]:
    with TemporaryDirectory() as kept:
        folder = Path(kept)
        fresh = Templates(folder).empty("postgres", folder)
        url = await asyncio.to_thread(fresh.__enter__)
        try:
            return await _sent_by(count, url, folder)
        finally:
            await asyncio.to_thread(fresh.__exit__, None, None, None)


async def _sent_by(count: int, url: str, folder: Path) -> tuple[float, int]:
    async with Yes(delay=0.05) as server:
        campus = Campus(url, folder, server)
        await _queued(campus, SHARED)
        given = {"intake": "webhook", "public_url": "http://127.0.0.1:1"}
        journals = [folder / f"{number}.journal" for number in range(count)]
        running = [campus.start(FASTEST, journal, at_once=IN_FLIGHT, **given) for journal in journals]
        await server.received(SHARED, within=180)
        await asyncio.sleep(1)
        for process in running:
            process.terminate()
        for process in running:
            await asyncio.to_thread(process.join, 15)
        await campus.close()
        doubled = sum(times > 1 for times in Counter(server.chats).values())
        # Not all of them start at the same moment: the middle of it is what they do together.
        middle = server.moments[SHARED // 4 : SHARED * 9 // 10]
        return (len(middle) - 1) / (middle[-1] - middle[0]), doubled


# Replies meanwhile, and a start with a long queue.


def replies() -> list[Line | Skipped]:
    with TemporaryDirectory() as kept:
        busy, idle = asyncio.run(_answered(Path(kept)))
    return [Line("reply latency p99 while 10,000 go out", "ms", busy, "p99 when idle", idle, at_most=2)]


async def _answered(folder: Path) -> tuple[float, float]:
    async with Sandbox(TOKEN) as sandbox:
        campus = Campus(f"sqlite+aiosqlite:///{folder / 'replies.db'}", folder, sandbox)
        await _queued(campus, 10_000)
        campus.phones(10_000)
        async with campus.works.begin() as work:
            await work.session.execute(update(Campaign).values(state=CampaignState.PAUSED))
        process = campus.start(None)
        idle = await _latencies(sandbox, 2_000_000)
        async with campus.works.begin() as work:
            await work.session.execute(update(Campaign).values(state=CampaignState.RUNNING))
        await asyncio.sleep(3)
        busy = await _latencies(sandbox, 3_000_000)
        process.terminate()
        await asyncio.to_thread(process.join, 15)
        await campus.close()
        return busy, idle


async def _latencies(sandbox: Sandbox, first: int) -> float:
    """Newcomers ask for help, four a second; from the asking to the answer on the screen, in ms."""
    took = []
    for user in range(first, first + ASKED):
        phone, begun_at = sandbox.phone(user, "A"), time.monotonic()
        await phone.send("/help")
        while not any(shown.by_bot for shown in phone.shown):
            await asyncio.sleep(0.001)
        took.append(time.monotonic() - begun_at)
        await asyncio.sleep(max(0.0, 0.25 - took[-1]))
    return sorted(took)[int(len(took) * 0.99) - 1] * 1000


def start() -> list[Line | Skipped]:
    with TemporaryDirectory() as kept:
        few, many = (asyncio.run(_first_send(Path(kept), count)) for count in (100, 100_000))
    return [
        Line("from start to the first send with 100,000 due", "s", many, "with 100 due", few, at_most=1.5)
    ]


async def _first_send(folder: Path, count: int) -> float:
    async with Yes() as server:
        campus = Campus(f"sqlite+aiosqlite:///{folder / f'{count}.db'}", folder, server)
        await _queued(campus, count)
        took = []
        for _ in range(3):
            server.moments.clear()
            begun_at = time.monotonic()
            process = campus.start(None)
            await server.received(1, within=60)
            took.append(server.moments[0] - begun_at)
            process.terminate()
            await asyncio.to_thread(process.join, 15)
        await campus.close()
        return sorted(took)[1]
