"""An account that is gone becomes a case; at night nobody is alerted of what can wait."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from actions import delivery
from actions.delivery import Outcome, Result
from models.case import Case, CaseKind, CaseState
from models.event import Incident
from models.messages import Lane
from models.messages.cases import CaseAlert, CaseReturned
from models.messages.dispute import DisputeAlert
from models.outgoing import Outgoing, Sending
from models.person import Person, Unreachable
from tests.conversations.working import disputed, notes, opened
from tests.driving import Running, Time
from tests.world import One, World

GONE = select(Case).where(Case.kind == CaseKind.UNREACHABLE)


async def test_a_blocked_bot_is_a_case_and_the_return_is_noted(app: Running, world: World) -> None:
    await world.lihua.phone.block()
    await app.settled()
    case = await app.row(GONE)
    assert (case.graduate_id, case.reason, case.owner_id) == (world.lihua.id, "blocked", world.counselor.id)
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("联系不上（对方已停用本助手）")
    await world.lihua.phone.unblock()
    await app.settled()
    assert await notes(app, case) == ["opened", "reachable"]
    await world.lihua.phone.block()
    await app.settled()
    await world.lihua.phone.unblock()
    await world.lihua.phone.send("我回来了")
    await app.settled()
    assert len(await app.rows(GONE)) == 1
    await world.counselor.phone.send(f"/case {case.number}")
    await world.counselor.phone.sees("毕业生又可以收到消息")


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        ("403", "Forbidden: bot was blocked by the user", "blocked"),
        ("403", "Forbidden: user is deactivated", "deactivated"),
        ("400", "Bad Request: chat not found", "chat_not_found"),
        ("400", "Bad Request: BUTTON_DATA_INVALID", None),
    ],
)
async def test_what_telegram_refuses_for_good_becomes_a_case_unless_it_is_our_fault(
    app: Running, world: World, code: str, description: str, reason: str | None
) -> None:
    app.sandbox.faults.next("sendMessage", code, description=description)
    await world.lihua.phone.send("/cancel")
    await app.settled()
    person = await app.row(select(Person).where(Person.id == world.lihua.person_id))
    assert (person.unreachable or None) == reason
    assert [case.reason for case in await app.rows(GONE)] == ([reason] if reason else [])
    assert [one.kind for one in await app.rows(select(Incident))] == ([] if reason else ["bad_request"])


async def test_closed_and_gone_again_it_is_a_new_case(app: Running, world: World) -> None:
    await world.lihua.phone.block()
    await app.settled()
    case = await app.row(GONE)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.state, kept.closed_at = CaseState.CLOSED, work.now
    await world.lihua.phone.unblock()
    await world.lihua.phone.block()
    await app.settled()
    assert len(await app.rows(GONE)) == 2
    assert await notes(app, case) == ["opened"]


async def test_an_unverified_account_speaks_for_nobody(app: Running, world: World) -> None:
    guest = await world.graduate(name="王芳", verified=False)
    await guest.phone.block()
    await world.stranger().block()
    await app.settled()
    assert not await app.rows(GONE)


async def test_a_batch_of_refusals_is_a_case_each(app: Running, world: World) -> None:
    """As the postman records them; recorded twice they are the same cases."""
    people = [await world.graduate(name=f"学生{number}") for number in range(3)]
    rows = [await _claimed(app, one) for one in people]
    reasons = (Unreachable.BLOCKED, Unreachable.DEACTIVATED, Unreachable.CHAT_NOT_FOUND)
    outcomes = [
        Outcome(row_id=row, result=Result.REFUSED, at=app.now, by="one", why=why)
        for row, why in zip(rows, reasons, strict=True)
    ]
    for _ in range(2):
        async with app.app.works.begin() as work:
            await delivery.record(work, outcomes)
    cases = {case.graduate_id: case.reason for case in await app.rows(GONE)}
    assert cases == {one.id: why.value for one, why in zip(people, reasons, strict=True)}
    assert not await app.rows(select(Incident))


async def test_two_postmen_with_the_same_people_the_other_way_round(app: Running, world: World) -> None:
    people = [await world.graduate(name=f"学生{number}") for number in range(4)]
    batches = [[await _claimed(app, one) for one in order] for order in (people, people[::-1])]

    async def record(rows: list[int]) -> None:
        why = Unreachable.BLOCKED
        async with app.app.works.begin() as work:
            given = [
                Outcome(row_id=row, result=Result.REFUSED, at=app.now, by="one", why=why) for row in rows
            ]
            await delivery.record(work, given)

    await asyncio.gather(*map(record, batches))
    assert len(await app.rows(GONE)) == len(people)


async def test_alerts_wait_for_the_morning_but_a_dispute_does_not(
    app: Running, time: Time, world: World
) -> None:
    await time.to("2024-07-08 22:30")
    await opened(app, await world.graduate(name="赵六"), CaseKind.IDENTITY_CONFLICT, owner=world.office.row)
    await disputed(app, world, world.lihua, alone=True)
    await world.reviewer.phone.sees("新异议")
    world.office.phone.never_saw("新事项")
    await time.to("2024-07-09 08:01")
    await world.office.phone.sees("新事项", times=1)


def test_what_is_urgent() -> None:
    assert DisputeAlert.urgent
    assert not CaseAlert.urgent
    assert not CaseReturned.urgent


async def _claimed(app: Running, one: One) -> int:
    """Something on its way to this person, in the hands of a postman named `one`."""
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, one.person_id)
        case = (await work.session.exec(select(Case).limit(1))).first()
        row = Outgoing(
            bot_id=work.bot_id,
            person_id=person.id,
            message=CaseAlert(case=case.id if case else one.id, mine=True),
            lane=Lane.ALERT,
            state=Sending.CLAIMED,
            claimed_by="one",
            lease_until=work.now + timedelta(days=9000),
            due_at=work.now,
            created_at=work.now,
        )
        work.session.add(row)
        await work.session.flush()
        assert row.id is not None
        return row.id
