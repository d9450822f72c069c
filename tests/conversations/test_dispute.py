"""A dispute as the people in it live it: filed at a press, owned by the right one, kept from the others."""

from typing import Any

import pytest
from sqlmodel import col, select

from actions import asks, destinations, disputes
from handlers.dispute import File, Withdraw
from models.answer import Answer, AnswerKind, Source
from models.ask import Ask, AskState
from models.case import Case
from models.dispute import Dispute, Pressure, Statement, StatementKind
from models.event import Incident
from models.graduate import Destination, Graduate
from models.outgoing import Outgoing
from models.person import Locale, Person
from models.staff import Duty, Role
from sandbox import Phone
from tests.driving import Running, Time
from tests.world import One, World

THIRD = "从未与该单位签约或被录用"
WITH = "确认提出异议，辅导员可以参与"
ALONE = "确认提出异议，不经辅导员处理"
NEUTRAL = "您所带班级有一条去向记录正在由学校复核"
SENTENCE = "从未与该单位签订就业协议、劳动合同或其他录用形式"


async def asked(running: Running, one: One) -> Phone:
    async with running.app.works.begin() as work:
        await asks.open_ask(work, await work.session.get_one(Graduate, one.id))
    await running.settled()
    return one.phone


async def on_screen(running: Running, one: One, label: str = THIRD) -> Phone:
    phone = await asked(running, one)
    await phone.press(label)
    await phone.sees("您要提出的是")
    return phone


async def filed(running: Running, one: One, *, alone: bool = False) -> Phone:
    phone = await on_screen(running, one)
    await phone.press(ALONE if alone else WITH)
    await phone.sees("已收到您的异议")
    await running.settled()
    return phone


async def the(world: World, table: Any, one: One) -> Any:
    return await world.row(select(table).where(table.graduate_id == one.id))


async def test_the_screen_says_all_and_offers_two_equal_ways(running: Running, world: World) -> None:
    phone = await on_screen(running, world.lihua)
    shown = await phone.sees(f"「{SENTENCE}」")
    for words in (
        "不影响毕业证、学位证、档案和户口",
        "不需要您提供证明",
        "由没有经手这条记录的老师核实",
        "随时可以补充或撤回",
        '签过但没去、已解约或已离职，请选"信息有变或有误"；只实习过、没有被录用，请继续',
    ):
        assert words in shown.text
    assert phone.buttons() == [WITH, ALONE, "返回"]
    assert await world.rows(select(Dispute)) == []


async def test_back_shows_the_card_again_and_files_nothing(running: Running, world: World) -> None:
    phone = await on_screen(running, world.lihua)
    await phone.press("返回")
    await running.settled()
    assert phone.buttons()[0] == "以上信息属实"
    assert await world.rows(select(Dispute)) == []


