"""Whatever happens, in whatever order: folded and not yet folded come to what counting every row finds."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import bindings, official, tally
from actions.official_diff import Said
from actions.work import Work
from models.answer import AnswerKind
from models.case import Case, CaseState, Outcome
from models.dispute import Dispute
from models.event import Setting
from models.followup import CallAnsweredBy, CallRecord, CallWhy, ToCall
from models.graduate import Graduate
from models.official import Feedback, ImportBatch, Official
from models.outgoing import Outgoing, Sending
from models.person import Binding, OutOfReach, Person, Unreachable
from models.staff import Invitation, Staff
from models.tally import Counted, MessageMove, Tally, Touched
from models.unit import Unit
from reports import reach
from reports.progress import coverage
from reports.status import status
from tests.conversations.asking import asked, pressed
from tests.conversations.working import closed_by, disputed
from tests.counted import coverage_counted, reason_of, status_counted
from tests.driving import Running
from tests.world import World

STEPS = 120
Does = Callable[[Work, Random], Awaitable[Any]]


async def balances(app: Running) -> None:
    """Every number of every unit."""
    await app.settled()
    async with app.app.works.reading() as session:
        for unit in await session.exec(select(Unit)):
            now = app.now
            assert await status(session, unit, now) == await status_counted(session, unit, now)
            assert await coverage(session, unit) == await coverage_counted(session, unit)
            await comes_to_the_roster(session, unit)


async def comes_to_the_roster(session: AsyncSession, unit: Unit) -> None:
    """Each graduate once: reached, or under one reason; and behind each number are just those people."""
    found = await reach.ledger(session, [unit])
    assert found["roster"] == found["reachable"] + sum(found["unreachable"].values())
    everybody = {one.id: one for one in await session.exec(select(Graduate).where(*_under(unit)))}
    assert found["roster"] == len(everybody)
    seen: set[UUID] = set()
    for reason in OutOfReach:
        names = {graduate.id async for graduate, _ in reach.names(session, unit, reason)}
        assert len(names) == found["unreachable"][reason]
        assert not names & seen
        seen |= names
        for one in names:
            assert await reason_of(session, everybody[one]) is reason
    assert len(everybody) - len(seen) == found["reachable"]


def _under(unit: Unit) -> tuple[Any, ...]:
    here = select(Unit.id).where(col(Unit.path).startswith(unit.path))
    return col(Graduate.removed_at).is_(None), col(Graduate.unit_id).in_(here)


async def fold(app: Running, *, cut_off: bool = False) -> bool:
    async with app.app.works.begin() as work:
        await work.alone_at("counts_folded")
        more = await tally.fold(work)
        if cut_off:
            await work.session.flush()
            raise asyncio.CancelledError
    return more


async def one_of(work: Work, chance: Random, row: Any) -> Any:
    rows = list(await work.session.exec(select(row).order_by(row.id)))
    return chance.choice(rows)


async def answers(work: Work, chance: Random) -> None:
    graduate = await one_of(work, chance, Graduate)
    graduate.answer = chance.choice([*AnswerKind, None])
    graduate.answer_verified = chance.choice([True, False]) if graduate.answer else None


async def is_asked(work: Work, chance: Random) -> None:
    (await one_of(work, chance, Graduate)).asked_at = chance.choice([work.now, None])


async def moves(work: Work, chance: Random) -> None:
    graduate = await one_of(work, chance, Graduate)
    graduate.unit_id = (await one_of(work, chance, Unit)).id


async def leaves_or_returns(work: Work, chance: Random) -> None:
    (await one_of(work, chance, Graduate)).removed_at = chance.choice([work.now, None, None])


async def binds(work: Work, chance: Random) -> None:
    graduate, person = await one_of(work, chance, Graduate), await one_of(work, chance, Person)
    live = await bindings.live_bindings(work, graduate)
    if all(one.person_id != person.id for one in live):
        verified = chance.choice([True, False]) and not any(one.verified for one in live)
        work.session.add(
            Binding(graduate_id=graduate.id, person_id=person.id, verified=verified, bound_at=work.now)
        )


async def unbinds(work: Work, chance: Random) -> None:
    binding = await one_of(work, chance, Binding)
    binding.ended_at = binding.ended_at or work.now
    binding.ended_why = binding.ended_why or chance.choice(["wrong_person", "another_account"])


async def is_out_of_reach(work: Work, chance: Random) -> None:
    (await one_of(work, chance, Person)).unreachable = chance.choice([*Unreachable, None])


async def stops(work: Work, chance: Random) -> None:
    (await one_of(work, chance, Person)).stopped_at = chance.choice([work.now, None])


async def has_another_number(work: Work, chance: Random) -> None:
    graduate = await one_of(work, chance, Graduate)
    graduate.phone_digest = chance.choice(["one", "other", graduate.phone_digest])


async def is_to_be_called(work: Work, chance: Random) -> None:
    """For a reason that they have not got yet, tried or asked anew later on."""
    graduate, why = await one_of(work, chance, Graduate), chance.choice([*CallWhy])
    live = select(ToCall).where(
        ToCall.graduate_id == graduate.id, ToCall.why == why, col(ToCall.over_at).is_(None)
    )
    mark = (await work.session.exec(live)).first()
    if mark is None:
        work.session.add(ToCall(graduate_id=graduate.id, why=why, since=work.now))
    elif chance.random() < 0.5:
        graduate.tried_at = work.now
    else:
        mark.over_at = work.now


async def declines(work: Work, chance: Random) -> None:
    graduate, person = await one_of(work, chance, Graduate), await one_of(work, chance, Person)
    link = Invitation(
        digest=uuid4().hex, graduate_id=graduate.id, made_at=work.now, expires_at=work.now, used_at=work.now
    )
    work.session.add(link)
    await work.session.flush()
    link.used_by_id, person.unreachable = person.id, Unreachable.DECLINED


async def is_told_by_the_register(work: Work, chance: Random) -> None:
    graduate, by = await one_of(work, chance, Graduate), await one_of(work, chance, Person)
    batch = ImportBatch(kind="official", file_digest="", file_name="", started_at=work.now)
    work.session.add(batch)
    await work.session.flush()
    said = Said(graduate.id, chance.choice([*Official]), chance.choice([*Feedback, None]), None)
    await official.apply(work, by, batch.id, [said])


async def is_phoned(work: Work, chance: Random) -> None:
    graduate, staff = await one_of(work, chance, Graduate), await one_of(work, chance, Staff)
    call = CallRecord(
        graduate_id=graduate.id,
        staff_id=staff.id,
        answered_by=chance.choice([*CallAnsweredBy, *[CallAnsweredBy.DEAD_NUMBER] * 3]),
        phone_digest=chance.choice([graduate.phone_digest, "other", None]),
        at=work.now,
    )
    work.session.add(call)


async def goes_on(work: Work, chance: Random) -> None:
    """A case, with the dispute it may be about."""
    cases = list(await work.session.exec(select(Case).order_by(col(Case.number))))
    if not cases:
        return
    case = chance.choice(cases)
    case.state, case.outcome = chance.choice([*CaseState]), chance.choice([*Outcome])
    case.closed_at = work.now if case.state is CaseState.CLOSED else None
    found = await work.session.exec(select(Dispute).where(Dispute.case_id == case.id))
    if dispute := found.first():
        dispute.closed_at = case.closed_at
        dispute.reopened += case.state is CaseState.WORKING


async def is_reopened(work: Work, chance: Random) -> None:
    """The dispute alone, without its case."""
    disputes = list(await work.session.exec(select(Dispute).order_by(col(Dispute.filed_at))))
    if disputes:
        chance.choice(disputes).reopened += 1


async def is_carried(work: Work, chance: Random) -> None:
    rows = list(await work.session.exec(select(Outgoing)))
    sent = [row for row in rows if row.state not in (Sending.DUE, Sending.CLAIMED)]
    if sent:
        chance.choice(sent).state = chance.choice([Sending.ACCEPTED, Sending.REFUSED, Sending.UNKNOWN])


HAPPENS: list[Does] = [
    answers,
    is_asked,
    moves,
    leaves_or_returns,
    binds,
    unbinds,
    is_out_of_reach,
    stops,
    has_another_number,
    is_to_be_called,
    declines,
    is_told_by_the_register,
    is_phoned,
    goes_on,
    is_reopened,
    is_carried,
]


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_counts_are_those_of_the_rows(app: Running, world: World, seed: int) -> None:
    chance = Random(seed)
    for number in range(6):
        unit = chance.choice([*world.units])
        await world.graduate(
            name=f"学生{number}", unit=unit, enrolled=number % 3 > 0, verified=number % 2 > 0
        )
    for step in range(STEPS):
        async with app.app.works.begin() as work:
            await chance.choice(HAPPENS)(work, chance)
        if chance.random() < 0.3:
            await fold(app)
        if step % 6 == 0:
            await balances(app)
    assert await world.rows(select(Tally).where(Tally.n > 0))


async def test_a_season_in_the_chat_is_counted(app: Running, world: World) -> None:
    people = [await world.graduate(name=name) for name in ("王芳", "赵敏", "孙丽")]
    for one in (world.lihua, *people):
        await asked(app, one)
    await pressed(app, world.lihua, "以上信息属实")
    await balances(app)
    await fold(app)
    await pressed(app, people[0], "发错人了，不是我本人", "对，我不是这个人")
    case = await disputed(app, world, people[1], alone=True)
    people[2].phone.blocked = True
    await asked(app, people[2])
    await balances(app)
    await fold(app)
    await closed_by(app, world, "reviewer", case)
    await balances(app)


async def test_folding_again_changes_nothing(app: Running, world: World) -> None:
    while await fold(app):
        pass
    before = await rows(world)
    await fold(app)
    assert await rows(world) == before
    assert not await world.rows(select(Touched))


async def test_two_that_fold_at_once_count_once(app: Running, world: World) -> None:
    for number in range(20):
        await world.graduate(name=f"学生{number}", unit="软件2002")
    await asyncio.gather(*(fold(app) for _ in range(4)))
    await balances(app)
    counted = await world.rows(select(Tally).where(Tally.unit_id == world.units["软件2002"].id))
    assert sum(one.n for one in counted) == 20


async def test_a_fold_cut_off_in_the_middle_never_was(app: Running, world: World) -> None:
    await app.settled()
    app.app.schedule.apscheduler.pause()
    await world.graduate(name="王芳", unit="软件2002")
    before = await rows(world)
    with pytest.raises(asyncio.CancelledError):
        await fold(app, cut_off=True)
    assert await rows(world) == before
    await balances(app)


async def test_many_moves_of_messages_become_few(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        work.session.add_all(MessageMove(state="queued", n=step % 3 - 1) for step in range(1001))
    before = await world.rows(select(MessageMove))
    while await fold(app):
        pass
    after = await world.rows(select(MessageMove))
    assert len(after) <= len(Sending)
    assert sum(one.n for one in after) == sum(one.n for one in before)


async def test_who_moves_during_a_fold_is_counted_where_they_are(app: Running, world: World) -> None:
    """Its move commits after the fold has looked: it is touched once more."""
    if app.app.works.database.sqlite:
        pytest.skip("SQLite has one writer")
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        graduate.unit_id = world.units["软件2002"].id
        await work.session.flush()
        while await fold(app):
            pass
        work.session.add(Setting(name="moved", value="1"))
    await balances(app)
    await fold(app)
    await balances(app)
    where = await world.row(select(Counted.unit_id).where(Counted.subject_id == world.lihua.id))
    assert where == world.units["软件2002"].id


async def rows(world: World) -> list[Any]:
    counted = await world.rows(select(Counted))
    tallies = await world.rows(select(Tally))
    touched = await world.rows(select(Touched))
    return sorted(str(one.model_dump()) for one in [*counted, *tallies, *touched])
