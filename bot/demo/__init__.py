"""`make demo`: the whole product against the built-in sandbox, a made-up school on one page of phones."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from tempfile import TemporaryDirectory

from bot import logs
from bot.app import App
from bot.demo.check import walk
from bot.demo.school import People, launched, people, populate
from bot.settings import Settings, WrongSetting
from sandbox import Sandbox
from sandbox.page import Place, add_page

TOKEN = "7000000001:demo-token-for-the-built-in-sandbox"
BEGINS = "2024-07-08T10:00:00+08:00"
HOST, USUAL, LAST = "127.0.0.1", 8080, 65535


class AppClock:
    """The page's clock bar moves the product's own clock."""

    def __init__(self, app: App) -> None:
        self.app = app

    def now(self) -> datetime:
        return self.app.clock.now()

    async def move_to(self, instant: datetime) -> None:
        await self.app.moved_to(instant)


@dataclass
class Demo:
    """The sandbox with the made-up school's phones, and the product that talks to them."""

    app: App
    sandbox: Sandbox
    cast: People
    address: str

    async def ready(self) -> None:
        """Colleagues have let themselves in and the check is launched."""
        await self.app.started.wait()
        await self.cast.let_staff_in(self.sandbox)
        await self.sandbox.updates.emptied()
        await launched(self.app.settings, self.cast)


@asynccontextmanager
async def built(port: int) -> AsyncIterator[Demo]:
    """Everything but running; port 0 takes whatever is free."""
    if port:
        must_be_free(port)
    cast = people()
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="quxiang-demo-")))
        sandbox = Sandbox(TOKEN)
        add_page(sandbox, lambda: places(sandbox, cast), school=cast.school)
        closing.push_async_callback(sandbox.stop)
        address = await sandbox.start(port)
        app = App(settings(sandbox, cast, folder, port))
        sandbox.clock = AppClock(app)
        await populate(app.settings, sandbox, cast)
        yield Demo(app, sandbox, cast, address)


async def run_demo(port: int, check: bool) -> int:
    logs.begin("warning")
    async with built(port) as demo, asyncio.TaskGroup() as group:
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, demo.app.stop)
        showing = group.create_task(_show(demo, check))
        await demo.app.run()
        if not showing.done():
            showing.cancel()
            return 1 if check else 0
    return showing.result()


async def _show(demo: Demo, check: bool) -> int:
    await demo.ready()
    print(f"{demo.cast.school} · {demo.address}", flush=True)
    if not check:
        return 0
    walked = await walk(demo.sandbox, demo.cast)
    demo.app.stop()
    return 0 if walked else 1


def must_be_free(port: int) -> None:
    for needed in (port, port + 1):
        with socket() as probe:
            probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, needed))
            except (OSError, OverflowError) as error:
                raise WrongSetting(
                    f"PORT={port} cannot be used: {HOST}:{needed} is not free; "
                    f"try PORT={port + 10 if port + 11 < LAST else USUAL}"
                ) from error


def settings(sandbox: Sandbox, cast: People, folder: Path, port: int) -> Settings:
    """Given whole: a demo reads nobody's environment."""
    return Settings.model_validate(
        {
            "token": TOKEN,
            "school": cast.school,
            "contact": cast.contact,
            "telegram_api": sandbox.url,
            "database_url": f"sqlite+aiosqlite:///{folder / 'quxiang.db'}",
            "listen": f"{HOST}:{port + 1 if port else 0}",
            "clock": BEGINS,
        }
    )


def places(sandbox: Sandbox, cast: People) -> list[Place]:
    return [
        Place(sandbox.phones[one.user_id], f"{one.role} · {one.name}", one.hint, one.start)
        for one in cast.on_page
        if one.user_id in sandbox.phones
    ]
