"""`quxiang campaign`, `pause` and `resume` from the shell, on the database of a running school."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from models.campaign import Campaign
from models.staff import Duty, Role
from tests.commands.line import Line
from tests.conversations.asking import pressed, typed
from tests.conversations.campaigning import own_rules
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


async def test_the_names_behind_a_number(line: Line, running: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False)
    assert (await line("campaign", "launch", "confirm", "--yes")).status == 0
    await running.app.schedule.look_now()
    await running.settled()
    listed = await line("campaign", "status", "confirm", "--list", "queued", "--json")
    assert listed.status == 0, listed.err
    assert [(one["name"], one["state"], one["step"], one["reason"]) for one in listed.facts] == [
        ("李华", "accepted", "ask", None),
        ("王芳", "unreachable", None, "not_enrolled"),
    ]
    assert (await line("campaign", "status", "confirm", "--list", "refused", "--json")).facts == []
    plain = await line("campaign", "status", "confirm", "--list", "unreachable")
    assert plain.out.split()[1:] == ["王芳", "软件2001", "unreachable", "not_enrolled"]


async def test_over_the_number_it_waits_for_a_second_person(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    rules = str(own_rules(tmp_path, ("second_person_over = 1000", "second_person_over = 1")))
    await world.graduate(name="王芳", enrolled=False)
    preview = await line("campaign", "preview", "confirm", "--json", QUXIANG_RULES=rules)
    assert preview.facts["second_person"] is True
    launch = ("campaign", "launch", "confirm", "--yes", "--json")
    assert (await line(*launch, QUXIANG_RULES=rules)).facts == {"waiting_for": "second"}
    named = await line(*launch, "--second", "T050", QUXIANG_RULES=rules)
    assert named.facts == {"waiting_for": "T050"}
    assert (await line(*launch, QUXIANG_RULES=rules)).facts == {"waiting_for": "T050"}
    await running.app.schedule.look_now()
    await running.settled()
    world.lihua.phone.never_saw("李华同学")
    await pressed(running, world.head, "同意发送")
    await running.app.schedule.look_now()
    await running.settled()
    await world.lihua.phone.sees("李华同学", times=1)


async def test_units_where_a_dispute_had_nobody_refuse_the_launch(
    line: Line, running: Running, world: World
) -> None:
    async with running.app.works.begin() as work:
        held = select(Duty).where(col(Duty.role).in_((Role.REVIEWER, Role.DISCIPLINE, Role.SCHOOL_HEAD)))
        for duty in await work.session.exec(held):
            duty.ended_at = work.now
    preview = await line("campaign", "preview", "confirm", "--json")
    assert "软件2001" in preview.facts["uncovered"]
    refused = await line("campaign", "launch", "confirm", "--yes")
    assert (refused.status, "软件2001" in refused.err) == (1, True)
    assert not await running.rows(select(Campaign))


async def test_a_text_of_the_office_is_steered_and_counted_like_the_others(
    line: Line, running: Running, world: World
) -> None:
    await typed(running, world.office, "/broadcast")
    await pressed(running, world.office, "自己写一段通知", "还没有答复的", "江城理工学院")
    await typed(running, world.office, "请看一眼登记的去向是不是真实的。")
    assert (await line("campaign", "status", "broadcast-1001")).status == 1
    await pressed(running, world.office, "今天 15:00 发送")
    [listed] = (await line("campaign", "list", "--json")).facts["campaigns"]
    assert (listed["name"], listed["state"], listed["segment"]) == (
        "broadcast-1001",
        "running",
        "unconfirmed",
    )
    assert listed["starts_at"] == "2024-07-08T07:00:00+00:00"
    assert "还没有答复的" in (await line("campaign", "list")).out
    preview = await line("campaign", "preview", "broadcast-1001", "--json")
    assert (preview.facts["in_scope"], preview.facts["to_send"]) == (1, 1)
    assert "江城理工学院致 2024 届毕业生" in preview.facts["samples"][0]
    assert "请看一眼登记的去向" in (await line("campaign", "preview", "broadcast-1001")).out
    launched = await line("campaign", "launch", "broadcast-1001", "--yes")
    assert (launched.status, "/broadcast" in launched.err) == (1, True)
    paused = await line("campaign", "pause", "broadcast-1001", "--json")
    assert paused.facts["state"] == "paused"
    assert (await line("campaign", "resume", "broadcast-1001", "--json")).facts["state"] == "running"
    assert (await line("campaign", "cancel", "broadcast-1001", "--json")).facts["state"] == "cancelled"
    await running.app.schedule.look_now()
    counted = await line("campaign", "status", "broadcast-1001", "--json")
    assert (counted.facts["queued"], counted.facts["cancelled"], counted.facts["balanced"]) == (1, 1, True)
    names = await line("campaign", "status", "broadcast-1001", "--list", "cancelled", "--json")
    assert [(one["name"], one["reason"]) for one in names.facts] == [("李华", "campaign_cancelled")]
    world.lihua.phone.never_saw("请看一眼")


async def test_the_switch(line: Line, world: World) -> None:
    assert (await line("pause", "--all", "--json")).facts == {"paused": True}
    assert (await line("resume", "--all", "--json")).facts == {"paused": False}
    assert (await line("pause")).status == 2
