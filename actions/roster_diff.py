"""Compares a roster with what is registered: new, changed, unchanged, and the rows that contradict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.sheets import RosterRow, fingerprint
from models.graduate import Graduate


class Clash(StrEnum):
    """Why a row is kept out though it can be read."""

    TWO_PEOPLE = "two_people"
    OTHER_PERSON = "other_person"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Conflict:
    line: int
    clash: Clash
    other_line: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A row to be taken over; `graduate_id` where somebody is registered already."""

    row: RosterRow = field(repr=False)
    fingerprint: str
    graduate_id: UUID | None


@dataclass(slots=True)
class Entry:
    """One record, registered or met earlier in this file; `line` says where in the file."""

    id: UUID | None
    name: str = field(repr=False)
    student_no: str | None = field(repr=False)
    exam_no: str | None = field(repr=False)
    level: str | None
    fingerprint: str | None
    line: int | None = None
    mentioned: bool = False


class Comparison:
    """Fed row by row; keeps keys and digests only, so that a file of any length fits."""

    def __init__(self) -> None:
        self.new = self.changed = self.unchanged = self.warnings = 0
        self.conflicts: list[Conflict] = []
        self.entries: list[Entry] = []
        self._by_exam: dict[tuple[str, str | None], Entry] = {}
        self._by_student: dict[str, list[Entry]] = {}

    def knows(self, entry: Entry) -> None:
        self.entries.append(entry)
        if entry.exam_no:
            self._by_exam[entry.exam_no, entry.level] = entry
        if entry.student_no:
            self._by_student.setdefault(entry.student_no, []).append(entry)

    def take(self, row: RosterRow) -> Change | None:
        """What has to be done about this row; None for nothing."""
        found = self._matching(row)
        for entry in found:
            entry.mentioned = True
        if len(found) > 1:
            return self._conflict(row, Clash.TWO_PEOPLE, found[0].line)
        mark = fingerprint(row)
        if not found:
            return self._is_new(row, mark)
        return self._is_known(row, mark, found[0])

    def missing(self) -> Iterator[Entry]:
        """Registered, and not in this file: left alone."""
        return (entry for entry in self.entries if entry.id is not None and not entry.mentioned)

    def _matching(self, row: RosterRow) -> list[Entry]:
        exact = self._by_exam.get((row.exam_no, row.level)) if row.exam_no else None
        found = [exact] if exact else []
        for entry in self._by_student.get(row.student_no or "", ()):
            if entry is not exact and not _another_course(entry, row):
                found.append(entry)
        return found

    def _is_new(self, row: RosterRow, mark: str) -> Change:
        self.knows(Entry(None, row.name, row.student_no, row.exam_no, row.level, mark, row.line, True))
        self.new += 1
        self.warnings += len(row.warnings)
        return Change(row, mark, None)

    def _is_known(self, row: RosterRow, mark: str, entry: Entry) -> Change | None:
        if entry.line is not None:
            if entry.fingerprint != mark:
                return self._conflict(row, Clash.CONTRADICTS, entry.line)
            self.unchanged += 1
            return None
        if _somebody_else(entry, row):
            return self._conflict(row, Clash.OTHER_PERSON, None)
        before, entry.fingerprint, entry.line = entry.fingerprint, mark, row.line
        self.warnings += len(row.warnings)
        if before == mark:
            self.unchanged += 1
            return None
        self.changed += 1
        return Change(row, mark, entry.id)

    def _conflict(self, row: RosterRow, clash: Clash, other_line: int | None) -> Change | None:
        self.conflicts.append(Conflict(row.line, clash, other_line))
        return None


def _another_course(entry: Entry, row: RosterRow) -> bool:
    """One person's second degree: the same 考生号 at another level, even under one 学号."""
    return bool(row.exam_no) and entry.exam_no == row.exam_no and entry.level != row.level


def _somebody_else(entry: Entry, row: RosterRow) -> bool:
    """Another name and another number besides the one that matched."""
    if entry.name == row.name:
        return False
    other_exam = bool(row.exam_no and entry.exam_no and row.exam_no != entry.exam_no)
    other_student = bool(row.student_no and entry.student_no and row.student_no != entry.student_no)
    return other_exam or other_student


async def registered(session: AsyncSession, cohort: int) -> Comparison:
    """A comparison that knows everybody of the cohort."""
    comparison = Comparison()
    rows = await session.stream(
        select(  # type: ignore[call-overload]
            Graduate.id,
            Graduate.name,
            Graduate.student_no,
            Graduate.exam_no,
            Graduate.level,
            Graduate.fingerprint,
        )
        .where(Graduate.cohort == cohort)
        .order_by(col(Graduate.created_at))
        .execution_options(yield_per=2000)
    )
    async for one in rows:
        comparison.knows(Entry(*one))
    return comparison
