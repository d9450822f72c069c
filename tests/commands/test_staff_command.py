"""`quxiang staff end`: a duty is over, once."""

from pathlib import Path

from sqlmodel import select

from models.staff import Duty
from tests.commands.line import Line, person, sheet
from tests.commands.test_roster_command import rows


async def test_a_duty_ends_once(line: Line, database_url: str, tmp_path: Path) -> None:
    roster = sheet(tmp_path / "r.csv", [person(1)])
    await line("roster", "import", roster, "--cohort", "2024", "--yes")
    there = {"QUXIANG_PUBLIC_URL": "https://school.example"}
    invite = ("staff", "invite", "--role", "office", "--unit", "", "--name", "何主任", "--number", "T030")
    assert (await line(*invite, **there)).status == 0
    end = ("staff", "end", "--number", "T030", "--role", "office", "--unit", "")
    assert (await line(*end, "--json")).facts == {"ended": True}
    [duty] = await rows(database_url, select(Duty))
    assert duty.ended_at is not None
    again = await line(*end)
    assert again.status == 1
    assert "T030" in again.err
