"""A made-up school of any size, written straight into the tables: everybody enrolled, nobody asked yet."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from actions.units import ensure_path, ensure_school
from bot.database import Works
from models.campaign import Campaign, CampaignState
from models.unit import Unit, UnitKind

SCHOOL = "江城理工学院"
COHORT = 2024
FIRST_ADDRESS = 1_000_000
AT_ONCE = 2000
IN_A_CLASS = 40
CLASSES = 250
BEGIN = datetime(2024, 7, 8, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
DEADLINE = BEGIN + timedelta(days=30)
Row = dict[str, Any]


async def enrolled(works: Works, count: int, *, already: int = 0, seed: int = 1) -> None:
    """So many more graduates, each with a destination, a person, a chat and a checked binding."""
    units = await _classes(works, already + count)
    dice = random.Random(seed + already)
    tables = SQLModel.metadata.tables
    for first in range(already, already + count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, already + count))
        made = [
            _one(number, units[number // IN_A_CLASS % len(units)], works.bot_id, dice) for number in numbers
        ]
        async with works.database.writer.begin() as connection:
            for name in ("graduate", "destination", "person", "chat", "binding"):
                await connection.execute(insert(tables[name]), [one[name] for one in made])


async def begun(works: Works) -> Campaign:
    """A campaign that runs; its job has still to spread it over the people."""
    async with works.begin() as work:
        school = await ensure_school(work.session, SCHOOL)
        campaign = Campaign(
            name="confirm",
            cohort=COHORT,
            unit_id=school.id,
            state=CampaignState.RUNNING,
            deadline_at=DEADLINE,
            rules_digest=work.rules.digest,
            launched_at=work.now,
        )
        work.session.add(campaign)
    return campaign


def addresses(count: int) -> Iterator[int]:
    return iter(range(FIRST_ADDRESS, FIRST_ADDRESS + count))


async def _classes(works: Works, count: int) -> list[UUID]:
    wanted = min(CLASSES, count // IN_A_CLASS + 1)
    async with works.begin() as work:
        await ensure_school(work.session, SCHOOL)
        above = [(UnitKind.COLLEGE, "计算机学院"), (UnitKind.MAJOR, "软件工程")]
        for number in range(wanted):
            await ensure_path(work.session, [*above, (UnitKind.CLASS, f"软件{number:04d}")])
        found = await work.session.exec(
            select(Unit.id).where(Unit.kind == UnitKind.CLASS).order_by(col(Unit.name)).limit(CLASSES)
        )
        return list(found.all())


def _one(number: int, unit: UUID, bot_id: int, dice: random.Random) -> dict[str, Row]:
    ids = [UUID(int=dice.getrandbits(128), version=4) for _ in range(5)]
    graduate, destination, person, chat, binding = ids
    employer = f"长河电子科技{number % 300}有限公司"
    return {
        "graduate": {
            "id": graduate,
            "cohort": COHORT,
            "unit_id": unit,
            "roster_key": f"204200{number:08d}",
            "student_no": f"2020{number:08d}",
            "exam_no": f"204200{number:08d}",
            "name": f"学生{number}",
            "name_key": f"学生{number}",
            "degree": "本科生毕业",
            "completer": False,
            "version": 1,
            "official": "unknown",
            "created_at": BEGIN,
        },
        "destination": {
            "id": destination,
            "graduate_id": graduate,
            "number": 1,
            "code": "11",
            "code_name": "签劳动合同形式就业",
            "category": "employer",
            "employer": employer,
            "employer_key": employer,
            "uscc": "91420117981506162P",
            "location": "湖北省武汉市",
            "signed_on": date(2024, 6, 17),
            "enterer": "就业干事1",
            "signer": "学业导师1",
            "source": "roster",
            "registered_at": BEGIN,
        },
        "person": {
            "id": person,
            "locale": "zh_CN",
            "locale_chosen": False,
            "digit_tries": 0,
            "created_at": BEGIN,
        },
        "chat": {
            "id": chat,
            "bot_id": bot_id,
            "address": FIRST_ADDRESS + number,
            "person_id": person,
            "created_at": BEGIN,
        },
        "binding": {
            "id": binding,
            "graduate_id": graduate,
            "person_id": person,
            "verified": True,
            "bound_at": BEGIN,
        },
    }
