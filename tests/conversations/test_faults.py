"""Telegram fails in every way it knows; nobody loses an answer, nobody is answered twice without need."""

import asyncio
import gc

import pytest
from sqlmodel import select

from models.event import Incident, Incoming
from models.outgoing import Outgoing, Sending
from models.person import Person, Unreachable
from tests.driving import Running, Time
from tests.world import World

SEEN = "现在没有正在填写的内容"


async def test_a_429_is_waited_for_and_the_reply_comes(app: Running, world: World) -> None:
    phone = world.stranger()
    app.sandbox.faults.next("sendMessage", "429", retry_after=1)
    await phone.send("/cancel")
    await phone.sees(SEEN, times=1)


@pytest.mark.parametrize("fault", ["502", "drop", "500"])
async def test_a_reply_is_sent_again_when_telegram_fails(
    app: Running, world: World, time: Time, fault: str
) -> None:
    phone = world.stranger()
    app.sandbox.faults.next("sendMessage", fault)
    await phone.send("/cancel")
    await app.settled()
    await time.passes(minutes=2)
    await phone.sees(SEEN, times=1)


async def test_a_blocked_person_is_marked_and_comes_back_by_writing(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees(SEEN)
    await phone.block()
    await app.settled()
    person = await world.row(select(Person).where(Person.unreachable == Unreachable.BLOCKED))
    await phone.send("/start")
    await app.settled()
    again = await world.row(select(Person).where(Person.id == person.id))
    assert again.unreachable is None


async def test_a_refused_message_stops_nobody_else(app: Running, world: World) -> None:
    first, second = world.stranger(), world.stranger()
    app.sandbox.faults.next("sendMessage", "400", description="Bad Request: something is wrong with it")
    await first.send("/cancel")
    await app.settled()
    await second.send("/cancel")
    await second.sees(SEEN)
    refused = await world.row(select(Outgoing).where(Outgoing.state == Sending.REFUSED))
    assert "something is wrong" in refused.reason
    assert await world.rows(select(Incident))


@pytest.mark.parametrize("fault", ["502", "429", "409", "drop"])
async def test_polling_survives_failures_of_getupdates(app: Running, world: World, fault: str) -> None:
    phone = world.stranger()
    app.sandbox.faults.next("getUpdates", fault, retry_after=1)
    await phone.send("/language")
    await phone.sees("请选择语言")
    await phone.press("English")
    await phone.sees("English from now on")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        '"bad gateway"',
        "[]",
        '{"ok": true}',
        '{"ok": true, "result": true}',
        '{"ok": true, "result": {"updates": []}}',
        '{"ok": true, "result": [1]}',
        '{"ok": false, "parameters": ["none"]}',
        '{"ok": false, "parameters": {"retry_after": "soon"}}',
    ],
)
async def test_polling_survives_what_is_no_answer_of_telegrams(app: Running, world: World, body: str) -> None:
    phone = world.stranger()
    app.sandbox.faults.next("getUpdates", "502", body=body)
    await phone.send("/cancel")
    await phone.sees(SEEN)
    await phone.send("/cancel")
    await phone.sees(SEEN, times=2)


async def test_every_poll_names_what_it_wants(app: Running, world: World) -> None:
    """Left out, the setting of whoever polled before would hold."""
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees(SEEN)
    polls = [call for call in app.sandbox.calls if call.method == "getUpdates"]
    wanted = ["message", "callback_query", "my_chat_member"]
    assert [call.parameters["allowed_updates"] for call in polls] == [wanted] * len(polls) != []


@pytest.mark.parametrize(
    ("fault", "description"),
    [
        ("400", "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        ("429", None),
        ("502", None),
        ("drop", None),
    ],
)
async def test_a_press_that_cannot_be_acknowledged_still_counts(
    app: Running, world: World, fault: str, description: str | None
) -> None:
    phone = world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    app.sandbox.faults.next("answerCallbackQuery", fault, description=description)
    await phone.press("English")
    await phone.sees("English from now on", times=1)
    assert await world.rows(select(Incident)) == []


async def test_a_backlog_is_worked_off_and_nothing_is_kept_of_it(app: Running, world: World) -> None:
    await app.stop()
    phones = [world.stranger() for _ in range(40)]
    for phone in phones:
        await phone.send("/cancel")
    before = _locks()
    await app.start()
    await app.settled()
    assert all([await phone.sees(SEEN, times=1) for phone in phones])
    assert _locks() - before < len(phones)


def _locks() -> int:
    """A lock or a state kept for everybody who ever wrote would fill the memory in a season."""
    gc.collect()
    return sum(isinstance(one, asyncio.Lock) for one in gc.get_objects())


async def test_stopped_at_any_moment_every_update_has_one_effect(app: Running, world: World) -> None:
    phone = world.stranger()
    for turns in range(0, 60, 6):
        await phone.send("/cancel")
        for _ in range(turns):
            await asyncio.sleep(0)
        await app.restart()
    await app.settled()
    await app.sandbox.repeat_last(10)
    await app.settled()
    assert len(await world.rows(select(Incoming))) == len(await world.rows(select(Outgoing))) == 10
    assert await world.rows(select(Incident)) == []


async def test_starting_while_telegram_restarts_waits_for_it(app: Running, world: World) -> None:
    await app.stop()
    app.sandbox.faults.next("getMe", "502")
    await app.start()
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees(SEEN)
