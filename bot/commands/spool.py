"""Keeps what must be taken over in a nameless file until it is written: 100,000 rows fit no memory."""

import pickle
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter
from tempfile import TemporaryFile

from actions.roster_diff import Change
from actions.sheets import RosterRow

_PARTS = attrgetter(*(part.name for part in fields(RosterRow)))


class Spool:
    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  lives as long as the spool
        self.count = 0

    def keep(self, change: Change) -> None:
        pickle.dump((_PARTS(change.row), change.fingerprint, change.graduate_id), self._file, protocol=5)
        self.count += 1

    def __iter__(self) -> Iterator[Change]:
        self._file.seek(0)
        for _ in range(self.count):
            parts, fingerprint, graduate_id = pickle.load(self._file)
            yield Change(RosterRow(*parts), fingerprint, graduate_id)

    def close(self) -> None:
        self._file.close()
