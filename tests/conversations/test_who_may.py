"""Who may see, take and read a case: owners who leave, a hand in the record, two hats on one head."""

from typing import Any

import pytest
from sqlmodel import select

from actions import disputes, staff
from actions.rights import NotYours
from handlers.case import CaseDo
from handlers.office import People
from models.answer import Source
from models.case import Case, CaseKind, CaseState
from models.dispute import Dispute, Pressure
from models.event import Event
from models.graduate import Destination, Graduate
from models.messages.cases import CaseCard, CasePhones, Verb
from models.messages.office import Listed
from models.person import Person
from models.staff import Duty, Role
from tests.conversations.working import disputed, forge, opened, row
from tests.driving import Running, Time
from tests.world import One, World


async def ended(app: Running, *who: One) -> None:
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty).where(Duty.staff_id.in_([one.id for one in who]))):  # type: ignore[attr-defined]
            duty.ended_at = work.now


async def given(app: Running, world: World, who: One, role: Role, unit: str = "") -> None:
    async with app.app.works.begin() as work:
        work.session.add(Duty(staff_id=who.id, role=role, unit_id=world.units[unit].id, since=work.now))


async def operated(app: Running, do: Any) -> Any:
    async with app.app.works.begin() as work:
        operator = Person(created_at=work.now, operator="test")
        work.session.add(operator)
        await work.session.flush()
        return await do(work, operator)


async def opens(app: Running, one: One, case: Case) -> Any:
    await one.phone.send(f"/case {case.number}")
    await app.settled()
    return one.phone.shown[-1]


