"""/queue says the next thing to do; /find finds within one's own units; what is hidden stays hidden."""

from sqlmodel import select

from actions import clocks, queue
from models.answer import AnswerKind
from models.case import Case, CaseKind
from models.event import Event
from models.graduate import Graduate
from models.messages.queue import Only
from models.staff import Role, Staff
from rules import load
from tests.conversations.working import closed_by, disputed, opened, row, who
from tests.driving import Running, Time
from tests.world import World

NEUTRAL = "您所带班级有一条去向记录正在由学校复核"


async def test_an_empty_queue_is_calm(app: Running, world: World) -> None:
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("目前没有等您处理的事项")


async def test_the_next_thing_comes_first_with_its_buttons(app: Running, world: World, time: Time) -> None:
    late = await opened(app, world.lihua)
    await time.passes(days=3)
    soon = await opened(app, await world.graduate(name="赵六"))
    phone = world.counselor.phone
    await phone.send("/queue")
    shown = await phone.sees("下一件")
    assert shown.text.index(f"编号 {late.number}") < shown.text.index(f"编号 {soon.number}")
    assert "（已超期）" in shown.text
    assert "我的：2 件 · 已超期：1 件" in shown.text
    assert phone.buttons()[0] == "我来处理"
    assert phone.buttons()[-1] == "其余事项"
    await phone.press("其余事项")
    await phone.sees("第 1 页，共 1 页")
    await phone.press(f"编号 {soon.number}")
    await phone.sees("赵六（软件2001）")


async def test_pages_take_each_others_place(app: Running, world: World) -> None:
    for _ in range(13):
        await opened(app, world.lihua)
    phone = world.counselor.phone
    await phone.send("/queue")
    await phone.sees("我的：13 件")
    await phone.press("其余事项")
    await phone.sees("第 1 页，共 2 页")
    await phone.press("下一页")
    await phone.sees("第 2 页，共 2 页")
    assert [label for label in phone.buttons() if label.startswith("编号")] == [
        f"编号 {number}" for number in (1012, 1013)
    ]
    await phone.press("上一页")
    await phone.sees("第 1 页，共 2 页", times=1)


async def test_the_pool_is_everybodys_who_holds_the_role(app: Running, world: World) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    case = await opened(app, world.lihua, CaseKind.MESSAGE)
    assert case.owner_id is None
    for key in ("office", "office2"):
        await world.people[key].phone.send("/queue")
        shown = await world.people[key].phone.sees("待领取：1 件")
        assert f"编号 {case.number}" in shown.text
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("目前没有等您处理的事项")


