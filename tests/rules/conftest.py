"""The shipped rules, and moments written as the school's own clock shows them."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules import Rules, load


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load()


@pytest.fixture(scope="session")
def at() -> Callable[[str], datetime]:
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