async def test_a_dispute_whose_owner_left_can_be_taken(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    assert "我来处理" not in (await opens(app, world.reviewer2, case)).labels()
    await ended(app, world.reviewer)
    shown = await opens(app, world.reviewer2, case)
    assert shown.labels() == ["我来处理", "转交", "查看全部经过"]
    assert "我来处理" not in (await opens(app, world.office, case)).labels()
    await world.reviewer2.phone.press("我来处理")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.reviewer2.id
    assert "我来处理" not in (await opens(app, world.head, case)).labels()


async def test_any_case_whose_owner_left_can_be_taken_from_above(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    assert case.owner_id == world.counselor.id
    assert "我来处理" not in (await opens(app, world.officer, case)).labels()
    await ended(app, world.counselor)
    assert "我来处理" in (await opens(app, world.officer, case)).labels()
    await world.officer.phone.press("我来处理")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.officer.id


async def test_what_a_colleague_left_behind_stands_in_the_queues_of_who_may_take_it(
    app: Running, world: World
) -> None:
    usual = await opened(app, world.lihua)
    dispute = await disputed(app, world, await world.graduate(name="赵六"), alone=True)
    assert "目前没有等您处理的事项" in await queued(app, world.officer)
    await ended(app, world.counselor, world.reviewer)
    below = await queued(app, world.officer)
    assert "李华" in below
    assert "待领取：1 件" in below
    assert str(dispute.number) not in below
    above = await queued(app, world.reviewer2)
    assert "赵六" in above
    assert "待领取：1 件" in above
    assert "目前没有等您处理的事项" in await queued(app, world.counselor2)
    await queued(app, world.officer)
    await world.officer.phone.press("我来处理")
    await app.settled()
    assert (await row(app, usual.id)).owner_id == world.officer.id
    assert "我的：1 件" in await queued(app, world.officer)
    assert "李华" not in await queued(app, world.office)


async def queued(app: Running, one: One) -> str:
    await one.phone.send("/queue")
    await app.settled()
    return str(one.phone.shown[-1].text)


async def test_what_was_escalated_can_be_taken_once(app: Running, world: World, time: Time) -> None:
    case = await opened(app, world.lihua)
    await time.passes(days=10)
    await time.passes(days=3)
    assert "我来处理" in (await opens(app, world.officer, case)).labels()
    await world.officer.phone.press("我来处理")
    await app.settled()
    assert (await row(app, case.id)).owner_id == world.officer.id
    assert "我来处理" not in (await opens(app, world.office, case)).labels()


async def test_a_duty_that_ends_gives_its_cases_to_others(app: Running, world: World) -> None:
    dispute = await disputed(app, world, world.lihua)
    other = await world.graduate(name="王五")
    usual = await opened(app, other)
    assert dispute.owner_id == usual.owner_id == world.counselor.id
    duty = await app.row(select(Duty).where(Duty.staff_id == world.counselor.id))
    await operated(app, lambda work, by: staff.end_duty(work, by, duty.id))
    await app.settled()
    assert (await app.row(select(Duty).where(Duty.id == duty.id))).ended_at is not None
    assert (await row(app, dispute.id)).owner_id == world.reviewer.id
    assert (await row(app, usual.id)).owner_id is None
    assert len(await app.rows(select(Event).where(Event.kind == "duty_ended"))) == 1
    await world.reviewer.phone.sees("李华")
    assert "我来处理" in (await opens(app, world.officer, usual)).labels()


async def test_only_who_may_invite_may_end_a_duty(app: Running, world: World) -> None:
    duty = await app.row(select(Duty).where(Duty.staff_id == world.counselor.id))
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.officer.person_id)
        with pytest.raises(NotYours):
            await staff.end_duty(work, person, duty.id)
    assert (await app.row(select(Duty).where(Duty.id == duty.id))).ended_at is None


async def test_a_counselor_of_then_stays_out_with_another_hat(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", enterer=None)
    case = await disputed(app, world, one)
    assert case.owner_id == world.reviewer.id
    await ended(app, world.counselor)
    await given(app, world, world.counselor, Role.OFFICE)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.state, kept.closer_id = CaseState.AWAITING_REVIEW, world.reviewer.id
    await opens(app, world.counselor, case)
    await forge(app, world.counselor, CaseDo(verb=Verb.APPROVE, case=case.id))
    world.counselor.phone.never_saw("赵六")
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    await world.counselor.phone.send("/queue")
    await app.settled()
    world.counselor.phone.never_saw("赵六")


@pytest.mark.parametrize(("said", "words"), [(Pressure.YES, "有"), (Pressure.NO, "没有")])
async def test_a_counselor_who_reviews_too_never_reads_of_pressure(
    app: Running, world: World, said: Pressure, words: str
) -> None:
    await given(app, world, world.counselor, Role.REVIEWER)
    case = await disputed(app, world, world.lihua)
    assert case.owner_id == world.counselor.id
    dispute = await app.row(select(Dispute))
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        await disputes.press_pressure(work, person, dispute.id, said)
    await opens(app, world.counselor, case)
    world.counselor.phone.never_saw("是否有人要求")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, case.id)).owner_id = world.reviewer.id
    shown = await opens(app, world.reviewer, case)
    assert "是否有人要求签约或填报（" in shown.text
    assert f"）：{words}\n" in shown.text
    assert said.value not in shown.text


