"""`quxiang doctor`: each thing that usually goes wrong is found, and told with what to do next."""

from collections.abc import AsyncIterator
from email.utils import format_datetime

import aiohttp
import pytest
from aiohttp import web

from bot import doctor
from bot.commands.doctor import sentence
from bot.database import Database, Works
from bot.doctor import Finding, examine
from models.event import Setting
from tests.conversations.test_webhook import free_port
from tests.conversations.working import opened
from tests.driving import BEGIN, Running, Time
from tests.world import World


async def found(app: Running, **given: object) -> dict[str, Finding]:
    settings = app.settings.model_copy(update=given)
    works = Works(Database(app.settings.database_url), app.app.clock, app.app.rules, app.app.keys)
    findings = [one async for one in examine(settings, works)]
    await works.database.close()
    for one in findings:
        assert sentence(one)
    return {one.check: one for one in findings}


@pytest.fixture
async def an_hour_ahead() -> AsyncIterator[str]:
    """A Telegram whose clock disagrees with ours: one of the two is wrong."""

    async def answer(_: web.Request) -> web.Response:
        headers = {"Date": format_datetime(BEGIN)}
        return web.json_response({"ok": True, "result": {"username": "x"}}, headers=headers)

    served = web.Application()
    served.router.add_get("/{rest:.*}", answer)
    runner, port = web.AppRunner(served), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def test_the_clock_is_compared_with_telegrams(app: Running, an_hour_ahead: str) -> None:
    assert (await found(app))["clock"].sound
    off = (await found(app, telegram_api=an_hour_ahead))["clock"]
    assert (off.sound, off.say) == (False, "clock_off")
    assert off.facts["seconds"] > 1000


async def test_a_disk_that_fills_up_is_told(app: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await found(app))["disk"].facts["megabytes"] > 0
    monkeypatch.setattr(doctor, "DISK_LEAST", 1 << 62)
    assert (await found(app))["disk"].say == "disk_short"


async def test_a_case_that_nobody_had_when_the_day_ended_is_named(
    app: Running, world: World, time: Time
) -> None:
    case = await opened(app, world.lihua, chosen=True)
    await time.to("2024-07-08 16:00")
    assert (await found(app))["owners"].sound
    await time.to("2024-07-08 18:00")
    left = (await found(app))["owners"]
    assert (left.sound, left.facts["names"]) == (False, [str(case.number)])
    await world.office.phone.send(f"/case {case.number}")
    await app.settled()
    await world.office.phone.press("我来处理")
    await app.settled()
    assert (await found(app))["owners"].sound


async def test_a_backup_grows_old(app: Running, time: Time) -> None:
    assert (await found(app))["backup"].say == "backup_never"
    async with app.app.works.begin() as work:
        work.session.add(Setting(name=doctor.LAST_BACKUP, value=work.now.isoformat()))
    assert (await found(app))["backup"].sound
    await time.passes(hours=25)
    old = (await found(app))["backup"]
    assert (old.say, old.facts) == ("backup_old", {"hours": 25})


async def test_a_webhook_that_does_not_keep_up_is_told(app: Running, world: World) -> None:
    """Telegram brings later and later whatever fails, and says so nowhere else."""
    assert (await found(app))["updates"].sound
    await app.stop()
    phone = world.stranger()
    for _ in range(doctor.WAITING_MOST + 1):
        await phone.send("/cancel")
    assert (await found(app))["updates"].say == "updates_waiting"
    async with aiohttp.ClientSession() as session:
        url = f"{app.sandbox.url}/bot{app.sandbox.token}/setWebhook"
        await session.post(url, json={"url": "http://127.0.0.1:9/x"})
    while (await found(app))["updates"].say == "updates_waiting":
        pass
    failing = (await found(app))["updates"]
    assert failing.say == "updates_failing"
    assert "Connection failed" in failing.facts["why"]
    await app.start()


async def test_a_year_without_holidays_is_told_before_terms_reach_it(app: Running, time: Time) -> None:
    assert (await found(app))["holidays"].sound
    await time.to("2026-11-20 10:00")
    assert (await found(app))["holidays"].sound
    await time.to("2026-12-20 10:00")
    coming = (await found(app))["holidays"]
    assert (coming.say, coming.facts) == ("holidays_unknown", {"year": 2027})