async def test_a_press_files_answers_and_alerts_at_once(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    case = await the(world, Case, world.lihua)
    dispute = await the(world, Dispute, world.lihua)
    answer = await the(world, Answer, world.lihua)
    ask = await the(world, Ask, world.lihua)
    assert (answer.kind, answer.id) == (AnswerKind.DISPUTED, dispute.answer_id)
    assert (dispute.sentence, dispute.official_sentence) == ("never_signed_employer", True)
    assert (dispute.without_counselor, dispute.counselor_implicated) == (False, False)
    assert case.owner_id == world.counselor.id
    assert ask.state is AskState.ANSWERED
    await phone.sees(f"编号 {case.number}")
    await phone.sees("7月15日（周一）前会有老师核实并答复您")
    await phone.sees("是否有人要求您签约或填报？")
    assert phone.buttons() == ["有", "没有", "不想说"]
    alert = await world.counselor.phone.sees("异议")
    assert "李华" in alert.text
    assert f"编号 {case.number}" in alert.text
    assert "首次联系时限：今天 17:00" in alert.text
    world.reviewer.phone.never_saw("李华")


async def test_twice_and_both_buttons_make_one_dispute(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await phone.press(WITH)
    await phone.press(ALONE)
    await phone.sees("正在核实", times=2)
    dispute = await the(world, Dispute, world.lihua)
    assert dispute.without_counselor is False
    assert len(await world.rows(select(Case))) == 1
    await running.settled()
    await world.counselor.phone.sees("新异议", times=1)


async def test_the_third_button_shows_the_dispute_that_is_open(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        await asks.card(work, person, await work.session.get_one(Graduate, world.lihua.id))
    await running.settled()
    await phone.press(THIRD)
    await phone.sees("正在核实")
    assert len(await world.rows(select(Dispute))) == 1


async def test_implicated_the_counselor_hears_only_that_it_is_reviewed(
    running: Running, world: World
) -> None:
    one = await world.graduate(name="王敏", enterer="陈老师", enterer_no="T001")
    await filed(running, one)
    case, dispute = await the(world, Case, one), await the(world, Dispute, one)
    assert (case.owner_id, dispute.counselor_implicated) == (world.reviewer.id, True)
    assert case.counselor_may_see
    await world.reviewer.phone.sees("王敏")
    shown = await world.counselor.phone.sees(f"{NEUTRAL}，不需要您处理，请等待结果。")
    assert str(case.number) not in shown.text
    world.counselor.phone.never_saw("王敏")
    world.counselor.phone.never_saw("异议")


async def test_without_the_counselor_even_that_waits_for_the_digest(
    running: Running, world: World, time: Time
) -> None:
    phone = await filed(running, world.lihua, alone=True)
    await phone.sees("按您的选择，不经辅导员处理")
    case = await the(world, Case, world.lihua)
    assert (case.owner_id, case.counselor_may_see) == (world.reviewer.id, False)
    await time.to("2024-07-09 08:29")
    world.counselor.phone.never_saw(NEUTRAL)
    assert (await the(world, Case, world.lihua)).counselor_may_see is False
    await time.to("2024-07-09 08:30")
    await world.counselor.phone.sees(NEUTRAL, times=1)
    world.counselor.phone.never_saw("李华")
    assert (await the(world, Case, world.lihua)).counselor_may_see is True


async def test_a_statement_is_kept_and_read_by_the_owner_alone(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua, alone=True)
    await phone.send("我只去<b>参观</b>过一次 & 没签字")
    await phone.sees("只有核实和复核这件事的老师能看到")
    await phone.press("补充说明（可不填）")
    await phone.sees("请把想补充的写在这里")
    await phone.send("第二段")
    await phone.sees("已附在编号", times=2)
    await running.settled()
    await world.reviewer.phone.sees("我只去<b>参观</b>过一次 & 没签字")
    await world.reviewer.phone.sees("第二段")
    world.counselor.phone.never_saw("参观")
    said = await world.rows(select(Statement).order_by(col(Statement.said_at)))
    assert [one.kind for one in said] == [StatementKind.STATEMENT] * 2
    assert all("参观" not in (one.text or "") for one in said)
    for row in await world.rows(select(Outgoing)):
        assert "参观" not in row.message.model_dump_json()


async def test_later_text_goes_to_the_owner_of_an_open_dispute(running: Running, world: World) -> None:
    await filed(running, world.lihua)
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        assert await disputes.text_for_open_dispute(work, person, graduate, "后来又想起一件事")
    await running.settled()
    await world.counselor.phone.sees("后来又想起一件事")


async def test_text_without_an_open_dispute_is_nobodys(running: Running, world: World) -> None:
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        assert not await disputes.text_for_open_dispute(work, person, graduate, "你好")


async def test_a_withdrawal_is_added_and_still_looked_at(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await phone.press("撤回")
    await phone.sees("您撤回编号")
    await phone.press("撤回")
    await phone.sees("您撤回编号", times=2)
    dispute = await the(world, Dispute, world.lihua)
    assert dispute.withdrawn_at is not None
    assert dispute.closed_at is None
    [withdrawal] = await world.rows(select(Statement))
    assert withdrawal.kind is StatementKind.WITHDRAWAL
    await running.settled()
    await world.counselor.phone.sees("撤回了异议", times=1)
    await world.reviewer.phone.sees("撤回了异议", times=1)


async def test_pressure_is_told_to_a_reviewer_only(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await phone.press("有")
    await phone.sees("只转给学校复核老师或纪检部门")
    await running.settled()
    assert (await the(world, Dispute, world.lihua)).pressure is Pressure.YES
    await world.reviewer.phone.sees("有人要求其签约或填报", times=1)
    for other in (world.counselor, world.reviewer2, world.office, world.officer, world.head):
        other.phone.never_saw("有人要求")


async def test_pressure_by_the_reviewer_goes_to_the_discipline_office(running: Running, world: World) -> None:
    one = await world.graduate(signer="林复核", enterer="秦复核")
    phone = await filed(running, one)
    await phone.press("有")
    await running.settled()
    await world.discipline.phone.sees("有人要求其签约或填报")
    world.reviewer.phone.never_saw("有人要求")


@pytest.mark.parametrize(("label", "said"), [("没有", Pressure.NO), ("不想说", Pressure.NOT_SAID)])
async def test_no_pressure_tells_nobody(running: Running, world: World, label: str, said: Pressure) -> None:
    phone = await filed(running, world.lihua)
    await phone.press(label)
    await phone.sees("好的，已记下")
    await running.settled()
    assert (await the(world, Dispute, world.lihua)).pressure is said
    world.reviewer.phone.never_saw("有人要求")


async def test_an_old_screen_files_nothing_about_a_new_version(running: Running, world: World) -> None:
    phone = await on_screen(running, world.lihua)
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        old = await destinations.current(work, graduate)
        values = old.model_dump(exclude={"id", "number", "graduate_id"}) | {"employer": "另一家公司"}
        await destinations.register(work, graduate, Destination(**values))
    await running.settled()
    await phone.press_data(File(destination=old.id, alone=False).pack(), phone.shown[-1])
    await phone.sees("另一家公司")
    assert await world.rows(select(Dispute)) == []


async def test_nobody_eligible_leaves_an_incident(running: Running, world: World) -> None:
    one = await world.graduate(signer="高校长", enterer="陈老师")
    async with running.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty)):
            if duty.role in (Role.REVIEWER, Role.DISCIPLINE):
                duty.ended_at = work.now
    await filed(running, one)
    assert (await the(world, Case, one)).owner_id is None
    [incident] = await world.rows(select(Incident))
    assert incident.kind == "dispute_without_owner"


@pytest.mark.parametrize(
    ("code", "cls", "sentence", "key"),
    [
        ("80", "study", "从未被该校录取", "never_admitted"),
        ("85", "study_abroad", "从未被该境外院校录取", "never_admitted_abroad"),
        ("75", "startup", "从未创办或参与创办该企业", "never_founded"),
        ("76", "freelance", "从未从事所登记的自由职业", "never_freelanced"),
        ("46", "conscript", "从未被批准应征入伍", "never_enlisted"),
        ("999", "unknown", "从未与所登记的单位、学校或项目有过签约、录取或参与", "never_took_part"),
    ],
)
async def test_each_class_has_its_own_sentence(
    running: Running, world: World, code: str, cls: str, sentence: str, key: str
) -> None:
    one = await world.graduate(name="赵敏", code=code, category=cls, code_name=None)
    phone = await on_screen(running, one)
    shown = await phone.sees(f"「{sentence}")
    assert "这句话由学校拟定" in shown.text
    await phone.press(WITH)
    await phone.sees("已收到您的异议")
    dispute = await the(world, Dispute, one)
    assert (dispute.sentence, dispute.official_sentence) == (key, False)


async def test_filed_on_the_register_by_somebody_not_enrolled(running: Running, world: World) -> None:
    one = await world.graduate(name="钱进", enrolled=False)
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        current = await destinations.current(work, graduate)
        for _ in range(2):
            dispute = await disputes.file(
                work, None, graduate, current, without_counselor=True, source=Source.REGISTER
            )
    await running.settled()
    assert dispute.source is Source.REGISTER
    assert (await the(world, Case, one)).owner_id == world.reviewer.id
    assert (await the(world, Answer, one)).source is Source.REGISTER
    await world.reviewer.phone.sees("在全国系统反馈")
    world.counselor.phone.never_saw("异议")


async def test_filed_on_the_register_an_enrolled_graduate_is_told(running: Running, world: World) -> None:
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        current = await destinations.current(work, graduate)
        await disputes.file(work, None, graduate, current, without_counselor=True, source=Source.REGISTER)
    await world.lihua.phone.sees("您在全国系统提出的异议，学校已收到")


async def test_an_unverified_account_files_and_counts_apart(running: Running, world: World) -> None:
    one = await world.graduate(name="孙立", verified=False)
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, one.person_id)
        await disputes.screen(work, person, await work.session.get_one(Graduate, one.id))
    await one.phone.sees("您要提出的是")
    one.phone.never_saw("江城精密机械")
    await one.phone.press(WITH)
    await one.phone.sees("已收到您的异议")
    await running.settled()
    assert (await the(world, Answer, one)).verified is False
    await world.counselor.phone.sees("提出人的账号待核实")


async def test_a_stranger_can_do_nothing_with_somebodys_dispute(running: Running, world: World) -> None:
    await filed(running, world.lihua)
    dispute = await the(world, Dispute, world.lihua)
    other = await world.graduate(name="别人")
    phone = await asked(running, other)
    await phone.press_data(Withdraw(dispute=dispute.id).pack(), phone.shown[-1])
    await running.settled()
    assert (await the(world, Dispute, world.lihua)).withdrawn_at is None


async def test_in_english(running: Running, world: World) -> None:
    one = await world.graduate(name="Li Hua", locale=Locale.EN)
    phone = await asked(running, one)
    await phone.press(phone.buttons()[2])
    await phone.sees("never signed an employment agreement")
    await phone.press("File the objection; my counselor may take part")
    await phone.sees("We have received your objection")


async def test_names_are_never_markup(running: Running, world: World) -> None:
    one = await world.graduate(name="<b>&李</b>“😀”", employer="=1+1 <有限公司> & 'x'")
    await filed(running, one)
    await world.counselor.phone.sees("<b>&李</b>“😀”")


async def test_a_restart_in_the_middle_loses_nothing(running: Running, world: World) -> None:
    phone = await filed(running, world.lihua)
    await running.restart()
    await phone.send("重启之后写的说明")
    await phone.sees("已附在编号")
    [statement] = await world.rows(select(Statement))
    assert statement.kind is StatementKind.STATEMENT
