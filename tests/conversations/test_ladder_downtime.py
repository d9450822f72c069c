"""The ladders against everything that gets in the way: downtime, late comers, answers, and other rules."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import col, select

from actions import asks, followups
from models.ask import Ask
from models.campaign import Campaign
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Person
from reports.campaigns import numbers
from tests.conversations.asking import pressed, typed
from tests.conversations.campaigning import own_rules
from tests.conversations.test_ladder import LADDER, launched, steps
from tests.driving import ZONE, Running, Time
from tests.world import One, World

FIRST = "江城理工学院目前登记的您的毕业去向是"
CHAINS = (FollowUpKind.LEFT_JOB, FollowUpKind.TERMINATED, FollowUpKind.STILL_SEEKING)
AUGUST_TEXT = "教育部8月也会提醒还没有确认的毕业生"


async def enrols(app: Running, world: World, name: str) -> One:
    late = await world.graduate(name=name)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, late.person_id)
        await asks.ask_now(work, person, await work.session.get_one(Graduate, late.id))
    await app.settled()
    return late


async def chain_opened(app: Running, one: One, kind: FollowUpKind) -> None:
    async with app.app.works.begin() as work:
        await followups.open_followup(work, await work.session.get_one(Graduate, one.id), kind)
    await app.settled()


async def skipped(world: World, one: One) -> list[tuple[str, str | None]]:
    rows = await world.rows(
        select(Outgoing)
        .where(Outgoing.person_id == one.person_id, Outgoing.state == Sending.SKIPPED)
        .order_by(col(Outgoing.id))
    )
    return [(row.step, row.reason) for row in rows]


async def test_whoever_enrols_late_gets_one_message_at_once_the_step_that_stands(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-20 22:40")
    late = await enrols(app, world, "王芳")
    await late.phone.sees(FIRST, times=1)
    assert await steps(world, late) == [("after_7", "07-20")]
    assert await skipped(world, late) == [("ask", "passed"), ("after_2", "passed")]
    await time.to("2024-07-23 10:30")
    await time.to("2024-07-24 10:30")
    assert await steps(world, late) == [("after_7", "07-20"), ("after_16", "07-24")]
    ask = await world.row(select(Ask).where(Ask.graduate_id == late.id))
    assert (ask.next_step, ask.plan) == ("august_29", app.app.rules.plan_version)


async def test_a_step_too_early_for_a_late_comer_waits_and_is_not_skipped(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-14 15:00")
    late = await enrols(app, world, "王芳")
    await time.to("2024-07-15 10:30")
    await time.to("2024-07-16 14:00")
    assert await steps(world, late) == [("after_2", "07-14")]
    await time.to("2024-07-16 15:30")
    assert await steps(world, late) == [("after_2", "07-14"), ("after_7", "07-16")]
    assert await skipped(world, late) == [("ask", "passed")]


async def test_enrolled_in_august_the_card_says_that_the_ministry_writes_too(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-08-10 12:00")
    late = await enrols(app, world, "王芳")
    card = await late.phone.sees(FIRST, times=1)
    assert AUGUST_TEXT in card.text
    assert await steps(world, late) == [("august_22", "08-10")]


async def test_everybody_silent_through_a_month_away_gets_one_message(
    app: Running, world: World, time: Time
) -> None:
    others = [await world.graduate(name=f"学生{number}") for number in range(8)]
    await launched(app, world)
    await app.settled()
    await app.kill()
    later = datetime.fromisoformat("2024-08-09 11:00").replace(tzinfo=ZONE)
    app.settings = app.settings.model_copy(update={"clock": later})
    await app.start()
    for _ in range(3):
        await app.app.schedule.look_now()
        await app.settled()
    for one in (world.lihua, *others):
        assert await steps(world, one) == [("ask", "07-08"), ("august_22", "08-09")]
    async with app.app.works.reading() as session:
        found = await numbers(session, (await session.exec(select(Campaign))).one())
    assert (found["accepted"], found["skipped"], found["balanced"]) == (18, 36, True)


async def test_rules_that_were_changed_are_seen_and_planned_by(
    app: Running, world: World, time: Time, tmp_path: Path
) -> None:
    await launched(app, world)
    before = await world.row(select(Ask))
    assert (before.next_step, before.plan) == ("after_2", app.app.rules.plan_version)
    await app.stop()
    rules = own_rules(tmp_path, ("days_after_launch = 2", "days_after_launch = 4"))
    app.settings = app.settings.model_copy(update={"rules": rules})
    await app.start()
    await app.app.schedule.look_now()
    after = await world.row(select(Ask))
    # The one before waited a little longer, for the gap.
    assert timedelta(hours=47) < after.next_at - before.next_at <= timedelta(hours=48)
    assert after.next_step == "after_2"
    assert before.plan != after.plan == app.app.rules.plan_version
    await time.to("2024-07-10 10:30")
    assert await steps(world, world.lihua) == LADDER[:1]
    await time.to("2024-07-12 10:30")
    assert await steps(world, world.lihua) == [LADDER[0], ("after_2", "07-12")]
    rows = await world.rows(select(Outgoing).where(col(Outgoing.step).is_not(None)))
    assert {row.step: row.plan for row in rows} == {"ask": before.plan, "after_2": after.plan}


async def test_a_chosen_moment_outlives_other_rules(
    app: Running, world: World, time: Time, tmp_path: Path
) -> None:
    """It has passed when the process comes back with other rules: it is late, and it comes."""
    await launched(app, world)
    await pressed(app, world.lihua, "稍后提醒我", "今晚8点")
    await app.stop()
    rules = own_rules(tmp_path, ("days_after_launch = 2", "days_after_launch = 4"))
    later = datetime.fromisoformat("2024-07-08 20:30").replace(tzinfo=ZONE)
    app.settings = app.settings.model_copy(update={"rules": rules, "clock": later})
    await app.start()
    for _ in range(2):
        await app.app.schedule.look_now()
        await app.settled()
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("snooze", "07-08")]


async def test_a_step_said_late_invites_no_changes(app: Running, world: World, time: Time) -> None:
    """The step of the fifth day before comes on the second: corrections in the regular way are over."""
    await launched(app, world)
    await app.kill()
    later = datetime.fromisoformat("2024-08-27 11:00").replace(tzinfo=ZONE)
    app.settings = app.settings.model_copy(update={"clock": later})
    await app.start()
    await app.app.schedule.look_now()
    await app.settled()
    assert await steps(world, world.lihua) == [("ask", "07-08"), ("august_5", "08-27")]
    await world.lihua.phone.sees("按常规提出更正的时间已经过了", times=1)
    world.lihua.phone.never_saw("我们来得及核实")


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_the_promises_hold(app: Running, world: World, time: Time, seed: int) -> None:
    """Nobody ticks for weeks, people come late, answer, stop, lose their job; no message breaks a promise."""
    chance = random.Random(seed)
    people = [world.lihua, *[await world.graduate(name=f"学生{number}") for number in range(3)]]
    await launched(app, world)
    ended: dict[int, datetime] = {}
    now = app.now
    while now.astimezone(ZONE).month < 9:
        now += timedelta(hours=chance.choice([6, 13, 26, 26, 50, 50, 120, 400]))
        await time.to(f"{now.astimezone(ZONE):%Y-%m-%d %H:%M}")
        done = chance.random()
        if done < 0.15:
            people.append(await enrols(app, world, f"后来{len(people)}"))
        elif 0.4 <= done < 0.6:
            await chain_opened(app, chance.choice(people), chance.choice(CHAINS))
        elif done < 0.4:
            one = chance.choice(people)
            if one.phone.user_id not in ended and "以上信息属实" in one.phone.buttons():
                await (pressed(app, one, "以上信息属实") if done < 0.3 else typed(app, one, "停止"))
                ended[one.phone.user_id] = app.now
    for one in people:
        rows = await world.rows(
            select(Outgoing)
            .where(Outgoing.person_id == one.person_id, Outgoing.state == Sending.ACCEPTED)
            .where(col(Outgoing.step).is_not(None) | (col(Outgoing.lane) == Lane.CAMPAIGN))
            .order_by(col(Outgoing.settled_at))
        )
        allows = app.app.rules.quiet.allows
        assert all(allows(row.settled_at) for row in rows if row.lane is Lane.CAMPAIGN)
        assert all(two.settled_at - first.settled_at >= timedelta(hours=48) for first, two in pairwise(rows))
        counts = Counter(row.step.split("_")[0] for row in rows)
        assert counts["ask"] + counts["after"] <= 5
        assert counts["august"] <= 5
        assert counts["register"] <= 2
        if (at := ended.get(one.phone.user_id)) is not None:
            ladders = [row for row in rows if row.step.startswith(("ask", "after", "august"))]
            assert all(row.settled_at <= at for row in ladders)
    plans = await world.rows(select(Outgoing.plan).where(col(Outgoing.step).is_not(None)).distinct())
    assert plans == [app.app.rules.plan_version]
