"""Too many refused, or too many who say it is not them: it pauses by itself, and a person decides."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from models.campaign import Alarm, Campaign, CampaignState
from models.event import Event, Incident
from models.outgoing import Outgoing
from sandbox import Sandbox
from tests.conversations.asking import pressed
from tests.conversations.campaigning import broadcast, own_rules, ticked
from tests.driving import Running, Time
from tests.world import One, World

STOPPED = "2024 届去向核对已自动暂停"


@pytest.fixture
async def wary(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    """Rules by which four are enough to judge by."""
    rules = own_rules(
        tmp_path,
        ("of_last = 200\n  at_least = 50\n  share = 0.15", "of_last = 6\n  at_least = 4\n  share = 0.3"),
        ("of_last = 100\n  at_least = 20\n  share = 0.10", "of_last = 6\n  at_least = 4\n  share = 0.3"),
    )
    made = Running(database_url, sandbox, tmp_path, rules=rules)
    await made.start()
    yield made
    await made.stop()


async def crowd(world: World, many: int) -> list[One]:
    return [await world.graduate(name=f"学生{number}") for number in range(many)]


async def refuse(app: Running, people: list[One]) -> None:
    """Telegram says that these accounts are gone, and has said so of nobody before."""
    for one in people:
        one.phone.deactivated = True


async def test_many_refused_pause_it_and_the_office_is_told(wary: Running) -> None:
    world = await World.built(wary)
    people = await crowd(world, 5)
    await refuse(wary, people[:2])
    await broadcast(wary, world.office)
    await ticked(wary)
    campaign = await wary.row(select(Campaign))
    assert (campaign.state, campaign.alarm) == (CampaignState.PAUSED, Alarm.REFUSED)
    alert = await world.office.phone.sees(STOPPED, times=1)
    assert "最近 6 条里有 2 条没有被 Telegram 接收。" in alert.text
    assert alert.labels() == ["继续发送"]
    world.reviewer.phone.never_saw(STOPPED)
    world.counselor.phone.never_saw(STOPPED)
    incident = await wary.row(select(Incident).where(Incident.kind == "campaign_stopped"))
    assert incident.detail == "confirm 2024: 2 of the last 6 were refused"
    assert await wary.row(select(Event).where(Event.kind == "campaign_stopped"))
    await world.office.phone.sees("最近几条里被拒的偏多，已自动暂停，请看过再决定。")


async def test_resumed_by_a_person_it_is_judged_anew(wary: Running) -> None:
    world = await World.built(wary)
    people = await crowd(world, 5)
    await refuse(wary, people[:2])
    await broadcast(wary, world.office)
    await ticked(wary)
    await pressed(wary, world.office, "继续发送")
    await world.office.phone.sees("2024 届去向核对：进行中")
    for _ in range(2):
        await ticked(wary)
    campaign = await wary.row(select(Campaign))
    assert (campaign.state, campaign.alarm) == (CampaignState.RUNNING, None)
    await world.office.phone.sees(STOPPED, times=1)
    await pressed(wary, world.office, "继续发送")
    await world.office.phone.sees("2024 届去向核对：进行中")


async def test_what_waits_stays_until_somebody_goes_on(wary: Running) -> None:
    world, time = await World.built(wary), Time(wary)
    people = await crowd(world, 5)
    await refuse(wary, people[:2])
    await time.to("2024-07-08 22:00")
    await broadcast(wary, world.office)
    async with wary.app.works.begin() as work:
        waits = select(Outgoing).where(Outgoing.person_id == people[-1].person_id)
        (await work.session.exec(waits)).one().due_at = work.now + timedelta(days=1)
    await time.to("2024-07-09 09:30")
    await ticked(wary)
    await time.to("2024-07-10 09:30")
    people[-1].phone.never_saw("学生4同学")
    await pressed(wary, world.office, "继续发送")
    await ticked(wary)
    await people[-1].phone.sees("学生4同学", times=1)
    await world.lihua.phone.sees("李华同学", times=1)


async def test_many_who_say_it_is_not_them_pause_it(wary: Running) -> None:
    world = await World.built(wary)
    people = [world.lihua, *await crowd(world, 3)]
    await broadcast(wary, world.office)
    await ticked(wary)
    for one in people[:2]:
        await pressed(wary, one, "以上信息属实")
    await pressed(wary, people[2], "发错人了，不是我本人", "对，我不是这个人")
    await ticked(wary)
    assert (await wary.row(select(Campaign))).state is CampaignState.RUNNING
    await pressed(wary, people[3], "发错人了，不是我本人", "对，我不是这个人")
    await ticked(wary)
    campaign = await wary.row(select(Campaign))
    assert (campaign.state, campaign.alarm) == (CampaignState.PAUSED, Alarm.NOT_ME)
    alert = await world.office.phone.sees(STOPPED, times=1)
    assert "最近 4 个答复里有 2 个是「不是本人」。" in alert.text


async def test_few_are_no_reason(app: Running, world: World) -> None:
    """The shipped numbers: one of one refused says nothing yet."""
    await refuse(app, [world.lihua])
    await broadcast(app, world.office)
    await ticked(app)
    assert (await app.row(select(Campaign))).state is CampaignState.RUNNING
    world.office.phone.never_saw(STOPPED)
