"""How a dispute ends: closed by one, reviewed by another, told, agreed to or opened again."""

from typing import Any

import pytest
from sqlmodel import col, select

from actions import asks, destinations, disputes
from handlers.case import CaseDo
from models.case import Case, CaseKind, CaseState, Note, NoteKind, Outcome
from models.dispute import Dispute, Statement, StatementKind, Verdict
from models.graduate import Graduate
from models.messages.cases import Verb
from models.person import Binding, Locale, Person
from models.staff import Duty
from sandbox import Phone
from tests.conversations.working import looked_into
from tests.driving import Running, Time
from tests.world import One, World

ALONE = "确认提出异议，不经辅导员处理"
WITH = "确认提出异议，辅导员可以参与"
OUTCOMES = {
    Outcome.CONFIRMED_FALSE: "登记信息不属实，学校将更正这条登记",
    Outcome.CONFIRMED_TRUE: "现有材料显示登记信息属实",
    Outcome.WAS_TRUE_NOW_ENDED: "登记的去向曾经属实，现在已经结束",
    Outcome.EMPLOYER_MIX_UP: "单位名称有混淆",
    Outcome.UNRESOLVED: "目前还不能确定登记信息是否属实",
}


async def filed(running: Running, one: One, *, alone: bool = True) -> Phone:
    async with running.app.works.begin() as work:
        await asks.open_ask(work, await work.session.get_one(Graduate, one.id))
    await running.settled()
    await one.phone.press("从未与该单位签约或被录用")
    await one.phone.sees("您要提出的是")
    await one.phone.press(ALONE if alone else WITH)
    await one.phone.sees("已收到您的异议")
    await running.settled()
    return one.phone


async def closed(running: Running, by: One, outcome: Outcome = Outcome.CONFIRMED_FALSE) -> None:
    """As its owner does it: from the alert to the outcome."""
    phone, words = by.phone, running.app.words.labels[Locale.ZH_CN]
    await phone.press("我来处理")
    await running.settled()
    await looked_into(running, phone)
    for label in ("办结", "单位电话回访"):
        await phone.press(label)
        await running.settled()
    await phone.send("单位人事称查无此人")
    await running.settled()
    await phone.press(words[f"case_outcome_{outcome.value}"])
    await running.settled()


async def reviewed(running: Running, by: One) -> None:
    for label in ("打开这一件", "复核通过"):
        await by.phone.press(label)
        await running.settled()


async def the(world: World, table: Any, one: One) -> Any:
    query = select(table).where(table.graduate_id == one.id)
    return await world.row(query.where(table.kind == CaseKind.DISPUTE) if table is Case else query)


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_each_outcome_is_told_after_the_review(
    running: Running, world: World, outcome: Outcome
) -> None:
    phone = await filed(running, world.lihua)
    await closed(running, world.reviewer, outcome)
    phone.never_saw("核实结果")
    assert (await the(world, Dispute, world.lihua)).closed_at is None
    await reviewed(running, world.reviewer2)
    shown = await phone.sees(OUTCOMES[outcome])
    assert "核实方式：单位电话回访" in shown.text
    assert "查无此人" not in shown.text
    assert phone.buttons() == ["认可处理结果", "不认可，请重新核实"]
    dispute, case = await the(world, Dispute, world.lihua), await the(world, Case, world.lihua)
    assert dispute.closed_at == dispute.told_at == case.closed_at
    assert (case.closer_id, case.reviewer_id) == (world.reviewer.id, world.reviewer2.id)


