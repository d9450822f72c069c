"""One card per person that moves along with the campaign, and is edited only where it reads differently."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from actions import watching
from actions.pace import Asked, take
from actions.watching import as_it_is
from models.broadcast import Broadcast, Segment
from models.campaign import Campaign, CampaignState, Watch
from models.messages.campaign import CampaignAsItIs
from models.outgoing import Outgoing, Sending
from models.person import Person
from sandbox.shown import Shown
from tests.conversations.asking import pressed, typed
from tests.conversations.campaigning import broadcast, launched, looked, moved, ticked
from tests.driving import Running, Time
from tests.world import One, World


def cards(one: One) -> list[Shown]:
    return [shown for shown in one.phone.shown if "2024 届去向核对：" in shown.text]


def edits(app: Running) -> int:
    return len([call for call in app.sandbox.calls if call.method == "editMessageText"])


async def test_the_card_moves_in_place_until_the_equation(app: Running, world: World, time: Time) -> None:
    await world.graduate(name="王芳", enrolled=False)
    others = [await world.graduate(name=f"学生{number}") for number in range(3)]
    await time.to("2024-07-08 21:30")
    await looked(app, world.office)
    await pressed(app, world.office, "发送")
    first = await world.office.phone.sees("░░░░░░░░░░ 0 / 4")
    assert "预计 7月9日（周二） 09:01 发完；21:00 至次日 09:00 不发送。" in first.text
    await ticked(app)
    async with app.app.works.begin() as work:
        held = await work.session.exec(
            select(Outgoing).where(Outgoing.person_id == others[0].person_id, Outgoing.step == "ask")
        )
        held.one().due_at = work.now + timedelta(days=1)
    await time.to("2024-07-09 09:30")
    await ticked(app)
    await world.office.phone.sees("▓▓▓▓▓▓▓░░░ 3 / 4", times=1)
    await time.to("2024-07-10 09:00")
    await ticked(app)
    await world.office.phone.sees("▓▓▓▓▓▓▓▓▓▓ 4 / 4", times=1)
    await time.to("2024-09-01 09:00")
    await ticked(app)
    last = await world.office.phone.sees("2024 届去向核对：已结束", times=1)
    assert cards(world.office) == [last]
    assert last.message_id == first.message_id
    campaign = await app.row(select(Campaign))
    accepted = await app.rows(
        select(Outgoing).where(Outgoing.campaign_id == campaign.id, Outgoing.state == Sending.ACCEPTED)
    )
    sent = len(accepted)
    assert f"应发 {sent + 1} ＝ 已送达平台 {sent} ＋ 被拒 0 ＋ 联系不上 1 ＋ 跳过 0" in last.text
    assert not await app.rows(select(Watch))


async def test_texts_that_begin_in_weeks_crowd_out_nothing(
    app: Running, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MANY", 1)
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        unit_id = world.units[""].id
        later = Campaign(
            name="broadcast-1001",
            state=CampaignState.RUNNING,
            deadline_at=work.now + timedelta(days=30),
            rules_digest=work.rules.digest,
            launched_by_id=office.id,
            launched_at=work.now,
            cohort=2024,
            unit_id=unit_id,
        )
        work.session.add(later)
        await work.session.flush()
        text = Broadcast(
            campaign_id=later.id,
            audience=Segment(key="everyone"),
            text="请留意。",
            written_by_id=office.id,
            written_at=work.now,
            starts_at=work.now + timedelta(days=14),
            cohort=2024,
            unit_id=unit_id,
        )
        work.session.add(text)
        await work.session.flush()
        await watching.look(work, office, later)
    await broadcast(app, world.office)
    await ticked(app)
    await world.office.phone.sees("▓▓▓▓▓▓▓▓▓▓ 1 / 1", times=1)


async def test_a_card_that_would_read_the_same_is_not_edited(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await ticked(app)
    before, rows = edits(app), len(await app.rows(select(Outgoing)))
    for _ in range(3):
        await ticked(app)
    assert edits(app) == before
    assert len(await app.rows(select(Outgoing))) == rows


async def test_opened_anew_it_is_the_newest_that_moves(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await ticked(app)
    await looked(app, world.office)
    assert len(cards(world.office)) == 2
    await moved(app, world, "pause")
    await ticked(app)
    assert "进行中" in cards(world.office)[0].text
    assert "已暂停" in cards(world.office)[1].text


async def test_somebody_else_may_look_on(app: Running, world: World) -> None:
    await launched(app, world)
    await looked(app, world.office)
    await world.office.phone.sees("░░░░░░░░░░ 0 / 1")
    await ticked(app)
    await ticked(app)
    await world.office.phone.sees("▓▓▓▓▓▓▓▓▓▓ 1 / 1", times=1)


async def test_everything_paused_is_said_and_no_end_promised(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 21:30")
    await broadcast(app, world.office)
    await typed(app, world.office, "/pause")
    await pressed(app, world.office, "暂停全部发送")
    await looked(app, world.office)
    card = await world.office.phone.sees("全部发送已暂停。")
    assert "预计" not in card.text


async def test_where_telegram_shut_us_out_the_estimate_moves(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 12:00")
    await broadcast(app, world.office)
    async with app.app.works.begin() as work:
        campaign = (await work.session.exec(select(Campaign))).one()
        sent = (await work.session.exec(select(Outgoing).where(Outgoing.step == "ask"))).one()
        sent.state = Sending.DUE
        connection = await work.session.connection()
        await take(connection, work.bot_id, "another", Asked(1, 0, 0, 0, pause=3 * 3600))
        said = await as_it_is(work, campaign)
        assert said.ends_at is not None
        assert timedelta(hours=3) < said.ends_at - work.now < timedelta(hours=3, minutes=3)
        sent.state = Sending.ACCEPTED


async def test_the_estimate_follows_the_pace_of_the_last_minute(
    app: Running, world: World, time: Time
) -> None:
    """Sixty in the last minute and six hundred to go are ten minutes from when they may leave."""
    await broadcast(app, world.office)
    async with app.app.works.begin() as work:
        campaign = (await work.session.exec(select(Campaign))).one()
        sent = (await work.session.exec(select(Outgoing).where(Outgoing.step == "ask"))).one()
        kept = sent.model_dump(exclude={"id", "message_id", "settled_at", "step", "state", "due_at"})
        for number in range(600):
            tomorrow, then = work.now + timedelta(days=1), work.now + timedelta(seconds=number)
            work.session.add(Outgoing(**kept | {"message": sent.message}, due_at=tomorrow))
            if number < 60:
                accepted = Outgoing(**kept | {"message": sent.message}, due_at=then, settled_at=then)
                accepted.state = Sending.ACCEPTED
                work.session.add(accepted)
        campaign.since_at = work.now - timedelta(seconds=1)
        now = work.now
    await time.to((now + timedelta(seconds=60, hours=8)).strftime("%Y-%m-%d %H:%M:%S"))
    row = (
        await app.rows(
            select(Outgoing)
            .where(col(Outgoing.replaces).startswith("campaign:"))
            .order_by(col(Outgoing.id).desc())
        )
    )[0]
    assert isinstance(row.message, CampaignAsItIs)
    assert row.message.waiting == 600
    assert row.message.ends_at is not None
    assert timedelta(minutes=9) <= row.message.ends_at - (now + timedelta(days=1)) <= timedelta(minutes=12)
