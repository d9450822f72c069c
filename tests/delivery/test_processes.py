"""Several real processes of one database share the work, and take over what one leaves behind."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlmodel import col

from actions.delivery import KILL_SWITCH
from bench.campus import Campus
from bench.graduates import enrolled
from models.event import Setting
from models.messages.cases import CaseTextTooLong
from models.outgoing import Outgoing, Sending
from models.person import Person
from sandbox import Sandbox
from tests.delivery.test_stopping import IN_TIME, ended, sending, until

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
PEOPLE = 80
SAID = 5
# A look every second alone would take half a second on the average, and the sending besides.
AT_ONCE = 0.5
# The second is how a listener makes sure that its connection still stands.
LISTENERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
)


@pytest.fixture
async def campus(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Campus]:
    made = Campus(database_url, tmp_path, sandbox)
    await made.open()
    yield made
    await made.close()


async def all_wait(campus: Campus, wait: bool) -> None:
    async with campus.works.begin() as work:
        await work.session.merge(Setting(name=KILL_SWITCH, value="1" if wait else "0"))


async def listening(campus: Campus, count: int) -> None:
    async def listeners() -> bool:
        async with campus.works.reading() as session:
            return int((await session.execute(LISTENERS)).scalar_one()) >= count

    await until(listeners, within=40)


def claimed_by(process: ForkServerProcess) -> Any:
    """A process names itself by its host, its number and something that never comes back."""
    return col(Outgoing.claimed_by).contains(f":{process.pid}:")


async def claims(campus: Campus, process: ForkServerProcess) -> int:
    async with campus.works.reading() as session:
        held = select(func.count()).where(claimed_by(process))
        return int((await session.execute(held)).scalar_one())


async def both_at_work(campus: Campus) -> list[ForkServerProcess]:
    """Nothing leaves until everything is queued and both are up; both start at the same moment."""
    await campus.ask(PEOPLE)
    await all_wait(campus, wait=True)
    campus.sandbox.faults.latency = 0.2
    both = [
        campus.start(pace=500, journal=campus.folder / f"{number}.journal", at_once=4) for number in (1, 2)
    ]
    await listening(campus, 2)
    await all_wait(campus, wait=False)

    async def at_work() -> bool:
        return all([await claims(campus, process) for process in both])

    await until(at_work)
    return both


async def settled(campus: Campus) -> bool:
    states = await campus.states()
    return not (states[Sending.DUE] or states[Sending.CLAIMED])


@ON_POSTGRES
async def test_two_share_the_work_and_one_may_stop(campus: Campus) -> None:
    first, second = await both_at_work(campus)
    assert await ended(first) < IN_TIME
    assert await claims(campus, first) == 0
    assert not await settled(campus)
    await until(lambda: settled(campus), within=30)
    assert await ended(second) < IN_TIME
    arrived = campus.cards()
    assert await campus.states() == {Sending.ACCEPTED: PEOPLE}
    assert (arrived.total(), max(arrived.values())) == (PEOPLE, 1)


@ON_POSTGRES
async def test_a_killed_ones_claims_are_taken_over(campus: Campus) -> None:
    """Nobody can read its journal, so that what it held may have left: not one of those is sent again."""
    first, second = await both_at_work(campus)
    await until(lambda: sending(campus) >= PEOPLE // 4)
    first.kill()
    first.join()
    left = await claims(campus, first)
    async with campus.works.begin() as work:
        real_now = work.now - campus.works.clock.offset
        half_a_minute_later = update(Outgoing).where(claimed_by(first))
        await work.session.execute(
            half_a_minute_later.values(lease_until=real_now - timedelta(seconds=1)),
            execution_options={"synchronize_session": False},
        )
    await until(lambda: settled(campus), within=30)
    assert await ended(second) < IN_TIME
    states, arrived = await campus.states(), campus.cards()
    assert left > 0
    assert states == {Sending.ACCEPTED: PEOPLE - left, Sending.UNKNOWN: left}
    assert max(arrived.values()) == 1
    assert PEOPLE - left <= arrived.total() <= PEOPLE


async def test_what_one_says_another_sends_at_once(campus: Campus) -> None:
    await enrolled(campus.works, SAID)
    campus.phones(SAID)
    process = campus.start(pace=500)
    if campus.works.database.sqlite:
        await until(lambda: bool(campus.sandbox.calls))
    else:
        await listening(campus, 1)
    async with campus.works.reading() as session:
        people = (await session.execute(select(Person).limit(SAID))).scalars().all()
    took = list[float]()
    for number, person in enumerate(people):
        async with campus.works.begin() as work:
            work.say(person, CaseTextTooLong(most=number))
        said_at = time.monotonic()
        await until(lambda: sending(campus) > len(took))
        took.append(time.monotonic() - said_at)
    await ended(process)
    assert median(took) < AT_ONCE, took
