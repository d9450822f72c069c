"""What was said to somebody who is nobody there any more by the time it leaves names nobody to them."""

from typing import Any

import pytest
from sqlmodel import select

from actions import cases, disputes, staff
from actions.work import Work
from models.answer import Source
from models.case import CaseKind
from models.graduate import Destination, Graduate
from models.person import Person
from models.staff import Duty
from tests.driving import Running
from tests.world import One, World


async def _files(work: Work, one: One) -> Any:
    graduate = await work.session.get_one(Graduate, one.id)
    destination = (
        await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
    ).one()
    person = await work.session.get_one(Person, one.person_id)
    await disputes.file(work, person, graduate, destination, without_counselor=True, source=Source.CHAT)


async def _finds(work: Work, one: One) -> Any:
    graduate = await work.session.get_one(Graduate, one.id)
    await cases.open_case(
        work, CaseKind.IDENTITY_CONFLICT, unit_id=graduate.unit_id, graduate=graduate, reason="second_account"
    )


@pytest.mark.parametrize(("says", "left"), [(_files, "新异议"), (_finds, "待领取")])
async def test_a_reviewer_who_left_meanwhile_reads_no_name(
    app: Running, world: World, says: Any, left: str
) -> None:
    """Both before the postman comes: as after a night without him."""
    async with app.app.works.begin() as work:
        await says(work, world.lihua)
        operator = Person(created_at=work.now, operator="test")
        work.session.add(operator)
        await work.session.flush()
        duty = (await work.session.exec(select(Duty).where(Duty.staff_id == world.reviewer.id))).one()
        await staff.end_duty(work, operator, duty.id)
    await app.settled()
    shown = await world.reviewer2.phone.sees(left)
    assert "李华" in shown.text
    await world.reviewer.phone.sees("由其他老师处理")
    world.reviewer.phone.never_saw("李华")
