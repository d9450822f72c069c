"""Who owns a dispute, as a table: what the record's columns show, what the graduate chose, who there is."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import select

from actions import coverage, disputes, rights, routing
from actions.work import Work
from models.case import Case
from models.graduate import Destination, Graduate
from models.person import Person
from models.staff import Duty, Role, Staff
from tests.driving import Running
from tests.world import World


@dataclass
class Row:
    """`owner` is a key of the world, `counted` whether the counselor counts as implicated."""

    name: str
    owner: str | None
    counted: bool
    record: dict[str, Any] = field(default_factory=dict)
    alone: bool = False
    gone: tuple[Role, ...] = ()
    roster: dict[str, Any] = field(default_factory=dict)


ROWS = [
    Row("others entered and signed", "counselor", counted=False),
    Row("without the counselor", "reviewer", counted=False, alone=True),
    Row("the counselor entered", "reviewer", counted=True, record={"enterer": "陈老师"}),
    Row("the counselor signed", "reviewer", counted=True, record={"signer": "陈老师"}),
    Row("by number whatever the name", "reviewer", counted=True, record={"signer_no": "T001"}),
    Row(
        "same name, another number",
        "counselor",
        counted=False,
        record={"signer": "陈老师", "signer_no": "T9"},
    ),
    Row("no enterer given", "reviewer", counted=True, record={"enterer": None}),
    Row("no signer given", "reviewer", counted=True, record={"signer": None}),
    Row("wide spaces in a name", "reviewer", counted=True, record={"enterer": "陈　老师"}),
    Row("the first reviewer signed", "reviewer2", counted=False, alone=True, record={"signer": "林复核"}),
    Row(
        "both reviewers had a hand",
        "head",
        counted=False,
        alone=True,
        record={"signer": "林复核", "enterer": "秦复核"},
    ),
    Row("no reviewer", "head", counted=False, alone=True, gone=(Role.REVIEWER,)),
    Row("neither head", "discipline", counted=False, alone=True, gone=(Role.REVIEWER, Role.SCHOOL_HEAD)),
    Row(
        "nobody left",
        None,
        counted=False,
        alone=True,
        gone=(Role.REVIEWER, Role.SCHOOL_HEAD, Role.DISCIPLINE),
    ),
    Row("the roster names the counselor", "counselor", counted=False, roster={"counselor_no": "T001"}),
    Row("no counselor's account", "reviewer", counted=False, gone=(Role.COUNSELOR,)),
]


async def dismissed(work: Work, roles: tuple[Role, ...]) -> None:
    for duty in await work.session.exec(select(Duty)):
        if duty.role in roles:
            duty.ended_at = work.now


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_the_owner_follows_from_the_record(running: Running, world: World, row: Row) -> None:
    one = await world.graduate(**row.record, **row.roster)
    async with running.app.works.begin() as work:
        await dismissed(work, row.gone)
        graduate = await work.session.get_one(Graduate, one.id)
        destination = (
            await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
        ).one()
        owner, counted = await routing.dispute_owner(work, graduate, destination, without_counselor=row.alone)
    assert (owner.id if owner else None) == (world.people[row.owner].id if row.owner else None)
    assert counted is row.counted


async def test_an_ambiguous_name_counts_for_all_who_bear_it(running: Running, world: World) -> None:
    twin = await world.staff("twin", "林复核", "T099", Role.REVIEWER)
    one = await world.graduate(signer="林复核")
    async with running.app.works.begin() as work:
        destination = (
            await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
        ).one()
        hands = await routing.implicated(work, destination)
    assert hands == {twin.id, world.reviewer.id}


async def test_who_created_a_version_is_implicated(running: Running, world: World) -> None:
    one = await world.graduate(creator_staff_id=world.officer.id)
    async with running.app.works.begin() as work:
        destination = (
            await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
        ).one()
        assert await routing.implicated(work, destination) == {world.officer.id}


async def test_colleagues_who_have_not_opened_their_link_own_nothing(running: Running, world: World) -> None:
    await world.staff("absent", "甲", "T000", Role.REVIEWER, "软件2001", joined=False)
    one = await world.graduate()
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        destination = (
            await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
        ).one()
        owner, _ = await routing.dispute_owner(work, graduate, destination, without_counselor=True)
    assert owner is not None
    assert owner.id == world.reviewer.id


async def test_a_reviewer_of_the_college_comes_before_the_schools(running: Running, world: World) -> None:
    near = await world.staff("near", "近复核", "T900", Role.REVIEWER, "计算机学院")
    async with running.app.works.begin() as work:
        found = await routing.holders(work, [Role.REVIEWER], world.units["软件2001"])
    assert [one.id for one in found] == [near.id, world.reviewer.id, world.reviewer2.id]


@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("reviewer", False),  # closed it
        ("reviewer2", True),
        ("office", True),
        ("head", True),
        ("discipline", True),
        ("counselor", False),
        ("officer", False),
    ],
)
async def test_a_second_person_reviews(running: Running, world: World, key: str, may: bool) -> None:
    one = await world.graduate()
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        destination = (
            await work.session.exec(select(Destination).where(Destination.graduate_id == one.id))
        ).one()
        dispute = await disputes.file(work, None, graduate, destination, without_counselor=True)
        case = await work.session.get_one(Case, dispute.case_id)
        case.closer_id = world.reviewer.id
        person = await work.session.get_one(Person, world.people[key].person_id)
        colleague = await rights.colleague(work, person)
        assert await routing.may_review(work, colleague, case) is may


async def test_units_where_a_dispute_would_find_nobody(running: Running, world: World) -> None:
    await world.graduate(unit="软件2002")
    async with running.app.works.begin() as work:
        assert await coverage.uncovered_units(work.session) == []
        keep = (await work.session.exec(select(Staff).where(Staff.id == world.reviewer.id))).one()
        for duty in await work.session.exec(select(Duty).where(Duty.staff_id != keep.id)):
            duty.ended_at = work.now
        work.session.add(
            Duty(staff=keep, role=Role.COUNSELOR, unit_id=world.units["软件2001"].id, since=work.now)
        )
        await work.session.flush()
        alone = await coverage.uncovered_units(work.session)
    assert {unit.name for unit in alone} == {"软件2001", "软件2002"}
