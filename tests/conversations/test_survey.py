"""Before the national sample survey: offered to the office, sent once, silent on what to answer."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from actions import calendars, campaigns
from actions.survey import NotDueYet
from models.ask import Ask
from models.calendar import CalendarDate
from models.campaign import Campaign, CampaignState
from models.event import Event
from models.messages.broadcast import BroadcastText
from models.messages.survey import SurveyNotice
from models.outgoing import Outgoing, Sending
from models.person import Person
from models.unit import Unit
from sandbox import Sandbox
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.campaigning import counted, equation, own_rules, ticked
from tests.driving import Running, Time
from tests.world import World

COMES = "您可能会接到调查电话"
ON_WHAT_TO_ANSWER = ("属实", "如实", "请回答", "就业率", "配合", "登记的去向", "单位应")


async def in_use(app: Running, world: World, *, confirmed: bool = True) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.apply(work, office, "moe_2024", 2024)
        row = await calendars.row_of(work, 2024, "nbs_sample_survey")
        assert row is not None
        if not confirmed:
            row.confirmed_at = None


async def launch(app: Running, world: World) -> Campaign:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        return await campaigns.launch(
            work, office, "survey", 2024, await work.session.get_one(Unit, world.units[""].id)
        )


async def notices(world: World) -> list[Outgoing]:
    rows = await world.rows(select(Outgoing).order_by(col(Outgoing.id)))
    return [row for row in rows if isinstance(row.message, SurveyNotice)]


async def test_the_office_is_offered_it_and_sends_it(app: Running, world: World, time: Time) -> None:
    await world.graduate(name="王芳", enrolled=False)
    await in_use(app, world)
    await time.to("2024-08-23T10:00")
    world.office.phone.never_saw(COMES)
    await time.to("2024-08-26T09:00")
    card = await world.office.phone.sees("国家统计局抽样调查将于9月1日（周日）开始")
    assert "名册 2 人，现在可以发到 1 人；本人停止提醒 0 · 尚未绑定 1。" in card.text
    assert "按「发送」之前不会发出任何一条" in card.text
    assert not await notices(world)
    await pressed(app, world.office, "发送")
    await ticked(app)
    said = await world.lihua.phone.sees(
        "李华同学，国家统计局受教育部委托，将于9月1日（周日）至9月30日（周一）"
    )
    assert COMES in said.text
    assert "至9月30日（周一）" in said.text
    assert "可以先请对方说明单位和姓名" in said.text
    assert "就业指导处 027-8765 4321" in said.text
    assert "也只发这一次" in said.text
    assert not [word for word in ON_WHAT_TO_ANSWER if word in said.text]
    assert world.lihua.phone.buttons() == []
    assert equation(await counted(app)) == {"queued": 2, "accepted": 1, "unreachable": 1}
    assert (await counted(app))["balanced"] is True


async def test_a_calendar_applied_before_it_stood_in_is_given_it(
    app: Running, world: World, time: Time
) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.apply(work, office, "wuhan_shouyi_2024", 2024)
        await work.session.execute(delete(CalendarDate).where(col(CalendarDate.key) == "nbs_sample_survey"))
    await time.to("2024-08-23T10:00")
    await time.to("2024-08-26T09:00")
    await world.office.phone.sees("国家统计局抽样调查将于9月1日（周日）开始")
    rows = await app.rows(select(CalendarDate).where(CalendarDate.key == "nbs_sample_survey"))
    assert [(row.preset, row.awaits_word, row.ended_at) for row in rows] == [("moe_2024", False, None)]


async def test_it_is_offered_once_and_sent_once(app: Running, world: World, time: Time) -> None:
    await in_use(app, world)
    for day in ("26", "27", "28"):
        await time.to(f"2024-08-{day}T09:00")
    await world.office.phone.sees("国家统计局抽样调查将于9月1日（周日）开始", times=1)
    await pressed(app, world.office, "发送")
    await ticked(app)
    await time.to("2024-10-01T09:00")
    campaign = await world.row(select(Campaign))
    assert campaign.state is CampaignState.FINISHED
    assert equation(await counted(app)) == {"queued": 1, "accepted": 1}
    with pytest.raises(NotDueYet):
        await launch(app, world)
    await world.lihua.phone.sees(COMES, times=1)


async def test_who_has_had_it_never_gets_it_again(app: Running, world: World, time: Time) -> None:
    """Cancelled half way it is over: some have had the message."""
    await in_use(app, world)
    await time.to("2024-08-26T09:00")
    await pressed(app, world.office, "发送")
    await ticked(app)
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await campaigns.cancel(work, office, (await work.session.exec(select(Campaign))).one().id)
    await ticked(app)
    await world.office.phone.press("发送")
    await world.office.phone.sees("每人只发一次，没有再发")
    await world.lihua.phone.sees(COMES, times=1)


async def test_without_a_confirmed_day_nothing_is_offered_or_sent(
    app: Running, world: World, time: Time
) -> None:
    await in_use(app, world, confirmed=False)
    await time.to("2024-08-26T09:00")
    world.office.phone.never_saw(COMES)
    with pytest.raises(NotDueYet):
        await launch(app, world)
    assert not await world.rows(select(Campaign))
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        row = (
            await work.session.exec(select(CalendarDate).where(CalendarDate.key == "nbs_sample_survey"))
        ).one()
        await calendars.confirm(work, office, row.id)
    await ticked(app)
    await world.office.phone.sees(COMES)


async def test_where_the_schools_own_calendar_has_no_survey_the_ministrys_stands_in(
    app: Running, world: World, time: Time
) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.apply(work, office, "henan_ist_2024", 2024)
    await time.to("2024-08-27T09:00")
    await world.office.phone.sees("国家统计局抽样调查将于9月1日（周日）开始")
    await pressed(app, world.office, "发送")
    await ticked(app)
    await world.lihua.phone.sees(COMES, times=1)


async def test_in_another_year_the_ministrys_survey_waits_for_word(
    app: Running, world: World, time: Time
) -> None:
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        await calendars.apply(work, office, "hunan_mech_elec_2021", 2025)
        row = await calendars.row_of(work, 2025, "nbs_sample_survey")
        assert row is not None
        assert row.awaits_word
    await time.to("2025-08-27T09:00")
    world.office.phone.never_saw(COMES)
    assert not await world.rows(select(Event).where(Event.kind == "survey_offered"))


async def test_who_answered_hears_of_it_and_who_stopped_does_not(
    app: Running, world: World, time: Time
) -> None:
    stopped = await world.graduate(name="王芳")
    await in_use(app, world)
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await typed(app, stopped, "停止")
    await time.to("2024-08-26T09:00")
    await pressed(app, world.office, "发送")
    await ticked(app)
    world.lihua.phone.never_saw(COMES)  # pointed to the register this morning
    await time.to("2024-08-28T10:00")
    await world.lihua.phone.sees(COMES)
    stopped.phone.never_saw(COMES)
    assert equation(await counted(app)) == {"queued": 2, "accepted": 1, "skipped": 1}
    [row] = [row for row in await notices(world) if row.person_id == stopped.person_id]
    assert (row.state, row.reason) == (Sending.SKIPPED, "opted_out")


async def test_not_within_days_of_a_reminder_and_never_at_night(
    app: Running, world: World, time: Time
) -> None:
    other = await world.graduate(name="王芳")
    await in_use(app, world)
    await time.to("2024-08-28T16:30")
    await asked(app, world.lihua)
    await time.to("2024-08-28T22:00")
    await launch(app, world)
    await ticked(app)
    other.phone.never_saw(COMES)
    await time.to("2024-08-29T09:00")
    await other.phone.sees(COMES)
    world.lihua.phone.never_saw(COMES)
    due = next(row.due_at for row in await notices(world) if row.person_id == world.lihua.person_id)
    async with app.app.works.reading() as session:
        last = (await session.exec(select(Ask))).one()
    assert last.last_sent_at is not None
    await time._move(due)
    await world.lihua.phone.sees(COMES, times=1)


async def test_whoever_enrols_meanwhile_is_asked_as_always(app: Running, world: World, time: Time) -> None:
    """The notice asks nothing, so nobody's ask belongs to it."""
    await in_use(app, world)
    await time.to("2024-08-26T09:00")
    await pressed(app, world.office, "发送")
    await ticked(app)
    await asked(app, world.lihua)
    ask = await world.row(select(Ask))
    assert ask.campaign_id is None