async def test_agreed_to(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await closed(running, world.reviewer)
    await reviewed(running, world.reviewer2)
    await phone.press("认可处理结果")
    await phone.press("认可处理结果")
    await phone.sees("您认可编号", times=2)
    assert (await the(world, Dispute, world.lihua)).verdict is Verdict.AGREED
    agreed = await world.rows(select(Note).where(Note.kind == NoteKind.AGREED))
    assert len(agreed) == 1


async def test_not_agreed_to_it_starts_again_with_somebody_new(
    running: Running, world: World, time: Time
) -> None:
    phone = await filed(running, world.lihua)
    await closed(running, world.reviewer)
    await reviewed(running, world.reviewer2)
    before = await the(world, Case, world.lihua)
    await time.passes(days=1)
    await phone.press("不认可，请重新核实")
    await phone.sees("将重新核实")
    await phone.press("不认可，请重新核实")
    await phone.sees("正在核实")
    await phone.send("我从没去过那家单位")
    await phone.sees("已附在编号")
    await running.settled()
    dispute, case = await the(world, Dispute, world.lihua), await the(world, Case, world.lihua)
    assert (dispute.reopened, case.reopened, dispute.verdict) == (1, 1, Verdict.REJECTED)
    assert (case.state, case.closed_at, case.outcome, case.closer_id) == (CaseState.OPEN, None, None, None)
    assert case.owner_id == world.head.id
    assert case.due_at > before.due_at
    await world.head.phone.sees("不认可上次的处理结果")
    await world.head.phone.sees("我从没去过那家单位")
    [objection] = await world.rows(select(Statement))
    assert objection.kind is StatementKind.OBJECTION
    settled = await world.row(select(Note).where(Note.kind == NoteKind.SETTLED))
    assert settled.outcome is Outcome.CONFIRMED_FALSE
    await closed(running, world.head, Outcome.CONFIRMED_TRUE)
    await reviewed(running, world.reviewer2)
    await phone.sees(OUTCOMES[Outcome.CONFIRMED_TRUE])
    assert (await the(world, Dispute, world.lihua)).verdict is None


async def test_with_nobody_else_it_goes_back_to_those_there_are(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    async with running.app.works.begin() as work:
        keep = (world.reviewer.id, world.reviewer2.id)
        for duty in await work.session.exec(select(Duty).where(col(Duty.staff_id).not_in(keep))):
            duty.ended_at = work.now
    await closed(running, world.reviewer)
    await reviewed(running, world.reviewer2)
    await phone.press("不认可，请重新核实")
    await phone.sees("将重新核实")
    assert (await the(world, Case, world.lihua)).owner_id == world.reviewer.id


async def test_a_counselor_who_closed_it_does_not_get_it_again(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua, alone=False)
    await closed(running, world.counselor)
    await reviewed(running, world.reviewer)
    await phone.press("不认可，请重新核实")
    await phone.sees("将重新核实")
    await running.settled()
    assert (await the(world, Case, world.lihua)).owner_id == world.reviewer2.id
    await world.counselor.phone.sees("您所带班级有一条去向记录正在由学校复核")
    await phone.send("这句话只给新的老师")
    await running.settled()
    await world.reviewer2.phone.sees("这句话只给新的老师")
    world.counselor.phone.never_saw("这句话只给新的老师")


async def test_the_outcome_comes_although_reminders_were_stopped(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        person.stopped_at = work.now
    await closed(running, world.reviewer)
    await reviewed(running, world.reviewer2)
    await phone.sees("核实结果")


async def test_a_withdrawn_dispute_is_still_reviewed_and_told(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await phone.press("撤回")
    await phone.sees("您撤回编号")
    await closed(running, world.reviewer, Outcome.UNRESOLVED)
    await reviewed(running, world.reviewer2)
    await phone.sees(OUTCOMES[Outcome.UNRESOLVED])


async def test_who_enrols_later_is_told_then(running: Running, world: World) -> None:
    one = await world.graduate(name="钱进", enrolled=False)
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        current = await destinations.current(work, graduate)
        await disputes.file(work, None, graduate, current, without_counselor=True)
    await running.settled()
    await closed(running, world.reviewer)
    await reviewed(running, world.reviewer2)
    assert (await the(world, Dispute, one)).told_at is None
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        person = await world._chatting(work, one.phone)
        work.session.add(Binding(graduate=graduate, person=person, verified=True, bound_at=work.now))
        await work.session.flush()
        await disputes.told(work, person, graduate)
        await disputes.told(work, person, graduate)
    await one.phone.sees("核实结果", times=1)


async def test_the_closer_cannot_review(running: Running, world: World) -> None:
    await filed(running, world.lihua)
    await closed(running, world.reviewer)
    case = await the(world, Case, world.lihua)
    approve = CaseDo(verb=Verb.APPROVE, case=case.id).pack()
    await world.reviewer.phone.press_data(approve, world.reviewer.phone.shown[-1])
    await running.settled()
    assert (await the(world, Case, world.lihua)).state is CaseState.AWAITING_REVIEW


async def test_the_implicated_counselor_cannot_open_or_press_anything(running: Running, world: World) -> None:
    one = await world.graduate(name="王敏", enterer="陈老师")
    phone = await filed(running, one, alone=False)
    await phone.send("我写给复核老师的话")
    await running.settled()
    case = await the(world, Case, one)
    await world.counselor.phone.send(f"/case {case.number}")
    await running.settled()
    world.counselor.phone.never_saw("我写给复核老师的话")
    world.counselor.phone.never_saw("异议")
