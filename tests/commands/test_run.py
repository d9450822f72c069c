"""`quxiang run` as its own process: killed at any moment and started again, the conversation goes on."""

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from sqlmodel import select

from actions import invitations
from bot.clock import Clock
from bot.database import Database, Works
from models.dispute import Dispute, Statement
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.sealed import Keyring
from rules import load
from sandbox import Sandbox
from tests.commands.forked import Forked
from tests.commands.line import ROOT, Line, person, sheet
from tests.driving import CONTACT, SCHOOL

SECRET = hashlib.sha256(b"tests").hexdigest()


class Process:
    """One `quxiang run`; ready once it polls."""

    def __init__(self, line: Line, sandbox: Sandbox) -> None:
        self.line, self.sandbox = line, sandbox
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUXIANG_")}
        self.environment = kept | {
            "PYTHONPATH": str(ROOT),
            "QUXIANG_TOKEN": sandbox.token,
            "QUXIANG_SCHOOL": SCHOOL,
            "QUXIANG_CONTACT": CONTACT,
            "QUXIANG_TELEGRAM_API": sandbox.url,
            "QUXIANG_DATABASE_URL": line.url,
            "QUXIANG_SECRET": SECRET,
            "QUXIANG_LISTEN": "127.0.0.1:0",
            "QUXIANG_CLOCK": "2024-07-08T10:00:00+08:00",
        }

    async def start(self) -> None:
        self.child: Forked | asyncio.subprocess.Process = Forked(["run"], self.line.folder, self.environment)

    async def start_anew(self) -> None:
        """As a unit file does; the others have their imports behind them."""
        self.child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=self.line.folder,
            env=self.environment,
        )

    async def kill(self) -> None:
        self.child.send_signal(signal.SIGKILL)
        await self.child.wait()

    async def end(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.child.wait(), 15)


@pytest.fixture
async def process(line: Line, sandbox: Sandbox) -> AsyncIterator[Process]:
    async with _started(Process(line, sandbox)) as made:
        yield made


@asynccontextmanager
async def _started(process: Process, *, anew: bool = False) -> AsyncIterator[Process]:
    await (process.start_anew() if anew else process.start())
    try:
        yield process
    finally:
        if process.child.returncode is None:
            await process.kill()


async def test_killed_between_two_messages_it_goes_on(process: Process, sandbox: Sandbox) -> None:
    phone = sandbox.phone(7001, "路人")
    await phone.send("/language")
    await phone.sees("请选择语言", within=30)
    await process.kill()
    await phone.press("English")
    await process.start()
    await phone.sees("English from now on", within=30, times=1)
    await process.kill()
    await phone.send("/cancel")
    await process.start()
    await phone.sees("There is nothing open to cancel", within=30, times=1)


async def test_sigterm_ends_it_within_seconds_and_with_status_0(line: Line, sandbox: Sandbox) -> None:
    phone = sandbox.phone(7001, "路人")
    await phone.send("/cancel")
    async with _started(Process(line, sandbox), anew=True) as process:
        await phone.sees("现在没有正在填写的内容", within=30)
        assert await process.end() == 0


async def test_what_was_due_when_it_was_killed_is_said_once(process: Process, sandbox: Sandbox) -> None:
    phone = sandbox.phone(7001, "路人")
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容", within=30)
    for _ in range(5):
        await phone.send("/cancel")
    await process.kill()
    await process.start()
    await sandbox.updates.emptied()
    await phone.send("/language")
    await phone.sees("请选择语言", within=30)
    said = [shown for shown in phone.shown if shown.by_bot and "没有正在填写" in shown.text]
    assert 6 <= len(said) <= 7  # the one in flight at the kill may be said again: a reply, never a campaign
    database = Database(process.line.url)
    async with database.session(database.reader) as session:
        left = (await session.exec(select(Outgoing).where(Outgoing.state != Sending.ACCEPTED))).all()
    await database.close()
    assert len(left) <= 1


async def personal_link(line: Line) -> str:
    """A graduate from a roster file, and the code of their link."""
    file = sheet(line.folder / "roster.csv", [person(1, 手机号码="13900010001")])
    taken = await line("roster", "import", file, "--cohort", "2024", "--yes")
    assert taken.status == 0, taken.err
    works = Works(Database(line.url), Clock(), load(None), Keyring.of(SECRET), bot_id=1000)
    await works.read_clock()
    async with works.begin() as work:
        code = invitations.make(work, graduate=(await work.session.exec(select(Graduate))).one())
    await works.database.close()
    return code


async def test_killed_at_every_step_from_the_link_to_the_statement(line: Line, sandbox: Sandbox) -> None:
    code = await personal_link(line)
    phone = sandbox.phone(7001, "学生1", phone_number="+8613900010001")
    steps: list[tuple[Callable[[], Awaitable[object]], str]] = [
        (lambda: phone.send(f"/start {code}"), "我们不会索要密码"),
        (lambda: phone.press("我知道了，继续"), "请确认是您本人"),
        (lambda: phone.share_contact(), "请选一项与事实相符的"),
        (lambda: phone.press("从未与该单位签约或被录用"), "提出后"),
        (lambda: phone.press("确认提出异议，不经辅导员处理"), "已收到您的异议"),
        (lambda: phone.send("我从没去过这家单位"), "我从没去过这家单位"),
    ]
    process = Process(line, sandbox)
    for does, sees in steps:
        await does()
        await process.start()
        if sees != "我从没去过这家单位":
            await phone.sees(sees, within=30)
        else:
            await sandbox.updates.emptied()
        await process.kill()
    database = Database(line.url)
    async with database.session(database.reader) as session:
        disputes = (await session.exec(select(Dispute))).all()
        said = (await session.exec(select(Statement))).all()
    await database.close()
    assert len(disputes) == 1
    assert [Keyring.of(SECRET).open(one.text or "") for one in said] == ["我从没去过这家单位"]


@pytest.mark.parametrize(
    ("method", "fault", "described", "status", "sentence"),
    [
        ("getMe", "401", None, 2, "QUXIANG_TOKEN"),
        ("getMe", "502", None, 1, "连不上 Telegram"),
        ("setWebhook", "502", None, 1, "连不上 Telegram"),
        ("setWebhook", "404", "Not Found", 2, "QUXIANG_TOKEN"),
        ("setWebhook", "400", "Bad Request: bad webhook: IP address 10.0.0.1 is reserved", 2, "is reserved"),
    ],
)
async def test_a_start_that_telegram_refuses_ends_with_one_sentence(
    line: Line, sandbox: Sandbox, method: str, fault: str, described: str | None, status: int, sentence: str
) -> None:
    given = {"description": described} if described else {}
    sandbox.faults.next(method, fault, times=4, **given)
    webhook = {"QUXIANG_INTAKE": "webhook", "QUXIANG_PUBLIC_URL": "https://quxiang.example.edu.cn"}
    ran = await line("run", **Process(line, sandbox).environment, **webhook)
    assert ran.status == status
    assert "Traceback" not in ran.err
    said = [one for one in ran.err.splitlines() if one and not one.startswith("{") and "WARNING" not in one]
    assert len(said) == 1, ran.err
    assert sentence in said[0]
