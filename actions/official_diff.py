"""Compares the national register's list with what it said before; keeps keys and states only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.sheets import OfficialRow
from models.graduate import Graduate
from models.official import Feedback, Official, OfficialState
from rules.parts import bare

State = tuple[Official, Feedback | None, datetime | None]


class Mismatch(StrEnum):
    """Why a line is left out though it can be read."""

    NOBODY = "nobody"
    SEVERAL = "several"
    OTHER_NAME = "other_name"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class LeftOut:
    line: int
    why: Mismatch


@dataclass(frozen=True, slots=True)
class Said:
    """What the register now says of one graduate."""

    graduate_id: UUID
    state: Official
    feedback: Feedback | None
    confirmed_at: datetime | None

    @property
    def value(self) -> State:
        return self.state, self.feedback, self.confirmed_at


@dataclass(slots=True)
class Known:
    id: UUID
    name_key: str = field(repr=False)
    before: State | None = None
    now: State | None = None


class OfficialComparison:
    """Fed line by line."""

    def __init__(self) -> None:
        self.new = self.changed = self.unchanged = self.warnings = 0
        self.left_out: list[LeftOut] = []
        self.said: list[Said] = []
        self._by_number: dict[str, list[Known]] = {}
        self._by_id: dict[UUID, Known] = {}

    def knows(self, known: Known, numbers: Iterable[str | None]) -> None:
        self._by_id[known.id] = known
        for number in {number for number in numbers if number}:
            self._by_number.setdefault(number, []).append(known)

    def said_before(self, graduate_id: UUID, state: State) -> None:
        if known := self._by_id.get(graduate_id):
            known.before = state

    def count(self, why: Mismatch) -> int:
        return sum(1 for one in self.left_out if one.why is why)

    def take(self, row: OfficialRow) -> None:
        self.warnings += len(row.warnings)
        known = fitting(self._by_number, row.student_no, row.exam_no, row.name)
        if isinstance(known, Mismatch):
            self.left_out.append(LeftOut(row.line, known))
            return
        at = row.confirmed_at.astimezone(UTC) if row.confirmed_at else None
        said = Said(known.id, row.state, row.feedback, at)
        if known.now is not None:
            self._met_twice(row, known, said)
            return
        known.now = said.value
        if known.before == said.value:
            self.unchanged += 1
            return
        self.new += known.before is None
        self.changed += known.before is not None
        self.said.append(said)

    def _met_twice(self, row: OfficialRow, known: Known, said: Said) -> None:
        if known.now == said.value:
            self.unchanged += 1
        else:
            self.left_out.append(LeftOut(row.line, Mismatch.CONTRADICTS))


def fitting(
    by_number: Mapping[str, list[Known]], student_no: str | None, exam_no: str | None, name: str | None
) -> Known | Mismatch:
    """Every number given must fit; of two records of one person the 学号 tells which."""
    groups = [by_number.get(number, []) for number in (student_no, exam_no) if number]
    found = [known for known in groups[0] if all(known in group for group in groups)]
    if not found and any(groups) and not all(groups):
        found = next(group for group in groups if group)
    if len(found) != 1:
        return Mismatch.SEVERAL if any(groups) else Mismatch.NOBODY
    if name and bare(name) != found[0].name_key and name != found[0].name_key:
        return Mismatch.OTHER_NAME
    return found[0]


async def said_so_far(session: AsyncSession) -> OfficialComparison:
    """A comparison that knows every graduate and what the register said of them last."""
    comparison = OfficialComparison()
    people = await session.stream(
        select(Graduate.id, Graduate.name_key, Graduate.student_no, Graduate.exam_no)
        .where(col(Graduate.removed_at).is_(None))
        .execution_options(yield_per=2000)
    )
    async for graduate_id, name_key, *numbers in people:
        comparison.knows(Known(graduate_id, name_key), numbers)
    states = await session.stream(
        select(
            OfficialState.graduate_id,
            OfficialState.state,
            OfficialState.feedback,
            OfficialState.confirmed_at,
        )
        .order_by(col(OfficialState.imported_at))
        .execution_options(yield_per=2000)
    )
    async for graduate_id, state, feedback, confirmed_at in states:
        comparison.said_before(graduate_id, (state, feedback, confirmed_at))
    return comparison
