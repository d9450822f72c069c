"""Updates pushed to us: the secret checked, answered after the commit, a duplicate without effect."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import event, text
from sqlmodel import select

from actions.work import Work
from bot.database import Database
from bot.webhook import BODY_MAX, HEADER, Webhook
from models.event import Incident, Incoming
from models.messages.general import Cancelled
from models.outgoing import Outgoing
from models.person import Person
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


async def knock(app: Running, body: Any, secret: bytes, **more: str) -> int:
    async with aiohttp.ClientSession() as session:
        headers = {HEADER: secret.decode("utf-8", "surrogateescape")} | more
        async with session.post(door(app).url, json=body, headers=headers) as answer:
            return answer.status


def typed(update_id: int, user_id: int, text: str) -> dict[str, Any]:
    """A message as Telegram pushes it."""
    user = {"id": user_id, "is_bot": False, "first_name": "路人"}
    chat = {"id": user_id, "type": "private", "first_name": "路人"}
    message = {"message_id": update_id, "date": 1720404000, "chat": chat, "from": user, "text": text}
    return {"update_id": update_id, "message": message}


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


async def test_half_a_character_holds_up_nobody(app: Running, world: World) -> None:
    """JSON can name it, and nothing that is stored can."""
    secret = door(app).secret.encode()
    assert await knock(app, typed(940, 7100, "好\ud83d"), secret) == 200
    assert await knock(app, typed(941, 7100, "/cancel"), secret) == 200
    incident = await world.row(select(Incident))
    assert "好\\ud83d" in (app.app.keys.open(incident.raw) or "")
    assert len(await world.rows(select(Incoming))) == 2


async def test_a_failure_that_cannot_be_kept_is_over_all_the_same(app: Running, world: World) -> None:
    async def broken(work: Work, person: Person, _: str) -> None:
        raise RuntimeError

    def unkept(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "INTO incident" in statement:
            raise RuntimeError("of ours too")

    app.app.routes.command("broken", broken)
    engine = app.app.works.database.writer.sync_engine
    event.listen(engine, "before_cursor_execute", unkept)
    secret = door(app).secret.encode()
    assert await knock(app, typed(950, 7100, "/broken"), secret) == 200
    event.remove(engine, "before_cursor_execute", unkept)
    assert await knock(app, typed(950, 7100, "/broken"), secret) == 200
    assert (await world.row(select(Incoming))).outcome == "crashed"
    assert await world.rows(select(Incident)) == []


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


async def test_the_secret_decides_and_not_where_it_claims_to_come_from(app: Running, world: World) -> None:
    telegram = {"X-Forwarded-For": "149.154.167.220", "X-Real-IP": "149.154.167.220"}
    assert await knock(app, {"update_id": 5}, b"wrong", **telegram) == 401


async def test_there_is_one_door_and_no_bot_is_made_for_another(app: Running, world: World) -> None:
    address, secret = app.settings.must("public_url"), door(app).secret
    async with aiohttp.ClientSession(headers={HEADER: secret}) as session:
        for path in ("/telegram/123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/telegram/", "/123456:AAAA"):
            async with session.post(address + path, json=typed(1, 7100, "/cancel")) as answer:
                assert answer.status == 404
    assert await world.rows(select(Incoming)) == []


async def test_a_handler_that_raises_is_answered_all_the_same(app: Running, world: World) -> None:
    async def broken(work: Work, person: Person, _: str) -> None:
        raise RuntimeError

    app.app.routes.command("broken", broken)
    secret = door(app).secret.encode()
    assert await knock(app, typed(901, 7100, "/broken"), secret) == 200
    assert await knock(app, typed(901, 7100, "/broken"), secret) == 200
    assert (await world.row(select(Incident))).kind == "crash"


async def test_one_persons_updates_at_the_same_moment_disturb_none(app: Running, world: World) -> None:
    """Telegram keeps one queue per chat and another for presses: two of a person may arrive together."""
    secret = door(app).secret.encode()
    app.sandbox.phone(7100, "路人")
    many = [knock(app, typed(910 + number, 7100, "/cancel"), secret) for number in range(12)]
    assert await asyncio.gather(*many) == [200] * 12
    assert len(await world.rows(select(Person).join(Outgoing).distinct())) == 1
    assert len(await world.rows(select(Incoming))) == len(await world.rows(select(Outgoing))) == 12
    assert await world.rows(select(Incident)) == []


async def test_what_is_in_hand_when_it_stops_is_finished_and_answered(app: Running, world: World) -> None:
    begun = asyncio.Event()

    async def slow(work: Work, person: Person, _: str) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        work.say(person, Cancelled())

    app.app.routes.command("slow", slow)
    phone = app.sandbox.phone(7100, "路人")
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")
    pushed = asyncio.ensure_future(knock(app, typed(920, 7100, "/slow"), door(app).secret.encode()))
    await begun.wait()
    await app.restart()
    assert await pushed == 200
    await app.settled()
    assert len(await world.rows(select(Incoming))) == 2
    await phone.sees("刚才正在填写的内容已取消", times=1)


async def test_it_is_answered_only_after_the_commit(app: Running, world: World) -> None:
    secret = door(app).secret.encode()
    app.sandbox.phone(7100, "路人")
    other = Database(app.settings.database_url)
    async with other.writer.begin() as held:
        await held.execute(text("SELECT 1" if other.sqlite else "LOCK TABLE incoming IN EXCLUSIVE MODE"))
        pushed = asyncio.ensure_future(knock(app, typed(930, 7100, "/cancel"), secret))
        done, _ = await asyncio.wait({pushed}, timeout=0.5)
        assert not done
    assert await pushed == 200
    assert len(await world.rows(select(Incoming))) == 1
    await other.close()


async def test_registered_otherwise_it_is_registered_anew(app: Running, world: World) -> None:
    """By an older release, or by hand: another address, or other kinds of updates."""
    for given in ({"url": "http://127.0.0.1:9/x"}, {"url": door(app).url, "allowed_updates": ["message"]}):
        await app.stop()
        async with aiohttp.ClientSession() as session:
            await session.post(f"{app.sandbox.url}/bot{app.sandbox.token}/setWebhook", json=given)
        await app.start()
        last = [call for call in app.sandbox.calls if call.method == "setWebhook"][-1]
        assert last.parameters["url"] == door(app).url
        assert last.parameters["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_a_telegram_that_is_restarting_just_then_is_waited_for(app: Running, world: World) -> None:
    await app.stop()
    async with aiohttp.ClientSession() as session:
        given = {"url": "http://127.0.0.1:9/x"}
        await session.post(f"{app.sandbox.url}/bot{app.sandbox.token}/setWebhook", json=given)
    for method in ("getMe", "getWebhookInfo", "setWebhook"):
        app.sandbox.faults.next(method, "502")
    await app.start()
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")


async def test_too_long_a_body_is_refused_whether_or_not_it_says_so(app: Running, world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            given.append(len(part))
            yield part

    given: list[int] = []
    part = b" " * (BODY_MAX // 4)
    headers = {HEADER: door(app).secret}
    async with aiohttp.ClientSession() as session:
        async with session.post(door(app).url, data=BytesIO(part * 5), headers=headers) as answer:
            assert answer.status == 413
        with suppress(aiohttp.ClientError):
            async with session.post(door(app).url, data=endless(), headers=headers) as answer:
                assert answer.status == 413
    assert len(given) < 100
    assert await world.rows(select(Incoming)) == []


async def test_two_that_start_together_both_come_up(app: Running, sandbox: Sandbox, tmp_path: Path) -> None:
    await app.stop()
    await app.app.bot.delete_webhook()
    await app.app.bot.session.close()
    sandbox.faults.next("setWebhook", "429", retry_after=1)
    await app.start()
    assert sandbox.calls[-1].outcome == "ok"
