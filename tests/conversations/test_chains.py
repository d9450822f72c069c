"""Each chain's story with the clock moved: help asked for or offered, an account, a snooze, material."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions import followups, official
from actions.official_diff import Said
from models.answer import AnswerKind
from models.case import Case, CaseKind
from models.followup import FollowUp, FollowUpKind, FollowUpStep
from models.graduate import Graduate
from models.messages.contact import FollowupHelpOffer, FollowupRecheck
from models.official import ImportBatch, Official
from models.outgoing import Outgoing, Sending
from models.person import Person
from tests.conversations.asking import asked, kinds, pressed, registered, typed
from tests.conversations.test_ladder import LADDER, day_by_day, launched, steps
from tests.conversations.working import closed_by, disputed
from tests.driving import Running, Time
from tests.world import One, World

SEEKING: dict[str, Any] = {"code": "70", "code_name": "待就业", "category": "seeking", "location": None}
OFFERED = "如果用得上，学校可以提供帮助"
CAME = "有老师和您联系了吗"


async def unsettled(app: Running, world: World) -> One:
    """Confirmed in the national register: no pointer to it comes between."""
    one = await world.graduate(name="赵六", **SEEKING)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, one.id)).official = Official.CONFIRMED
    await asked(app, one)
    return one


async def seeks(app: Running, world: World, *presses: str) -> One:
    one = await unsettled(app, world)
    await pressed(app, one, "仍在求职", *presses)
    return one


async def chain(world: World, kind: FollowUpKind) -> FollowUp:
    found: FollowUp = await world.row(select(FollowUp).where(FollowUp.kind == kind))
    return found


async def passed(world: World, followup: FollowUp) -> list[tuple[str, int, str, str | None]]:
    """Its steps so far, in order: which, for which time, taken or skipped, why."""
    rows = await world.rows(select(FollowUpStep).where(FollowUpStep.followup_id == followup.id))
    rows.sort(key=lambda one: (one.due_at, one.round))
    return [(one.key, one.round, one.state.value, one.reason) for one in rows]


async def said(world: World, one: One) -> list[Outgoing]:
    """What the chains have said to this graduate."""
    query = select(Outgoing).where(Outgoing.person_id == one.person_id).order_by(col(Outgoing.id))
    rows = await world.rows(query)
    return [row for row in rows if isinstance(row.message, FollowupRecheck | FollowupHelpOffer)]


async def opened(app: Running, one: One, kind: FollowUpKind) -> None:
    async with app.app.works.begin() as work:
        await followups.open_followup(work, await work.session.get_one(Graduate, one.id), kind)
    await app.settled()


async def test_whoever_still_seeks_is_offered_help_twice_and_never_again(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world)
    await time.passes(days=13)
    one.phone.never_saw(OFFERED)
    await time.passes(days=1)
    offer = await one.phone.sees(OFFERED, times=1)
    assert "不需要也不用回复" in offer.text
    assert one.phone.buttons() == ["需要就业帮助", "暂时不需要", "去向有变化，更新一下"]
    await time.passes(days=14)
    await one.phone.sees(OFFERED, times=2)
    await time.passes(days=60)
    await one.phone.sees(OFFERED, times=2)
    assert (await chain(world, FollowUpKind.STILL_SEEKING)).result == "finished"
    assert await world.rows(select(Case)) == []
    world.counselor.phone.never_saw("赵六")


async def test_an_offer_taken_up_is_a_case_and_ends_the_offering(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world)
    await time.passes(days=14)
    await pressed(app, one, "需要就业帮助")
    case = await world.row(select(Case))
    assert (case.reason, case.owner_id) == ("help", world.counselor.id)
    await one.phone.sees(f"编号 {case.number}")
    assert (await chain(world, FollowUpKind.STILL_SEEKING)).result == "help_wanted"
    await pressed(app, one, "需要就业帮助")
    assert len(await world.rows(select(Case))) == 1
    await time.passes(days=30)
    await one.phone.sees(OFFERED, times=1)


async def test_an_offer_declined_makes_no_answer_and_is_not_made_again(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world)
    await time.passes(days=14)
    await pressed(app, one, "暂时不需要")
    await one.phone.sees("收到，谢谢")
    assert await kinds(world, one) == ["seeking"]
    await pressed(app, one, "去向有变化，更新一下", "仍在求职")
    await time.passes(days=60)
    await one.phone.sees(OFFERED, times=1)
    assert (await chain(world, FollowUpKind.STILL_SEEKING)).result == "declined"


@pytest.mark.parametrize("what", ["answers", "stops", "leaves the roster", "is registered"])
async def test_what_ends_the_offering(app: Running, world: World, time: Time, what: str) -> None:
    one = await seeks(app, world)
    await time.passes(days=1)
    match what:
        case "answers":
            await pressed(app, one, "修改我的回答", "暂不就业")
        case "stops":
            await typed(app, one, "停止")
        case "is registered":
            await registered(app, one, code="11", category="employer", employer="长河电子有限公司")
        case _:
            async with app.app.works.begin() as work:
                (await work.session.get_one(Graduate, one.id)).removed_at = work.now
    await time.passes(days=14)
    one.phone.never_saw(OFFERED)
    result = (await chain(world, FollowUpKind.STILL_SEEKING)).result
    assert result == {
        "answers": "answered",
        "stops": "opted_out",
        "leaves the roster": "removed",
        "is registered": "registered",
    }.get(what)


async def test_whoever_has_found_and_lost_work_is_offered_help_anew(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world)
    await time.passes(days=1)
    await pressed(app, one, "修改我的回答", "暂不就业")
    await time.passes(days=1)
    await pressed(app, one, "修改我的回答", "仍在求职")
    await time.passes(days=14)
    await one.phone.sees(OFFERED, times=1)
    results = {row.result for row in await world.rows(select(FollowUp))}
    assert results == {"superseded", None} or results == {"answered", None}


async def test_nobody_is_offered_help_at_night(app: Running, world: World, time: Time) -> None:
    one = await unsettled(app, world)
    await time.to("2024-07-08 22:00")
    await pressed(app, one, "仍在求职")
    await time.to("2024-07-22 22:30")
    one.phone.never_saw(OFFERED)
    await time.to("2024-07-23 09:01")
    await one.phone.sees(OFFERED, times=1)


async def test_help_is_asked_after_until_it_has_come(app: Running, world: World, time: Time) -> None:
    one = await seeks(app, world, "需要就业帮助")
    case = await world.row(select(Case))
    reminded = f"编号 {case.number}：赵六（软件2001）需要的就业帮助还没有办结"
    await time.passes(days=3)
    await world.counselor.phone.sees(reminded, times=1)
    one.phone.never_saw(CAME)
    await time.passes(days=4)
    await one.phone.sees(CAME, times=1)
    assert one.phone.buttons() == ["已经联系过了", "还没有联系"]
    await pressed(app, one, "还没有联系")
    await one.phone.sees("已再次转告负责的老师")
    await world.counselor.phone.sees(reminded, times=2)
    assert (await chain(world, FollowUpKind.NEEDS_HELP)).result == "not_helped"
    await pressed(app, one, "已经联系过了")
    await one.phone.sees("已经处理过了")
    await time.passes(days=30)
    await one.phone.sees(CAME, times=1)
    assert len(await world.rows(select(Case))) == 1


async def test_help_that_came_is_a_closed_case_and_no_question(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world, "需要就业帮助")
    await closed_by(app, world, "counselor", await world.row(select(Case)), "已办妥")
    await time.passes(days=14)
    one.phone.never_saw(CAME)
    assert (await chain(world, FollowUpKind.NEEDS_HELP)).result == "case_closed"


async def test_help_without_an_answer_is_told_to_whoever_has_the_case(
    app: Running, world: World, time: Time
) -> None:
    one = await seeks(app, world, "需要就业帮助")
    for _ in range(15):
        await time.passes(days=1)
    await one.phone.sees(CAME, times=1)
    await world.counselor.phone.sees("需要的就业帮助还没有办结", times=2)
    assert await passed(world, await chain(world, FollowUpKind.NEEDS_HELP)) == [
        ("remind", 1, "taken", None),
        ("recheck", 1, "taken", None),
        ("answer", 1, "taken", None),
    ]


async def waits_to_be_checked(app: Running, world: World) -> tuple[One, Case]:
    """Another number than the registered one: bound, and somebody has to look."""
    one = await world.graduate(name="王芳", enrolled=False, mobile="+8613800000001")
    await one.phone.send("/start")
    await app.settled()
    await pressed(app, one, "我知道了，继续")
    for text in (one.row.student_no, "王芳"):
        await typed(app, one, text)
    await one.phone.share_contact(phone_number="+8613911112222")
    await app.settled()
    return one, await world.row(select(Case).where(Case.kind == CaseKind.CONTACT_CHANGE))


async def test_an_unchecked_account_is_reminded_of_twice_and_then_above(
    app: Running, world: World, time: Time
) -> None:
    one, case = await waits_to_be_checked(app, world)
    owner = next(staff for staff in world.people.values() if staff.id == case.owner_id)
    assert owner is not world.counselor
    waits = f"编号 {case.number}：王芳（软件2001）的账号还没有核实"
    await time.passes(days=4)
    owner.phone.never_saw(waits)
    await time.passes(days=1)
    await owner.phone.sees(waits, times=1)
    await time.passes(days=5)
    await owner.phone.sees(waits, times=2)
    world.office.phone.never_saw(waits)
    await time.passes(days=4)
    await world.office.phone.sees(waits, times=1)
    world.counselor.phone.never_saw(waits)
    assert await said(world, one) == []
    assert (await chain(world, FollowUpKind.UNVERIFIED_PHONE)).result == "finished"


async def test_a_checked_account_ends_the_reminding(app: Running, world: World, time: Time) -> None:
    _, case = await waits_to_be_checked(app, world)
    owner = next(staff for staff in world.people.values() if staff.id == case.owner_id)
    await typed(app, owner, f"/case {case.number}")
    await pressed(app, owner, "核实通过")
    await time.passes(days=6)
    owner.phone.never_saw("的账号还没有核实")
    assert (await chain(world, FollowUpKind.UNVERIFIED_PHONE)).result == "verified"


async def test_a_snooze_that_went_by_adds_nothing_and_the_ladder_goes_on(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "稍后提醒我", "三天后")
    await day_by_day(time)
    followup = await chain(world, FollowUpKind.SNOOZED)
    assert await passed(world, followup) == [("unanswered", 1, "taken", None)]
    assert await said(world, world.lihua) == []
    ladder = [step for step, _ in await steps(world, world.lihua)]
    assert ladder[:2] == ["ask", "snooze"]
    assert [step for step in ladder if step != "snooze"] == [step for step, _ in LADDER]
    world.counselor.phone.never_saw("稍后")


async def test_an_answer_after_the_snooze_ends_it(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await pressed(app, world.lihua, "稍后提醒我", "三天后")
    await time.passes(days=3)
    await pressed(app, world.lihua, "以上信息属实")
    await time.passes(days=3)
    assert (await chain(world, FollowUpKind.SNOOZED)).result == "answered"


async def changed_employer(app: Running, one: One) -> None:
    await asked(app, one)
    await pressed(app, one, "信息有变或有误", "已更换单位")
    await typed(app, one, "长河电子有限公司")
    await pressed(app, one, "跳过", "跳过")


@pytest.mark.parametrize("came", ["by the case", "by the evidence", "not at all"])
async def test_material_that_came_ends_the_chain_of_a_new_employer(
    app: Running, world: World, time: Time, came: str
) -> None:
    await changed_employer(app, world.lihua)
    case = await world.row(select(Case))
    if came == "by the evidence":
        await world.lihua.phone.send_document("offer.pdf", b"x")
        await app.settled()
        case = await world.row(select(Case).where(Case.kind == CaseKind.EVIDENCE_PENDING))
    if came != "not at all":
        phone = world.counselor.phone
        await typed(app, world.counselor, f"/case {case.number}")
        await pressed(app, world.counselor, "办结", "材料核查")
        await phone.send("收到劳动合同")
        await app.settled()
        await pressed(app, world.counselor, "已办妥")
    await time.passes(days=3)
    if came == "not at all":
        await world.counselor.phone.sees(f"编号 {case.number} 还没有核实", times=1)
        assert (await world.row(select(FollowUp))).result is None
    else:
        world.counselor.phone.never_saw("还没有核实")
        assert (await world.row(select(FollowUp))).result == "material"


@pytest.mark.parametrize("how", ["roster", "list"])
async def test_the_register_taking_it_up_ends_the_chain(
    app: Running, world: World, time: Time, how: str
) -> None:
    await opened(app, world.lihua, FollowUpKind.TERMINATED)
    await world.counselor.phone.sees("李华（软件2001）表示已解约或未入职")
    await time.passes(days=1)
    if how == "roster":
        await registered(app, world.lihua, code="70", category="seeking", employer=None, uscc=None)
    else:
        async with app.app.works.begin() as work:
            batch = ImportBatch(kind="official", file_digest="", file_name="", started_at=work.now)
            work.session.add(batch)
            await work.session.flush()
            by = await work.session.get_one(Person, world.office.person_id)
            await official.apply(work, by, batch.id, [Said(world.lihua.id, Official.CHANGED, None, work.now)])
    await time.passes(days=30)
    assert (await chain(world, FollowUpKind.TERMINATED)).result == "registered"
    assert await said(world, world.lihua) == []


async def test_a_month_away_and_each_chain_says_one_thing_to_one_person(
    app: Running, world: World, time: Time
) -> None:
    """Nothing ran for a month: the current step of each is taken, the others are written down as passed."""
    talking = [kind for kind in FollowUpKind if kind not in CONTACTS_ALONE]
    people = {kind: await world.graduate(name=f"{kind.value}同学") for kind in talking}
    for kind, one in people.items():
        await opened(app, one, kind)
    await app.stop()
    app.settings = app.settings.model_copy(update={"clock": app.now + timedelta(days=32)})
    await app.start()
    await app.app.schedule.look_now()
    await app.settled()
    for kind, one in people.items():
        assert len(await said(world, one)) == 1, kind
    assert await passed(world, await chain(world, FollowUpKind.STILL_SEEKING)) == [
        ("offer", 1, "skipped", "passed"),
        ("offer", 2, "taken", None),
    ]
    assert await passed(world, await chain(world, FollowUpKind.LEFT_JOB)) == [
        ("check", 1, "skipped", "passed"),
        ("recheck", 1, "taken", None),
    ]
    await app.kill()
    await app.start()
    await time.passes(hours=1)
    for one in people.values():
        assert len(await said(world, one)) == 1


CONTACTS_ALONE = (FollowUpKind.PARENT_PHONE, FollowUpKind.UNVERIFIED_PHONE, FollowUpKind.SNOOZED)


async def test_what_never_left_gives_way_to_the_next_step(app: Running, world: World, time: Time) -> None:
    """Everything was paused for a month: the second offer leaves, the first does not."""
    one = await seeks(app, world)
    await pressed_pause(app, world, "暂停全部发送", "/pause")
    await time.passes(days=14)
    await time.passes(days=14)
    one.phone.never_saw(OFFERED)
    await pressed_pause(app, world, "恢复全部发送", "/resume")
    await time.passes(minutes=1)
    await one.phone.sees(OFFERED, times=1)
    assert [(row.state, row.reason) for row in await said(world, one)] == [
        (Sending.SUPERSEDED, "later_step"),
        (Sending.ACCEPTED, None),
    ]


async def pressed_pause(app: Running, world: World, label: str, command: str) -> None:
    await typed(app, world.office, command)
    await pressed(app, world.office, label)


async def test_a_dispute_ends_what_would_ask_about_the_record(app: Running, world: World, time: Time) -> None:
    await opened(app, world.lihua, FollowUpKind.CHANGED_EMPLOYER)
    await disputed(app, world, world.lihua, alone=True)
    await time.passes(days=40)
    assert await said(world, world.lihua) == []
    assert (await chain(world, FollowUpKind.CHANGED_EMPLOYER)).result == "disputed"


async def test_an_unverified_account_is_not_questioned(app: Running, world: World, time: Time) -> None:
    one = await world.graduate(name="王芳", verified=False)
    await opened(app, one, FollowUpKind.LEFT_JOB)
    await time.passes(days=14)
    assert await said(world, one) == []
    followup = await chain(world, FollowUpKind.LEFT_JOB)
    assert followup.result == "unverified"
    assert (await passed(world, followup))[-1] == ("recheck", 1, "skipped", "not_reached")
    assert [one.kind for one in await world.rows(select(Case))] == [CaseKind.CHANGE_REQUEST]


async def test_an_answer_counted_later_is_followed_from_then(app: Running, world: World, time: Time) -> None:
    """What an unchecked account says about work is taken up once somebody vouches for it."""
    one = await world.graduate(name="王芳", verified=False, **SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职")
    assert await world.rows(select(FollowUp)) == []
    assert await kinds(world, one) == [AnswerKind.SEEKING.value]
