"""Whom each segment of a text is for, on the rows: one question each, and the same on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func
from sqlmodel import col, select, text

from actions import addressing
from actions.answers import give
from models.answer import AnswerKind
from models.broadcast import Audience, Broadcast, Segment, members
from models.campaign import Campaign, CampaignState, LeftOut
from models.case import CaseKind, CaseState
from models.graduate import Graduate
from models.official import Official
from models.outgoing import Outgoing
from models.unit import Unit
from reports.broadcasts import preview
from tests.conversations.asking import registered
from tests.conversations.working import opened
from tests.driving import Running
from tests.world import One, World

SEEKING = {"code": "70", "category": "seeking"}


async def segment(app: Running, key: str, unit: Unit, kind: CaseKind | None = None) -> list[str]:
    """By name, in the order of their ids."""
    rule = app.app.works.rules.broadcasts.segment(key)
    assert rule is not None
    conditions = rule.model_dump(mode="json", exclude={"zh_CN", "en", "open_case"})
    chosen = Broadcast(
        cohort=2024,
        unit_id=unit.id,
        audience=Segment.model_validate(conditions | {"case_kind": kind}),
        text="请看一眼",
        written_at=app.now,
    )
    async with app.app.works.reading() as session:
        found = await session.exec(select(Graduate.name).where(*members(chosen, unit)))
        walked = await session.exec(select(Graduate.name).where(*members(chosen, unit, in_order=True)))
        names = sorted(found.all())
        assert sorted(walked.all()) == names
    return names


async def says(app: Running, one: One, kind: AnswerKind) -> None:
    async with app.app.works.begin() as work:
        await give(work, await work.session.get_one(Graduate, one.id), kind, by=None)


async def is_in_register(app: Running, one: One, state: Official) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, one.id)).official = state


async def test_each_segment_is_what_it_says(app: Running, world: World) -> None:
    said, stale, seeking, study, other_class = [
        await world.graduate(name="已答"),
        await world.graduate(name="有变"),
        await world.graduate(name="求职", **SEEKING),
        await world.graduate(name="升学", code="801", category="study"),
        await world.graduate(name="邻班", unit="软件2002"),
    ]
    past = await world.graduate(name="往届")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, past.id)).cohort = 2023
    for one in (said, stale):
        await says(app, one, AnswerKind.CONFIRMED)
    await registered(app, stale, employer="江城重工集团", employer_key="江城重工集团")
    await is_in_register(app, said, Official.CONFIRMED)
    await is_in_register(app, seeking, Official.UNCONFIRMED)
    await is_in_register(app, study, Official.CHANGED)
    case = await opened(app, other_class, CaseKind.CONTACT_CHANGE)
    await opened(app, said, CaseKind.MESSAGE)
    school, here = world.units[""], world.units["软件2001"]

    everybody = ["升学", "已答", "有变", "李华", "求职", "邻班"]
    assert await segment(app, "everyone", school) == everybody
    assert await segment(app, "everyone", here) == ["升学", "已答", "有变", "李华", "求职"]
    assert await segment(app, "unconfirmed", school) == ["升学", "有变", "李华", "求职", "邻班"]
    assert await segment(app, "officially_unconfirmed", school) == ["求职"]
    assert await segment(app, "changed_since", school) == ["升学", "有变"]
    assert await segment(app, "employed", school) == ["已答", "有变", "李华", "邻班"]
    assert await segment(app, "employed", here) == ["已答", "有变", "李华"]
    assert await segment(app, "unsettled", school) == ["求职"]
    assert await segment(app, "case", school, CaseKind.CONTACT_CHANGE) == ["邻班"]
    assert await segment(app, "case", here, CaseKind.CONTACT_CHANGE) == []
    assert await segment(app, "case", school, CaseKind.MESSAGE) == ["已答"]
    async with app.app.works.begin() as work:
        row = await work.session.get_one(type(case), case.id)
        row.state, row.closed_at = CaseState.CLOSED, work.now
    assert await segment(app, "case", school, CaseKind.CONTACT_CHANGE) == []
    await registered(app, seeking, code="11", category="employer", employer="新单位", employer_key="新单位")
    assert await segment(app, "unsettled", school) == []
    assert "求职" in await segment(app, "employed", school)


async def made(app: Running, world: World, audience: Audience) -> Campaign:
    office = world.office.person_id
    assert office is not None
    async with app.app.works.begin() as work:
        campaign = Campaign(
            name="broadcast-9",
            cohort=2024,
            unit_id=world.units[""].id,
            state=CampaignState.RUNNING,
            deadline_at=work.now + timedelta(days=7),
            rules_digest="",
            launched_at=work.now,
        )
        work.session.add(campaign)
        await work.session.flush()
        work.session.add(
            Broadcast(
                campaign_id=campaign.id,
                cohort=2024,
                unit_id=world.units[""].id,
                audience=audience,
                text="请看一眼登记的去向。",
                written_by_id=office,
                written_at=work.now,
                starts_at=work.now,
            )
        )
    return campaign


async def test_it_walks_in_batches_and_never_loads_a_cohort(app: Running, world: World) -> None:
    for number in range(90):
        await world.graduate(name=f"学生{number}", enrolled=number % 3 > 0)
    await made(app, world, Segment(key="everyone"))
    loaded, held, more = [], [], True

    def noted(row: Graduate, _: object) -> None:
        loaded.append(row.id)

    event.listen(Graduate, "load", noted)
    while more:
        async with app.app.works.begin() as work:
            loaded.clear()
            more = await addressing.look(work)
            held.append(len(loaded))
    event.remove(Graduate, "load", noted)
    assert max(held) <= addressing.BATCH
    assert (len(held), sum(held)) == (4, 91)
    async with app.app.works.reading() as session:
        sent = select(func.count()).select_from(Outgoing).where(col(Outgoing.campaign_id).is_not(None))
        assert (await session.exec(sent)).one() == 61
        assert (await session.exec(select(func.count()).select_from(LeftOut))).one() == 30


async def test_the_preview_counts_as_the_walk_does(app: Running, world: World) -> None:
    for number in range(5):
        await world.graduate(name=f"学生{number}", enrolled=number > 2, verified=number != 4)
    campaign = await made(app, world, Segment(key="everyone"))
    async with app.app.works.reading() as session:
        chosen = (await session.exec(select(Broadcast))).one()
        facts = await preview(session, app.app.works.rules, chosen, app.now)
    assert (facts["in_scope"], facts["to_send"]) == (6, 2)
    assert (facts["unreachable"]["not_enrolled"], facts["skipped"]["unverified"]) == (3, 1)
    async with app.app.works.begin() as work:
        await addressing.look(work)
    rows = await app.rows(select(Outgoing).where(Outgoing.campaign_id == campaign.id))
    assert len(rows) == facts["to_send"]


async def test_whom_nobody_knows_any_more_is_nobody(app: Running, world: World) -> None:
    campaign = await made(app, world, Segment(key="everyone"))
    async with app.app.works.begin() as work:
        await work.session.exec(text('UPDATE broadcast SET audience = \'{"kind": "of_another_release"}\''))  # type: ignore[call-overload]
    async with app.app.works.begin() as work:
        await addressing.look(work)
    assert not await app.rows(select(Outgoing).where(Outgoing.campaign_id == campaign.id))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "key", ["everyone", "unconfirmed", "officially_unconfirmed", "changed_since", "employed", "unsettled"]
)
async def test_sqlite_finds_each_by_an_index(app: Running, world: World, key: str) -> None:
    """Walked by id from where it was; what it asks beside that is one look into an index each."""
    rule = app.app.works.rules.broadcasts.segment(key)
    assert rule is not None
    conditions = rule.model_dump(mode="json", exclude={"zh_CN", "en", "open_case"})
    unit = world.units[""]
    chosen = Broadcast(
        cohort=2024,
        unit_id=unit.id,
        audience=Segment.model_validate(conditions),
        text="x",
        written_at=app.now,
    )
    query = (
        select(Graduate.id)
        .where(*members(chosen, unit, in_order=True), col(Graduate.id) > world.lihua.id)
        .order_by(col(Graduate.id))
        .limit(40)
    )
    async with app.app.works.reading() as session:
        connection = await session.connection()
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        plan = [row["detail"] for row in rows.mappings()]
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
    assert not [step for step in plan if step.startswith("SCAN") and "graduate" not in step], plan