async def test_second_persons_find_what_awaits_them(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.reviewer2.phone.send("/queue")
    shown = await world.reviewer2.phone.sees("待我复核：1 件")
    assert shown.labels() == ["复核通过", "退回重办", "查看全部经过"]
    await world.reviewer.phone.send("/queue")
    await world.reviewer.phone.sees("目前没有等您处理的事项")


async def test_a_counselor_reads_one_neutral_line_for_each_dispute_elsewhere(
    app: Running, world: World
) -> None:
    one = await world.graduate(name="赵六", enterer="陈老师", enterer_no="T001")
    await disputed(app, world, one)
    await disputed(app, world, world.lihua, alone=True)
    phone = world.counselor.phone
    await phone.send("/queue")
    shown = await phone.sees("目前没有等您处理的事项")
    assert shown.text.count(NEUTRAL) == 1
    async with app.app.works.begin() as work:
        counts = await queue.digest_counts(work, await who(work, world.counselor))
    assert counts["to_check"] == 2
    assert counts["working"] == 0
    phone.never_saw("赵六")
    phone.never_saw("异议")


async def test_finding_by_name_and_by_number(app: Running, world: World) -> None:
    phone = world.counselor.phone
    await phone.send("/find")
    await phone.sees("请输入姓名")
    await phone.send("没有这个人")
    await phone.sees("没有找到")
    await phone.send("李华")
    shown = await phone.sees("李华（软件2001）")
    assert "尚未答复" in shown.text
    await phone.send(f"/find {world.lihua.row.student_no}")
    await phone.sees("尚未答复", times=2)
    seen = await app.rows(select(Event).where(Event.kind == "viewed", Event.graduate_id == world.lihua.id))
    assert len(seen) == 2


async def test_several_of_one_name_are_offered(app: Running, world: World) -> None:
    await world.graduate(name="李华", unit="软件2002")
    await world.officer.phone.send("/find 李华")
    await world.officer.phone.sees("找到多位")
    await world.officer.phone.press("李华（软件2002）")
    await world.officer.phone.sees("登记：签劳动合同形式就业")


async def test_nobody_is_found_outside_ones_units(app: Running, world: World) -> None:
    await world.counselor2.phone.send("/find 李华")
    await world.counselor2.phone.sees("没有找到")
    await world.lihua.phone.send("/find 李华")
    await world.lihua.phone.sees("不在您的权限范围内")


async def test_what_was_disputed_reads_as_to_be_checked_for_the_counselor(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await world.counselor.phone.send("/find 李华")
    shown = await world.counselor.phone.sees("答复：待核实")
    assert f"编号 {case.number}" not in shown.labels()
    await world.reviewer.phone.send("/find 李华")
    shown = await world.reviewer.phone.sees("答复：提出异议")
    assert f"编号 {case.number}" in shown.labels()


async def test_a_changed_answer_reads_the_same_as_a_disputed_one(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, world.lihua.id)).answer = AnswerKind.CHANGED
    await world.counselor.phone.send("/find 李华")
    await world.counselor.phone.sees("答复：待核实")


async def test_the_queue_of_a_graduate_is_refused(app: Running, world: World) -> None:
    for command in ("/queue", "/todo", "/case 1001"):
        await world.lihua.phone.send(command)
    await world.lihua.phone.sees("不在您的权限范围内", times=3)


async def test_an_owner_without_an_account_leaves_it_to_the_pool(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Staff, world.counselor.id)).person_id = None
    case = await opened(app, world.lihua)
    assert (await row(app, case.id)).owner_id == world.officer.id
    await world.officer.phone.send("/queue")
    await world.officer.phone.sees(f"编号 {case.number}")


async def test_parts_of_the_queue_each_with_its_number(app: Running, world: World, time: Time) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    phone = world.office.phone
    mine = await opened(app, world.lihua, CaseKind.MESSAGE, owner=world.office.row)
    asked = await opened(app, world.lihua, CaseKind.EVIDENCE_PENDING, owner=world.office.row)
    await time.passes(days=3)
    pooled = await opened(app, world.lihua, CaseKind.MESSAGE)
    async with app.app.works.begin() as work:
        clocks.wait(work, await work.session.get_one(Case, asked.id))
    await phone.send("/queue")
    shown = await phone.sees("下一件")
    assert shown.text.startswith(f"下一件：\n编号 {mine.number}")
    parts = ["我的 2", "待领取 1", "已超期 1", "等毕业生回复 1", "毕业生留言 2", "待补材料 1"]
    assert [label for label in shown.labels() if label[-1].isdigit()] == parts
    await phone.press("等毕业生回复 1")
    page = await phone.sees("等毕业生回复（第 1 页，共 1 页）")
    assert [label for label in page.labels() if label.startswith("编号")] == [f"编号 {asked.number}"]
    assert "等毕业生回复 1" not in page.labels()
    await phone.press("待领取 1", on=page)
    page = await phone.sees("待领取（第 1 页，共 1 页）")
    assert f"编号 {pooled.number}" in page.text
    assert str(asked.number) not in page.text
    phone_pages = [one for one in phone.shown if "（第 1 页，共 1 页）" in one.text]
    assert len(phone_pages) == 1
    for words, number in (("超期", mine.number), ("留言", pooled.number), ("待补材料", asked.number)):
        await phone.send(f"/queue {words}")
        await app.settled()
        assert f"编号 {number}" in phone.shown[-1].text
    await phone.send("/queue 待复核")
    await phone.sees("现在没有。")
    await phone.send("/queue 随便什么")
    await phone.sees("下一件", times=2)


async def test_a_queue_of_one_kind_needs_no_parts(app: Running, world: World) -> None:
    for _ in range(2):
        await opened(app, world.lihua)
    await world.counselor.phone.send("/queue")
    shown = await world.counselor.phone.sees("我的：2 件")
    assert not [label for label in shown.labels() if label[-1].isdigit()]


def test_every_kind_of_case_and_every_part_has_its_words() -> None:
    named = set(load().lists.words)
    assert named == {*Only, *CaseKind} - {Only.ALL}
