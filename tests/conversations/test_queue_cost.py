"""A long queue costs few round trips, and who is kept from a case is kept from it in the list as well."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from actions import barring, desk, queue, rights, routing
from models.case import Case, CaseKind
from models.followup import CallAnsweredBy, CallRecord
from models.graduate import Graduate
from models.person import Person
from models.staff import Duty, Role
from tests.conversations.working import disputed, opened
from tests.driving import Running
from tests.world import One, World

POOLED = 250
# Who it is, what waits, who is kept from it, the first card's rights. One by one it was more than 2400.
FEW = 40


@pytest.mark.parametrize(("kind", "who"), [(CaseKind.MESSAGE, "office"), (CaseKind.COMPLAINT, "reviewer2")])
async def test_three_hundred_pooled_cases_are_few_statements(
    app: Running, world: World, kind: CaseKind, who: str
) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    people = [await world.graduate(name=f"学生{number}") for number in range(20)]
    await _pooled(app, people, kind, POOLED)
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    async with app.app.works.begin() as work:
        reader = await work.session.get_one(Person, world.people[who].person_id)
        mine = (await work.session.connection()).sync_connection
        event.listen(mine, "before_cursor_execute", note)
        await queue.show(work, reader)
        event.remove(mine, "before_cursor_execute", note)
    assert len(seen) <= FEW, "\n".join([str(len(seen)), *seen])


async def _pooled(app: Running, people: list[One], kind: CaseKind, many: int) -> None:
    async with app.app.works.begin() as work:
        for number in range(many):
            graduate = await work.session.get_one(Graduate, people[number % len(people)].id)
            case = Case(
                number=await work.next_number("case"),
                kind=kind,
                graduate_id=graduate.id,
                unit_id=graduate.unit_id,
                opened_at=work.now,
                first_contact_by=work.now,
                due_at=work.now,
                rules_digest="",
            )
            work.session.add(case)


async def test_the_list_keeps_out_whom_each_case_keeps_out(app: Running, world: World) -> None:
    """One by one or all together: every colleague, every kind of hand in a record."""
    given: list[dict[str, Any]] = [
        {},
        {"enterer": "吴干事", "enterer_no": "T010"},
        {"enterer": "吴干事", "enterer_no": "T999"},
        {"signer": "林复核"},
        {"signer": "林 复核", "signer_no": "T020"},
        {"enterer": None},
        {"signer": None, "unit": "软件2002"},
        {"counselor": "陈老师", "counselor_no": "T001"},
        {"counselor": "周老师", "counselor_no": "T002", "unit": "软件2002", "enterer": None},
        {"creator_staff_id": world.office.id},
    ]
    await world.staff("counselor3", "郑老师", "T003", Role.COUNSELOR, "软件2001")
    async with app.app.works.begin() as work:
        for who, role, unit in (
            (world.counselor, Role.REVIEWER, ""),
            (world.counselor2, Role.COUNSELOR, "软件工程"),
        ):
            work.session.add(Duty(staff_id=who.id, role=role, unit_id=world.units[unit].id, since=work.now))
    for one in given:
        graduate = await world.graduate(**one)
        await opened(app, graduate, CaseKind.COMPLAINT)
        await opened(app, graduate, CaseKind.CHANGE_REQUEST)
        await disputed(app, world, graduate, alone=True)
        await opened(app, graduate, CaseKind.RECORD_PROBLEM, reason="complaint")
        async with app.app.works.begin() as work:
            call = CallRecord(
                graduate_id=graduate.id,
                staff_id=world.office.id,
                answered_by=CallAnsweredBy.GRADUATE,
                at=work.now,
            )
            work.session.add(call)
            await work.session.flush()
            reason = routing.objection_to(call)
        await opened(app, graduate, CaseKind.RECORD_PROBLEM, reason=reason)
    await _same_either_way(app, world)
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty).where(Duty.staff_id == world.counselor.id)):
            if duty.role is Role.COUNSELOR:
                duty.ended_at = work.now
    await _same_either_way(app, world)


async def _same_either_way(app: Running, world: World) -> None:
    kept_out = 0
    async with app.app.works.begin() as work:
        cases = (await work.session.exec(select(Case))).all()
        for key in ("counselor", "counselor2", "counselor3", "officer", "reviewer", "reviewer2", "office"):
            person = await work.session.get_one(Person, world.people[key].person_id)
            who = await rights.colleague(work, person)
            one_by_one = {case.number for case in cases if await desk.barred(work, who, case)}
            together = {case.number for case in cases} - {
                case.number for case in await barring.open_to(work, who, cases)
            }
            assert together == one_by_one, key
            kept_out += len(together)
            reviewed = [case for case in cases if await routing.may_review(work, who, case)]
            assert {case.number for case in reviewed} == {
                case.number for case in await barring.reviewable_by(work, who, cases)
            }, key
    assert kept_out > len(cases) / 4


async def test_more_than_are_looked_at_is_said(app: Running, world: World) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    people = [await world.graduate(name=f"学生{number}") for number in range(5)]
    await _pooled(app, people, CaseKind.MESSAGE, queue.LOOKED_AT - 1)
    await world.office.phone.send("/queue")
    await app.settled()
    world.office.phone.never_saw("每类先列出")
    await _pooled(app, people, CaseKind.MESSAGE, 1)
    await world.office.phone.send("/queue")
    await world.office.phone.sees("每类先列出时限最近的 300 件")
