"""A month of queues: colleagues come, go away and work one case after another; how long each case waited."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlmodel import col, select

from actions import absences, cases, casework, desk, disputes, lookinto, queue, reviewing, rights, settling
from actions.units import ensure_path, ensure_school
from actions.work import Refusal, Work
from bench.line import Line, Skipped
from bot.database import Works
from bot.migrate import migrate
from bot.season.clock import StandingClock
from bot.season.database import AloneDatabase
from models.case import WORKED_ON, Asked, Case, CaseKind, CaseState, Method, Outcome
from models.event import Event, Incident
from models.graduate import Destination, Graduate
from models.messages.cases import Verb
from models.person import Person
from models.sealed import Keyring
from models.staff import Duty, Role, Staff
from models.steps.lookinto import AskingSeen
from models.unit import Unit, UnitKind
from rules import Rules, load
from scheduler.jobs import JOBS, run

FIRST, LAST = date(2024, 8, 1), date(2024, 8, 30)
COLLEGES = 8
# What a colleague gets to in an hour beside everything else they do.
AN_HOUR = 2
A_DAY = 8.5
HOURS = tuple(range(9, 17))
WORDS = "已电话联系，情况已核实"
ARRIVE = {
    CaseKind.CHANGE_REQUEST: 50,
    CaseKind.CONTACT_CHANGE: 15,
    CaseKind.DISPUTE: 8,
    CaseKind.MESSAGE: 10,
    CaseKind.UNREACHABLE: 10,
    CaseKind.EVIDENCE_PENDING: 7,
}
ABOVE = (Role.EMPLOYMENT_OFFICER, Role.COLLEGE_DEPUTY, Role.DATA_ENTRY)
OFFICE = (
    Role.OFFICE,
    Role.OFFICE,
    Role.REVIEWER,
    Role.REVIEWER,
    Role.REVIEWER,
    Role.SCHOOL_HEAD,
    Role.DISCIPLINE,
)
# Of the other jobs none touches a case.
LOOKED_FOR = ("disputes_revealed", "disputes_late", "cases_", "absences_over", "morning_digest")
OVERDUE = {"overdue_contact": "first_contact_by", "overdue_settle": "due_at"}


@dataclass
class Month:
    """Hours are working hours; `late` is how long after its instant the slowest alert was said."""

    cases: int = 0
    closed: int = 0
    reviewed: int = 0
    alone: float = 0.0
    first_contact: float = 0.0
    outcome: float = 0.0
    overdue: int = 0
    late: float = 0.0
    strayed: int = 0
    gone: int = 0
    refused: int = 0


@dataclass
class Staffed:
    works: Works
    clock: StandingClock
    chance: Random
    colleagues: list[UUID] = field(default_factory=list)
    counselors: list[UUID] = field(default_factory=list)
    graduates: list[UUID] = field(default_factory=list)
    alone_since: dict[UUID, datetime] = field(default_factory=dict)
    away: dict[UUID, date] = field(default_factory=dict)
    month: Month = field(default_factory=Month)


async def month(rules: Rules, *, counselors: int, case_count: int, seed: int = 1, days: int = 30) -> Month:
    """Cases come at any hour; colleagues look at their queue on working days, some of them away for days."""
    with TemporaryDirectory(prefix="quxiang-") as folder:
        clock = StandingClock(rules.calendar.at(FIRST, time(8, 0)))
        database = AloneDatabase(f"sqlite+aiosqlite:///{Path(folder) / 'month.db'}")
        works = Works(database, clock, rules, Keyring.of(f"month {seed}"), 7)
        try:
            await migrate(database)
            made = Staffed(works, clock, Random(seed))
            await _founded(made, counselors, case_count)
            await _lived(made, case_count, FIRST + timedelta(days=days - 1))
            await _counted(made)
        finally:
            await database.close()
    return made.month


async def _founded(made: Staffed, counselors: int, graduates: int) -> None:
    async with made.works.begin() as work:
        school = await ensure_school(work.session, "江城理工学院")
        for role in OFFICE:
            made.colleagues.append(await _colleague(work, role, school))
        for number in range(min(COLLEGES, counselors)):
            college = await ensure_path(work.session, [(UnitKind.COLLEGE, f"第{number + 1}学院")])
            made.colleagues += [await _colleague(work, role, college) for role in ABOVE]
        classes = []
        for number in range(counselors):
            college_name = f"第{number % COLLEGES + 1}学院"
            path = [(UnitKind.COLLEGE, college_name), (UnitKind.CLASS, f"{number + 1:02d}班")]
            classes.append(await ensure_path(work.session, path))
            made.counselors.append(await _colleague(work, Role.COUNSELOR, classes[-1]))
        made.colleagues += made.counselors
        for number in range(graduates):
            made.graduates.append(await _graduate(made, work, number, classes[number % counselors]))


async def _colleague(work: Work, role: Role, unit: Unit) -> UUID:
    person = Person(created_at=work.now)
    work.session.add(person)
    await work.session.flush()
    number = await work.next_number("made_up")
    staff = Staff(
        name=f"同事{number}",
        name_key=f"同事{number}",
        number=f"T{number}",
        person_id=person.id,
        created_at=work.now,
    )
    work.session.add(staff)
    await work.session.flush()
    work.session.add(Duty(staff_id=staff.id, role=role, unit_id=unit.id, since=work.now))
    return staff.id


async def _graduate(made: Staffed, work: Work, number: int, unit: Unit) -> UUID:
    """Of a third of the records nobody knows who entered them: their counselor may own no dispute there."""
    graduate = Graduate(
        cohort=2024,
        unit_id=unit.id,
        roster_key=f"2020{number:08d}",
        student_no=f"2020{number:08d}",
        name=f"学生{number}",
        name_key=f"学生{number}",
        version=1,
        created_at=work.now,
    )
    known = made.chance.random() > 1 / 3
    work.session.add(graduate)
    work.session.add(
        Destination(
            graduate_id=graduate.id,
            number=1,
            code="11",
            code_name="签劳动合同形式就业",
            category="employer",
            employer=f"长河{number % 90}有限公司",
            source="roster",
            registered_at=work.now,
            enterer="录入员" if known else None,
            signer="审签员" if known else None,
        )
    )
    return graduate.id


async def _lived(made: Staffed, case_count: int, last: date) -> None:
    calendar, begin = made.works.rules.calendar, made.clock.now()
    until = calendar.end_of_day(last)
    span = (calendar.at(last - timedelta(days=3), time(17, 0)) - begin).total_seconds()
    arrivals = sorted(begin + timedelta(seconds=made.chance.random() * span) for _ in range(case_count))
    waiting = list(zip(arrivals, made.graduates, strict=True))[::-1]
    while (at := made.clock.now() + timedelta(hours=1)) < until:
        while waiting and waiting[-1][0] <= at:
            came, graduate = waiting.pop()
            made.clock.to(max(came, made.clock.now()))
            await _arrives(made, graduate)
        made.clock.to(at)
        local = calendar.local(at)
        open_now = calendar.is_workday(local.date()) and local.hour in HOURS
        if open_now or local.hour % 3 == 0:
            await _tick(made)
        if open_now:
            await _work_hour(made, local.date(), local.hour)
        await _watch(made)


async def _tick(made: Staffed) -> None:
    for job in JOBS:
        if job.name.startswith(LOOKED_FOR):
            await run(job, made.works)


async def _arrives(made: Staffed, graduate_id: UUID) -> None:
    kind = made.chance.choices(list(ARRIVE), list(ARRIVE.values()))[0]
    async with made.works.begin() as work:
        graduate = await work.session.get_one(Graduate, graduate_id)
        if kind is CaseKind.DISPUTE:
            query = select(Destination).where(Destination.graduate_id == graduate_id)
            destination = (await work.session.exec(query)).one()
            alone = made.chance.random() < 0.5
            await disputes.file(work, None, graduate, destination, without_counselor=alone)
        else:
            await cases.open_case(work, kind, unit_id=graduate.unit_id, graduate=graduate)
    made.month.cases += 1


async def _work_hour(made: Staffed, day: date, hour: int) -> None:
    idle = await _idle(made)
    for staff_id in made.colleagues:
        if (back := made.away.get(staff_id)) is not None:
            if day < back:
                continue
            del made.away[staff_id]
        if hour == HOURS[0] and staff_id in made.counselors and made.chance.random() < 0.03:
            await _goes_away(made, staff_id, day)
            continue
        for _ in range(0 if staff_id in idle else AN_HOUR):
            if not await _handled(made, staff_id):
                break


async def _idle(made: Staffed) -> set[UUID]:
    """Counselors who own nothing while nothing lies in a pool: they look as well, but find nothing."""
    async with made.works.reading() as session:
        query = select(Case.owner_id).where(Case.state != CaseState.CLOSED).distinct()
        owners = set((await session.exec(query)).all())
    return set() if None in owners else set(made.counselors) - owners


async def _goes_away(made: Staffed, staff_id: UUID, day: date) -> None:
    last = day + timedelta(days=made.chance.randrange(1, 6))
    made.month.gone += 1
    made.away[staff_id] = last + timedelta(days=1)
    async with made.works.begin() as work:
        await absences.away(work, await _person(work, staff_id), last.isoformat())


async def _person(work: Work, staff_id: UUID) -> Person:
    staff = await work.session.get_one(Staff, staff_id)
    return await work.session.get_one(Person, staff.person_id)


async def _handled(made: Staffed, staff_id: UUID) -> bool:
    """The first of their queue, one step further."""
    try:
        async with made.works.begin() as work:
            person = await _person(work, staff_id)
            who = await rights.colleague(work, person)
            for case in (await queue.waiting_for(work, who)).all[:3]:
                standing = await desk.standing_of(work, who, case)
                if await _step(work, person, case, standing.verbs):
                    return True
    except Refusal:
        made.month.refused += 1
    return False


async def _step(work: Work, person: Person, case: Case, verbs: Sequence[Verb]) -> bool:
    if Verb.APPROVE in verbs:
        await reviewing.approve(work, person, case.id)
    elif Verb.CLAIM in verbs and case.owner_id is None:
        await settling.claim(work, person, case.id)
        await casework.contact(work, person, case.id)
    elif Verb.CONTACT in verbs and case.first_contact_at is None:
        await casework.contact(work, person, case.id)
    elif Verb.CLOSE in verbs:
        await _close(work, person, case)
    elif Verb.HAND_OVER in verbs and Verb.CLOSE not in verbs and case.state in WORKED_ON:
        await casework.escalate(work, person, case.id)
    else:
        return False
    return True


async def _close(work: Work, person: Person, case: Case) -> None:
    if cases.rule_of(work, case).looked_into:
        step = AskingSeen(case=case.id, asked=Asked.EMPLOYER, method=Method.PHONE_CHECK)
        await lookinto.seen(work, person, case, step, WORDS)
    await settling.method(work, person, case.id, Method.PHONE_CHECK)
    await settling.finding(work, person, case, WORDS)
    disputed = case.kind is CaseKind.DISPUTE
    await settling.outcome(work, person, case.id, Outcome.CONFIRMED_TRUE if disputed else Outcome.DONE)


async def _watch(made: Staffed) -> None:
    """Who is without an owner now, and since when; how long those were who have one."""
    async with made.works.reading() as session:
        query = select(Case.id, Case.opened_at).where(
            col(Case.owner_id).is_(None), Case.state != CaseState.CLOSED
        )
        alone = dict((await session.exec(query)).all())
    now, sla = made.clock.now(), made.works.rules.sla
    for case_id, since in list(made.alone_since.items()):
        if case_id not in alone:
            del made.alone_since[case_id]
        made.month.alone = max(made.month.alone, _hours(sla.worked(since, now)))
    for case_id, opened_at in alone.items():
        made.alone_since.setdefault(case_id, max(opened_at, now - timedelta(hours=1)))


async def _counted(made: Staffed) -> None:
    sla, now, found = made.works.rules.sla, made.clock.now(), made.month
    async with made.works.reading() as session:
        rows = {one.id: one for one in (await session.exec(select(Case))).all()}
        said = (await session.exec(select(Event).where(col(Event.kind).in_(list(OVERDUE))))).all()
        strayed = await session.exec(select(Incident).where(col(Incident.kind).startswith("case_")))
        found.strayed = len(strayed.all())
    for case in rows.values():
        found.closed += case.state is CaseState.CLOSED
        found.reviewed += case.reviewer_id is not None
        contacted = case.first_contact_at or now
        found.first_contact = max(found.first_contact, _hours(sla.worked(case.opened_at, contacted)))
        found.outcome = max(found.outcome, _hours(sla.worked(case.opened_at, case.closed_at or now)))
    for event in said:
        due = getattr(rows[event.subject_id], OVERDUE[event.kind]) if event.subject_id else event.at
        found.overdue += 1
        found.late = max(found.late, (event.at - due).total_seconds() / 3600)


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600


WHAT = "a month, 40 counselors with absences, 3,000 cases:"


def queues() -> list[Line | Skipped]:
    """Working hours beside what the rules allow: a working day without an owner, and the longest terms."""
    found = asyncio.run(month(load(None), counselors=40, case_count=3000))
    whole = found.closed == found.cases
    bounds = [
        ("longest time without an owner", found.alone, A_DAY),
        ("longest wait for the first contact", found.first_contact, 3 * A_DAY),
        ("longest wait for the outcome", found.outcome, 7 * A_DAY),
        ("slowest alert of a clock that ran out", found.late, 1.5),
    ]
    lines: list[Line | Skipped] = [
        Line(f"{WHAT} {what}", "h", ours, "bound, in working hours", bound, at_most=1.0, holds=whole)
        for what, ours, bound in bounds
    ]
    # Each is an incident that names it: what came late in the day and two in the office did not get to.
    nobodys = f"{WHAT} that nobody had at the close of a working day"
    return [*lines, Line(nobodys, "cases", found.strayed, "of all", found.cases, at_most=0.01, holds=whole)]
