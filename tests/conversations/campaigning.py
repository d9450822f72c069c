"""How a story about a campaign goes on: it is launched, time ticks, somebody steers it, it is counted."""

import shutil
from pathlib import Path
from typing import Any

from sqlmodel import select

from actions import campaigns
from models.campaign import Campaign
from models.person import Person
from models.unit import Unit
from reports.campaigns import numbers
from rules.loading import SHIPPED
from tests.conversations.asking import pressed, typed
from tests.driving import Running
from tests.world import One, World

FIRST = "李华同学，江城理工学院目前登记的您的毕业去向是："


async def ticked(app: Running) -> None:
    await app.app.schedule.look_now()
    await app.settled()


async def looked(app: Running, one: One) -> None:
    """/broadcast, and of what can be sent the check of the rules."""
    await typed(app, one, "/broadcast")
    await pressed(app, one, "2024 届去向核对")


async def broadcast(app: Running, one: One) -> None:
    await looked(app, one)
    await pressed(app, one, "发送")
    await ticked(app)


async def launched(app: Running, world: World) -> None:
    """As from the command line: nothing is said to anybody yet."""
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        unit = await work.session.get_one(Unit, world.units[""].id)
        await campaigns.launch(work, office, "confirm", 2024, unit)


async def moved(app: Running, world: World, to: str) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        campaign = (await work.session.exec(select(Campaign))).one()
        await {"pause": campaigns.pause, "resume": campaigns.resume, "cancel": campaigns.cancel}[to](
            work, office, campaign.id
        )


async def counted(app: Running) -> dict[str, int | bool]:
    async with app.app.works.reading() as session:
        return await numbers(session, (await session.exec(select(Campaign))).one())


def equation(facts: dict[str, int | bool]) -> dict[str, Any]:
    """Only what is not nothing."""
    return {key: count for key, count in facts.items() if count and key != "balanced"}


def own_rules(folder: Path, *changes: tuple[str, str], of: str = "campaigns.toml") -> Path:
    """The shipped campaigns, or another file, changed here and there."""
    rules = folder / "rules"
    rules.mkdir()
    shutil.copy(SHIPPED / of, rules)
    file = rules / of
    text = file.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text, "utf-8")
    return rules
