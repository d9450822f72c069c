"""Telegram behind a proxy: everything goes through it, and its going away ends nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox import Sandbox
from tests.driving import Running
from tests.world import World


class Proxy:
    """A small HTTP CONNECT proxy that can be switched off and on again."""

    def __init__(self) -> None:
        self.tunnels = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def on(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def off(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            asked = urlsplit(f"//{(await reader.readuntil()).split()[1].decode()}")
            await reader.readuntil(b"\r\n\r\n")
            there, back = await asyncio.open_connection(asked.hostname, asked.port)
            self._open.add(back)
            self.tunnels += 1
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, back))
                group.create_task(_pump(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    made = Proxy()
    await made.on()
    yield made
    await made.off()


@pytest.fixture
async def running(
    database_url: str, sandbox: Sandbox, tmp_path: Path, proxy: Proxy
) -> AsyncIterator[Running]:
    made = Running(database_url, sandbox, tmp_path, proxy=f"http://127.0.0.1:{proxy.port}")
    await made.start()
    yield made
    await made.stop()


async def test_everything_goes_through_the_proxy_and_outlives_its_absence(
    app: Running, world: World, proxy: Proxy
) -> None:
    phone = world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    assert proxy.tunnels > 0
    await proxy.off()
    await phone.press("English")
    await proxy.on()
    await phone.sees("English from now on", within=30)
