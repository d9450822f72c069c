"""Everything a campaign meant to send is accounted for by name, and it is not finished before."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from actions import delivery
from actions.delivery import Outcome, Result
from models.campaign import Campaign, CampaignState
from models.messages.campaign import Number
from models.outgoing import Outgoing, Sending
from models.person import Unreachable
from models.staff import Role
from reports.campaigns import names
from tests.conversations.asking import pressed, typed
from tests.conversations.campaigning import broadcast, counted, equation, launched, moved, ticked
from tests.driving import Running, Time
from tests.web.browsing import Browser, entered
from tests.world import World

ELSEWHERE = "another process"
AFTER_THE_DEADLINE = "2024-08-31 09:00"


async def behind(app: Running, number: Number) -> list[tuple[str, str, str | None]]:
    async with app.app.works.reading() as session:
        campaign = (await session.exec(select(Campaign))).one()
        found = [one async for one in names(session, campaign, number)]
    return [(graduate.name, state, reason) for graduate, _, state, _, reason in found]


async def in_hand(app: Running) -> int:
    """A message of it that another process has claimed and not yet told of."""
    async with app.app.works.begin() as work:
        row = (await work.session.exec(select(Outgoing).where(col(Outgoing.campaign_id).is_not(None)))).one()
        row.state, row.claimed_by, row.settled_at = Sending.CLAIMED, ELSEWHERE, None
        row.lease_until = work.now + timedelta(days=365)
        assert row.id is not None
        return row.id


async def told(app: Running, row_id: int, result: Result, why: Unreachable | None = None) -> None:
    async with app.app.works.begin() as work:
        outcome = Outcome(row_id=row_id, result=result, at=work.now, by=ELSEWHERE, message_id=1, why=why)
        await delivery.record(work, [outcome])


@pytest.mark.parametrize(
    ("result", "why", "number"),
    [
        (Result.ACCEPTED, None, Number.ACCEPTED),
        (Result.REFUSED, Unreachable.BLOCKED, Number.REFUSED),
        (Result.UNKNOWN, None, Number.UNKNOWN),
    ],
)
async def test_it_is_not_finished_while_a_message_is_in_hand(
    app: Running, world: World, time: Time, result: Result, why: Unreachable | None, number: Number
) -> None:
    await broadcast(app, world.office)
    row_id = await in_hand(app)
    await time.to(AFTER_THE_DEADLINE)
    campaign = await app.row(select(Campaign))
    assert (campaign.state, campaign.finished_at) == (CampaignState.RUNNING, None)
    assert (await counted(app))["balanced"] is False
    await told(app, row_id, result, why)
    await ticked(app)
    assert (await app.row(select(Campaign))).state is CampaignState.FINISHED
    facts = await counted(app)
    # The eight steps after it, for nobody looked in between, are told apart from it.
    assert (equation(facts), facts["balanced"]) == ({"queued": 9, number.value: 1, "skipped": 8}, True)


async def test_what_comes_back_after_the_deadline_never_leaves(
    app: Running, world: World, time: Time
) -> None:
    await broadcast(app, world.office)
    row_id = await in_hand(app)
    await time.to(AFTER_THE_DEADLINE)
    await told(app, row_id, Result.RETURNED)
    await ticked(app)
    facts = await counted(app)
    assert (facts["queued"], facts["skipped"] + facts["cancelled"], facts["balanced"]) == (9, 9, True), facts
    await world.lihua.phone.sees("李华同学", times=1)


async def test_what_never_left_before_the_deadline_is_skipped(app: Running, world: World, time: Time) -> None:
    await time.to("2024-08-30 21:30")
    await broadcast(app, world.office)
    await moved(app, world, "pause")
    assert (await counted(app))["balanced"] is False
    await time.to(AFTER_THE_DEADLINE)
    world.lihua.phone.never_saw("李华同学")
    assert (await app.row(select(Campaign))).state is CampaignState.FINISHED
    assert await behind(app, Number.SKIPPED) == [("李华", "skipped", "past_deadline")]
    assert (await counted(app))["balanced"] is True


async def test_whom_the_page_alone_knows_stands_there_by_name(app: Running, world: World, time: Time) -> None:
    wang = await world.graduate(name="王芳", enrolled=False)
    async with Browser(app) as browser:
        await entered(browser, wang)
    await broadcast(app, world.office)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 2, "accepted": 1, "unreachable": 1}, True)
    absent = [("王芳", "unreachable", "not_enrolled")]
    assert await behind(app, Number.UNREACHABLE) == absent
    await time.to(AFTER_THE_DEADLINE)
    assert (await counted(app))["balanced"] is True
    assert await behind(app, Number.UNREACHABLE) == absent


async def test_its_numbers_stand_whatever_happens_afterwards(app: Running, world: World, time: Time) -> None:
    absent = await world.graduate(name="王芳", enrolled=False)
    await broadcast(app, world.office)
    await time.to(AFTER_THE_DEADLINE)
    before = await counted(app)
    assert before["balanced"] is True
    assert await behind(app, Number.UNREACHABLE) == [("王芳", "unreachable", "not_enrolled")]
    async with app.app.works.begin() as work:
        row = await work.session.get_one(type(absent.row), absent.id)
        row.removed_at = work.now
    await world.graduate(name="赵敏", enrolled=False)
    assert await counted(app) == before


async def test_whom_a_cancelled_one_never_came_to_are_cancelled_by_name(app: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False)
    for number in range(44):
        await world.graduate(name=f"学生{number}")
    await launched(app, world)
    assert (await counted(app))["queued"] == 46
    await moved(app, world, "cancel")
    assert (await counted(app))["balanced"] is False
    await ticked(app)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == (
        {"queued": 46, "cancelled": 45, "unreachable": 1},
        True,
    )
    assert ("李华", "cancelled", "campaign_cancelled") in await behind(app, Number.CANCELLED)
    assert len(await behind(app, Number.QUEUED)) == 46


async def test_a_message_that_gave_way_is_counted_once(app: Running, world: World, time: Time) -> None:
    await broadcast(app, world.office)
    async with app.app.works.begin() as work:
        # Telegram was away for weeks: the first reminder is still to be tried again.
        ask = (await work.session.exec(select(Outgoing).where(Outgoing.step == "ask"))).one()
        late = Outgoing(**ask.model_dump(exclude={"id", "message_id", "settled_at"}))
        late.message, late.state, late.step = ask.message, Sending.DUE, "after_2"
        late.due_at = work.now + timedelta(days=60)
        work.session.add(late)
    await time.to("2024-08-01 10:30")
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 5, "accepted": 2, "skipped": 3}, True)
    assert sorted(await behind(app, Number.SKIPPED)) == [
        ("李华", "skipped", "passed"),
        ("李华", "skipped", "passed"),
        ("李华", "superseded", "later_step"),
    ]


async def test_one_that_nobody_agreed_to_ends_with_everybody_named(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    async with app.app.works.begin() as work:
        (await work.session.exec(select(Campaign))).one().state = CampaignState.WAITING
    await time.to(AFTER_THE_DEADLINE)
    world.lihua.phone.never_saw("李华同学")
    assert equation(await counted(app)) == {"queued": 1, "skipped": 1}


async def test_every_number_opens_into_names(app: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False)
    blocked = await world.graduate(name="赵敏")
    await blocked.phone.block()
    for number in range(11):
        await world.graduate(name=f"学生{number}")
    await broadcast(app, world.office)
    await ticked(app)
    await pressed(app, world.office, "已送达平台 12")
    seen = await world.office.phone.sees("已送达平台 · 共 12 条（第 1 页，共 2 页）")
    assert "· 李华（软件2001）" in seen.text
    await pressed(app, world.office, "下一页")
    await world.office.phone.sees("（第 2 页，共 2 页）")
    await moved(app, world, "cancel")
    await ticked(app)
    await pressed(app, world.office, "联系不上 2")
    seen = await world.office.phone.sees("联系不上 · 共 2 条")
    assert "· 王芳（软件2001）：尚未绑定" in seen.text
    assert "· 赵敏（软件2001）：已屏蔽" in seen.text


async def test_names_are_for_the_office_alone(app: Running, world: World) -> None:
    await world.staff("deputy", "方副院长", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    await broadcast(app, world.office)
    await ticked(app)
    shown = next(one for one in reversed(world.office.phone.shown) if one.button("已送达平台 1"))
    data = next(one.data for row in shown.rows for one in row if one.label == "已送达平台 1")
    await typed(app, world.deputy, "/progress")
    await world.deputy.phone.press_data(data or "", world.deputy.phone.shown[-1])
    await app.settled()
    world.deputy.phone.never_saw("李华")
