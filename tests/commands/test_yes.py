"""What replaces or sends much waits for `--yes` or for a yes at a terminal; the rest is done as asked."""

import asyncio
import os
import sys

import pytest
from sqlmodel import col, func, select

from bot.__main__ import main
from bot.commands.words import said
from models.event import Event
from tests.commands.line import Line, Ran, person, sheet
from tests.driving import Running
from tests.world import World

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ASKS = [
    ("roster", "import", "r.csv", "--cohort", "2024"),
    ("official", "import", "official.csv"),
    ("campaign", "launch", "confirm"),
    ("calendar", "apply", "henan_ist_2024", "--cohort", "2024"),
    ("restore", "r.csv", "--force"),
]
DOES = [
    ("staff", "invite", "--role", "office", "--unit", "", "--name", "何主任", "--number", "T030"),
    ("staff", "end", "--role", "office", "--unit", "", "--number", "T030"),
    ("invitations", "--unit", "", "--out", "out.xlsx"),
    ("pause", "--all"),
    ("resume", "--all"),
]


@pytest.fixture
def line(running: Running, world: World) -> Line:
    sheet(running.folder / "r.csv", [person(1)])
    (running.folder / "official.csv").write_text("学号,姓名,确认状态\n202000000001,学生1,不详\n", "utf-8")
    return Line(running.settings.database_url, running.folder)


async def at_a_terminal(line: Line, typed: str, *words: str) -> Ran:
    ours, theirs = os.openpty()
    try:
        os.write(ours, typed.encode())
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            stdin=theirs,
            stdout=asyncio.subprocess.PIPE,
            stderr=theirs,
            cwd=line.folder,
            env=line._environment(),
        )
        out, _ = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), os.read(ours, 10_000).decode())
    finally:
        os.close(ours)
        os.close(theirs)


async def events(app: Running) -> int:
    return int(await app.row(select(func.count(col(Event.id)))))


async def test_away_from_a_terminal_nothing_is_written(
    line: Line,
    app: Running,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in line._environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(line.folder)
    before = await events(app), sorted(one.name for one in line.folder.iterdir())
    for words in ASKS:
        status = await asyncio.to_thread(main, words)
        assert (status, capsys.readouterr().err) == (1, said("not_written") + "\n"), words
    assert (await events(app), sorted(one.name for one in line.folder.iterdir())) == before


@only_sqlite
async def test_at_a_terminal_somebody_is_asked(line: Line, app: Running) -> None:
    before = await events(app)
    declined = await at_a_terminal(line, "n\n", *ASKS[0])
    assert (declined.status, said("not_agreed") in declined.err) == (1, True)
    assert await events(app) == before
    assert (await at_a_terminal(line, "y\n", *ASKS[0])).status == 0
    assert await events(app) > before


@only_sqlite
@pytest.mark.parametrize("agreed", [(), ("--yes",)])
async def test_an_invitation_and_the_switch_wait_for_nobody(line: Line, agreed: tuple[str, ...]) -> None:
    """A link is what was asked for; and a question would only delay the switch."""
    for words in DOES:
        ran = await line(*words, *agreed)
        assert ran.status == 0, (words, ran.err)
