"""Order and right around campaigns: who may, how often, and how pace and quiet hours make the end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from actions import campaigns, ladder, spreading
from actions.rights import NotYours
from actions.work import Work
from models.ask import Ask
from models.campaign import Campaign
from models.outgoing import Outgoing
from models.person import Person
from models.staff import Staff
from models.unit import Unit
from rules import load
from tests.driving import Running
from tests.world import World

ZONE = ZoneInfo("Asia/Shanghai")


async def launched(work: Work, world: World, second: Staff | None = None) -> Campaign:
    office = await work.session.get_one(Person, world.office.person_id)
    unit = await work.session.get_one(Unit, world.units[""].id)
    return await campaigns.launch(work, office, "confirm", 2024, unit, second=second)


def test_the_end_is_reckoned_around_the_quiet_hours() -> None:
    plan = load().campaigns["confirm"]
    evening = datetime(2024, 7, 8, 20, 50, tzinfo=ZONE)
    per_minute = int(plan.values.messages_per_second * 60)
    assert plan.ends_at(per_minute, evening) == evening + timedelta(minutes=1)
    assert plan.ends_at(per_minute * 15, evening) == datetime(2024, 7, 9, 9, 5, tzinfo=ZONE)
    assert plan.ends_at(0, datetime(2024, 7, 8, 23, 0, tzinfo=ZONE)) == datetime(2024, 7, 9, 9, tzinfo=ZONE)


async def test_a_reviewer_may_not_launch_nor_pause(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        reviewer = await work.session.get_one(Person, world.reviewer.person_id)
        unit = await work.session.get_one(Unit, world.units[""].id)
        with pytest.raises(NotYours):
            await campaigns.launch(work, reviewer, "confirm", 2024, unit)
        campaign = await launched(work, world)
        with pytest.raises(NotYours):
            await campaigns.pause(work, reviewer, campaign.id)


async def test_what_is_cancelled_stays_cancelled(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        campaign = await launched(work, world)
        await campaigns.cancel(work, office, campaign.id)
        with pytest.raises(campaigns.AsItIs):
            await campaigns.resume(work, office, campaign.id)


async def test_two_looks_at_one_instant_say_a_thing_once(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        await launched(work, world)
    for _ in range(3):
        async with app.app.works.begin() as work:
            await spreading.spread(work)
    async with app.app.works.begin() as work:
        ask = (await work.session.exec(select(Ask))).one()
        ask.next_at, ask.next_step = work.now, "after_2"
    for _ in range(2):
        async with app.app.works.begin() as work:
            await ladder.due(work)
    assert len(await world.rows(select(Outgoing).where(Outgoing.step == "ask"))) == 1


async def test_a_college_is_asked_without_the_others(app: Running, world: World) -> None:
    await world.graduate(name="王芳", unit="软件2002")
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        unit = await work.session.get_one(Unit, world.units["软件2002"].id)
        await campaigns.launch(work, office, "confirm", 2024, unit)
    await app.app.schedule.look_now()
    await app.settled()
    [ask] = await world.rows(select(Ask))
    assert ask.graduate_id != world.lihua.id
