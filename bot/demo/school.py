"""The made-up school: `people.toml` and `roster.csv`, taken in through the product's own doors."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import select

from actions import calendars, campaigns, invitations, staff
from actions.units import find_unit, school
from bot.commands.desk import Desk, opened
from bot.commands.roster import compared, taken_over
from bot.settings import Settings
from models.graduate import Graduate
from models.staff import Role
from sandbox import Sandbox

HERE = Path(__file__).parent
FIRST_ID = 501


@dataclass
class One:
    """Somebody with a phone; `start` is the payload of their personal link."""

    user_id: int
    name: str
    role: str
    hint: str
    phone_number: str | None
    given: dict[str, Any]
    start: str | None = None


@dataclass
class People:
    school: str
    contact: str
    campaign: str
    cohort: int
    graduates: list[One]
    staff: list[One]

    @property
    def on_page(self) -> list[One]:
        return [one for one in (*self.graduates, *self.staff) if one.hint]

    def colleague(self, key: str) -> One:
        return next(one for one in self.staff if one.given["key"] == key)

    async def let_staff_in(self, sandbox: Sandbox) -> None:
        """Colleagues have opened their links already; the graduate's first tap is left to whoever looks."""
        for one in self.staff:
            await sandbox.phones[one.user_id].send(f"/start {one.start}")
            one.start = None


def people() -> People:
    read = tomllib.loads((HERE / "people.toml").read_text("utf-8"))
    graduates, colleagues = read.pop("graduate"), read.pop("staff")
    numbered = enumerate([*graduates, *colleagues], FIRST_ID)
    made = [_one(user_id, given) for user_id, given in numbered]
    return People(graduates=made[: len(graduates)], staff=made[len(graduates) :], **read)


def _one(user_id: int, given: dict[str, Any]) -> One:
    name, role, hint = given.get("name", ""), given.get("role", ""), given.get("hint", "")
    return One(user_id, name, role, hint, given.get("phone_number"), given)


async def populate(settings: Settings, sandbox: Sandbox, cast: People) -> None:
    async with opened(settings) as desk:
        plan = await compared(desk, HERE / "roster.csv", cast.cohort)
        await taken_over(desk, plan)
        plan.spool.close()
        await _invite(desk, cast)
    for one in (*cast.graduates, *cast.staff):
        sandbox.phone(one.user_id, one.name, phone_number=one.phone_number)


async def launched(settings: Settings, cast: People) -> None:
    """The check begins once colleagues have opened their links: before, a dispute would have no owner."""
    async with opened(settings) as desk, desk.works.begin() as work:
        whole = await school(work.session)
        operator = await desk.operator(work)
        await calendars.apply(work, operator, work.rules.calendar.default_preset, cast.cohort)
        await campaigns.launch(work, operator, cast.campaign, cast.cohort, whole)


async def _invite(desk: Desk, cast: People) -> None:
    async with desk.works.begin() as work:
        by = await desk.operator(work)
        for one in cast.staff:
            unit = await find_unit(work.session, one.given["unit"])
            duties = [(Role(role), unit) for role in one.given["roles"]]
            one.start = await staff.invite(work, by, one.name, one.given["number"], duties)
        for one in cast.graduates:
            wanted = select(Graduate).where(Graduate.student_no == one.given["student_no"])
            graduate = (await work.session.exec(wanted)).one()
            one.name = graduate.name
            one.start = invitations.make(work, graduate=graduate)
