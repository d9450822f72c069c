"""The data folder: each paper sealed, in a file named by its id; written before its row, removed after it."""

import asyncio
import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import make_url

from bot.settings import Settings
from models.sealed import Keyring

DRAFT = ".part"
# A file without a row may still be on its way; one that has none after this will never have one.
ON_ITS_WAY = 3600.0
AT_ONCE = 500


def evidence_folder(settings: Settings) -> Path:
    """Beside the SQLite file; on PostgreSQL in the working folder, for this database alone."""
    file = settings.sqlite_file
    if file is not None:
        return file.with_name(file.name + ".evidence")
    return Path(f"quxiang-{make_url(settings.database_url).database}.evidence")


class Vault:
    """Bounded files: each is sealed and opened whole, off the event loop."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self.folder, self.keys = folder, keys

    async def keep(self, name: UUID, plain: bytes) -> None:
        await asyncio.to_thread(self._keep, name, plain)

    async def open(self, name: UUID) -> bytes:
        """A missing file is an OSError, one that another key sealed a WrongSecret."""
        return await asyncio.to_thread(self._open, name)

    async def drop(self, names: Collection[UUID]) -> None:
        await asyncio.to_thread(self._drop, names)

    def path(self, name: UUID) -> Path:
        return self.folder / name.hex

    def without_row(self) -> Iterator[list[UUID]]:
        """Old enough to be told from what is on its way; the asker knows which of them have a row."""
        batch: list[UUID] = []
        for name in names_in(self.folder):
            with suppress(FileNotFoundError):
                if time.time() - self.path(name).stat().st_mtime < ON_ITS_WAY:
                    continue
                batch.append(name)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
        yield batch

    def tidy(self) -> None:
        """Drafts that a crash left."""
        if not self.folder.is_dir():
            return
        for draft in self.folder.glob(f"*{DRAFT}"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime >= ON_ITS_WAY:
                    draft.unlink()

    def _keep(self, name: UUID, plain: bytes) -> None:
        put(self.folder, name, self.keys.seal_file(plain, name.bytes))

    def _open(self, name: UUID) -> bytes:
        return self.keys.open_file(self.path(name).read_bytes(), name.bytes)

    def _drop(self, names: Collection[UUID]) -> None:
        for name in names:
            self.path(name).unlink(missing_ok=True)


def put(folder: Path, name: UUID, sealed: bytes) -> None:
    """On the disk before anybody says that it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / (name.hex + DRAFT)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, folder / name.hex)
    there = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(there)
    finally:
        os.close(there)


def names_in(folder: Path) -> Iterator[UUID]:
    """Whatever else lies in the folder is none of ours."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if (name := name_of(entry.name)) is not None:
                yield name


def name_of(text: str) -> UUID | None:
    with suppress(ValueError):
        name = UUID(text)
        return name if name.hex == text else None
    return None
