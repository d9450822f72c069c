"""getUpdates: offsets, waiting, and one consumer at a time."""

import asyncio
from typing import Any

import pytest
from aiogram import Bot

from sandbox import Phone
from tests.sandbox.wire import Api, Seconds


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_a_real_client_reads_updates(bot: Bot, lihua: Phone) -> None:
    update = (await bot.get_updates())[0]
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.text, update.message.from_user.full_name) == ("/start", "Hua Li")
    assert [entity.type for entity in update.message.entities or []] == ["bot_command"]


async def test_ids_follow_each_other_and_an_offset_confirms(api: Api, lihua: Phone) -> None:
    await lihua.send("a")
    first, second = await api.ok("getUpdates")
    assert second["update_id"] == first["update_id"] + 1
    assert texts(await api.ok("getUpdates")) == ["/start", "a"]
    assert texts(await api.ok("getUpdates", offset=second["update_id"])) == ["a"]
    assert await api.ok("getUpdates", offset=second["update_id"] + 1) == []


async def test_limits_and_negative_offsets(api: Api, lihua: Phone) -> None:
    for n in range(120):
        await lihua.send(str(n))
    assert len(await api.ok("getUpdates")) == 100
    assert texts(await api.ok("getUpdates", limit=1)) == ["/start"]
    assert texts(await api.ok("getUpdates", offset=-2)) == ["118", "119"]
    assert texts(await api.ok("getUpdates")) == ["118", "119"]


async def test_a_long_poll_ends_with_the_first_update(api: Api, lihua: Phone) -> None:
    await api.ok("getUpdates", offset=-1)
    last = (await api.ok("getUpdates"))[0]["update_id"]
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.ok("getUpdates", offset=last + 1, timeout=50))
        await waiting(api, 3)
        await lihua.send("now")
    assert texts(poll.result()) == ["now"]


async def waiting(api: Api, polls: int) -> None:
    while [call.method for call in api.sandbox.calls].count("getUpdates") < polls:
        await api.ok("getMe")


async def test_a_long_poll_ends_empty(api: Api) -> None:
    assert await api.ok("getUpdates", timeout=0) == []
    assert await api.ok("getUpdates", timeout=1) == []


async def test_the_older_of_two_polls_is_sent_away(api: Api) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        older = tasks.create_task(api.refused("getUpdates", timeout=50))
        await waiting(api, 1)
        await api.ok("getUpdates", timeout=0)
    assert older.result() == (
        "409 Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running"
    )


async def test_no_polling_beside_a_webhook(api: Api) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.refused("getUpdates", timeout=50))
        await waiting(api, 1)
        await api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert poll.result() == "409 Conflict: terminated by setWebhook request"
    assert "can't use getUpdates method while webhook is active" in await api.refused("getUpdates")
    await api.ok("deleteWebhook")
    assert await api.ok("getUpdates") == []


async def test_only_what_was_asked_for_comes(api: Api, lihua: Phone) -> None:
    await api.ok("getUpdates", offset=-1, allowed_updates=["message"])
    await lihua.block()
    await lihua.unblock()
    await lihua.send("a")
    assert texts((await api.ok("getUpdates"))[1:]) == ["a"]
    await api.ok("getUpdates", allowed_updates=[])
    await lihua.block()
    assert "my_chat_member" in (await api.ok("getUpdates"))[-1]


async def test_blocking_is_told_in_full(bot: Bot, lihua: Phone) -> None:
    await lihua.block()
    await lihua.block()
    await lihua.unblock()
    changes = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_a_day_old_message_is_lost(api: Api, lihua: Phone, seconds: Seconds) -> None:
    await lihua.send("a")
    seconds.passes(86401)
    await lihua.send("b")
    assert texts(await api.ok("getUpdates"))[-1] == "b"
    assert "a" not in texts(await api.ok("getUpdates"))


async def test_repeated_updates_keep_their_ids(api: Api, lihua: Phone) -> None:
    update = (await api.ok("getUpdates"))[0]
    assert await api.ok("getUpdates", offset=update["update_id"] + 1) == []
    await api.sandbox.repeat_last()
    assert await api.ok("getUpdates", offset=update["update_id"] + 1) == [update]
    assert await api.ok("getUpdates", offset=update["update_id"] + 1) == []


@pytest.mark.parametrize(
    "raw", [{"message": "nonsense"}, {"update_id": 7, "message": {}}, {"update_id": "x"}]
)
async def test_raw_updates_come_as_they_are(api: Api, raw: dict[str, Any]) -> None:
    await api.sandbox.deliver_raw(raw)
    update = (await api.ok("getUpdates", offset=10**9))[0]
    assert raw.items() <= update.items()
    assert "update_id" in update
