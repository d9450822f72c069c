"""A complaint from outside: written down by one, looked into by somebody free of it, kept from the rest."""

import pytest
from sqlmodel import select

from handlers.case import CaseDo
from handlers.complaint import LeadSkip
from models.case import Case, CaseKind, CaseState, Channel, Outcome
from models.event import Event, Incident
from models.lead import Lead
from models.messages.cases import CaseCard, Verb
from models.person import Person
from models.staff import Role
from models.steps.leads import LeadPart
from tests.conversations.test_who_may import ended, given, opens
from tests.conversations.working import every_press, forge, looked_into, notes, row
from tests.driving import Running, Time
from tests.world import One, World

WORDS = "来信人说，这个班有人没有签过合同就被登记"
RATHER = {
    "whom": "还不清楚是谁",
    "colleague": "没有提到同事",
    "reference": "没有编号",
    "received": "日期不详",
}


async def complains(
    app: Running,
    by: One,
    whom: str = "",
    *,
    channel: str = "国务院“互联网+督查”",
    colleague: str = "",
    reference: str = "",
    received: str = "",
    words: str = WORDS,
) -> str:
    """Written down the way the chat asks for it; what it said in the end."""
    await by.phone.send("/complaint")
    await by.phone.offers(channel)
    await by.phone.press(channel)
    await app.settled()
    for part, said in (
        ("whom", whom),
        ("colleague", colleague),
        ("reference", reference),
        ("received", received),
    ):
        await (by.phone.send(said) if said else by.phone.press(RATHER[part]))
        await app.settled()
    await by.phone.send(words)
    await app.settled()
    return by.phone.shown[-1].text


async def the_lead(world: World) -> tuple[Lead, Case]:
    lead = await world.row(select(Lead))
    return lead, await world.row(select(Case).where(Case.id == lead.case_id))


async def test_what_came_from_outside_goes_straight_to_a_reviewer(app: Running, world: World) -> None:
    said = await complains(
        app, world.office, world.lihua.row.student_no, reference="督〔2024〕17号", received="2024-07-05"
    )
    lead, case = await the_lead(world)
    assert f"编号 {case.number}" in said
    assert (lead.channel, lead.reference, str(lead.received_on)) == (
        Channel.SUPERVISION,
        "督〔2024〕17号",
        "2024-07-05",
    )
    assert (case.kind, case.channel, case.owner_id) == (
        CaseKind.COMPLAINT,
        Channel.SUPERVISION,
        world.reviewer.id,
    )
    assert case.graduate_id == world.lihua.id
    alert = await world.reviewer.phone.sees(f"新事项 · 编号 {case.number} · 举报线索")
    assert "李华" in alert.text
    await world.reviewer.phone.press("我来处理")
    card = await world.reviewer.phone.sees("经办：林复核")
    assert WORDS in card.text
    assert "来源：国务院“互联网+督查” · 来件编号：督〔2024〕17号 · 收到日期：2024-07-05" in card.text
    for out in (world.counselor, world.officer, world.reviewer2, world.head, world.discipline):
        out.phone.never_saw("举报线索")
    world.lihua.phone.never_saw("举报线索")


async def test_the_words_are_sealed_and_nowhere_else(app: Running, world: World) -> None:
    await complains(app, world.office, "李华")
    _, case = await the_lead(world)
    for event in await app.rows(select(Event)):
        assert WORDS not in str(event.facts)
    reporter = await app.row(select(Person).where(Person.id == world.office.person_id))
    assert reporter.staff_step is None
    assert await notes(app, case) == ["opened"]


async def test_the_same_number_of_the_same_channel_is_found_again(app: Running, world: World) -> None:
    await complains(app, world.office, "李华", reference="A-17")
    _, case = await the_lead(world)
    for again in (
        await complains(app, world.head, "李华", reference="a 17", words="同一件事，另一个人来登记"),
        await complains(app, world.head, reference="A-17", words="没有写是谁"),
    ):
        assert "之前已经登记" in again
        assert f"编号 {case.number}" in again
    assert len(await world.rows(select(Case))) == 1
    await complains(app, world.office, "李华", channel="中国政府网留言", reference="A-17")
    assert len(await world.rows(select(Case))) == 2


async def test_whoever_it_is_kept_from_learns_no_number_nor_whether_it_was_known(
    app: Running, world: World
) -> None:
    one = await world.graduate(name="赵六", signer="何老师", signer_no="T030")
    await complains(app, world.head, one.row.student_no, reference="A-17")
    _, case = await the_lead(world)
    for reference in ("A-17", "B-18"):
        said = await complains(app, world.office, one.row.student_no, reference=reference)
        assert said.startswith("已登记。")
        assert "编号" not in said
        assert str(case.number) not in said


