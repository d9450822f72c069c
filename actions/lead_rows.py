"""Lines of leads against the roster: whom each names, and which were taken before; then the taking."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import leads
from actions.leads import UNMATCHED, Given, Said
from actions.official_diff import Known, LeftOut, Mismatch, fitting
from actions.sheets import LeadRow
from actions.units import school
from actions.work import Work
from models.case import CaseKind, Channel
from models.graduate import Destination, Graduate
from models.lead import Lead
from models.person import Person
from models.sealed import Keyring
from models.unit import Unit
from rules.parts import bare


@dataclass(frozen=True, slots=True)
class Taken:
    """One case to be: a line, and one graduate it means, if any."""

    row: LeadRow
    said: Said = field(repr=False)
    graduate_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass
class People:
    """Who is on the roster, where they are registered now, and what was taken before."""

    by_number: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list), repr=False)
    by_name: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list), repr=False)
    unit_of: dict[UUID, UUID] = field(default_factory=dict)
    by_uscc: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list), repr=False)
    by_employer: dict[str, list[tuple[UUID, str | None]]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    units: dict[UUID, Unit] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set, repr=False)

    def at_employer(self, row: LeadRow) -> list[UUID]:
        """By code; by name those of no other code."""
        found = list(self.by_uscc.get(row.uscc, ())) if row.uscc else []
        named = self.by_employer.get(bare(row.employer) or row.employer, ()) if row.employer else ()
        found += [id_ for id_, uscc in named if not (row.uscc and uscc) or uscc == row.uscc]
        return list(dict.fromkeys(found))

    def college(self, name: str | None) -> Unit | None:
        """The unit of that name, if there is one and no other."""
        found = [unit for unit in self.units.values() if name and bare(unit.name) == bare(name)]
        return found[0] if len(found) == 1 else None

    def within(self, unit: Unit, name: str) -> list[UUID]:
        named = self.by_name.get(bare(name), [])
        return [one for one in named if unit.covers(self.units[self.unit_of[one]])]


class LeadComparison:
    """Fed line by line; what is new is handed on, the rest is counted."""

    def __init__(self, people: People, keys: Keyring, kind: CaseKind, channel: Channel | None) -> None:
        self.new = self.unchanged = 0
        self.left_out: list[LeftOut] = []
        self.nobody: list[LeftOut] = []
        self.taken: list[Taken] = []
        self._people, self._keys, self._kind, self._channel = people, keys, kind, channel

    def take(self, row: LeadRow) -> None:
        found = self._meant(row)
        if isinstance(found, Mismatch):
            self.left_out.append(LeftOut(row.line, found))
            return
        if not found and (row.key or row.college):
            self.nobody.append(LeftOut(row.line, Mismatch.NOBODY))
        meant: list[UUID | None] = [*found] if found else [None]
        for graduate_id in meant:
            self._one(row, graduate_id)

    def _one(self, row: LeadRow, graduate_id: UUID | None) -> None:
        channel = row.channel or self._channel
        assert channel is not None
        said = Said(self._kind, channel, row.words, row.reference, row.received_on, row.key)
        digest = leads.digest_of(self._keys, said, graduate_id)
        if digest in self._people.taken:
            self.unchanged += 1
            return
        self._people.taken.add(digest)
        self.new += 1
        place = self._people.college(row.college) if graduate_id is None else None
        self.taken.append(Taken(row, said, graduate_id, place.id if place else None))

    def _meant(self, row: LeadRow) -> list[UUID] | Mismatch:
        """Nothing is guessed: a suspect in doubt is left out; a complaint is then about nobody yet."""
        if row.student_no or row.exam_no:
            known = fitting(self._people.by_number, row.student_no, row.exam_no, row.name)
            if isinstance(known, Known):
                return [known.id]
            doubtful = self._kind is CaseKind.FINDING and known is not Mismatch.NOBODY
            return known if doubtful else []
        if row.employer or row.uscc:
            return self._people.at_employer(row)
        place = self._people.college(row.college)
        named = self._people.within(place, row.name) if place and row.name else []
        return named if len(named) == 1 else []


async def people_of(session: AsyncSession) -> People:
    people = People()
    people.units = {unit.id: unit for unit in await session.exec(select(Unit))}
    await _read_roster(session, people)
    await _read_employers(session, people)
    people.taken = set((await session.exec(select(Lead.digest))).all())
    return people


async def _read_roster(session: AsyncSession, people: People) -> None:
    rows = await session.stream(
        select(Graduate.id, Graduate.name_key, Graduate.unit_id)
        .add_columns(col(Graduate.student_no), col(Graduate.exam_no))
        .where(col(Graduate.removed_at).is_(None))
        .order_by(col(Graduate.roster_key))
        .execution_options(yield_per=2000)
    )
    async for id_, name_key, unit_id, *numbers in rows:
        known = Known(id_, name_key)
        for number in {number for number in numbers if number}:
            people.by_number[number].append(known)
        people.by_name[bare(name_key)].append(id_)
        people.unit_of[id_] = unit_id


async def _read_employers(session: AsyncSession, people: People) -> None:
    rows = await session.stream(
        select(Graduate.id, Destination.uscc, Destination.employer_key)
        .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
        .where(col(Graduate.removed_at).is_(None), col(Destination.number) == col(Graduate.version))
        .order_by(col(Graduate.roster_key))
        .execution_options(yield_per=2000)
    )
    async for id_, uscc, employer in rows:
        if uscc:
            people.by_uscc[uscc].append(id_)
        if employer:
            people.by_employer[employer].append((id_, uscc))


async def apply(work: Work, by: Person, import_id: UUID, taken: Sequence[Taken]) -> None:
    """Each becomes a case; what was taken by somebody else meanwhile is found again."""
    ids = [one.graduate_id for one in taken if one.graduate_id]
    rows = await work.session.exec(select(Graduate).where(col(Graduate.id).in_(ids)))
    graduates = {graduate.id: graduate for graduate in rows}
    for given in _given(work, import_id, taken, graduates, await _units(work, taken, graduates)):
        await leads.take(work, by, given)


def _given(
    work: Work,
    import_id: UUID,
    taken: Sequence[Taken],
    graduates: dict[UUID, Graduate],
    units: dict[UUID | None, Unit],
) -> Iterator[Given]:
    for one in taken:
        graduate = graduates.get(one.graduate_id) if one.graduate_id else None
        said, deadline = one.said, one.row.deadline
        lost = graduate is None and said.kind is CaseKind.FINDING
        yield Given(
            said.kind,
            said.channel,
            said.words,
            said.reference,
            said.received_on,
            said.key,
            unit=units[graduate.unit_id if graduate else one.unit_id],
            graduate=graduate,
            due_at=work.rules.sla.end_of(deadline) if deadline else None,
            reason=UNMATCHED if lost else "",
            import_id=import_id,
        )


async def _units(
    work: Work, taken: Sequence[Taken], graduates: dict[UUID, Graduate]
) -> dict[UUID | None, Unit]:
    ids = {one.unit_id for one in graduates.values()} | {one.unit_id for one in taken if one.unit_id}
    rows = await work.session.exec(select(Unit).where(col(Unit.id).in_(ids)))
    return {unit.id: unit for unit in rows} | {None: await school(work.session)}
