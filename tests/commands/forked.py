"""A process per command, forked from one that has imported all of them: a second or six of each call."""

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import product
from bot.__main__ import main

# There is one such server to a process: what the bench's lives are forked from is imported there too.
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([product.__name__, "tests.commands.warm"])
Files = tuple[Path | None, Path | None]


class Forked:
    """Its memory, folder, environment and exit status are its own; without files it writes where we do."""

    def __init__(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], files: Files = (None, None)
    ) -> None:
        self._process = _server.Process(target=_command, args=(words, folder, dict(environment), files))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sign: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, sign)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


async def forked(
    words: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[int, bytes, bytes]:
    """Its exit status, and what it wrote to the two streams."""
    with TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        # The server they are forked from takes its seconds to start: nothing else waits for it.
        process = await asyncio.to_thread(Forked, words, folder, environment, (out, err))
        status = await process.wait()
        return status, out.read_bytes(), err.read_bytes()


def _command(words: Sequence[str], folder: Path, environment: Mapping[str, str], files: Files) -> None:
    for file, stream in zip(files, (sys.stdout, sys.stderr), strict=True):
        if file is not None:
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.exit(main(words))
