"""The clocks of a case, by the mistakes that others have made with theirs."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, select

from actions import clocks
from models.case import Case, CaseKind
from models.event import Event
from models.messages.cases import CaseGoesOn
from models.messages.office import OfficeEscalated, OfficeOverdue
from models.outgoing import Outgoing
from rules import load
from tests.conversations.working import closed_by, disputed, opened, row
from tests.driving import ZONE, Running, Time
from tests.world import World


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


def near(instant: datetime, local: str) -> bool:
    """The product's clock goes on while a test runs."""
    return abs(instant - at(local)) < timedelta(minutes=10)


async def events(app: Running, case: Case, kind: str) -> list[datetime]:
    rows = await app.rows(select(Event).where(Event.subject_id == case.id, Event.kind == kind))
    return sorted(one.at for one in rows)


async def told(app: Running, kind: type[OfficeOverdue] | type[OfficeEscalated]) -> list[UUID]:
    rows = await app.rows(select(Outgoing).order_by(col(Outgoing.created_at)))
    return [one.person_id for one in rows if isinstance(one.message, kind)]


async def changed(app: Running, case: Case, how: str, **given: bool) -> Case:
    async with app.app.works.begin() as work:
        found = await work.session.get_one(Case, case.id)
        getattr(clocks, how)(work, found, **given)
    await app.settled()
    return await row(app, case.id)


async def test_around_the_clock_no_minute_is_lost(app: Running, tmp_path: Path) -> None:
    """A calendar that is never closed has no closed minute at midnight."""
    own = (Path("rules") / "sla.toml").read_text()
    own = own.replace("starts = 08:30:00", "starts = 00:00:00")
    (tmp_path / "sla.toml").write_text(own.replace("ends = 17:00:00", "ends = 00:00:00", 1))
    holidays = "years = []\noff = []\nwork = [2024-07-13, 2024-07-14]\n"
    (tmp_path / "holidays.toml").write_text(holidays)
    sla = load(tmp_path).sla
    assert sla.due_by(at("2024-07-08 10:07"), hours=240) == at("2024-07-18 10:07")
    assert sla.worked(at("2024-07-08 10:07"), at("2024-07-18 10:07")).total_seconds() == 240 * 3600
    assert sla.due_by(at("2024-07-08 10:07"), workdays=0) == at("2024-07-09 00:00")


async def test_over_a_week_of_holidays_it_is_due_on_the_next_working_day(
    app: Running, time: Time, world: World
) -> None:
    """Opened on the eve of the national week: the clock stands still, make-up Saturdays count."""
    await time.to("2024-09-30 16:00")
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    assert case.first_contact_by == at("2024-10-08 17:00")
    assert case.due_at == at("2024-10-10 17:00")
    assert case.escalate_at == case.first_contact_by
    await time.to("2024-10-07 12:00")
    assert await events(app, case, "overdue_contact") == []
    await time.to("2024-10-12 09:00")
    assert len(await events(app, case, "overdue_contact")) == 1


