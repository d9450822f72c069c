"""However long the roster, the import reads and writes it in bounded memory."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.commands.line import Line, person, sheet

SHORT, LONG = 1_000, 15_000
# A key, a digest and a line number of each row, and what the database may keep of its pages in memory.
READING, WRITING = 25, 110
MEASURED = """
import sys
from bot.__main__ import main
status = main(sys.argv[1:])
told = open("/proc/self/status").read()
sys.stderr.write(told.partition("VmHWM:")[2].split()[0])
sys.exit(status)
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_fifteen_times_the_rows_take_little_more_memory(line: Line, tmp_path: Path) -> None:
    short = sheet(tmp_path / "short.csv", [person(number) for number in range(SHORT)])
    long = sheet(tmp_path / "long.csv", [person(number) for number in range(LONG)])
    little = await peak(line, short, "--dry-run")
    assert await peak(line, long, "--dry-run") - little < READING
    assert await peak(line, long, "--yes") - little < WRITING


async def peak(line: Line, file: Path, *words: str) -> int:
    """Megabytes; what `getrusage` tells of a child counts the memory of whoever started it too."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MEASURED, "roster", "import", str(file), "--cohort", "2024", *words),
        env=line._environment(),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await child.communicate()
    assert child.returncode == 0, told
    return int(told) >> 10
