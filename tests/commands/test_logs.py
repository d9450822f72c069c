"""What a running product writes about a conversation: never a token, a number, a name or a word of it."""

import asyncio
import os
import sys
from pathlib import Path

from sandbox import Sandbox
from tests.commands.line import Line, person, sheet
from tests.commands.test_run import Process

NAME, SAID = "欧阳小明明", "我从来没有签过这份合同"


async def test_logs_hold_nothing_personal(line: Line, sandbox: Sandbox, tmp_path: Path) -> None:
    someone = person(1, 姓名=NAME)
    await line("roster", "import", sheet(tmp_path / "r.csv", [someone]), "--cohort", "2024", "--yes")
    process = Process(line, sandbox)
    log = tmp_path / "stderr"
    with log.open("wb") as err:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=tmp_path,
            env=process.environment | {"QUXIANG_LOG": "debug"},
            stderr=err,
        )
    try:
        phone = sandbox.phone(7001, NAME, phone_number=f"+86{someone['手机号码']}")
        await phone.send("/start")
        await phone.sees("我们不会索要密码", within=30)
        await phone.press("我知道了，继续")
        await phone.sees("学号", within=30)
        for text in (someone["学号"], NAME, SAID):
            await phone.send(text)
        await sandbox.updates.emptied()
        await phone.send("/language")
        await phone.sees("请选择语言", within=30)
    finally:
        child.terminate()
        await child.wait()
    written = log.read_text()
    assert child.returncode == 0, written
    for secret in (sandbox.token, NAME, SAID, someone["手机号码"], someone["学号"], str(7001)):
        assert secret not in written, secret
    assert os.path.getsize(log) < 1_000_000
