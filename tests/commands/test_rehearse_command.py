"""`quxiang rehearse`: a season in a moment, the same for the same seed, and as when last looked at."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.commands.line import Line
from tests.rehearsals import FIRST, LAST, golden, played, presets, table

SHORT = FIRST + timedelta(days=3)


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.parametrize("preset", presets())
async def test_the_season_is_as_it_was_when_last_looked_at(preset: str) -> None:
    """Differs where behaviour was changed on purpose: `python -m tests.rehearsals` writes the table anew."""
    season = await played(preset)
    assert table(season) == golden(preset).read_text("utf-8")
    assert season.refused == 0
    total = season.total
    assert total.met > 0 or total.missed == 0
    assert len(season.days) == (LAST - FIRST).days + 1


async def test_the_same_seed_gives_the_same_season() -> None:
    first = await played("moe_2024", last=SHORT)
    assert table(await played("moe_2024", last=SHORT)) == table(first)
    assert table(await played("moe_2024", seed=8, last=SHORT)) != table(first)


async def test_it_is_printed_as_facts_and_needs_no_database(tmp_path: Path) -> None:
    line = Line(f"sqlite+aiosqlite:///{tmp_path / 'untouched.db'}", tmp_path)
    words = (
        "rehearse",
        "--preset",
        "moe_2024",
        "--from",
        "2024-07-15",
        "--to",
        "2024-07-16",
        "--people",
        "9",
    )
    ran = await line(*words, "--people", "9", "--json")
    assert ran.status == 0, ran.err
    assert [one["day"] for one in ran.facts["days"]] == ["2024-07-15", "2024-07-16"]
    total = ran.facts["total"]
    assert total["answers"] == _summed(ran.facts["days"], "answers")
    assert total["messages"] == _summed(ran.facts["days"], "messages")
    assert total["messages"]["staff_welcome"] == 12
    assert not (tmp_path / "untouched.db").exists()


def _summed(days: list[dict[str, dict[str, int]]], of: str) -> dict[str, int]:
    names = sorted({name for day in days for name in day[of]})
    return {name: sum(day[of].get(name, 0) for day in days) for name in names}


async def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    line = Line(f"sqlite+aiosqlite:///{tmp_path / 'untouched.db'}", tmp_path)
    days = ("--from", "2024-07-15", "--to")
    assert (await line("rehearse", "--preset", "no_such", *days, "2024-07-16")).status == 1
    backwards = await line("rehearse", "--preset", "moe_2024", *days, "2024-07-14")
    assert (backwards.status, "早于" in backwards.err) == (1, True)


def test_every_preset_has_its_table() -> None:
    assert [path.stem for path in sorted(golden("").parent.glob("*.txt"))] == presets()
    assert date(2024, 8, 31) < LAST
