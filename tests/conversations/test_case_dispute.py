"""A dispute as those who work on it live it: a second person, and nothing at all for whoever may not."""

import pytest
from sqlmodel import select

from handlers.case import CaseDo
from models.case import CaseState
from models.dispute import Dispute
from models.event import Incident
from models.messages.cases import Verb
from models.staff import Duty, Staff
from tests.conversations.working import closed_by, disputed, every_press, forge, notes, opened, row
from tests.driving import Running
from tests.world import World

NEUTRAL = "您所带班级有一条去向记录正在由学校复核"


async def test_a_dispute_waits_for_a_second_person(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    assert case.owner_id == world.reviewer.id
    await closed_by(app, world, "reviewer", case)
    await world.reviewer.phone.sees("等待第二人复核")
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    world.lihua.phone.never_saw("核实结果")
    for second in (world.reviewer2, world.office, world.head, world.discipline):
        await second.phone.sees(f"待复核 · 编号 {case.number}")
    await forge(app, world.reviewer, CaseDo(verb=Verb.APPROVE, case=case.id))
    await world.reviewer.phone.sees("现在是「待复核」")
    await world.reviewer2.phone.press("打开这一件")
    card = await world.reviewer2.phone.sees("核实情况：单位说没有这个人")
    assert card.labels() == ["复核通过", "退回重办", "查看全部经过"]
    await world.reviewer2.phone.press("复核通过")
    await world.lihua.phone.sees("登记信息不属实")
    kept = await row(app, case.id)
    assert (kept.state, kept.reviewer_id) == (CaseState.CLOSED, world.reviewer2.id)
    dispute = await app.row(select(Dispute).where(Dispute.case_id == case.id))
    assert dispute.closed_at is not None
    history = await notes(app, case)
    assert history[:3] == ["opened", "looked_into", "settled"]
    assert set(history[3:]) == {"approved", "linked"}
    await forge(app, world.office, CaseDo(verb=Verb.APPROVE, case=case.id))
    await world.office.phone.sees("现在是「已办结」")


async def test_sent_back_with_a_reason_the_owner_goes_on(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.sees("待复核")
    await world.reviewer2.phone.press("打开这一件")
    await world.reviewer2.phone.sees("核实情况")
    await world.reviewer2.phone.press("退回重办")
    await world.reviewer2.phone.sees("请写下退回")
    await world.reviewer2.phone.send("请再核对合同")
    await world.reviewer.phone.sees("请再核对合同")
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome, kept.closer_id) == (CaseState.WORKING, None, None)
    await closed_by(app, world, "reviewer", case, "登记信息属实")
    assert await notes(app, case) == [
        "opened",
        "looked_into",
        "settled",
        "returned",
        "looked_into",
        "settled",
    ]


async def test_nobody_to_review_is_an_incident(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty).where(Duty.staff_id != world.reviewer.id)):
            duty.ended_at = work.now
    await closed_by(app, world, "reviewer", case)
    assert (await app.row(select(Incident))).kind == "case_without_reviewer"


@pytest.mark.parametrize("alone", [False, True])
async def test_a_counselor_can_do_nothing_with_a_dispute_they_do_not_own(
    app: Running, world: World, alone: bool
) -> None:
    one = world.lihua if alone else await world.graduate(name="赵六", enterer="陈老师", enterer_no="T001")
    case = await disputed(app, world, one, alone=alone)
    assert case.owner_id == world.reviewer.id
    before = await notes(app, case)
    for state in (CaseState.OPEN, CaseState.AWAITING_REVIEW):
        if state is CaseState.AWAITING_REVIEW:
            await closed_by(app, world, "reviewer", case)
            before = await notes(app, case)
        kept = await row(app, case.id)
        for press in every_press(case):
            await forge(app, world.counselor, press)
            assert await row(app, case.id) == kept
    await world.counselor.phone.send(f"/case {case.number}")
    await app.settled()
    if alone:
        await world.counselor.phone.sees("没有这个编号的事项")
        world.counselor.phone.never_saw(NEUTRAL)
    else:
        await world.counselor.phone.sees(NEUTRAL)
    world.counselor.phone.never_saw(one.row.name)
    world.counselor.phone.never_saw("单位说没有这个人")
    assert await notes(app, case) == before


async def test_others_see_nothing_of_a_case_outside_their_units(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    for key in ("counselor2",):
        phone = world.people[key].phone
        await phone.send(f"/case {case.number}")
        await phone.sees("没有这个编号的事项")
        await forge(app, world.people[key], *every_press(case))
    await forge(app, world.lihua, CaseDo(verb=Verb.CLAIM, case=case.id))
    await world.lihua.phone.sees("不在您的权限范围内")
    assert (await row(app, case.id)).state is CaseState.OPEN
    world.counselor2.phone.never_saw("李华")


async def test_a_counselor_who_owns_a_dispute_works_on_it(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua)
    assert case.owner_id == world.counselor.id
    await closed_by(app, world, "counselor", case)
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    await forge(app, world.counselor, CaseDo(verb=Verb.APPROVE, case=case.id))
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW


async def test_a_dispute_is_handed_only_to_those_who_had_no_hand_in_it(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", enterer="严书记", enterer_no="T040")
    case = await disputed(app, world, one, alone=True)
    phone = world.reviewer.phone
    await phone.send(f"/case {case.number}")
    await app.settled()
    await phone.press("转交")
    await phone.sees("转交给谁")
    assert phone.buttons() == ["秦复核", "高校长", "打开这一件"]
    await forge(app, world.discipline, CaseDo(verb=Verb.CARD, case=case.id))
    world.discipline.phone.never_saw("赵六")
    await phone.press("秦复核")
    await phone.sees("转交给 秦复核")
    await phone.press("不写说明，直接转交")
    await world.reviewer2.phone.sees("林复核 把这一件转给了您")


async def test_an_owner_who_turns_out_to_have_signed_reads_nothing_more(app: Running, world: World) -> None:
    """Their 工号 was put right after it was filed; with the graduate's next words it is somebody else's."""
    one = await world.graduate(name="赵六", signer="程老师", signer_no="T999")
    case = await disputed(app, world, one)
    assert case.owner_id == world.counselor.id
    async with app.app.works.begin() as work:
        (await work.session.get_one(Staff, world.counselor.id)).number = "T999"
    await one.phone.send("是陈老师让我签的")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.reviewer.id
    await world.reviewer.phone.sees("是陈老师让我签的")
    world.counselor.phone.never_saw("是陈老师让我签的")


async def test_when_it_is_over_nobody_is_told_to_wait(app: Running, world: World) -> None:
    case = await disputed(app, world, await world.graduate(name="赵六", signer="陈老师", signer_no="T001"))
    await closed_by(app, world, "reviewer", case)
    for words in (NEUTRAL, "您所带班级有一条去向记录已由学校复核完毕"):
        await world.counselor.phone.send(f"/case {case.number}")
        await app.settled()
        assert words in world.counselor.phone.shown[-1].text
        await forge(app, world.reviewer2, CaseDo(verb=Verb.APPROVE, case=case.id))