async def test_one_number_that_names_two_graduates_is_two_cases(app: Running, world: World) -> None:
    other = await world.graduate(name="赵六", enterer="林复核", enterer_no="T020")
    await complains(app, world.office, "李华", reference="A-17")
    await complains(app, world.office, other.row.student_no, reference="A-17")
    first, second = await world.rows(select(Case).order_by(Case.number))  # type: ignore[arg-type]
    assert (first.owner_id, second.owner_id) == (world.reviewer.id, world.reviewer2.id)
    assert second.parent_id == first.id


@pytest.mark.parametrize(
    ("hands", "owner"),
    [
        ({}, "reviewer"),
        ({"signer": "林复核", "signer_no": "T020"}, "reviewer2"),
        ({"signer": "林复核", "enterer": "秦复核"}, "discipline"),
    ],
)
async def test_nobody_with_a_hand_in_the_record_gets_it(
    app: Running, world: World, hands: dict[str, str], owner: str
) -> None:
    one = await world.graduate(name="赵六", **hands)
    await complains(app, world.office, one.row.student_no)
    _, case = await the_lead(world)
    assert case.owner_id == world.people[owner].id


async def test_class_counselor_and_whoever_signed_find_nothing_of_it(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", signer="何主任", signer_no="T030", enterer="林复核")
    await given(app, world, world.counselor, Role.REVIEWER)
    await complains(app, world.head, one.row.student_no)
    _, case = await the_lead(world)
    assert case.owner_id == world.reviewer2.id
    kept = await row(app, case.id)
    for out in (world.counselor, world.office, world.reviewer):
        assert "没有这个编号的事项" in (await opens(app, out, case)).text
        await out.phone.send("/queue")
        await app.settled()
        assert str(case.number) not in out.phone.shown[-1].text
        await out.phone.send("/find 赵六")
        await app.settled()
        assert not any(str(case.number) in label for label in out.phone.shown[-1].labels())
        await forge(app, out, *every_press(case))
        assert await row(app, case.id) == kept
        out.phone.never_saw(WORDS)
        out.phone.never_saw("举报")
    await opens(app, world.reviewer2, case)
    await world.reviewer2.phone.press("转交")
    await world.reviewer2.phone.sees("转交给谁")
    assert world.reviewer2.phone.buttons() == ["高校长", "严书记", "打开这一件"]


async def test_a_hand_stays_a_hand_when_the_duty_or_the_name_is_another(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", unit="软件2002")
    await complains(app, world.office, one.row.student_no)
    _, case = await the_lead(world)
    await ended(app, world.counselor2)
    await given(app, world, world.counselor2, Role.REVIEWER)
    assert "没有这个编号的事项" in (await opens(app, world.counselor2, case)).text
    await world.counselor2.phone.send("/queue")
    await app.settled()
    world.counselor2.phone.never_saw("举报")


async def test_the_colleague_it_is_about_never_sees_it(app: Running, world: World, time: Time) -> None:
    said = await complains(app, world.office, "李华", colleague="林复核")
    assert "林复核" not in said
    _, case = await the_lead(world)
    assert case.owner_id == world.reviewer2.id
    assert "没有这个编号的事项" in (await opens(app, world.reviewer, case)).text
    await closed(app, world.reviewer2, case)
    await world.office.phone.sees(f"待复核 · 编号 {case.number}")
    await time.passes(days=6)
    await forge(app, world.reviewer, *every_press(case))
    world.reviewer.phone.never_saw("举报")
    world.reviewer.phone.never_saw("待复核")
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    async with app.app.works.begin() as work:
        reader = await work.session.get_one(Person, world.reviewer.person_id)
        card = CaseCard(
            case=case.id, graduate=case.graduate_id, verbs=(Verb.NOTE,), reads=True, reader=world.reviewer.id
        )
        work.say(reader, card)
    await app.settled()
    world.reviewer.phone.never_saw(WORDS)


async def test_about_a_unit_it_passes_by_whoever_works_there(app: Running, world: World) -> None:
    near = await world.staff("near", "院复核", "T060", Role.REVIEWER, "计算机学院")
    await complains(app, world.office, "计算机学院")
    _, case = await the_lead(world)
    assert (case.graduate_id, case.unit_id) == (None, world.units["计算机学院"].id)
    assert case.owner_id == world.reviewer.id
    assert "没有这个编号的事项" in (await opens(app, near, case)).text
    near.phone.never_saw("举报")


async def test_while_the_reviewers_are_away_it_is_the_next_roles(app: Running, world: World) -> None:
    for one in (world.reviewer, world.reviewer2):
        await one.phone.send("/away 3")
        await app.settled()
    await complains(app, world.office, "李华")
    _, case = await the_lead(world)
    assert case.owner_id == world.discipline.id


async def test_nobody_free_of_it_is_an_incident_and_loses_nothing(app: Running, world: World) -> None:
    await ended(app, world.reviewer, world.reviewer2, world.discipline, world.head)
    await complains(app, world.office, "李华")
    _, case = await the_lead(world)
    assert case.owner_id is None
    assert [one.kind for one in await app.rows(select(Incident))] == ["case_without_owner"]


async def closed(app: Running, by: One, case: Case, outcome: str = "部分属实") -> None:
    await opens(app, by, case)
    await looked_into(app, by.phone)
    await by.phone.press("办结")
    await app.settled()
    await by.phone.press("材料核查")
    await app.settled()
    await by.phone.send("核对了合同，有一份对不上")
    await app.settled()
    await by.phone.press(outcome)
    await app.settled()


async def test_it_is_looked_into_closed_and_passed_by_a_second_person(app: Running, world: World) -> None:
    await complains(app, world.office, "李华")
    _, case = await the_lead(world)
    await opens(app, world.reviewer, case)
    await looked_into(app, world.reviewer.phone)
    await world.reviewer.phone.press("办结")
    await app.settled()
    await world.reviewer.phone.press("材料核查")
    await app.settled()
    await world.reviewer.phone.send("核对了合同，有一份对不上")
    await app.settled()
    assert world.reviewer.phone.buttons() == [
        "反映属实",
        "部分属实",
        "反映不属实",
        "转其他部门处理",
        "暂时无法确定",
    ]
    await world.reviewer.phone.press("部分属实")
    await world.reviewer.phone.sees("等待第二人复核")
    await forge(app, world.reviewer, CaseDo(verb=Verb.APPROVE, case=case.id))
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW
    await world.reviewer2.phone.press("打开这一件")
    card = await world.reviewer2.phone.sees("核实情况：核对了合同")
    assert WORDS in card.text
    await world.reviewer2.phone.press("复核通过")
    await app.settled()
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome, kept.reviewer_id) == (
        CaseState.CLOSED,
        Outcome.PARTLY,
        world.reviewer2.id,
    )
    for out in (world.lihua, world.counselor):
        out.phone.never_saw("部分属实")
    for told in (world.office, world.lihua, world.counselor):
        told.phone.never_saw("核对了合同")
    world.office.phone.never_saw("部分属实")


async def test_who_may_not_write_one_down_is_told_so(app: Running, world: World) -> None:
    for key in ("counselor", "officer", "lihua"):
        phone = world.people[key].phone
        await phone.send("/complaint")
        await phone.sees("不在您的权限范围内")
    assert await world.rows(select(Lead)) == []


async def test_several_of_one_name_and_a_day_to_come_are_asked_again(app: Running, world: World) -> None:
    await world.graduate(name="李华", unit="软件2002")
    phone = world.office.phone
    await phone.send("/complaint")
    await phone.offers("来信来访")
    await phone.press("来信来访")
    await app.settled()
    await phone.send("没有这个人")
    await phone.sees("没有找到。请再发一次学号")
    await phone.send("李华")
    await phone.sees("有不止一个相符")
    await phone.press("李华（软件2002）")
    await phone.sees("是否提到某位同事")
    await phone.send("张三丰")
    await phone.sees("没有找到这位同事")
    await phone.press("没有提到同事")
    await phone.offers("没有编号")
    await phone.press("没有编号")
    await phone.sees("是哪一天收到的")
    await phone.send("2024-12-31")
    await phone.sees("没有看懂这个日期")
    await phone.send("2024-07-05")
    await phone.sees("请写下反映的内容")
    await forge(app, world.office, LeadSkip(part=LeadPart.WORDS))
    await forge(app, world.office, LeadSkip(part=LeadPart.RECEIVED))
    assert await world.rows(select(Lead)) == []
    await phone.send(WORDS)
    await phone.sees("已登记，编号")
    _, case = await the_lead(world)
    assert case.unit_id == world.units["软件2002"].id


async def test_a_story_longer_than_the_limit_is_asked_for_shorter(app: Running, world: World) -> None:
    await complains(app, world.office, words="字" * 4001)
    await world.office.phone.sees("超过 4000 字")
    assert await world.rows(select(Lead)) == []
    await world.office.phone.send(WORDS)
    await world.office.phone.sees("已登记，编号")


@pytest.mark.parametrize("number", ["A-17", ""])
async def test_a_colleague_named_only_later_loses_it(app: Running, world: World, number: str) -> None:
    """Written down again with the name: whoever has it is the very one, and neither keeps nor reads it."""
    await complains(app, world.office, "李华", reference=number)
    _, first = await the_lead(world)
    assert first.owner_id == world.reviewer.id
    seen = len(world.reviewer.phone.shown)
    for _ in range(2):
        await complains(app, world.office, "李华", reference=number, colleague="林复核")
    cases = await world.rows(select(Case).order_by(Case.number))  # type: ignore[arg-type]
    assert [one.parent_id for one in cases] == [None, first.id]
    assert {one.owner_id for one in cases} == {world.reviewer2.id}
    for case in cases:
        assert "没有这个编号的事项" in (await opens(app, world.reviewer, case)).text
        await forge(app, world.reviewer, *every_press(case))
    await world.reviewer.phone.send("/queue")
    await app.settled()
    assert not any("举报" in one.text for one in world.reviewer.phone.shown[seen:])
