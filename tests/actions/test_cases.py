"""Who gets a new case, and how soon it is due, by the rules."""

from typing import Any

import pytest
from sqlmodel import select

from actions import cases
from models.case import Case, CaseKind, Note
from models.event import Incident
from models.graduate import Graduate
from models.staff import Duty, Role
from tests.driving import Running
from tests.world import World


async def opened(app: Running, world: World, kind: CaseKind, **given: Any) -> Case:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        return await cases.open_case(work, kind, unit_id=graduate.unit_id, graduate=graduate, **given)


async def without(app: Running, *roles: Role) -> None:
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty)):
            if duty.role in roles:
                duty.ended_at = work.now


@pytest.mark.parametrize(
    ("kind", "reason", "owner"),
    [
        (CaseKind.CHANGE_REQUEST, "", "counselor"),
        (CaseKind.CONTACT_CHANGE, "parent_phone", "counselor"),
        (CaseKind.IDENTITY_CONFLICT, "wrong_person", "counselor"),
        (CaseKind.MESSAGE, "", "office"),
        (CaseKind.RECORD_PROBLEM, "unknown_code", "officer"),
        (CaseKind.IDENTITY_CONFLICT, "second_account", None),
        (CaseKind.RECORD_PROBLEM, "complaint", None),
    ],
)
async def test_the_rules_choose_the_owner(
    app: Running, world: World, kind: CaseKind, reason: str, owner: str | None
) -> None:
    case = await opened(app, world, kind, reason=reason)
    assert case.owner_id == (world.people[owner].id if owner else None)


async def test_the_reason_sets_the_terms_where_the_rules_know_it(app: Running, world: World) -> None:
    sla = app.app.works.rules.sla
    case = await opened(app, world, CaseKind.IDENTITY_CONFLICT, reason="wrong_person")
    assert case.first_contact_by == sla.after(case.opened_at, sla.terms("wrong_person").first_contact)
    plain = await opened(app, world, CaseKind.IDENTITY_CONFLICT, reason="second_account")
    assert plain.first_contact_by == sla.after(plain.opened_at, sla.terms("identity_conflict").first_contact)


async def test_stand_ins_up_the_tree_then_nobody_and_an_incident(app: Running, world: World) -> None:
    await without(app, Role.COUNSELOR)
    assert (await opened(app, world, CaseKind.CHANGE_REQUEST)).owner_id == world.officer.id
    await without(app, Role.EMPLOYMENT_OFFICER)
    assert (await opened(app, world, CaseKind.CHANGE_REQUEST)).owner_id == world.office.id
    await without(app, Role.OFFICE)
    case = await opened(app, world, CaseKind.CHANGE_REQUEST)
    assert case.owner_id is None
    incident = await app.row(select(Incident))
    assert incident.kind == "case_without_owner"
    assert str(case.number) in incident.detail


async def test_what_may_concern_colleagues_stays_with_the_independent(app: Running, world: World) -> None:
    await without(app, Role.REVIEWER, Role.SCHOOL_HEAD)
    case = await opened(app, world, CaseKind.RECORD_PROBLEM, reason="complaint")
    assert case.owner_id == world.discipline.id
    await app.settled()
    world.office.phone.never_saw(str(case.number))


async def test_numbers_are_short_and_the_history_begins(app: Running, world: World) -> None:
    first = await opened(app, world, CaseKind.MESSAGE, first_note="从留言转来")
    second = await opened(app, world, CaseKind.MESSAGE)
    assert second.number == first.number + 1
    note = await app.row(select(Note).where(Note.case_id == first.id))
    assert app.app.works.keys.open(note.text) == "从留言转来"
