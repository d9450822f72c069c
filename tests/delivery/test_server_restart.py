"""A real PostgreSQL server restarts under the running product, politely or not: it goes on where it was."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlmodel import col, func, select

from bot import postman
from bot.database import Database
from models.event import Incident, Incoming
from models.messages.general import Cancelled
from models.outgoing import Outgoing, Sending
from models.person import Person
from sandbox import Sandbox
from tests.conversations.campaigning import launched
from tests.delivery.cluster import MODES, Cluster, private_cluster
from tests.delivery.test_stopping import until
from tests.driving import Running
from tests.world import One, World

pytestmark = pytest.mark.postgres
PEOPLE = 40
SOME = 10
NOTHING_OPEN = "现在没有正在填写的内容"
# Nobody but the bell can be the one who woke the postman.
NEVER_BY_ITSELF = 600.0
SOON = 1.0
POLL_LOCKS = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND (classid::bigint << 32) | objid::bigint = hashtextextended('quxiang.poll.{bot}', 0)"
)
LISTENERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with private_cluster() as made:
        yield made


@pytest.fixture
async def running(
    cluster: Cluster, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    monkeypatch.setattr(postman, "POLL", NEVER_BY_ITSELF)
    made = Running(await cluster.database(), sandbox, tmp_path, intake="polling")
    await made.start()
    yield made
    await made.stop()


async def asked(url: str, statement: str) -> Any:
    """On a connection of its own: the server has ended all others."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def locks(app: Running) -> int:
    return int(await asked(app.settings.database_url, POLL_LOCKS.format(bot=app.app.bot.id)))


def cards(app: Running) -> int:
    return sum(call.method == "sendMessage" for call in app.sandbox.calls)


async def states(app: Running) -> Counter[Sending]:
    async with app.app.works.reading() as session:
        query = select(col(Outgoing.state), func.count()).where(col(Outgoing.campaign_id).is_not(None))
        return Counter(dict((await session.execute(query.group_by(col(Outgoing.state)))).all()))


async def under_way(app: Running, world: World) -> list[One]:
    """A campaign of which some has left, some is on its way and some is still queued."""
    people = [world.lihua, *[await world.graduate(name=f"学生{number}") for number in range(PEOPLE - 1)]]
    app.sandbox.faults.latency = 0.3
    app.app.postman.handful = SOME
    await launched(app, world)
    await app.app.schedule.look_now()
    await until(lambda: cards(app) > SOME)
    return people


@pytest.mark.parametrize("mode", MODES)
async def test_nothing_is_lost_or_doubled(app: Running, world: World, cluster: Cluster, mode: str) -> None:
    people = await under_way(app, world)
    pressing, typing = people[0], [world.stranger() for _ in range(3)]
    restart = asyncio.get_running_loop().create_task(cluster.restart(mode))
    for phone in typing:
        await phone.send("/cancel")
    await restart
    assert cards(app) < PEOPLE
    app.sandbox.faults.latency = 0.0
    for phone in typing:
        await phone.sees(NOTHING_OPEN, within=20, times=1)
    await until(lambda: _settled(app), within=20)
    arrived = Counter(
        call.parameters["chat_id"]
        for call in app.sandbox.calls
        if call.method == "sendMessage" and call.outcome == "ok" and "以上信息属实" in str(call.result)
    )
    assert await states(app) == {Sending.ACCEPTED: PEOPLE}
    assert {arrived[one.phone.user_id] for one in people} == {1}
    await pressing.phone.press("以上信息属实")
    await pressing.phone.sees("已记下：信息属实", times=1)
    assert await world.rows(select(Incident)) == []
    assert len(await world.rows(select(Incoming))) == len(typing) + 1


async def _settled(app: Running) -> bool:
    try:
        found = await states(app)
    except OSError:
        return False
    return found[Sending.ACCEPTED] + found[Sending.UNKNOWN] + found[Sending.REFUSED] == PEOPLE


@pytest.mark.parametrize("mode", MODES)
async def test_what_another_says_is_heard_again(
    app: Running, world: World, cluster: Cluster, mode: str
) -> None:
    """The postman does not look by itself here, so whatever leaves was rung for."""
    await app.settled()
    await cluster.restart(mode)
    other = replace(app.app.works, database=Database(app.settings.database_url), name="other", bells=[])
    await until(lambda: _listens(app))
    for number in range(3):
        said_at = time.monotonic()
        async with other.begin() as work:
            work.say(await work.session.get_one(Person, world.lihua.person_id), Cancelled())
        await world.lihua.phone.sees("刚才正在填写的内容已取消", within=SOON, times=number + 1)
        assert time.monotonic() - said_at < SOON
    await other.database.close()


async def _listens(app: Running) -> bool:
    return bool(await asked(app.settings.database_url, LISTENERS))


@pytest.mark.parametrize("mode", MODES)
async def test_the_right_to_poll_is_taken_anew(
    app: Running, world: World, cluster: Cluster, sandbox: Sandbox, tmp_path: Path, mode: str
) -> None:
    """Of two only one held it before, and only one does afterwards: Telegram never sees both."""
    other = Running(app.settings.database_url, sandbox, tmp_path, intake="polling")
    await other.start()
    assert await locks(app) == 1
    await cluster.restart(mode)

    async def held() -> bool:
        return await locks(app) == 1

    await until(held)
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees(NOTHING_OPEN, within=20, times=1)
    assert not [call for call in sandbox.calls if call.outcome.startswith("409")]
    await other.stop()
    await phone.send("/cancel")
    await phone.sees(NOTHING_OPEN, within=20, times=2)
