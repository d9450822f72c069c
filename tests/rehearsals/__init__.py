"""A golden table per preset, of a summer at a small school; `python -m tests.rehearsals` writes them anew."""

from datetime import date
from pathlib import Path

from bot.commands.rehearse import lines_of
from bot.season import Season, rehearse
from rules import load

HERE = Path(__file__).parent
FIRST, LAST, PEOPLE, SEED = date(2024, 7, 15), date(2024, 9, 3), 30, 7


def presets() -> list[str]:
    return sorted(load().calendar.presets)


def golden(preset: str) -> Path:
    return HERE / f"{preset}.txt"


async def played(preset: str, *, seed: int = SEED, last: date = LAST) -> Season:
    return await rehearse(load(), preset, FIRST, last, people=PEOPLE, seed=seed)


def table(season: Season) -> str:
    return "\n".join(lines_of(season)) + "\n"
