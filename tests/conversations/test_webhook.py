"""Updates pushed to us: the secret checked, answered after the commit, a duplicate without effect."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlmodel import select

from bot.webhook import HEADER, Webhook
from models.event import Incident, Incoming
from sandbox import Sandbox
from tests.driving import Running
from tests.world import World


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    made = Running(
        database_url,
        sandbox,
        tmp_path,
        intake="webhook",
        listen=f"127.0.0.1:{port}",
        public_url=f"http://127.0.0.1:{port}",
    )
    await made.start()
    yield made
    await made.stop()


def door(app: Running) -> Webhook:
    settings = app.settings
    return Webhook(app.app.bot, None, settings.key_material(), settings.must("public_url"))  # type: ignore[arg-type]


async def knock(app: Running, body: Any, secret: bytes) -> int:
    async with aiohttp.ClientSession() as session:
        headers = {HEADER: secret.decode("utf-8", "surrogateescape")}
        async with session.post(door(app).url, json=body, headers=headers) as answer:
            return answer.status


async def test_a_conversation_through_the_webhook(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    await phone.press("English")
    await phone.sees("English from now on")


async def test_a_wrong_secret_is_refused_and_nothing_is_taken(app: Running, world: World) -> None:
    for secret in (b"", b"wrong", "中文".encode()):
        assert await knock(app, {"update_id": 5}, secret) == 401
    assert await world.rows(select(Incoming)) == []


async def test_what_is_not_an_update_is_refused(app: Running, world: World) -> None:
    secret = door(app).secret.encode()
    assert await knock(app, [1, 2], secret) == 400
    assert await knock(app, {"update_id": "x"}, secret) == 400


async def test_an_unreadable_update_is_answered_and_kept(app: Running, world: World) -> None:
    secret = door(app).secret.encode()
    broken = {"update_id": 77, "message": {"message_id": "no number"}}
    assert await knock(app, broken, secret) == 200
    assert await knock(app, broken, secret) == 200
    assert (await world.row(select(Incident))).kind == "unreadable_update"


async def test_the_webhook_is_registered_once(app: Running, world: World) -> None:
    await app.restart()
    registered = [call for call in app.sandbox.calls if call.method.lower() == "setwebhook"]
    assert len(registered) == 1
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")


async def test_the_same_update_twice_has_one_effect(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")
    await app.sandbox.repeat_last()
    await app.settled()
    await phone.sees("现在没有正在填写的内容", times=1)
