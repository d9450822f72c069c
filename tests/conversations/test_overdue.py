"""What waits beyond its term is said once, and once above; the morning list once a day."""

import asyncio
from datetime import datetime

from sqlmodel import select

from actions import digest
from models.case import CaseKind, CaseState
from models.event import Event, Incident
from models.messages.office import DigestCard, OfficeEscalated
from models.outgoing import Outgoing
from tests.conversations.working import closed_by, disputed, notes, opened
from tests.driving import ZONE, Running, Time
from tests.world import World

LATE = "的复核时限已到"
MORNING = datetime(2024, 7, 9, 9, 0, tzinfo=ZONE)
OVERLAP = 0.5


async def test_a_review_that_waits_is_said_once_and_then_above(
    app: Running, time: Time, world: World
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await time.to("2024-07-10 16:59")
    world.reviewer2.phone.never_saw(LATE)
    await time.to("2024-07-10 17:01")
    await world.reviewer2.phone.sees(LATE, times=1)
    await world.reviewer2.phone.sees("请您看一下，复核后结果才会告知毕业生", times=1)
    world.reviewer.phone.never_saw(LATE)
    world.counselor.phone.never_saw(LATE)
    await time.to("2024-07-11 17:01")
    await world.head.phone.sees("还没有人复核", times=1)
    world.reviewer2.phone.never_saw("还没有人复核")
    await time.to("2024-07-15 10:00")
    await world.reviewer2.phone.sees(LATE, times=1)
    await world.head.phone.sees("还没有人复核", times=1)
    await world.head.phone.press("打开这一件")
    await world.head.phone.sees("待复核")
    assert "escalated" in await notes(app, case)


async def test_a_review_nobody_is_above_of_is_an_incident(app: Running, time: Time, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    async with app.app.works.begin() as work:
        for key in ("head", "discipline"):
            (await work.session.get_one(type(world.head.row), world.people[key].id)).person_id = None
    await time.to("2024-07-12 17:01")
    incident = await app.row(select(Incident))
    assert incident.kind == "overdue_without_anybody_above"


async def test_returned_and_closed_again_its_term_begins_anew(app: Running, time: Time, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await time.to("2024-07-10 17:01")
    reviewer = world.reviewer2.phone
    await reviewer.press("打开这一件")
    await app.settled()
    await reviewer.press("退回重办")
    await app.settled()
    await reviewer.send("请再打一次电话")
    await app.settled()
    await closed_by(app, world, "reviewer", case)
    await time.to("2024-07-12 16:00")
    said = await app.rows(select(Event).where(Event.kind == "overdue_review"))
    assert len(said) == 1
    await time.to("2024-07-12 17:01")
    said = await app.rows(select(Event).where(Event.kind == "overdue_review"))
    assert len(said) == 2
    await reviewer.sees(LATE, times=2)


async def test_around_identities_only_the_independent_hear_of_it(
    app: Running, time: Time, world: World
) -> None:
    """The employment officer may not open it, so the officer is not asked to look at it."""
    case = await opened(app, world.lihua, CaseKind.IDENTITY_CONFLICT, reason="wrong_digits")
    await time.to("2024-07-15 10:00")
    said = await app.rows(select(Outgoing))
    told = {row.person_id for row in said if isinstance(row.message, OfficeEscalated)}
    assert told
    assert told <= {world.people[key].person_id for key in ("reviewer", "reviewer2", "head", "discipline")}
    assert world.officer.person_id not in told
    assert case.state is not CaseState.CLOSED


async def test_two_processes_say_the_mornings_list_once(app: Running, world: World) -> None:
    """The second begins before the first has committed."""
    await opened(app, world.lihua, reason="left_job")

    async def look() -> None:
        async with app.app.works.begin() as work:
            work.now = MORNING
            await digest.look(work)

    async with app.app.works.begin() as first:
        first.now = MORNING
        await digest.look(first)
        second = asyncio.get_running_loop().create_task(look())
        await asyncio.wait({second}, timeout=OVERLAP)
    await second
    said = [row for row in await app.rows(select(Outgoing)) if isinstance(row.message, DigestCard)]
    assert [row.person_id for row in said] == [world.counselor.person_id]


async def test_who_disputed_hears_from_us_that_the_promised_day_has_passed(
    app: Running, time: Time, world: World
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    phone = world.lihua.phone
    await time.to("2024-07-15 16:59")
    phone.never_saw("让您久等")
    await time.to("2024-07-15 22:00")
    phone.never_saw("让您久等")
    await time.to("2024-07-16 09:01")
    said = await phone.sees("让您久等", times=1)
    assert f"编号 {case.number}：原定 7月15日" in said.text
    assert phone.buttons() == ["补充说明（可不填）", "撤回"]
    await phone.send("/my")
    await app.settled()
    await phone.sees("尚未结束", times=1)
    await time.to("2024-07-18 10:00")
    await phone.sees("让您久等", times=1)
    await closed_by(app, world, "reviewer", case)
    await time.to("2024-07-19 10:00")
    await phone.sees("让您久等", times=1)
