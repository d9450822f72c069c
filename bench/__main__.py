"""`make bench`: the table, each line beside its peer or limit in the same run; also as JSON.

All of it takes tens of minutes; `make bench ARGS="start pace"` measures these lines alone."""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import growing, month, page, sending
from bench import updates as presses
from bench.importing import importing
from bench.line import Line, Skipped
from bot.commands.run import spare_the_collector

RESULTS = Path(__file__).parent / "results.json"
REPEATS = 5
Measure = Callable[[], list[Line | Skipped]]


def commands() -> list[Line | Skipped]:
    """As they are typed; the folder has no database yet at the first of them."""
    with TemporaryDirectory() as folder:
        peer = _median_start(folder, "-c", "import aiogram")
        return [
            Line(
                f"start of `quxiang {name}`",
                "s",
                _median_start(folder, "-m", "bot", name),
                IMPORT,
                peer,
                None,
                0.3,
            )
            for name in ("check-rules", "status")
        ]


IMPORT = "python -c 'import aiogram'"


def _median_start(folder: str, *words: str) -> float:
    given = os.environ | {"QUXIANG_SCHOOL": "江城理工学院"}

    def once() -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=folder, env=given)
        return time.perf_counter() - begun

    once()
    return statistics.median(once() for _ in range(REPEATS))


def imports() -> list[Line | Skipped]:
    with TemporaryDirectory() as folder:
        return [importing(Path(folder))]


def updates() -> list[Line | Skipped]:
    with TemporaryDirectory() as folder:
        return [*presses.updates(Path(folder))]


LINES: dict[str, Measure] = {
    "commands": commands,
    "pipeline": sending.pipeline,
    "processes": sending.four_processes,
    "replies": sending.replies,
    "start": sending.start,
    "tick": growing.ticks,
    "status": growing.statuses,
    "updates": updates,
    "import": imports,
    "pace": sending.paced,
    "month": month.queues,
    "page": page.pages,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make bench", description="without a name: all of it, tens of minutes"
    )
    parser.add_argument("lines", nargs="*", metavar="LINE", help=", ".join(LINES))
    # A peer that is refused says so with a traceback each time: the table would be lost among them.
    logging.getLogger("telegram").addHandler(logging.NullHandler())
    names = parser.parse_args().lines or list(LINES)
    if unknown := {*names} - {*LINES}:
        parser.error(f"no such line: {', '.join(sorted(unknown))}; there are {', '.join(LINES)}")
    measured: list[Line | Skipped] = []
    # The servers stand in this process: one that stopped to look through all that is imported would be
    # measured as a quarter of a second in which nobody sent anything.
    spare_the_collector()
    for name in names:
        for line in LINES[name]():
            print(line, flush=True)
            measured.append(line)
    RESULTS.write_text(json.dumps([line.facts for line in measured], ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
