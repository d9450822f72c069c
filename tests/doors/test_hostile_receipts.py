"""What anybody may send to where receipts are brought: nothing of it counts, and nothing is told."""

import asyncio
import json
import time as clock
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from models.dispatch import Dispatch, DispatchState
from models.event import Event
from tests.doors.opened import begun
from tests.doors.platform import Platform, brought, post, signed
from tests.driving import Running
from tests.world import World

DEAD = {"status": "失败", "reason": "空号"}


@pytest.fixture
async def sent(app: Running, world: World, platform: Platform) -> Dispatch:
    await world.graduate(name="王芳", enrolled=False, mobile="+8613800000001")
    await begun(app, world)
    found = await app.row(select(Dispatch))
    assert isinstance(found, Dispatch)
    return found


async def state(app: Running) -> DispatchState:
    found: DispatchState = (await app.row(select(Dispatch))).state
    return found


async def test_nothing_counts_that_is_not_signed_as_it_stands(app: Running, sent: Dispatch) -> None:
    now = str(int(clock.time()))
    receipt = {"reference": sent.id.hex, **DEAD}
    fields = {"receipts": [receipt], "timestamp": now, "nonce": "n"}
    right = json.dumps(signed(fields))
    for body in (
        json.dumps(fields),
        json.dumps(signed(fields, key="guessed")),
        json.dumps(signed(fields) | {"sign": ""}),
        json.dumps(signed(fields) | {"sign": None}),
        json.dumps(signed(fields) | {"sign": ["a"]}),
        json.dumps(signed(fields) | {"sign": "汉字"}),
        json.dumps(signed(fields) | {"more": "1"}),
        json.dumps(signed(fields), ensure_ascii=False).replace("失败", "送达"),
        right[:-1] + ', "nonce": "m"}',
        json.dumps(signed(fields | {"timestamp": str(int(now) - 301)})),
        json.dumps(signed(fields | {"timestamp": str(int(now) + 302)})),
        json.dumps(signed(fields | {"timestamp": "NaN"})),
        json.dumps(signed(fields | {"nonce": ""})),
        "[" * 100_000,
        '{"sign": Infinity}',
        "\x00",
        "",
        "null",
        '"x"',
        "[]",
    ):
        status, said = await post(app.app.address, body.encode())
        assert (status, said) == (403, ""), body[:80]
    assert await state(app) is DispatchState.SENT


async def test_known_and_unknown_texts_are_answered_alike(app: Running, sent: Dispatch) -> None:
    for one in ({"reference": "f" * 32}, {"reference": "no id"}, {"msgid": "m999"}, {"mobile": "1"}, {}):
        assert await post(app.app.address, brought(one | DEAD)) == (200, "success")
    assert await post(app.app.address, brought({"reference": sent.id.hex, "status": "嗯"})) == (
        200,
        "success",
    )
    assert await state(app) is DispatchState.SENT
    assert await post(app.app.address, brought({"reference": sent.id.hex} | DEAD)) == (200, "success")
    assert await state(app) is DispatchState.FAILED


async def test_what_is_about_another_text_is_not_taken_for_ours_by_the_telephone(
    app: Running, sent: Dispatch
) -> None:
    mobile = {"mobile": "13800000001"}
    for other in ({"reference": "f" * 32}, {"msgid": "m999"}):
        assert (await post(app.app.address, brought(other | mobile | DEAD)))[0] == 200
    assert await state(app) is DispatchState.SENT
    assert (await post(app.app.address, brought(mobile | DEAD)))[0] == 200
    assert await state(app) is DispatchState.FAILED


async def test_twice_late_and_in_the_wrong_order_it_is_one_receipt(app: Running, sent: Dispatch) -> None:
    arrived = brought({"mobile": "13800000001", "status": "delivered"})
    earlier = brought({"msgid": sent.provider_id, "status": "已发送"}, nonce="n2")
    bodies = [arrived, earlier, arrived, arrived, earlier]
    found = await asyncio.gather(*(post(app.app.address, body) for body in bodies))
    assert {status for status, _ in found} <= {200, 503}
    assert await post(app.app.address, brought({"reference": sent.id.hex} | DEAD)) == (200, "success")
    assert await state(app) is DispatchState.DELIVERED
    assert len(await app.rows(select(Event).where(Event.kind == "text_receipt"))) == 2


async def test_too_much_is_refused_and_who_guesses_is_not_listened_to(app: Running, sent: Dispatch) -> None:
    big = b'{"sign": "' + b"x" * 300_000 + b'"}'
    assert (await post(app.app.address, big))[0] == 413
    guesser, platform = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.1"}
    found = [(await post(app.app.address, b"{}", **guesser))[0] for _ in range(32)]
    assert (found[0], found[-1]) == (403, 429)
    right = brought({"reference": sent.id.hex, "status": "delivered"})
    assert (await post(app.app.address, right, **guesser))[0] == 429
    assert (await post(app.app.address, right, **platform))[0] == 200
    assert await state(app) is DispatchState.DELIVERED


async def test_a_form_is_read_like_json(app: Running, sent: Dispatch) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    fields = signed(
        {"reference": sent.id.hex, "status": "已送达", "timestamp": str(int(clock.time())), "nonce": "1"}
    )
    body = urlencode(fields)
    assert (await post(app.app.address, (body + "&status=x").encode(), **form))[0] == 403
    assert (await post(app.app.address, b"a=%FF", **form))[0] == 403
    assert (await post(app.app.address, body.encode(), **form))[0] == 200
    assert await state(app) is DispatchState.DELIVERED
