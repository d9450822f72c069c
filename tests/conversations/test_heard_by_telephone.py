"""What was said on the telephone about a record goes past the class, and stays with whoever looks into it."""

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import select

from actions import disputes, staff
from handlers.casecalls import CaseCallFound
from models.case import Case
from models.dispute import Dispute, Verdict
from models.followup import CallAnsweredBy, CallFinding
from models.person import Person
from models.staff import Duty, Staff
from tests.conversations.asking import typed
from tests.conversations.test_absence import away
from tests.conversations.test_case_calls import said
from tests.conversations.test_who_may import opens, operated
from tests.conversations.working import closed_by, disputed, forge, opened, row
from tests.driving import Running
from tests.world import One, World

Leaves = Callable[[Running, World, Case], Awaitable[None]]
DENIED = "不属实"


async def _goes_away(app: Running, world: World, _: Case) -> None:
    await away(app, world.reviewer)


async def _ends(app: Running, world: World, _: Case) -> None:
    duty = await app.row(select(Duty).where(Duty.staff_id == world.reviewer.id))
    await operated(app, lambda work, by: staff.end_duty(work, by, duty.id))


async def _is_not_agreed_to(app: Running, world: World, case: Case) -> None:
    await closed_by(app, world, "reviewer", case)
    await opens(app, world.reviewer2, case)
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        dispute = (await work.session.exec(select(Dispute))).one()
        await disputes.judge(work, person, dispute.id, Verdict.REJECTED)


@pytest.mark.parametrize("leaves", [_goes_away, _ends, _is_not_agreed_to])
async def test_it_goes_past_the_class_whoever_leaves_it_later(
    app: Running, world: World, leaves: Leaves
) -> None:
    await said(app, world.officer, world.lihua, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    case = await app.row(select(Case))
    assert case.owner_id == world.reviewer.id
    await leaves(app, world, case)
    await app.settled()
    owner = (await row(app, case.id)).owner_id
    assert owner not in (world.reviewer.id, world.counselor.id)
    world.counselor.phone.never_saw("异议")


async def _found(app: Running, by: One) -> str:
    await typed(app, by, "/find 李华")
    return str(by.phone.shown[-1].text)


async def test_a_call_about_a_dispute_is_not_found_beside_the_name(app: Running, world: World) -> None:
    before = (await _found(app, world.counselor)).replace("尚未答复", "答复：待核实")
    case = await disputed(app, world, world.lihua, alone=True)
    employer = CaseCallFound(by=CallAnsweredBy.EMPLOYER, finding=CallFinding.FALSE, case=case.id, attempts=0)
    await forge(app, world.reviewer, employer)
    assert await _found(app, world.counselor) == before
    assert DENIED in await _found(app, world.reviewer)


async def test_nor_is_what_somebody_else_heard(app: Running, world: World) -> None:
    await said(app, world.officer, world.lihua, CallAnsweredBy.NOBODY, CallFinding.NOT_REACHED)
    await said(app, world.officer, world.lihua, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    assert DENIED not in await _found(app, world.counselor)
    assert DENIED in await _found(app, world.officer)


async def test_whoever_has_another_case_next_does_not_read_that_it_was_denied(
    app: Running, world: World
) -> None:
    officer = await app.row(select(Staff).where(Staff.id == world.officer.id))
    usual = await opened(app, world.lihua, owner=officer)
    denial = CaseCallFound(by=CallAnsweredBy.GRADUATE, finding=CallFinding.FALSE, case=usual.id, attempts=0)
    await forge(app, world.officer, denial)
    assert DENIED in (await opens(app, world.officer, usual)).text
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, usual.id)).owner_id = world.counselor.id
    assert "经办：陈老师" in (await opens(app, world.counselor, usual)).text
    await world.counselor.phone.press("查看全部经过")
    await world.counselor.phone.sees("的全部经过")
    world.counselor.phone.never_saw(DENIED)
