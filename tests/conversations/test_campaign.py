"""A campaign from the office's side: looked at, launched, agreed to, paused, cancelled, counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from actions import asks, campaigns
from actions.rights import NotYours
from models.ask import Ask, AskState
from models.campaign import Campaign, CampaignState
from models.event import Event
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.person import Person
from models.staff import Duty, Role
from sandbox import Sandbox
from tests.conversations.asking import CARD, asked, pressed, typed
from tests.conversations.campaigning import FIRST, broadcast, counted, looked, moved, own_rules, ticked
from tests.driving import Running, Time
from tests.world import World


async def test_the_preview_counts_and_sends_nothing(app: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False)
    await looked(app, world.office)
    preview = await world.office.phone.sees("名册 2 人，现在可以问到 1 人")
    assert "尚未绑定 1 人，绑定时会当场问到" in preview.text
    assert "8月30日（周五）截止" in preview.text
    assert world.office.phone.buttons() == ["看几条样例", "发送"]
    await pressed(app, world.office, "看几条样例")
    await world.office.phone.sees(FIRST)
    world.lihua.phone.never_saw("李华同学")
    assert await world.rows(select(Event).where(Event.kind == "viewed"))
    assert not await world.rows(select(Campaign))


async def test_launched_it_asks_everybody_who_is_enrolled(app: Running, world: World) -> None:
    others = [await world.graduate(name=f"学生{n}") for n in range(45)]
    await world.graduate(name="王芳", enrolled=False)
    await broadcast(app, world.office)
    await world.lihua.phone.sees(FIRST, times=1)
    assert world.lihua.phone.buttons() == CARD
    await others[-1].phone.sees("学生44同学")
    facts = await counted(app)
    assert facts == {
        "queued": 47,
        "accepted": 46,
        "refused": 0,
        "unreachable": 1,
        "skipped": 0,
        "cancelled": 0,
        "unknown": 0,
        "balanced": True,
    }
    await ticked(app)
    assert len(await world.rows(select(Ask))) == 46


async def test_who_answered_stopped_or_disputes_is_not_asked(app: Running, world: World) -> None:
    stopped, disputing = await world.graduate(name="王芳"), await world.graduate(name="赵敏")
    await asked(app, world.lihua)
    await asked(app, disputing)
    await pressed(app, world.lihua, "以上信息属实")
    await pressed(app, disputing, "从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
    await typed(app, stopped, "停止")
    await broadcast(app, world.office)
    stopped.phone.never_saw("王芳同学")
    await world.lihua.phone.sees(FIRST, times=1)
    [row] = await world.rows(select(Outgoing).where(col(Outgoing.campaign_id).is_not(None)))
    assert (row.state, row.reason) == (Sending.SKIPPED, "opted_out")
    assert (await counted(app))["balanced"] is True


async def test_whoever_enrols_while_it_runs_belongs_to_it(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    late = await world.graduate(name="王芳")
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, late.person_id)
        await asks.ask_now(work, person, await work.session.get_one(Graduate, late.id))
    await app.settled()
    await late.phone.sees("王芳同学")
    ask = await world.row(select(Ask).where(Ask.graduate_id == late.id))
    assert ask.campaign_id == (await world.row(select(Campaign))).id
    assert (ask.next_step, ask.next_at is not None) == ("after_2", True)


async def test_paused_nothing_leaves_and_resumed_the_rest_does(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 22:00")
    await broadcast(app, world.office)
    await moved(app, world, "pause")
    await time.to("2024-07-09 09:00")
    world.lihua.phone.never_saw("李华同学")
    assert (await counted(app))["balanced"] is False
    await moved(app, world, "resume")
    await app.settled()
    await world.lihua.phone.sees(FIRST, times=1)


async def test_cancelled_its_asks_close_and_it_can_be_launched_anew(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 22:00")
    await broadcast(app, world.office)
    await moved(app, world, "cancel")
    await ticked(app)
    assert (await world.row(select(Ask))).state is AskState.CANCELLED
    facts = await counted(app)
    assert (facts["queued"], facts["cancelled"], facts["balanced"]) == (1, 1, True)
    await time.to("2024-07-09 09:00")
    world.lihua.phone.never_saw("李华同学")
    await broadcast(app, world.office)
    await world.lihua.phone.sees(FIRST, times=1)


async def test_a_dispute_without_an_owner_refuses_the_launch(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        held = select(Duty).where(col(Duty.role).in_((Role.REVIEWER, Role.DISCIPLINE, Role.SCHOOL_HEAD)))
        for duty in await work.session.exec(held):
            duty.ended_at = work.now
    await looked(app, world.office)
    await world.office.phone.sees("暂时不能发送")
    assert "发送" not in world.office.phone.buttons()
    assert not await world.rows(select(Campaign))


async def test_the_cohort_is_launched_once(app: Running, world: World) -> None:
    await broadcast(app, world.office)
    await looked(app, world.office)
    await world.office.phone.sees("2024 届去向核对：进行中")
    await pressed(app, world.office, "暂停发送")
    await world.office.phone.sees("2024 届去向核对：已暂停")
    assert (await world.row(select(Campaign))).state is CampaignState.PAUSED


async def test_a_counselor_launches_nothing(app: Running, world: World) -> None:
    await typed(app, world.counselor, "/broadcast")
    await world.counselor.phone.sees("不在您的权限范围内")
    assert not await world.rows(select(Campaign))


@pytest.fixture
async def careful(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    """Rules by which even one person is many."""
    rules = own_rules(tmp_path, ("second_person_over = 1000", "second_person_over = 0"))
    made = Running(database_url, sandbox, tmp_path, rules=rules)
    await made.start()
    yield made
    await made.stop()


async def test_many_are_written_to_only_after_a_second_person_agreed(careful: Running) -> None:
    world = await World.built(careful)
    await broadcast(careful, world.office)
    await pressed(careful, world.office, "高校长")
    await ticked(careful)
    world.lihua.phone.never_saw("李华同学")
    await world.office.phone.sees("等待第二个人同意")
    await world.head.phone.sees("需要第二个人同意")
    await pressed(careful, world.head, "同意发送")
    await world.head.phone.sees("正在发送")
    await ticked(careful)
    await world.office.phone.sees("第二个人已同意")
    await world.lihua.phone.sees(FIRST, times=1)
    campaign = await careful.row(select(Campaign))
    assert (campaign.state, campaign.second_staff_id) == (CampaignState.RUNNING, world.head.id)


async def test_nobody_agrees_to_their_own_launch(careful: Running) -> None:
    world = await World.built(careful)
    await looked(careful, world.office)
    await pressed(careful, world.office, "发送")
    assert "何主任" not in world.office.phone.buttons()
    async with careful.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        campaign = (await work.session.exec(select(Campaign))).one()
        with pytest.raises(NotYours):
            await campaigns.agree(work, office, campaign.id)
