"""The app with a gateway and a mail server of its own, each a real server on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.doors.opened import PUBLIC, rules_with
from tests.doors.platform import KEY, Platform
from tests.doors.postoffice import PostOffice
from tests.driving import Running


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as made:
        yield made


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice() as made:
        yield made


@pytest.fixture
async def running(
    database_url: str, sandbox: Sandbox, tmp_path: Path, platform: Platform, office: PostOffice
) -> AsyncIterator[Running]:
    made = Running(
        database_url,
        sandbox,
        tmp_path,
        rules=rules_with(tmp_path, sms=platform.address, mail=True),
        public_url=PUBLIC,
        intake="polling",
        sms_key=KEY,
        smtp_url=office.url,
    )
    await made.start()
    yield made
    await made.stop()
