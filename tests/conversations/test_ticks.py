"""Ticks only look for what is due: late, missed, or made by several processes at once, they lose nothing."""

import asyncio

from apscheduler.triggers.interval import IntervalTrigger
from sqlmodel import select

from models.event import Incoming
from scheduler.jobs import JOBS, Job
from scheduler.schedule import Schedule
from tests.conversations.test_ladder import LADDER, launched, steps
from tests.driving import Running, Time
from tests.world import World


def test_no_tick_is_given_up_for_being_late(app: Running) -> None:
    jobs = app.app.schedule.apscheduler.get_jobs()
    assert {job.id for job in jobs} == {job.name for job in JOBS}
    for job in jobs:
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert isinstance(job.trigger, IntervalTrigger)
        assert str(job.trigger.timezone) == "UTC"
        assert [type(one) for one in job.args] == [Job]


async def test_many_processes_look_at_once_and_each_thing_is_done_once(
    app: Running, world: World, time: Time
) -> None:
    more = [await world.graduate(name=f"学生{number}") for number in range(5)]
    await launched(app, world)
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(day=10)))
    await asyncio.gather(*(Schedule(works).look_now() for _ in range(4)))
    await app.settled()
    for one in (world.lihua, *more):
        assert await steps(world, one) == LADDER[:2]


async def test_ticks_missed_for_weeks_lose_nothing(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(app.now.replace(month=8, day=2)))
    await app.restart()
    await app.app.schedule.look_now()
    await app.settled()
    assert len(await steps(world, world.lihua)) >= 2


async def test_updates_are_remembered_while_they_may_come_again(
    app: Running, world: World, time: Time
) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    await app.settled()
    await time.passes(hours=25)
    await app.sandbox.repeat_last()
    await app.settled()
    await phone.sees("现在没有正在填写的内容", times=1)
    await time.passes(hours=25)
    assert await world.rows(select(Incoming)) == []
