"""A line of `make bench` that broke is found here, with a small school, and not on the day it is wanted."""

import sqlite3
from pathlib import Path

import pytest

from bench import growing, importing
from bench.line import Line

ROWS = 30


def test_both_sides_of_the_import_line_import_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "SIZE", ROWS)
    importing.importing(tmp_path)
    for side in ("ours", "bare"):
        with sqlite3.connect(tmp_path / f"{side}.db") as database:
            for table in ("graduate", "destination"):
                assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (ROWS,), (side, table)


def test_a_tick_and_a_status_are_measured_at_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "SIZES", (200, 300))
    measured = [*growing.ticks(), *growing.statuses()]
    assert [line.what for line in measured] == [
        "one tick of every job, 100 due of 300 graduates",
        "/status of 300 graduates",
    ]
    assert all(isinstance(line, Line) and 0 < line.ours < 60 for line in measured)
