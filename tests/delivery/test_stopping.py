"""Asked to stop, a real process finishes in time what is in hand; what it could not finish is not lost."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bench.campus import CONFIRM, Campus
from bench.graduates import FIRST_ADDRESS
from models.outgoing import Sending
from sandbox import Sandbox
from tests.conversations.test_webhook import free_port

PEOPLE = 40
IN_TIME = 10.0


@pytest.fixture
async def campus(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Campus]:
    made = Campus(database_url, tmp_path, sandbox)
    await made.open()
    await made.ask(PEOPLE)
    yield made
    await made.close()


async def until(seen: Callable[[], bool | Awaitable[bool]], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while True:
            found = seen()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


async def ended(process: ForkServerProcess) -> float:
    """Asked to stop: how long it took; it went by itself and without complaint."""
    asked_at = time.monotonic()
    process.terminate()
    await asyncio.to_thread(process.join, IN_TIME + 5)
    assert process.exitcode == 0
    return time.monotonic() - asked_at


def sending(campus: Campus) -> int:
    return sum(call.method == "sendMessage" for call in campus.sandbox.calls)


async def test_what_is_in_hand_is_finished(campus: Campus) -> None:
    """Telegram takes a second for each; not one of those under way is left in doubt."""
    campus.sandbox.faults.latency = 1.0
    process = campus.start(pace=60)
    await until(lambda: sending(campus) >= PEOPLE // 2)
    assert await ended(process) < IN_TIME
    states, arrived = await campus.states(), campus.cards()
    assert arrived.total() == states[Sending.ACCEPTED] >= PEOPLE // 2
    assert states[Sending.ACCEPTED] + states[Sending.DUE] == PEOPLE


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_takes_too_long_is_left_to_the_journal(campus: Campus) -> None:
    campus.sandbox.faults.rate("accepted_then_timeout", 1.0, 1, method="sendMessage", after=60)
    process = campus.start(pace=60)
    await until(lambda: sending(campus) >= 5)
    assert await ended(process) < IN_TIME + 1
    campus.sandbox.faults.clear()
    again = campus.start(pace=500)
    await until(lambda: _settled(campus))
    await ended(again)
    states, arrived = await campus.states(), campus.cards()
    assert states[Sending.ACCEPTED] + states[Sending.UNKNOWN] == PEOPLE
    assert states[Sending.UNKNOWN] >= 5
    assert (arrived.total(), max(arrived.values())) == (PEOPLE, 1)


async def _settled(campus: Campus) -> bool:
    states = await campus.states()
    return not (states[Sending.DUE] or states[Sending.CLAIMED])


@asynccontextmanager
async def held(campus: Campus) -> AsyncIterator[None]:
    """Nobody else writes meanwhile: whoever handles an update waits in the middle of it."""
    async with campus.works.begin() as work:
        # On SQLite a transaction begins with its first statement, and then there is no other writer.
        sqlite = campus.works.database.sqlite
        await work.session.execute(text("SELECT 1" if sqlite else "LOCK TABLE incoming IN EXCLUSIVE MODE"))
        yield


@pytest.mark.parametrize("intake", ["polling", "webhook"])
async def test_an_update_in_hand_has_one_effect(campus: Campus, intake: str) -> None:
    """Committed and acknowledged, or given back and delivered again."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    given: dict[str, Any] = {"intake": intake, "listen": address, "public_url": f"http://{address}"}
    process = campus.start(pace=500, **given)
    phone = campus.sandbox.phones[FIRST_ADDRESS]
    await phone.offers(CONFIRM)
    await until(lambda: _settled(campus))
    async with held(campus):
        await phone.press(CONFIRM)
        await asyncio.sleep(0.2)
        stopping = asyncio.get_running_loop().create_task(ended(process))
        await asyncio.sleep(0.3)
    assert await stopping < IN_TIME
    before = len(campus.sandbox.calls)
    process = campus.start(pace=500, **given)
    await until(lambda: len(campus.sandbox.calls) > before)
    await campus.sandbox.updates.emptied()
    await phone.sees("已记下")
    await ended(process)
    assert await campus.answers() == {FIRST_ADDRESS: 1}


@pytest.mark.parametrize(
    ("method", "intake"), [("getMe", "polling"), ("deleteWebhook", "polling"), ("setWebhook", "webhook")]
)
async def test_a_start_that_telegram_keeps_waiting_can_be_stopped(
    campus: Campus, method: str, intake: str
) -> None:
    """Asked to be left alone for an hour, it is, and says so; who stops it does not wait for that."""
    campus.sandbox.faults.next(method, "429", retry_after=3600)
    address = f"127.0.0.1:{free_port()}"
    process = campus.start(pace=60, intake=intake, listen=address, public_url=f"http://{address}")
    await until(
        lambda: campus.log.exists() and re.search(r"\b360\d seconds", campus.log.read_text()) is not None
    )
    assert await ended(process) < IN_TIME
    assert [call.method for call in campus.sandbox.calls].count(method) == 1
