"""Follow-ups and ladders write to one person: between any two messages to them there is the gap."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import col, select

from actions import followups
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from tests.conversations.asking import asked, pressed
from tests.conversations.test_chains import SEEKING, seeks
from tests.conversations.test_followups import left_job
from tests.conversations.test_ladder import launched
from tests.driving import ZONE, Running, Time
from tests.world import One, World

GAP = timedelta(hours=48)


async def reached(world: World, one: One) -> list[tuple[str, datetime]]:
    """Every message of a campaign's lane that was accepted, in order."""
    rows = await world.rows(
        select(Outgoing)
        .where(
            Outgoing.person_id == one.person_id,
            col(Outgoing.lane) == Lane.CAMPAIGN,
            Outgoing.state == Sending.ACCEPTED,
        )
        .order_by(col(Outgoing.settled_at))
    )
    return [(row.message.kind, row.settled_at.astimezone(ZONE)) for row in rows]


async def two_chains(app: Running, one: One) -> None:
    """Two chains for one graduate that ask again on the same day."""
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        for kind in (FollowUpKind.LEFT_JOB, FollowUpKind.TERMINATED):
            await followups.open_followup(work, graduate, kind)
    await app.settled()


async def comes_back(app: Running, at: str) -> None:
    await app.kill()
    later = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    app.settings = app.settings.model_copy(update={"clock": later})
    await app.start()
    for _ in range(3):
        await app.app.schedule.look_now()
        await app.settled()


def keeps_the_gap(said: list[tuple[str, datetime]]) -> bool:
    return all(later - earlier >= GAP for (_, earlier), (_, later) in pairwise(said))


async def test_after_a_month_away_reminder_and_questions_do_not_come_together(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await two_chains(app, world.lihua)
    await comes_back(app, "2024-08-09 11:00")
    assert [kind for kind, _ in await reached(world, world.lihua)] == ["campaign_ask", "campaign_reminder"]
    for day in range(10, 16):
        await time.to(f"2024-08-{day} 12:30")
    said = await reached(world, world.lihua)
    assert keeps_the_gap(said)
    assert [kind for kind, _ in said] == [
        "campaign_ask",
        "campaign_reminder",
        "followup_recheck",
        "followup_recheck",
    ]


async def test_nor_do_they_while_somebody_looks_all_the_time(app: Running, world: World, time: Time) -> None:
    """The step of the ladder and both questions are due within a minute."""
    await time.to("2024-07-17 10:00")
    await two_chains(app, world.lihua)
    await launched(app, world)
    for day in range(18, 32):
        await time.to(f"2024-07-{day} 10:00:30")
    for day in range(1, 10):
        await time.to(f"2024-08-{day:02} 10:00:30")
    said = await reached(world, world.lihua)
    assert keeps_the_gap(said)
    assert sum(kind == "followup_recheck" for kind, _ in said) == 2
    assert sum(kind == "campaign_reminder" for kind, _ in said) == 4


async def test_a_step_of_the_ladder_waits_after_a_question(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-17 09:30")
    await left_job(app, world.lihua)
    await launched(app, world)
    for day in range(18, 32):
        await time.to(f"2024-07-{day} 09:45")
    for day in range(1, 6):
        await time.to(f"2024-08-{day:02} 11:00")
    said = await reached(world, world.lihua)
    kinds = [kind for kind, _ in said]
    place = kinds.index("followup_recheck")
    assert place < len(said) - 1
    assert keeps_the_gap(said)


async def test_help_and_a_pointer_are_not_sent_in_one_breath(app: Running, world: World, time: Time) -> None:
    one = await world.graduate(name="赵六", **SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职")
    await time.to("2024-08-04 10:00")
    await time.to("2024-08-04 10:30")
    assert len(await reached(world, one)) == 2
    await time.to("2024-08-06 13:00")
    await time.to("2024-08-08 14:00")
    said = await reached(world, one)
    assert keeps_the_gap(said)
    assert sorted(kind for kind, _ in said)[-2:] == ["followup_help_offer", "register_pointer"]


async def test_whoever_was_offered_help_late_is_offered_it_again_only_after_as_long(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world)
    await comes_back(app, "2024-08-01 20:00")
    for day in (3, 5, 7, 9, 12, 18, 20):
        await time.to(f"2024-08-{day:02} 20:30")
    offers = [at for kind, at in await reached(world, one) if kind == "followup_help_offer"]
    assert [f"{at:%m-%d}" for at in offers] == ["08-01", "08-18"]


async def test_what_is_said_carries_the_version_of_the_rules(app: Running, world: World, time: Time) -> None:
    await left_job(app, world.lihua)
    await time.passes(days=15)
    row = await world.row(select(Outgoing).where(col(Outgoing.step).startswith("left_job")))
    assert (row.step, row.plan) == ("left_job:recheck:1", app.app.rules.plan_version)
