"""Calls about a case: a neutral script, a line in it, and a "never signed" that passes by the caller."""

import pytest
from sqlmodel import select

from actions import staff
from handlers.case import CaseDo
from handlers.casecalls import CaseCallBy, CaseCallFound
from handlers.todo import CallFound
from models.answer import Answer, Source
from models.case import Asked, Case, CaseKind, CaseState, Channel, Method, Note, NoteKind
from models.dispute import Dispute
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate
from models.messages.cases import Verb
from models.staff import Duty, Role
from tests.conversations.test_who_may import given, opens, operated
from tests.conversations.working import disputed, forge, notes, opened, row
from tests.driving import Running
from tests.world import One, World

NEUTRAL = "您所带班级有一条去向记录正在由学校复核"


async def said(
    app: Running, by: One, about: One, who: CallAnsweredBy, finding: CallFinding, attempts: int = 0
) -> None:
    await forge(app, by, CallFound(graduate=about.id, by=who, finding=finding, attempts=attempts))


async def test_the_employer_is_called_back_with_a_neutral_script(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        number = work.seal("027-84607438")
    one = await world.graduate(name="赵六", contact_phone=number)
    case = await disputed(app, world, one, alone=True)
    phone = world.reviewer.phone
    await opens(app, world.reviewer, case)
    await phone.press("电话记录")
    shown = await phone.sees("我校毕业生赵六是否在贵单位就业？")
    assert "027-84607438" in shown.text
    for details in ("江城精密机械", "签约", "异议", "5月12日", "软件2001是否"):
        assert details not in shown.text
    assert phone.buttons()[:6] == ["本人接听", "家长接听", "单位接听", "无人接听", "空号停机", "拒接"]
    await phone.press("单位接听")
    await phone.sees("对方怎么说")
    await phone.press("不属实")
    card = await phone.sees("电话记录（林复核） 用人单位 单位电话回访")
    assert "单位接听，不属实（林复核）" in card.text
    call = await app.row(select(CallRecord))
    assert (call.case_id, call.answered_by, call.finding) == (
        case.id,
        CallAnsweredBy.EMPLOYER,
        CallFinding.FALSE,
    )
    line = await app.row(select(Note).where(Note.kind == NoteKind.CALLED))
    assert (line.asked, line.method) == (Asked.EMPLOYER, Method.EMPLOYER_CALLBACK)
    await one.phone.sees("单位接听，登记信息不属实")


@pytest.mark.parametrize("who", [CallAnsweredBy.PARENT, CallAnsweredBy.EMPLOYER])
@pytest.mark.parametrize("finding", [CallFinding.TRUE, CallFinding.FALSE])
async def test_nobody_elses_word_answers_opens_or_closes_anything(
    app: Running, world: World, who: CallAnsweredBy, finding: CallFinding
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    other = await opened(app, await world.graduate(name="赵六"))
    for by, one in ((world.reviewer, case), (world.counselor, other)):
        await forge(app, by, CaseCallFound(by=who, finding=finding, case=one.id, attempts=0))
    assert (await row(app, case.id)).state is CaseState.WORKING
    assert len(await app.rows(select(Dispute))) == 1
    assert len(await app.rows(select(Case))) == 2
    assert len(await app.rows(select(Answer))) == 1
    assert await notes(app, case) == ["opened", "called"]
    calls = await app.rows(select(CallRecord))
    assert {one.case_id for one in calls} == {case.id, other.id}


async def test_nobody_picks_up_is_a_line_without_a_word(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await forge(app, world.counselor, CaseCallBy(by=CallAnsweredBy.NOBODY, case=case.id, attempts=0))
    line = await app.row(select(Note).where(Note.kind == NoteKind.CALLED))
    assert (line.asked, line.method) == (None, Method.PHONE_CHECK)
    assert (await row(app, case.id)).first_contact_at is None


async def test_never_signed_heard_in_the_call_list_is_a_dispute_past_the_class(
    app: Running, world: World
) -> None:
    phone, lihua = world.counselor.phone, world.lihua.phone
    await phone.send("/todo")
    await phone.sees("尚未答复")
    await phone.press("开始联系")
    await phone.sees("打完后请记下")
    await phone.press("本人接听")
    await phone.sees("登记的去向")
    await phone.press("不属实")
    noted = await phone.sees("已转给没有经手这条登记的老师核实")
    case, dispute = await app.row(select(Case)), await app.row(select(Dispute))
    assert str(case.number) not in noted.text
    assert (case.kind, case.owner_id, case.channel) == (
        CaseKind.DISPUTE,
        world.reviewer.id,
        Channel.TELEPHONE,
    )
    assert (dispute.source, dispute.without_counselor) == (Source.TELEPHONE, False)
    assert world.counselor.id in dispute.had_hands
    await world.reviewer.phone.sees("在电话中反映")
    await phone.sees(NEUTRAL)
    filed = await lihua.sees("您在电话中说登记的去向与事实不符")
    assert f"编号 {case.number}" in filed.text
    await lihua.sees("是否有人要求您签约或填报？")
    await lihua.press("有")
    await lihua.sees("只转给学校复核老师或纪检部门")
    await world.reviewer.phone.sees("有人要求其签约或填报")
    await lihua.press("补充异议说明")
    await lihua.sees("请把想补充的写在这里")
    await lihua.send("我只是去参观过")
    await world.reviewer.phone.sees("我只是去参观过")
    phone.never_saw("参观")
    call = await app.row(select(CallRecord))
    assert call.case_id == case.id
    # What a colleague wrote down is no answer of the graduate's.
    assert await app.rows(select(Answer)) == []
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert graduate.answer is None
    await phone.send("/todo")
    await phone.sees("您负责的毕业生都已答复")


async def test_whoever_wrote_it_down_never_gets_it_in_any_hat(app: Running, world: World) -> None:
    await said(app, world.counselor, world.lihua, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    case = await app.row(select(Case))
    await given(app, world, world.counselor, Role.REVIEWER)
    await opens(app, world.counselor, case)
    world.counselor.phone.never_saw("新异议")
    for verb in Verb:
        await forge(app, world.counselor, CaseDo(verb=verb, case=case.id))
    assert (await row(app, case.id)).owner_id == world.reviewer.id
    duty = await app.row(select(Duty).where(Duty.staff_id == world.reviewer.id))
    await operated(app, lambda work, by: staff.end_duty(work, by, duty.id))
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.reviewer2.id


async def test_an_officer_who_wrote_it_down_does_not_give_it_to_the_class(app: Running, world: World) -> None:
    """On the telephone nobody was asked whether the counselor may take part."""
    await said(app, world.officer, world.lihua, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    assert (await app.row(select(Case))).owner_id == world.reviewer.id


async def test_heard_twice_it_is_one_dispute(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.SUPPORT)
    for attempts in (0, 0, 1):
        press = CaseCallFound(
            by=CallAnsweredBy.GRADUATE, finding=CallFinding.FALSE, case=case.id, attempts=attempts
        )
        await forge(app, world.counselor, press)
    # From then on the counselor has no way to call them any more.
    assert len(await app.rows(select(CallRecord))) == 1
    dispute = await app.row(select(Dispute))
    assert (dispute.source, world.counselor.id in dispute.had_hands) == (Source.TELEPHONE, True)
    await world.reviewer.phone.sees("新异议", times=1)


async def test_heard_in_the_dispute_itself_it_is_a_line(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    press = CaseCallFound(by=CallAnsweredBy.GRADUATE, finding=CallFinding.FALSE, case=case.id, attempts=0)
    await forge(app, world.reviewer, press)
    assert len(await app.rows(select(Dispute))) == 1
    assert await notes(app, case) == ["opened", "called"]
    assert (await row(app, case.id)).first_contact_at is not None


async def test_nobody_enrolled_is_told_later_and_not_now(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", enrolled=False)
    await said(app, world.counselor, one, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    assert (await app.row(select(Dispute))).answer_id is None
    await world.reviewer.phone.sees("赵六")
    assert one.phone.shown == []


async def test_an_account_nobody_checked_is_told_nothing_of_it(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", verified=False)
    await said(app, world.counselor, one, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    await world.reviewer.phone.sees("赵六")
    one.phone.never_saw("异议")


@pytest.mark.parametrize("who", [CallAnsweredBy.PARENT, CallAnsweredBy.EMPLOYER])
async def test_from_a_parent_or_an_employer_it_is_looked_at_by_somebody_else(
    app: Running, world: World, who: CallAnsweredBy
) -> None:
    await said(app, world.counselor, world.lihua, who, CallFinding.FALSE)
    case = await app.row(select(Case))
    assert (case.kind, case.reason, case.owner_id) == (CaseKind.RECORD_PROBLEM, "complaint", None)
    assert await app.rows(select(Dispute)) == []
    await world.reviewer.phone.sees("电话中表示登记不属实")
    await world.counselor.phone.send(f"/case {case.number}")
    await world.counselor.phone.sees("没有这个编号的事项")


async def test_where_nothing_can_be_disputed_it_is_a_problem_of_the_record(
    app: Running, world: World
) -> None:
    one = await world.graduate(name="赵六", code="70", category="seeking", code_name=None)
    await said(app, world.counselor, one, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    assert (await app.row(select(Case))).kind is CaseKind.RECORD_PROBLEM
    assert await app.rows(select(Dispute)) == []


async def test_a_call_is_not_what_was_looked_into(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    press = CaseCallFound(by=CallAnsweredBy.EMPLOYER, finding=CallFinding.FALSE, case=case.id, attempts=0)
    await forge(app, world.reviewer, press)
    await forge(app, world.reviewer, CaseDo(verb=Verb.CLOSE, case=case.id))
    await world.reviewer.phone.sees("这一轮还没有核实记录")


async def test_a_finding_for_a_call_that_nobody_took_is_refused(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    press = CaseCallFound(by=CallAnsweredBy.NOBODY, finding=CallFinding.TRUE, case=case.id, attempts=0)
    await forge(app, world.counselor, press)
    assert await app.rows(select(CallRecord)) == []


async def test_a_second_press_writes_nothing_twice(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    press = CaseCallFound(by=CallAnsweredBy.GRADUATE, finding=CallFinding.TRUE, case=case.id, attempts=0)
    for _ in range(2):
        await forge(app, world.counselor, press)
    assert len(await app.rows(select(CallRecord))) == 1
    assert await notes(app, case) == ["opened", "called"]
