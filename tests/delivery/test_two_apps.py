"""Two whole products on one PostgreSQL database and one host; what a killed one had in hand is taken over."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from models.messages.general import Cancelled
from models.outgoing import Outgoing, Sending
from models.person import Person
from sandbox import Sandbox
from tests.conversations.test_webhook import free_port
from tests.driving import Running
from tests.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgres"], indirect=True)]


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Running:
    port = free_port()
    address = f"127.0.0.1:{port}"
    return Running(
        database_url, sandbox, tmp_path, intake="webhook", listen=address, public_url=f"http://{address}"
    )


async def test_a_killed_ones_reply_is_said_by_the_next_to_start(
    running: Running, sandbox: Sandbox, tmp_path: Path
) -> None:
    public = running.settings.public_url
    other = Running(running.settings.database_url, sandbox, tmp_path, intake="webhook", public_url=public)
    await running.start()
    world = await World.built(running)
    await other.start()
    journals = [one.app.postman.journal.path.name for one in (running, other)]
    assert journals == ["outgoing.journal", "outgoing.1.journal"]
    assert running.app.postman.name != other.app.postman.name
    await running.stop()
    sandbox.faults.next("sendMessage", "accepted_then_timeout")
    async with other.app.works.begin() as work:
        work.say(await work.session.get_one(Person, world.lihua.person_id), Cancelled())
    while not any(call.outcome == "accepted_then_timeout" for call in sandbox.calls):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await other.kill()
    await running.start()
    await running.settled()
    row = await running.row(select(Outgoing))
    assert row.state is Sending.ACCEPTED
    await world.lihua.phone.sees("刚才正在填写的内容已取消", times=2)
    await running.stop()
