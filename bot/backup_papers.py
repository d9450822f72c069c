"""Papers in a backup: sealed as they lie in the data folder, so that they are no more readable there."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

from bot.vault import name_of, put

PLACE = "evidence/"


def save_papers(packed: ZipFile, folder: Path, names: Iterable[UUID]) -> list[UUID]:
    """Those that do not lie in the folder."""
    lost = []
    for name in names:
        try:
            packed.write(folder / name.hex, PLACE + name.hex, ZIP_STORED)
        except FileNotFoundError:
            lost.append(name)
    return lost


def load_papers(packed: ZipFile, folder: Path) -> int:
    """Whatever is no paper of ours stays in the file."""
    count = 0
    for entry in packed.namelist():
        name = name_of(entry.removeprefix(PLACE)) if entry.startswith(PLACE) else None
        if name is not None:
            put(folder, name, packed.read(entry))
            count += 1
    return count
