"""A PostgreSQL server of a test's own, to be restarted while the product lives on it."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.conversations.test_webhook import free_port
from tests.databases import REQUIRED

HOME = Path("/usr/lib/postgresql")
OWNER = "postgres"
MODES = ("fast", "immediate")


class Cluster:
    """Its files belong to the system's `postgres` where the tests run as root, whom the server refuses."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data, self.port = programs, folder / "data", free_port()
        self.as_owner: tuple[str, ...] = ()
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
            self.as_owner = ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups")
        self._run("initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "fsync": "off"}
        given = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.options = f"{given} -k {folder}"

    def start(self) -> None:
        self._control("start", "-l", str(self.data / "log"), "-o", self.options)

    def stop(self, mode: str) -> None:
        self._control("stop", "-m", mode)

    async def restart(self, mode: str) -> None:
        """As an upgrade does, or (immediate) as a crash: nothing is said goodbye to."""
        await asyncio.to_thread(self.stop, mode)
        await asyncio.to_thread(self.start)

    async def database(self) -> str:
        name = f"quxiang_test_{uuid4().hex[:16]}"
        server = await asyncpg.connect(f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres")
        await server.execute(f"CREATE DATABASE {name}")
        await server.close()
        return f"postgresql+asyncpg://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _control(self, what: str, *more: str) -> None:
        self._run("pg_ctl", what, "-w", "-t", "60", *more)

    def _run(self, program: str, *arguments: str) -> None:
        command = (*self.as_owner, str(self.programs / program), *arguments, "-D", str(self.data))
        # The server keeps what it is given to write to: a pipe would never end.
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    programs = max(HOME.glob("*/bin/initdb"), default=None, key=lambda file: int(file.parts[-3]))
    if programs is None:
        if "postgres" in REQUIRED:
            pytest.fail(f"QUXIANG_TEST_REQUIRE names postgres, and there is no initdb in {HOME}/*/bin")
        pytest.skip(f"NO POSTGRESQL PROGRAMS in {HOME}/*/bin: this test did not run")
    # Not below pytest's own folder, which nobody but its owner may enter.
    with tempfile.TemporaryDirectory(prefix="quxiang-test-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(programs.parent, Path(folder))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop("immediate")