async def test_for_many_a_second_person_agrees(database_url: str, sandbox: Sandbox, tmp_path: Path) -> None:
    over = 'maximum_messages = 1\ngives_way_on = "08-01"\nstop_on = "any_answer"\nsecond_person_over = '
    rules = own_rules(tmp_path, (f"{over}1000", f"{over}0"))
    app = Running(database_url, sandbox, tmp_path, rules=rules)
    await app.start()
    try:
        world, time = await World.built(app), Time(app)
        await in_use(app, world)
        await time.to("2024-08-26T09:00")
        await pressed(app, world.office, "发送")
        await ticked(app)
        assert not await notices(world)
        await pressed(app, world.office, "林复核")
        await world.reviewer.phone.sees("2024 届抽样调查告知准备发送，需要第二个人同意")
        await pressed(app, world.reviewer, "同意发送")
        await ticked(app)
        await world.lihua.phone.sees(COMES, times=1)
    finally:
        await app.stop()


async def test_it_waits_after_a_text_of_the_office(app: Running, world: World, time: Time) -> None:
    await in_use(app, world)
    await time.to("2024-08-26T09:30")
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        work.say(person, BroadcastText(broadcast=uuid4()))
        texts = select(Outgoing).where(Outgoing.person_id == person.id)
        said = (await work.session.exec(texts)).one()
        said.state, said.settled_at = Sending.ACCEPTED, work.now
    await time.to("2024-08-26T10:00")
    await pressed(app, world.office, "发送")
    await ticked(app)
    world.lihua.phone.never_saw(COMES)
    await time.to("2024-08-28T09:00")
    world.lihua.phone.never_saw(COMES)
    await time.to("2024-08-28T10:00")
    await world.lihua.phone.sees(COMES, times=1)
    (notice,) = await notices(world)
    assert (notice.step, notice.plan) == ("notice", app.app.rules.plan_version)


async def test_where_the_survey_is_over_before_the_gap_it_is_not_sent(
    app: Running, world: World, time: Time
) -> None:
    await in_use(app, world)
    await time.to("2024-09-29T10:00")
    await asked(app, world.lihua)
    await time.to("2024-09-30T10:00")
    await launch(app, world)
    await ticked(app)
    await time.to("2024-10-03T10:00")
    world.lihua.phone.never_saw(COMES)
    assert equation(await counted(app)) == {"queued": 1, "skipped": 1}
