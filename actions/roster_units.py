"""The units a roster names, from college to class; looked up once, made where missing."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.sheets import RosterRow
from actions.units import school
from models.unit import Unit, UnitKind

RESIDENTIAL = "书院"


class Units:
    """Every unit by its parent and name; stays good for one import."""

    def __init__(self, root: Unit, units: list[Unit]) -> None:
        self.root = root
        self._children = {(unit.parent_id, unit.name): unit for unit in units}

    @classmethod
    async def read(cls, session: AsyncSession) -> "Units":
        root = await school(session)
        below = await session.exec(select(Unit).where(col(Unit.path).startswith(root.path)))
        return cls(root, list(below))

    def of(self, session: AsyncSession, row: RosterRow) -> UUID:
        """Whoever calls this flushes; parents are added before what lies under them."""
        unit = self.root
        for kind, name in path_of(row):
            unit = self._children.get((unit.id, name)) or self._make(session, unit, kind, name)
        return unit.id

    def _make(self, session: AsyncSession, parent: Unit, kind: UnitKind, name: str) -> Unit:
        made = self._children[parent.id, name] = Unit.under(parent, kind, name)
        session.add(made)
        return made


def path_of(row: RosterRow) -> list[tuple[UnitKind, str]]:
    college = UnitKind.RESIDENTIAL if row.college.endswith(RESIDENTIAL) else UnitKind.COLLEGE
    levels = ((college, row.college), (UnitKind.MAJOR, row.major), (UnitKind.CLASS, row.class_name))
    return [(kind, name) for kind, name in levels if name]
