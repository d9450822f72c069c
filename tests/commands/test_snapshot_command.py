"""`quxiang snapshot`: listed and shown; whoever changed class since stands where they stood."""

from pathlib import Path

import pytest
from sqlmodel import select

from models.graduate import Graduate
from models.unit import Unit
from tests.commands.line import Line, person, sheet
from tests.driving import Running, Time
from tests.world import World


@pytest.fixture
def line(running: Running, world: World) -> Line:
    return Line(running.settings.database_url, running.folder)


async def test_listed_and_shown(line: Line, app: Running, time: Time) -> None:
    none = await line("snapshot", "show")
    assert none.status == 1
    assert "还没有" in none.err
    assert (await line("calendar", "apply", "henan_ist_2024", "--cohort", "2024", "--yes")).status == 0
    await time.to("2024-08-02T18:00")
    listed = (await line("snapshot", "list", "--json")).facts
    assert [(one["kind"], one["at"][:10]) for one in listed[:3]] == [
        ("daily", "2024-08-02"),
        ("daily", "2024-08-01"),
        ("weekly", "2024-07-31"),
    ]
    assert all(one["rules_digest"] == app.app.works.rules.digest for one in listed)
    shown = (await line("snapshot", "show", "--unit", "软件2001", "--on", "2024-08-01", "--json")).facts
    assert shown["facts"]["roster"] == 1
    assert shown["facts"]["left_out"] == ["unreachable", "overdue", "messages"]
    spoken = (await line("snapshot", "show", "--kind", "daily")).out
    assert "每日快照，截至 2024-08-02 17:00；2024-08-02 18:00 生成" in spoken
    assert "事后无从得知，未列入：联系不上、其中已到期、消息" in spoken
    assert "名册人数：1" in spoken


async def test_who_changed_class_since_stands_where_they_stood(
    line: Line, app: Running, time: Time, tmp_path: Path
) -> None:
    roster = ("roster", "import", tmp_path / "roster.csv", "--cohort", "2024", "--yes")
    sheet(tmp_path / "roster.csv", [person(1), person(2)])
    assert (await line(*roster)).status == 0
    assert (await line("calendar", "apply", "henan_ist_2024", "--cohort", "2024", "--yes")).status == 0
    app.app.schedule.apscheduler.pause()
    await app.app.works.read_clock()
    await app.app.works.keep_clock(app.app.clock.offset_to(app.now.replace(day=20)))
    sheet(tmp_path / "roster.csv", [person(1), person(2, 所在班级="软件0009")])
    assert (await line(*roster)).status == 0
    now = {unit.id: unit.name for unit in await app.rows(select(Unit))}
    people = await app.rows(select(Graduate))
    assert sorted(now[one.unit_id] for one in people) == ["软件0000", "软件0009", "软件2001"]
    await time.passes(minutes=1)
    frozen = ("snapshot", "show", "--on", "2024-07-17", "--json", "--unit")
    assert (await line(*frozen, "软件0000")).facts["facts"]["roster"] == 2
    assert (await line(*frozen, "软件0009")).status == 1
    await time.to("2024-07-25T09:00")
    later = ("snapshot", "show", "--on", "2024-07-24", "--json", "--unit")
    assert (await line(*later, "软件0009")).facts["facts"]["roster"] == 1
