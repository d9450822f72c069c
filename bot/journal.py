"""What has left and what became of it, in a file that outlives a killed process and an absent database."""

import asyncio
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from actions.delivery import Outcome

COMPACT_OVER = 1 << 20
BESIDE_EACH_OTHER = 100


class JournalTaken(Exception):
    """Another live process writes this journal; two under one name would take over each other's claims."""


class Line(BaseModel):
    """Who writes, a row about to leave, or what became of one; of each row the last line counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str | None = None
    begun: int | None = None
    outcome: Outcome | None = None

    @property
    def row_id(self) -> int | None:
        return self.outcome.row_id if self.outcome else self.begun

    def written(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode() + b"\n"


class Journal:
    """A line is in the kernel's hands before the call it announces; `sync` brings batches to the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = self.behind = self.closed = False
        self.size = self.kept = self.signed = 0
        self._lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise JournalTaken(str(path)) from None
        self.names, self.lines = _read(path)
        self._compact()

    @classmethod
    def first_free(cls, path: Path) -> "Journal":
        """Of several processes on one host each has its own; what dead ones left goes into this one."""
        free = _free(path)
        journal = next(free, None)
        if journal is None:
            raise JournalTaken(str(path))
        for left in free:
            journal._inherit(left)
        return journal

    def sign(self, name: str) -> None:
        """A process may come back under another name; earlier claims are found by the earlier names."""
        if name not in self.names:
            self.names = (*self.names, name)
            self._reopen()

    def recovered(self, name: str) -> None:
        """Nothing of earlier writers is open any more."""
        self.names, self.lines = (name,), {}
        self._reopen()

    def begun(self, row_id: int) -> None:
        self._append(Line(begun=row_id))

    def outcome(self, outcome: Outcome) -> None:
        """Known from here on even if the disk is full; the file catches up when it is written anew."""
        behind, self.behind = self.behind, True
        line = Line(outcome=outcome)
        self.lines[outcome.row_id] = line
        self._append(line)
        self.behind = behind

    def unsettled(self) -> frozenset[int]:
        """Begun and never heard of again: the call may or may not have been made."""
        return frozenset(row_id for row_id, line in self.lines.items() if line.outcome is None)

    def outcomes(self) -> Sequence[Outcome]:
        """Known here, and perhaps not yet in the database."""
        return [line.outcome for line in self.lines.values() if line.outcome]

    def settled(self, outcomes: Iterable[Outcome]) -> None:
        """The database has these: they need no line any more."""
        for outcome in outcomes:
            # A row that came back later may have begun anew since; that line stays.
            if (line := self.lines.get(outcome.row_id)) and line.outcome == outcome:
                del self.lines[outcome.row_id]

    @property
    def long(self) -> bool:
        grown = self.size > max(COMPACT_OVER, self.kept * 2)
        return grown or self.behind or (not self.lines and self.size > self.signed)

    def shorten(self) -> None:
        """Once what was settled is on the database's disk too: without power the lines are all there is."""
        if self.lines:
            self._reopen()
        else:
            os.ftruncate(self._file, self.signed)
            self.size, self.behind = self.signed, False

    async def sync(self) -> None:
        await asyncio.to_thread(os.fsync, self._file)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            os.close(self._file)
            os.close(self._lock)

    def _inherit(self, left: "Journal") -> None:
        """Written here before it goes there: a kill between the two leaves it in both, which does no harm."""
        if left.names or left.lines:
            self.names = tuple(dict.fromkeys((*self.names, *left.names)))
            self.lines = {**left.lines, **self.lines}
            self._reopen()
            left.names, left.lines = (), {}
            left._reopen()
        left.close()

    def _append(self, line: Line) -> None:
        row_id = line.row_id
        assert row_id is not None
        # A full disk may have taken half a line; without an end to it the next would be lost with it.
        data = b"\n" + line.written() if self.torn else line.written()
        self.torn = True
        if os.write(self._file, data) < len(data):
            raise OSError(f"the journal took only part of a line for row {row_id}")
        self.torn = False
        self.size += len(data)
        self.lines[row_id] = line

    def _reopen(self) -> None:
        # Closed last, so that a full disk leaves the one there is.
        old = self._file
        self._compact()
        os.close(old)

    def _compact(self) -> None:
        """Only what is still open, written beside and moved into place: a kill leaves one or the other."""
        beside = self.path.with_name(self.path.name + ".new")
        signed = b"".join(Line(name=name).written() for name in self.names)
        # Opened once: could it not be opened again in its place, the old one would have lost its name.
        opened = os.open(beside, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            with open(opened, "wb", closefd=False) as file:
                file.write(signed)
                file.writelines(line.written() for line in self.lines.values())
                file.flush()
                os.fsync(opened)
            beside.replace(self.path)
        except BaseException:
            os.close(opened)
            raise
        self._file = opened
        self.signed, self.torn, self.behind = len(signed), False, False
        self.size = self.kept = os.fstat(self._file).st_size


def _free(path: Path) -> Iterator[Journal]:
    """The first that nobody writes, made where need be; then those further on that were left behind."""
    found = False
    for number in range(BESIDE_EACH_OTHER):
        numbered = path.with_suffix(f".{number}{path.suffix}") if number else path
        if not found or numbered.exists():
            with suppress(JournalTaken):
                journal = Journal(numbered)
                found = True
                yield journal


def _read(path: Path) -> tuple[tuple[str, ...], dict[int, Line]]:
    names: list[str] = []
    lines: dict[int, Line] = {}
    written = path.read_bytes() if path.exists() else b""
    # What follows the last line's end was cut off in the middle: its call was never made.
    for raw in written.split(b"\n")[:-1]:
        try:
            line = Line.model_validate_json(raw)
        except ValidationError:
            continue
        if line.name:
            names.append(line.name)
        elif line.row_id is not None:
            lines[line.row_id] = line
    return tuple(names), lines