async def test_reopened_its_clocks_begin_anew(app: Running, time: Time, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.send(f"/case {case.number}")
    await app.settled()
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    assert (await row(app, case.id)).escalate_at is None
    await time.to("2024-07-26 10:00")
    await world.lihua.phone.press("不认可，请重新核实")
    await app.settled()
    again = await row(app, case.id)
    assert again.first_contact_at is None
    assert again.next_step_by is None
    assert again.first_contact_by == at("2024-07-26 17:00")
    assert again.due_at == at("2024-08-02 17:00")
    assert await events(app, case, "overdue_settle") == []
    await time.to("2024-07-26 16:59")
    assert await events(app, case, "overdue_contact") == []


async def test_a_note_is_no_answer(app: Running, time: Time, world: World) -> None:
    """The clock of the next step begins once the graduate was spoken to, and never goes before that."""
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    case = await changed(app, case, "stepped")
    assert case.next_step_by is None
    assert case.escalate_at == case.first_contact_by == at("2024-07-09 17:00")
    await time.to("2024-07-09 17:01")
    assert len(await events(app, case, "overdue_contact")) == 1


async def test_who_answered_is_not_escalated(app: Running, time: Time, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    case = await changed(app, case, "stepped", contact=True)
    assert case.escalate_at == case.next_step_by == at("2024-07-10 17:00")
    await time.to("2024-07-10 16:00")
    assert await events(app, case, "overdue_contact") == []
    case = await changed(app, case, "stepped")
    await time.to("2024-07-11 16:59")
    for kind in ("overdue_contact", "overdue_step", "overdue_settle", "escalated_contact"):
        assert await events(app, case, kind) == []


async def test_while_the_graduate_is_asked_nothing_runs(app: Running, time: Time, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    assert case.due_at == at("2024-07-11 17:00")
    await time.to("2024-07-09 09:30")
    await changed(app, case, "wait")
    await time.to("2024-07-11 15:30")
    await time.to("2024-07-11 18:00")
    assert await events(app, case, "overdue_settle") == []
    await time.to("2024-07-12 09:00")
    case = await changed(app, case, "go_on")
    assert case.waiting_since is None
    # Three working days less half an hour were waited; as much is left as there was.
    assert near(case.due_at, "2024-07-16 16:30")
    assert case.next_due == case.escalate_at == case.due_at


async def test_nobody_is_waited_for_without_end(app: Running, time: Time, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    await changed(app, case, "wait")
    await time.to("2024-07-11 16:59")
    assert (await row(app, case.id)).waiting_since is not None
    await time.to("2024-07-11 17:01")
    case = await row(app, case.id)
    assert case.waiting_since is None
    assert near(case.due_at, "2024-07-17 15:30")
    said = [one for one in await app.rows(select(Outgoing)) if isinstance(one.message, CaseGoesOn)]
    assert [one.person_id for one in said] == [world.counselor.person_id]


async def test_it_climbs_one_rung_after_another_and_stops_at_the_top(
    app: Running, time: Time, world: World
) -> None:
    await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    await time.to("2024-07-09 17:01")
    assert await told(app, OfficeOverdue) == [world.counselor.person_id]
    assert await told(app, OfficeEscalated) == []
    above = [world.people[key].person_id for key in ("office", "reviewer")]
    for day, sofar in (("10", 1), ("11", 2)):
        await time.to(f"2024-07-{day} 17:01")
        assert (await told(app, OfficeEscalated))[:sofar] == above[:sofar]
    # Then the outcome is late as well, and nothing is said a third time of either.
    for later in ("12", "15", "16", "26", "29"):
        await time.to(f"2024-07-{later} 17:01")
    assert len(await told(app, OfficeOverdue)) == 2
    assert sorted(map(str, await told(app, OfficeEscalated))) == sorted(map(str, 2 * above))


async def test_the_rules_of_its_first_day_hold_for_a_case(
    app: Running, time: Time, world: World, tmp_path: Path
) -> None:
    """Shorter terms do not make yesterday's work late."""
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    await app.stop()
    own = (Path("rules") / "sla.toml").read_text()
    terms = "[kind.change_request]\nfirst_contact = { workdays = 1 }\nsettle = { workdays = 3 }"
    assert terms in own
    own = own.replace(terms, "[kind.change_request]\nfirst_contact = { hours = 1 }\nsettle = { hours = 2 }")
    own = own.replace("next_step = { workdays = 2 }", "next_step = { hours = 1 }")
    (tmp_path / "sla.toml").write_text(own)
    app.settings = app.settings.model_copy(update={"rules": tmp_path})
    await app.start()
    kept = await changed(app, case, "stepped", contact=True)
    assert (kept.due_at, kept.next_step_by) == (case.due_at, at("2024-07-10 17:00"))
    later = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    assert near(later.due_at, "2024-07-08 12:00")


async def test_of_an_unknown_year_the_card_says_how_it_was_counted(
    app: Running, time: Time, world: World
) -> None:
    await time.to("2026-12-31 10:00")
    case = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    # New Year's Day is a Friday: nobody has told us yet that it is a holiday.
    assert case.first_contact_by == at("2027-01-01 17:00")
    await world.counselor.phone.send(f"/case {case.number}")
    await world.counselor.phone.sees("只按周末计算")


@pytest.mark.parametrize(("severity", "first"), [("urgent", True), ("normal", False)])
async def test_of_what_is_due_alike_the_graver_comes_first(
    app: Running, world: World, severity: str, first: bool
) -> None:
    from actions import queue

    earlier = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    later = await opened(app, world.lihua, CaseKind.CHANGE_REQUEST)
    async with app.app.works.begin() as work:
        found = await work.session.get_one(Case, later.id)
        found.severity = type(found.severity)(severity)
        order = sorted([earlier, found], key=lambda one: queue.urgency(work, one))
    assert (order[0].number == later.number) is first
