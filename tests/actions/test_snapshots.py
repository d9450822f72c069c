"""A snapshot is what stood at its instant, whether it was taken then or a week of changes later."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, select, update

from actions import (
    answers,
    as_of,
    bindings,
    calendars,
    destinations,
    disputes,
    lookinto,
    not_me,
    official,
    reviewing,
    settling,
    snapshots,
)
from actions.official_diff import Said
from actions.units import school
from actions.work import Refusal, Work
from models.answer import AnswerKind
from models.case import Asked, Case, CaseState, Method, Outcome
from models.dispute import Dispute, Verdict
from models.graduate import Destination, Graduate
from models.official import Feedback, ImportBatch, Official
from models.person import Binding, Person
from models.snapshot import Snapshot, SnapshotKind, SnapshotRun
from models.staff import Staff
from models.steps.lookinto import AskingSeen
from models.unit import Unit
from reports.status import status
from tests.driving import ZONE, Running, Time
from tests.world import World

COHORT = 2024
Happens = Callable[[Work, Random, World], Awaitable[Any]]
Frozen = dict[tuple[str, str, str], dict[str, Any]]


async def in_use(app: Running, preset: str = "henan_ist_2024") -> None:
    async with app.app.works.begin() as work:
        by = await _operator(work)
        await calendars.apply(work, by, preset, COHORT)


async def _operator(work: Work) -> Person:
    found = (await work.session.exec(select(Person).where(Person.operator == "rehearsal"))).first()
    if found is None:
        found = Person(operator="rehearsal", created_at=work.now)
        work.session.add(found)
        await work.session.flush()
    return found


async def frozen(world: World) -> Frozen:
    rows = await world.rows(select(Snapshot))
    return {(str(one.unit_id), one.kind.value, one.at.isoformat()): one.facts for one in rows}


async def some_graduate(work: Work, chance: Random) -> tuple[Graduate, Destination]:
    rows = list(await work.session.exec(select(Graduate).order_by(col(Graduate.student_no))))
    graduate = chance.choice(rows)
    return graduate, await destinations.current(work, graduate)


async def somebody(work: Work, chance: Random) -> tuple[Person, Destination] | None:
    query = select(Person, Graduate).join(Binding, col(Binding.person_id) == col(Person.id))
    query = query.join(Graduate, col(Graduate.id) == col(Binding.graduate_id))
    bound = (await work.session.exec(query.where(col(Binding.ended_at).is_(None)))).all()
    person, graduate = chance.choice(sorted(bound, key=lambda one: one[1].name))
    return person, await destinations.current(work, graduate)


async def confirms(work: Work, chance: Random, _: World) -> None:
    if found := await somebody(work, chance):
        await answers.confirm(work, found[0], found[1].id)


async def says_how_it_is(work: Work, chance: Random, _: World) -> None:
    if found := await somebody(work, chance):
        kind = chance.choice([AnswerKind.SEEKING, AnswerKind.NOT_SEEKING, AnswerKind.FURTHER_STUDY])
        await answers.status(work, found[0], found[1].id, kind)


async def files(work: Work, chance: Random, _: World) -> None:
    if found := await somebody(work, chance):
        await disputes.press_file(work, found[0], found[1].id, alone=chance.random() < 0.5)


async def is_not_them(work: Work, chance: Random, _: World) -> None:
    found = await somebody(work, chance)
    if found and chance.random() < 0.3:
        await not_me.confirmed(work, found[0], found[1].id)


async def is_registered_anew(work: Work, chance: Random, _: World) -> None:
    """Sometimes what matters, sometimes only where it is."""
    graduate, now = await some_graduate(work, chance)
    kept = now.model_dump(exclude={"id", "number", "registered_at", "graduate_id"})
    changed = chance.choice(
        [{"employer": f"江城{chance.randrange(9)}公司"}, {"location": f"武汉{chance.randrange(9)}号"}]
    )
    await destinations.register(work, graduate, Destination(**(kept | {"number": 0} | changed)))


async def is_told_by_the_register(work: Work, chance: Random, _: World) -> None:
    graduate, _now = await some_graduate(work, chance)
    batch = ImportBatch(kind="official", file_digest="", file_name="", started_at=work.now)
    work.session.add(batch)
    await work.session.flush()
    said = Said(graduate.id, chance.choice([*Official]), chance.choice([*Feedback, None, None]), None)
    await official.apply(work, await _operator(work), batch.id, [said])


async def another_account(work: Work, chance: Random, _: World) -> None:
    graduate, _now = await some_graduate(work, chance)
    person = Person(created_at=work.now)
    work.session.add(person)
    await work.session.flush()
    await bindings.bind(work, person, graduate, verified=chance.random() < 0.3)


async def is_checked(work: Work, chance: Random, world: World) -> None:
    waiting = select(Binding).where(col(Binding.verified).is_(False), col(Binding.ended_at).is_(None))
    rows = list(await work.session.exec(waiting.order_by(col(Binding.bound_at))))
    if rows:
        by = await work.session.get_one(Person, world.reviewer.person_id)
        settle = chance.choice([bindings.verify_binding, bindings.reject_binding])
        await settle(work, by, chance.choice(rows))


async def a_case_goes_on(work: Work, chance: Random, world: World) -> None:
    rows = list(await work.session.exec(select(Case).order_by(col(Case.number))))
    if not rows:
        return
    case = chance.choice(rows)
    owner = await work.session.get(Staff, case.owner_id) if case.owner_id else None
    by = await work.session.get_one(Person, owner.person_id if owner else world.reviewer.person_id)
    others = [world.people[key] for key in ("reviewer", "reviewer2", "discipline")]
    second = chance.choice([one for one in others if one.id != case.closer_id])
    other = await work.session.get_one(Person, second.person_id)
    if case.state is CaseState.AWAITING_REVIEW:
        if chance.random() < 0.5:
            await reviewing.approve(work, other, case.id)
        else:
            await reviewing.give_back(work, other, case, "再核实一次")
    elif case.state is CaseState.CLOSED:
        dispute = (await work.session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()
        graduate = await work.session.get(Graduate, case.graduate_id)
        person = await _verified(work, graduate) if graduate else None
        if dispute and person:
            await disputes.judge(work, person, dispute.id, chance.choice([*Verdict]))
    else:
        await settling.claim(work, by, case.id)
        if case.kind == "dispute":
            step = AskingSeen(case=case.id, asked=Asked.EMPLOYER, method=Method.PHONE_CHECK)
            await lookinto.seen(work, by, case, step, "单位说没有这个人")
        await settling.method(work, by, case.id, chance.choice([*Method]))
        await settling.finding(work, by, case, "已核实")
        outcome = Outcome.CONFIRMED_FALSE if case.kind == "dispute" else Outcome.DONE
        await settling.outcome(work, by, case.id, outcome)


async def _verified(work: Work, graduate: Graduate) -> Person | None:
    query = select(Person).join(Binding, col(Binding.person_id) == col(Person.id))
    query = query.where(Binding.graduate_id == graduate.id, col(Binding.verified))
    return (await work.session.exec(query.where(col(Binding.ended_at).is_(None)))).first()


HAPPENS: list[Happens] = [
    confirms,
    confirms,
    says_how_it_is,
    files,
    is_not_them,
    is_registered_anew,
    is_told_by_the_register,
    another_account,
    is_checked,
    is_checked,
    a_case_goes_on,
    a_case_goes_on,
    a_case_goes_on,
]


async def something(app: Running, chance: Random, world: World) -> None:
    """A refusal undoes itself, as it would in a chat."""
    does = chance.choice(HAPPENS)
    try:
        async with app.app.works.begin() as work:
            await does(work, chance, world)
    except Refusal:
        pass


async def as_status_has_it(app: Running, world: World) -> None:
    """Counted from history alone, this very instant is what `/status` counts from the rows."""
    async with app.app.works.reading() as session:
        now = app.now
        ids = (await session.exec(select(Graduate.id))).all()
        counts: dict[str, Any] = {}
        for facts in (await as_of.count(session, ids, now)).values():
            as_of.add(counts, facts)
        found, known = as_of.whole(counts), await status(session, await school(session), now)
    for key in ("roster", "enrolled", "unverified", "asked", "awaiting", "answers"):
        assert found[key] == known[key], key
    known["official"].pop("as_of")
    assert found["official"] == known["official"]
    assert found["cases"] == {key: known["cases"][key] for key in ("open", "closed")}
    told = {name: n for name, n in known["disputes"].pop("by_outcome").items() if n}
    assert found["disputes"].pop("by_outcome") == told
    assert found["disputes"] == known["disputes"]


async def forget_all(app: Running) -> None:
    """As if no snapshot had been taken yet: what the database refuses is lifted for it."""
    sqlite = app.app.works.database.sqlite
    async with app.app.works.begin() as work:
        if sqlite:
            await work.session.execute(text("DROP TRIGGER snapshot_no_delete"))
        else:
            await work.session.execute(text("ALTER TABLE snapshot DISABLE TRIGGER USER"))
        await work.session.execute(delete(Snapshot))
        await work.session.execute(delete(SnapshotRun))
        if not sqlite:
            await work.session.execute(text("ALTER TABLE snapshot ENABLE TRIGGER USER"))


async def take_all(app: Running) -> None:
    while True:
        async with app.app.works.begin() as work:
            if not await snapshots.take(work):
                return


@pytest.mark.parametrize("seed", [1, 2])
async def test_taken_at_once_or_a_week_later_it_is_the_same(
    app: Running, world: World, time: Time, seed: int
) -> None:
    chance = Random(seed)
    for number in range(6):
        await world.graduate(name=f"学生{number}", unit=("软件2001", "软件2002")[number % 2])
    await in_use(app)
    await time.to("2024-07-31T20:00")
    day = datetime(2024, 8, 1, tzinfo=ZONE)
    for _ in range(7):
        for hour in (9, 14, 17):
            # A few minutes after the instant: nothing has happened since.
            await time._move((day + timedelta(hours=hour, minutes=6 if hour == 17 else 0)).astimezone(UTC))
            for _ in range(4):
                await something(app, chance, world)
            await app.settled()
            await as_status_has_it(app, world)
        day += timedelta(days=1)
    await time._move(day.astimezone(UTC))
    live = await frozen(world)
    dailies = {at for _, kind, at in live if kind == "daily"}
    assert len(dailies) == 7
    whole = str(world.units[""].id)
    root = [facts for (unit, kind, _), facts in live.items() if unit == whole and kind == "daily"]
    assert len({str(facts) for facts in root}) >= 5, "too little happened"
    assert max(facts["disputes"]["closed"] for facts in root) > 0
    await forget_all(app)
    await take_all(app)
    assert await frozen(world) == live


async def test_the_final_one_is_taken_although_nobody_was_up(app: Running, world: World, time: Time) -> None:
    await in_use(app)
    await time.to("2024-08-31T23:50")
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await answers.confirm(work, person, (await destinations.current(work, graduate)).id)
    await app.stop()
    app.settings = app.settings.model_copy(update={"clock": datetime(2024, 9, 7, 9, 0, tzinfo=ZONE)})
    await app.start()
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await disputes.file(
            work, None, graduate, await destinations.current(work, graduate), without_counselor=False
        )
    await time.passes(minutes=1)
    root = world.units[""].id
    wanted = select(Snapshot).where(Snapshot.kind == SnapshotKind.FINAL, Snapshot.unit_id == root)
    taken = await world.row(wanted)
    assert taken.at.astimezone(ZONE) == datetime(2024, 8, 31, 23, 59, 59, tzinfo=ZONE)
    assert taken.taken_at > taken.at + timedelta(days=6)
    assert taken.facts["answers"]["confirmed"] == 1
    assert taken.facts["disputes"]["open"] == 0
    assert taken.rules_digest == app.app.works.rules.digest
    assert "unreachable" in taken.facts["left_out"]


@pytest.mark.parametrize("preset", [None, "wuhan_shouyi_2024"])
async def test_the_final_one_is_taken_whenever_a_calendar_was_applied(
    app: Running, world: World, time: Time, preset: str | None
) -> None:
    """The roster was there on the day: what stood is counted, were a calendar applied late or never."""
    app.app.schedule.apscheduler.pause()
    now = datetime(2024, 9, 2, 9, tzinfo=ZONE).astimezone(UTC)
    await app.app.works.keep_clock(app.app.clock.offset_to(now))
    if preset:
        await in_use(app, preset)
    await take_all(app)
    final = select(Snapshot).where(Snapshot.kind == SnapshotKind.FINAL)
    root = await world.row(final.where(Snapshot.unit_id == world.units[""].id))
    assert root.at.astimezone(ZONE) == datetime(2024, 8, 31, 23, 59, 59, tzinfo=ZONE)
    assert root.facts["roster"] == 1
    others = await world.rows(select(SnapshotRun).where(SnapshotRun.kind != SnapshotKind.FINAL))
    assert others == []


async def test_every_missed_one_is_taken_and_each_only_once(app: Running, world: World, time: Time) -> None:
    await in_use(app)
    await time.to("2024-08-05T18:00")
    rows = await world.rows(select(Snapshot).where(Snapshot.unit_id == world.units[""].id))
    found = sorted((one.kind.value, f"{one.at.astimezone(ZONE):%m-%d %H:%M}") for one in rows)
    # Weekly before Thursday, until July by the calendar's own rhythm; daily at five in August.
    assert found == [
        *(("daily", f"08-0{day} 17:00") for day in range(1, 6)),
        *(("weekly", f"07-{day} 23:59") for day in (10, 17, 24, 31)),
    ]
    await time.passes(minutes=5)
    assert len(await world.rows(select(Snapshot).where(Snapshot.unit_id == world.units[""].id))) == 9


async def test_what_was_frozen_is_never_changed(app: Running, world: World, time: Time) -> None:
    await in_use(app)
    await time.to("2024-07-11T09:00")
    assert await world.rows(select(Snapshot))
    for change in (update(Snapshot).values(facts={}), delete(Snapshot)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with app.app.works.begin() as work:
                await work.session.execute(change)


async def test_a_unit_holds_what_lies_under_it(app: Running, world: World, time: Time) -> None:
    await world.graduate(name="王芳", unit="软件2002")
    await world.graduate(name="赵敏", unit="软件2002", enrolled=False)
    await in_use(app)
    await time.to("2024-07-11T09:00")
    rows = {one.unit_id: one.facts for one in await world.rows(select(Snapshot))}
    units = {unit.name: unit.id for unit in await world.rows(select(Unit))}
    people = {name: rows[id_]["roster"] for name, id_ in units.items() if id_ in rows}
    assert people["软件2001"] == 1
    assert people["软件2002"] == 2
    assert people["计算机学院"] == 3
    assert rows[units["软件2002"]]["enrolled"] == 1
    assert rows[units["计算机学院"]]["codes"] == {"11": 3}


async def test_a_batch_is_short(app: Running, world: World, time: Time) -> None:
    """A walk that is stopped in the middle goes on where it was, and comes to the same."""
    for number in range(snapshots.PEOPLE + 5):
        await world.graduate(name=f"学生{number}", enrolled=number % 2 > 0)
    await in_use(app)
    app.app.schedule.apscheduler.pause()
    now = datetime(2024, 7, 11, 9, tzinfo=ZONE).astimezone(UTC)
    await app.app.works.keep_clock(app.app.clock.offset_to(now))
    for _ in range(2):
        async with app.app.works.begin() as work:
            assert await snapshots.take(work)
    run = await world.row(select(SnapshotRun))
    assert run.after_id is not None
    assert run.counted_at is None
    await app.restart()
    await take_all(app)
    root = await world.row(select(Snapshot).where(Snapshot.unit_id == world.units[""].id))
    assert root.facts["roster"] == snapshots.PEOPLE + 6
