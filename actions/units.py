"""Units by path: 学院/专业/班级 without the school, an unambiguous last part is enough."""

import re
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.unit import Unit, UnitKind

SEPARATOR = re.compile(r"(?<!\\)/")
CANDIDATES = 20


class UnknownUnit(Exception):
    """No unit answers to this path, or several do; the candidates are named."""

    def __init__(self, path: str, candidates: Sequence[str]) -> None:
        super().__init__(path)
        self.path, self.candidates = path, tuple(candidates)


async def school(session: AsyncSession) -> Unit:
    """The root; made at the first start."""
    found = (await session.exec(select(Unit).where(Unit.kind == UnitKind.SCHOOL).limit(1))).first()
    if found is None:
        raise UnknownUnit("", [])
    return found


async def ensure_school(session: AsyncSession, name: str) -> Unit:
    found = (await session.exec(select(Unit).where(Unit.kind == UnitKind.SCHOOL).limit(1))).first()
    if found is None:
        found = Unit.under(None, UnitKind.SCHOOL, name)
        session.add(found)
    elif found.name != name:
        found.name = name
    await session.flush()
    return found


async def ensure_path(session: AsyncSession, parts: Sequence[tuple[UnitKind, str]]) -> Unit:
    """The unit at the end of these names below the school, made where missing."""
    unit = await school(session)
    for kind, name in parts:
        found = (await session.exec(select(Unit).where(Unit.parent_id == unit.id, Unit.name == name))).first()
        if found is None:
            found = Unit.under(unit, kind, name)
            session.add(found)
            await session.flush()
        unit = found
    return unit


async def find_unit(session: AsyncSession, path: str) -> Unit:
    parts = split(path)
    if not parts:
        return await school(session)
    named = await session.exec(select(Unit).where(Unit.name == parts[-1]).limit(CANDIDATES))
    fitting = [(unit, names) for unit in named if _fits(names := await names_of(session, unit), parts)]
    exact = [unit for unit, names in fitting if names == parts]
    if len(exact) == 1:
        return exact[0]
    if len(fitting) == 1:
        return fitting[0][0]
    raise UnknownUnit(path, [joined(names) for _, names in fitting])


async def names_of(session: AsyncSession, unit: Unit) -> list[str]:
    """The names from below the school down to this unit."""
    above = await session.exec(
        select(Unit).where(col(Unit.path).in_(unit.paths_above)).order_by(col(Unit.path))
    )
    return [one.name for one in above if one.kind not in (UnitKind.SCHOOL, UnitKind.PROVINCE)]


def split(path: str) -> list[str]:
    return [part.replace("\\/", "/").strip() for part in SEPARATOR.split(path) if part.strip()]


def joined(names: Sequence[str]) -> str:
    return "/".join(name.replace("/", "\\/") for name in names)


def _fits(names: list[str], parts: list[str]) -> bool:
    """The last part is the unit's own name; the others stand above it in order."""
    above = iter(names[:-1])
    return names[-1:] == parts[-1:] and all(part in above for part in parts[:-1])