async def test_the_signer_with_an_office_finds_nothing(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", signer="何主任", signer_no="T030")
    await disputed(app, world, one)
    await world.office.phone.send("/find 赵六")
    shown = await world.office.phone.sees("赵六")
    assert "待核实" in shown.text
    await world.office.phone.send("/status")
    await app.settled()
    shown = await world.office.phone.sees("异议")
    assert not [label for label in shown.labels() if "异议" in label or "从未" in label]
    await forge(app, world.office, People(listed=Listed.DISPUTED))
    assert "共 0 人" in world.office.phone.shown[-1].text


async def test_who_signed_reads_any_answer_folded(app: Running, world: World) -> None:
    await world.graduate(name="赵六", signer="何主任", answer="changed", answer_verified=True)
    await world.office.phone.send("/find 赵六")
    assert "待核实" in (await world.office.phone.sees("赵六")).text


async def test_a_complaint_by_telephone_passes_by_who_had_a_hand(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", signer="林复核", signer_no="T020")
    await given(app, world, world.counselor, Role.REVIEWER)
    case = await opened(app, one, CaseKind.RECORD_PROBLEM, reason="complaint")
    await ended(app, world.head)
    assert case.owner_id == world.reviewer2.id
    world.reviewer.phone.never_saw("赵六")
    world.counselor.phone.never_saw("赵六")
    for out in (world.reviewer, world.counselor):
        await opens(app, out, case)
        out.phone.never_saw("赵六")
    await opens(app, world.reviewer2, case)
    await world.reviewer2.phone.press("转交")
    await world.reviewer2.phone.sees("转交给谁")
    assert world.reviewer2.phone.buttons() == ["严书记", "打开这一件"]


async def test_words_for_the_office_are_not_for_the_class(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.MESSAGE, reason="to_office")
    assert "没有这个编号的事项" in (await opens(app, world.counselor, case)).text
    await world.counselor.phone.send("/find 李华")
    shown = await world.counselor.phone.sees("软件2001")
    assert not any(str(case.number) in label for label in shown.labels())
    assert "毕业生留言" in (await opens(app, world.office, case)).text


async def test_an_owner_with_a_hand_found_later_can_only_hand_it_on(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    assert case.owner_id == world.reviewer.id
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        dispute = (await work.session.exec(select(Dispute))).one()
        await disputes.add_statement(work, person, dispute.id, "先前的话")
    await app.settled()
    await given(app, world, world.reviewer, Role.COUNSELOR, "软件2001")
    shown = await opens(app, world.reviewer, case)
    assert shown.labels() == ["转交"]
    assert "先前的话" not in shown.text
    assert "我来处理" in (await opens(app, world.reviewer2, case)).labels()


async def test_an_owner_without_an_eligible_duty_can_only_hand_it_on(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await ended(app, world.reviewer)
    await given(app, world, world.reviewer, Role.EMPLOYMENT_OFFICER)
    assert (await opens(app, world.reviewer, case)).labels() == ["转交"]


async def test_cards_are_read_again_when_they_are_sent(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    me = world.reviewer.id
    async with app.app.works.begin() as work:
        note = (await work.session.exec(select(Dispute))).one()
        person = await work.session.get_one(Person, world.lihua.person_id)
        await disputes.add_statement(work, person, note.id, "只给经办的话")
        (await work.session.get_one(Case, case.id)).owner_id = world.reviewer2.id
        reader = await work.session.get_one(Person, world.reviewer.person_id)
        common: dict[str, Any] = {"case": case.id, "graduate": case.graduate_id, "reader": me}
        work.say(reader, CaseCard(verbs=(Verb.NOTE,), reads=True, **common))
        work.say(reader, CasePhones(by_bot=True, **common))
    await app.settled()
    world.reviewer.phone.never_saw("只给经办的话")
    world.reviewer.phone.never_saw("+8613")
    await world.reviewer.phone.sees("由其他老师处理")
    await ended(app, world.reviewer2)
    async with app.app.works.begin() as work:
        reader = await work.session.get_one(Person, world.reviewer2.person_id)
        work.say(reader, CaseCard(verbs=(Verb.NOTE,), reads=True, **common | {"reader": world.reviewer2.id}))
    await app.settled()
    assert "由其他老师处理" in world.reviewer2.phone.shown[-1].text


async def test_nobody_chose_for_whoever_filed_on_the_register(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        found = await work.session.exec(select(Destination).where(Destination.graduate_id == graduate.id))
        await disputes.file(work, None, graduate, found.one(), without_counselor=True, source=Source.REGISTER)
    await world.lihua.phone.sees("您在全国系统提出的异议，学校已收到")
    world.lihua.phone.never_saw("按您的选择")
