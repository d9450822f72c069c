"""Two processes look for what is due at the same moment, on PostgreSQL and on one SQLite file."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import col, select

from actions import cases, followups
from models.ask import Ask, AskState
from models.campaign import Campaign, CampaignState, LeftOut
from models.case import Case, CaseKind, Note, NoteKind
from models.event import Event, Incident
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.messages import Say
from models.messages.office import DigestCard, OfficeEscalated
from models.outgoing import Outgoing
from scheduler.jobs import JOBS
from tests.conversations.campaigning import counted, launched
from tests.driving import ZONE, Running
from tests.world import One, World

M = TypeVar("M", bound=Say)
PEOPLE, CHANGED, CASES, ABSENT = 60, 40, 12, 20
# A Tuesday, half an hour after the office has opened: reminders, terms, re-checks and the morning's lists.
MORNING = "2024-07-16 09:30"
AFTER_THE_DEADLINE = "2024-08-31 09:00"


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


async def both_tick(app: Running, local: str) -> None:
    """The clock is moved; with nobody else there two begin each job at once; then the product comes back."""
    await app.settled()
    works = app.app.works
    await works.keep_clock(works.clock.offset_to(at(local)))
    await app.kill()
    settings = app.settings
    given = (settings.database_url, str(works.bot_id), settings.key_material())
    both = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.delivery.ticker", given[0], given[1], name, given[2]),
            stdin=PIPE,
            stdout=PIPE,
        )
        for name in ("one", "two")
    ]
    for job in JOBS:
        for child in both:
            assert child.stdout is not None
            assert await child.stdout.readline() == f"{job.name}\n".encode()
        for child in both:
            assert child.stdin is not None
            child.stdin.write(b"\n")
    await asyncio.gather(*(child.communicate() for child in both))
    assert [child.returncode for child in both] == [0, 0]
    app.settings = app.settings.model_copy(update={"clock": None})
    await app.start()
    await app.settled()


def times(found: Iterable[Any]) -> set[int]:
    """How often each was found."""
    return set(Counter(found).values())


async def events(app: Running, kind: str) -> list[Any]:
    return await app.rows(select(Event.subject_id).where(Event.kind == kind))


async def said(app: Running, kind: type[M]) -> list[M]:
    return [row.message for row in await app.rows(select(Outgoing)) if isinstance(row.message, kind)]


async def prepared(app: Running, world: World) -> list[One]:
    """Everybody asked; some say that they have left their work, some cases wait, some are not enrolled."""
    people = [world.lihua, *[await world.graduate(name=f"学生{number}") for number in range(PEOPLE - 1)]]
    for number in range(ABSENT):
        await world.graduate(name=f"未绑定{number}", enrolled=False)
    await launched(app, world)
    await app.app.schedule.look_now()
    async with app.app.works.begin() as work:
        for one in people[:CHANGED]:
            graduate = await work.session.get_one(Graduate, one.id)
            await followups.open_followup(work, graduate, FollowUpKind.LEFT_JOB)
        for one in people[:CASES]:
            about = await work.session.get_one(Graduate, one.id)
            kind = CaseKind.CHANGE_REQUEST
            await cases.open_case(work, kind, unit_id=about.unit_id, graduate=about, reason="left_job")
    return people


async def test_every_due_thing_is_done_once(app: Running, world: World) -> None:
    people = await prepared(app, world)
    await both_tick(app, MORNING)

    reminded = await app.rows(select(Outgoing.ask_id).where(Outgoing.step == "after_7"))
    assert (len(reminded), times(reminded)) == (PEOPLE, {1})

    unverified = await events(app, "followup_unverified")
    assert (len(unverified), times(unverified)) == (CHANGED, {1})
    about = [one.graduate_id for one in await app.rows(select(Case))]
    assert (len(about), times(about)) == (CHANGED + CASES, {1, 2})
    assert {one.stage for one in await app.rows(select(FollowUp))} == {"recheck"}

    for kind in ("overdue_contact", "overdue_settle"):
        late = await events(app, kind)
        assert (len(late), times(late)) == (CASES, {1})
    above = [one.case_id for one in await app.rows(select(Note).where(Note.kind == NoteKind.ESCALATED))]
    escalated = [*await events(app, "escalated_contact"), *await events(app, "escalated_settle")]
    assert sorted(map(str, above)) == sorted(map(str, escalated))
    told = await said(app, OfficeEscalated)
    assert sorted(map(str, escalated)) == sorted(str(one.case) for one in told)
    assert times((one.case, one.clock) for one in told) == {1}

    lists = [row for row in await app.rows(select(Outgoing)) if isinstance(row.message, DigestCard)]
    digests = [row.person_id for row in lists if row.created_at >= at(MORNING)]
    assert world.counselor.person_id in digests
    assert times(digests) == {1}
    assert await app.rows(select(Incident)) == []
    assert all([await one.phone.sees("还没有收到您对去向信息", times=1) for one in people[:3]])


async def test_a_campaign_ends_once(app: Running, world: World) -> None:
    await prepared(app, world)
    await both_tick(app, AFTER_THE_DEADLINE)
    await app.app.schedule.look_now()
    campaign = await app.row(select(Campaign))
    assert campaign.state is CampaignState.FINISHED
    assert await events(app, "campaign_finished") == [campaign.id]
    left_out = await app.rows(select(LeftOut.graduate_id))
    assert (len(left_out), times(left_out)) == (ABSENT, {1})
    asks = await app.rows(select(Ask).where(col(Ask.campaign_id).is_not(None)))
    assert {ask.state for ask in asks} == {AskState.EXPIRED}
    facts = await counted(app)
    # Every step that nobody heard of in time stands there too, once.
    assert (facts["accepted"], facts["unreachable"], facts["balanced"]) == (PEOPLE, ABSENT, True)
    steps = await app.rows(select(Outgoing).where(col(Outgoing.ask_id).in_([ask.id for ask in asks])))
    assert times((row.ask_id, row.step) for row in steps) == {1}
