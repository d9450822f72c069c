"""Two products would poll one PostgreSQL database: one does, the other stands by and takes its place."""

from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.driving import Running

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgres"], indirect=True)]


async def test_the_second_takes_over_when_the_first_is_gone(
    running: Running, sandbox: Sandbox, tmp_path: Path
) -> None:
    other = Running(running.settings.database_url, sandbox, tmp_path, intake="polling")
    await other.start()
    assert not [call for call in sandbox.calls if call.outcome.startswith("409")]
    await running.kill()
    phone = sandbox.phone(70, "李华")
    await phone.send("/cancel")
    await other.settled()
    await phone.sees("现在没有正在填写的内容", times=1)
    await other.stop()
    await running.start()
    await phone.send("/cancel")
    await running.settled()
    await phone.sees("现在没有正在填写的内容", times=2)
