"""Updates stop coming in: one incident, the office is told, and told again when they come."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlmodel import select

from bot import lookout, poller
from models.event import STOPPED, Incident
from models.outgoing import Outgoing
from sandbox import Sandbox
from tests.commands.test_doctor import found
from tests.conversations.test_webhook import free_port
from tests.delivery.test_stopping import until
from tests.driving import Running
from tests.world import World

TOLD = "收不到毕业生的消息"
OVER = "毕业生的消息已恢复接收"
ANSWERED = "现在没有正在填写的内容"


@pytest.fixture(autouse=True)
def shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes become moments."""
    monkeypatch.setattr(lookout, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(lookout, "TELL_AFTER", 0.3)
    monkeypatch.setattr(poller, "PAUSES", (0.05,))


async def incidents(app: Running) -> list[Incident]:
    return await app.rows(select(Incident).where(Incident.kind == STOPPED).order_by(Incident.number))  # type: ignore[arg-type]


async def looked_again(app: Running) -> None:
    """Some more looks, each of which would say it anew if it could."""
    seen = time.monotonic()
    await until(lambda: time.monotonic() > seen + 4 * lookout.LOOK_EVERY)


def conflict(sandbox: Sandbox) -> None:
    """Another program fetches with the same token; ours can still send."""
    sandbox.faults.rate("409", 1.0, 1, method="getUpdates")


async def test_polling_that_goes_on_failing_is_told_once_and_over_when_it_works(
    app: Running, world: World, sandbox: Sandbox
) -> None:
    graduate = world.stranger()
    conflict(sandbox)
    for _ in range(2):  # the first ends the poll that was already waiting
        await graduate.send("/cancel")
    told = await world.office.phone.sees(TOLD, within=10)
    await looked_again(app)
    await world.office.phone.sees(TOLD, times=1)
    world.counselor.phone.never_saw(TOLD)
    [incident] = await incidents(app)
    assert incident.settled_at is None
    assert "409" in incident.detail
    finding = (await found(app))["intake"]
    assert (finding.say, finding.facts["number"]) == ("intake_stopped", incident.number)
    sandbox.faults.clear()
    over = await world.office.phone.sees(OVER, within=10, times=1)
    assert over.message_id == told.message_id
    await graduate.sees(ANSWERED, within=10, times=2)
    [incident] = await incidents(app)
    assert incident.settled_at is not None
    assert (await found(app))["intake"].sound
    await looked_again(app)
    assert len([row for row in await app.rows(select(Outgoing)) if "updates_" in row.message.kind]) == 2


async def test_the_next_time_is_another_incident(app: Running, world: World, sandbox: Sandbox) -> None:
    for times in (1, 2):
        conflict(sandbox)
        await world.stranger().send("/cancel")
        await until(lambda times=times: _raised(app, times))  # type: ignore[misc]
        sandbox.faults.clear()
        await world.office.phone.sees(OVER, within=10, times=times)
    assert [one.settled_at is None for one in await incidents(app)] == [False, False]


async def _raised(app: Running, times: int) -> bool:
    return len(await incidents(app)) == times


async def test_what_one_process_raised_the_next_one_ends(
    app: Running, world: World, sandbox: Sandbox
) -> None:
    conflict(sandbox)
    await world.stranger().send("/cancel")
    await world.office.phone.sees(TOLD, within=10)
    await app.kill()
    sandbox.faults.clear()
    await app.start()
    await world.office.phone.sees(OVER, within=10, times=1)
    [incident] = await incidents(app)
    assert incident.settled_at is not None


async def test_a_long_retry_after_is_told_while_it_is_waited_for(
    app: Running, world: World, sandbox: Sandbox
) -> None:
    sandbox.faults.next("getUpdates", "429", retry_after=3000)
    await world.stranger().send("/cancel")
    await world.office.phone.sees(TOLD, within=10, times=1)
    assert "429" in (await incidents(app))[0].detail


async def test_a_short_failure_is_no_incident(
    app: Running, world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "TELL_AFTER", 180.0)
    sandbox.faults.next("getUpdates", "502", 5)
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees(ANSWERED, times=1)
    await looked_again(app)
    assert await incidents(app) == []


class Gate:
    """What stands before the product: lets through, or answers as a proxy whose backend is gone."""

    def __init__(self) -> None:
        self.port, self.behind, self.shut = free_port(), free_port(), False

    async def open(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.pass_on)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        return runner

    async def pass_on(self, request: web.Request) -> web.Response:
        if self.shut:
            return web.Response(status=502)
        url = f"http://127.0.0.1:{self.behind}{request.path}"
        headers = {name: value for name, value in request.headers.items() if name.startswith("X-")}
        body = await request.read()
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return web.Response(status=answer.status)


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    made = Gate()
    runner = await made.open()
    yield made
    await runner.cleanup()


@pytest.fixture
async def pushed(database_url: str, sandbox: Sandbox, tmp_path: Path, gate: Gate) -> AsyncIterator[Running]:
    made = Running(
        database_url,
        sandbox,
        tmp_path,
        intake="webhook",
        listen=f"127.0.0.1:{gate.behind}",
        public_url=f"http://127.0.0.1:{gate.port}",
    )
    sandbox.delivery.retry_base = sandbox.delivery.retry_cap = 0.1
    await made.start()
    yield made
    await made.stop()


async def test_a_webhook_that_is_not_reached_is_told_the_same_way(pushed: Running, gate: Gate) -> None:
    world = await World.built(pushed)
    gate.shut = True
    phone = world.stranger()
    await phone.send("/cancel")
    told = await world.office.phone.sees(TOLD, within=10)
    await looked_again(pushed)
    [incident] = await incidents(pushed)
    assert incident.detail.startswith("1 wait: Wrong response from the webhook: 502")
    gate.shut = False
    await phone.sees(ANSWERED, within=10, times=1)
    over = await world.office.phone.sees(OVER, within=10, times=1)
    assert over.message_id == told.message_id
    assert (await incidents(pushed))[0].settled_at is not None


async def test_a_webhook_that_somebody_led_elsewhere_is_told(pushed: Running, gate: Gate) -> None:
    """Telegram delivers, and reports no failure; it only does not deliver here."""
    world = await World.built(pushed)
    async with aiohttp.ClientSession() as session:
        url = f"{pushed.sandbox.url}/bot{pushed.sandbox.token}/setWebhook"
        await session.post(url, json={"url": "http://127.0.0.1:9/x"})
    await world.office.phone.sees(TOLD, within=10, times=1)
    assert (await incidents(pushed))[0].detail == "the webhook leads elsewhere"
    await pushed.restart()
    await world.office.phone.sees(OVER, within=10, times=1)
