"""A command line per test, on the test's own database."""

from pathlib import Path

import pytest

from tests.commands.line import Line


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Line:
    return Line(database_url, tmp_path)
