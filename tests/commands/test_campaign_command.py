"""`quxiang campaign`, `pause` and `resume` from the shell, on the database of a running school."""

import pytest

from tests.commands.line import Line
from tests.driving import Running
from tests.world import World


@pytest.fixture
def line(running: Running) -> Line:
    return Line(running.settings.database_url, running.folder)


async def test_from_preview_to_the_equation(line: Line, running: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False)
    preview = await line("campaign", "preview", "confirm", "--json")
    assert preview.status == 0, preview.err
    assert (preview.facts["to_ask"], preview.facts["unreachable"]["not_enrolled"]) == (1, 1)
    assert "李华同学" in preview.facts["samples"][0]
    refused = await line("campaign", "launch", "confirm")
    assert refused.status == 1
    launched = await line("campaign", "launch", "confirm", "--yes", "--json")
    assert launched.status == 0, launched.err
    assert launched.facts["state"] == "running"
    await running.app.schedule.look_now()
    await running.settled()
    await world.lihua.phone.sees("李华同学", times=1)
    counted = await line("campaign", "status", "confirm", "--json")
    assert counted.facts == {
        "queued": 2,
        "accepted": 1,
        "refused": 0,
        "unreachable": 1,
        "skipped": 0,
        "cancelled": 0,
        "unknown": 0,
        "balanced": True,
    }
    again = await line("campaign", "launch", "confirm", "--yes")
    assert (again.status, "正在发送" in again.err) == (1, True)
    paused = await line("campaign", "pause", "confirm", "--json")
    assert paused.facts["state"] == "paused"
    listed = await line("campaign", "list", "--json")
    assert listed.facts["campaigns"][0]["state"] == "paused"
    assert (await line("campaign", "launch", "nothing", "--yes")).status == 1


async def test_the_switch(line: Line, world: World) -> None:
    assert (await line("pause", "--all", "--json")).facts == {"paused": True}
    assert (await line("resume", "--all", "--json")).facts == {"paused": False}
    assert (await line("pause")).status == 2
