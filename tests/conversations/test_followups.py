"""What has changed is checked, asked about again, and becomes a case when neither happens; time is moved."""

from sqlmodel import select

from actions import disputes, followups
from models.answer import ContactChange
from models.case import Case, CaseKind
from models.event import Event
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.messages.contact import FollowupRecheck
from models.outgoing import Outgoing
from models.person import Person
from tests.conversations.asking import pressed, typed
from tests.driving import Running, Time
from tests.world import One, World

ASKED = "还是这个号码吗"


async def parent_changed(app: Running, one: One) -> None:
    await typed(app, one, "/my")
    await pressed(app, one, "联系方式变了", "家长电话")
    await typed(app, one, "13900002222")
    await one.phone.sees("已记下家长的新电话")


async def rechecks(world: World) -> list[Outgoing]:
    rows = await world.rows(select(Outgoing).order_by(Outgoing.id))  # type: ignore[arg-type]
    return [row for row in rows if isinstance(row.message, FollowupRecheck)]


async def left_job(app: Running, one: One) -> None:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        await followups.open_followup(work, graduate, FollowUpKind.LEFT_JOB)
    await app.settled()


async def test_unchecked_for_too_long_is_told_to_the_owner_of_the_case(
    app: Running, world: World, time: Time
) -> None:
    await parent_changed(app, world.lihua)
    case = await world.row(select(Case))
    await time.passes(days=6)
    world.counselor.phone.never_saw("还没有核实")
    await time.passes(days=1)
    await world.counselor.phone.sees(f"编号 {case.number} 还没有核实：李华", times=1)
    assert len(await world.rows(select(Case))) == 1


async def test_the_graduate_is_asked_again_once_and_says_yes(app: Running, world: World, time: Time) -> None:
    phone = world.lihua.phone
    await parent_changed(app, world.lihua)
    await time.passes(days=59)
    phone.never_saw(ASKED)
    await time.passes(days=1)
    await phone.sees(ASKED, times=1)
    shown = await phone.sees("尾号 2222")
    assert "13900002222" not in shown.text
    await app.restart()
    await time.passes(hours=1)
    await phone.sees(ASKED, times=1)
    await pressed(app, world.lihua, "是的")
    await phone.sees("收到，谢谢")
    assert (await world.row(select(FollowUp))).result == "confirmed"
    await pressed(app, world.lihua, "是的")
    await phone.sees("这一项已经处理过了")
    await time.passes(days=90)
    await phone.sees(ASKED, times=1)
    assert len(await world.rows(select(Case))) == 1


async def test_changed_again_asks_for_the_new_number(app: Running, world: World, time: Time) -> None:
    await parent_changed(app, world.lihua)
    await time.passes(days=60)
    await pressed(app, world.lihua, "又变了")
    await world.lihua.phone.sees("请输入家长现在的电话", times=2)
    await typed(app, world.lihua, "13900003333")
    await world.lihua.phone.sees("已记下家长的新电话", times=2)
    results = sorted(one.result or "open" for one in await world.rows(select(FollowUp)))
    assert results == ["changed", "open"]


async def test_no_answer_to_the_recheck_becomes_a_case(app: Running, world: World, time: Time) -> None:
    await left_job(app, world.lihua)
    await world.counselor.phone.sees("李华（软件2001）表示已离职")
    await time.passes(days=3)
    first = await world.row(select(Case))
    assert (first.kind, first.reason) == (CaseKind.CHANGE_REQUEST, "unverified")
    await time.passes(days=11)
    await world.lihua.phone.sees("您说已离职，现在的去向有变化吗")
    await time.passes(days=4)
    assert (await world.row(select(FollowUp))).result == "unverified"
    assert len(await world.rows(select(Case))) == 1
    await world.counselor.phone.sees("还没有核实：李华")


async def test_a_change_since_is_told_on_the_card(app: Running, world: World, time: Time) -> None:
    await left_job(app, world.lihua)
    await time.passes(days=14)
    await world.lihua.phone.sees("现在的去向有变化吗")
    await pressed(app, world.lihua, "有变化，更新一下")
    await world.lihua.phone.sees("请选一项与事实相符的")
    assert (await world.row(select(FollowUp))).result == "changed"


async def test_downtime_loses_nothing_and_repeats_nothing(app: Running, world: World, time: Time) -> None:
    """A whole season away: every stage is passed through once, the question is asked once."""
    await left_job(app, world.lihua)
    await time.passes(days=40)
    await world.lihua.phone.sees("现在的去向有变化吗", times=1)
    await app.kill()
    await app.start()
    await time.passes(minutes=5)
    await world.lihua.phone.sees("现在的去向有变化吗", times=1)
    assert (await world.row(select(FollowUp))).stage == "answer"
    assert len(await rechecks(world)) == 1


async def test_nobody_is_asked_at_night(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:30")
    await left_job(app, world.lihua)
    await time.to("2024-07-22 22:31")
    world.lihua.phone.never_saw("现在的去向有变化吗")
    assert await rechecks(world) == []
    waits = (await world.row(select(FollowUp).where(FollowUp.stage == "recheck"))).due_at
    assert app.app.rules.calendar.local(waits).strftime("%m-%d %H:%M") == "07-23 09:00"
    await time.to("2024-07-23 09:01")
    await world.lihua.phone.sees("现在的去向有变化吗", times=1)


async def test_whoever_stopped_reminders_is_not_asked_but_becomes_a_case(
    app: Running, world: World, time: Time
) -> None:
    await left_job(app, world.lihua)
    await typed(app, world.lihua, "停止")
    await time.passes(days=14)
    world.lihua.phone.never_saw("现在的去向有变化吗")
    assert (await world.row(select(FollowUp))).result == "unverified"
    assert (await world.row(select(Case))).reason == "unverified"


async def test_a_dispute_silences_the_recheck_of_that_record(app: Running, world: World, time: Time) -> None:
    await left_job(app, world.lihua)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        person = await work.session.get_one(Person, world.lihua.person_id)
        destination = await world.destination(world.lihua)
        destination = await work.session.merge(destination, load=False)
        await disputes.file(work, person, graduate, destination, without_counselor=False)
    await time.passes(days=14)
    world.lihua.phone.never_saw("现在的去向有变化吗")
    assert (await world.row(select(FollowUp))).result == "disputed"


async def test_an_open_followup_is_replaced_by_a_newer_one_of_its_kind(app: Running, world: World) -> None:
    await left_job(app, world.lihua)
    await left_job(app, world.lihua)
    results = sorted(one.result or "open" for one in await world.rows(select(FollowUp)))
    assert results == ["open", "superseded"]


async def test_nothing_personal_is_in_the_audit(app: Running, world: World, time: Time) -> None:
    await parent_changed(app, world.lihua)
    await time.passes(days=60)
    change = await world.row(select(ContactChange))
    assert "2222" not in (change.phone or "")
    for event in await world.rows(select(Event)):
        assert "13900002222" not in str(event.facts)
