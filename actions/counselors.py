"""The counselors whom the roster's columns name, each with the classes they stand beside."""

from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.graduate import Graduate
from models.unit import Unit
from rules.parts import bare

MANY = 50_000


@dataclass
class Named:
    name: str
    number: str | None
    units: list[Unit] = field(default_factory=list)


async def counselors_of_roster(session: AsyncSession) -> list[Named]:
    """By 工号 where given, else by normalised name; a bare name that one number goes with is that person."""
    rows = await session.exec(
        select(Unit, Graduate.counselor, Graduate.counselor_no)
        .join(Graduate, col(Graduate.unit_id) == col(Unit.id))
        .where(col(Graduate.removed_at).is_(None), col(Graduate.counselor).is_not(None))
        .distinct()
        .order_by(col(Unit.path))
        .limit(MANY)
    )
    found = [(unit, name, number) for unit, name, number in rows if name]
    numbers: dict[str, set[str]] = {}
    for _, name, number in found:
        if number:
            numbers.setdefault(bare(name), set()).add(number)
    return _gathered(found, {key: min(some) for key, some in numbers.items() if len(some) == 1})


def _gathered(found: list[tuple[Unit, str, str | None]], only: dict[str, str]) -> list[Named]:
    named: dict[str, Named] = {}
    for unit, name, number in found:
        known = number or only.get(bare(name))
        one = named.setdefault(known or f"={bare(name)}", Named(name, known))
        if unit not in one.units:
            one.units.append(unit)
    return sorted(named.values(), key=lambda one: (one.units[0].path, one.name))
