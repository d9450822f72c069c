"""The app as it is, against a Telegram of our own, on a real database; only address and clock differ."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.commands.run import spare_the_collector
from sandbox import Sandbox
from tests.databases import Templates
from tests.driving import Running, Time
from tests.shared import make_once
from tests.world import World

make_once()


def pytest_collection_finish() -> None:
    spare_the_collector()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    made = Templates(tmp_path_factory.mktemp("templates"))
    yield made
    made.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, templates: Templates, tmp_path: Path) -> Iterator[str]:
    with templates.fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(paced=False) as made:
        yield made


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(database_url, sandbox, tmp_path)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def app(running: Running) -> Running:
    return running


@pytest.fixture
async def world(running: Running) -> World:
    return await World.built(running)


@pytest.fixture
def time(running: Running) -> Time:
    return Time(running)
