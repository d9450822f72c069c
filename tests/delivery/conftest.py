"""One office per test, on either database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.databases import Templates
from tests.delivery.office import Office


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[str]:
    with templates.fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def office(empty_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(empty_url, sandbox, tmp_path)
    yield made
    await made.closes()
    await made.works.database.close()
