"""A browser of its own for every test that wants one."""

from collections.abc import AsyncIterator

import pytest

from tests.driving import Running
from tests.web.browsing import Browser


@pytest.fixture
async def browser(running: Running) -> AsyncIterator[Browser]:
    async with Browser(running) as made:
        yield made
