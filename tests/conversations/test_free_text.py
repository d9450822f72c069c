"""Words nobody asked for: never lost, never guessed, read by whom their writer chose."""

import pytest
from sqlmodel import select

from models.answer import Answer, Heard
from models.case import Case, CaseKind
from models.dispute import Dispute, Statement
from models.event import Event
from models.outgoing import Outgoing
from models.person import Person
from tests.conversations.asking import pressed, typed
from tests.driving import Running, Time
from tests.world import World

WORDS = "我想问一下档案什么时候寄出"


async def test_kept_first_and_then_asked_who_may_read(app: Running, world: World) -> None:
    await typed(app, world.lihua, WORDS)
    await world.lihua.phone.sees("现在还没有人看过")
    assert world.lihua.phone.buttons() == ["转给辅导员", "转给学校就业部门", "只保存"]
    row = await world.row(select(Heard))
    assert (app.app.keys.open(row.text), row.routed) == (WORDS, None)
    assert await world.rows(select(Case)) == []


async def test_to_the_counselor(app: Running, world: World) -> None:
    await typed(app, world.lihua, WORDS)
    await pressed(app, world.lihua, "转给辅导员")
    await world.lihua.phone.sees("已转给您的辅导员")
    case = await world.row(select(Case))
    assert (case.kind, case.owner_id) == (CaseKind.MESSAGE, world.counselor.id)
    world.counselor.phone.never_saw(WORDS)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "我来处理")
    await world.counselor.phone.sees(WORDS)
    for said in await world.rows(select(Outgoing)):
        assert WORDS not in said.message.model_dump_json()


async def test_to_the_office(app: Running, world: World) -> None:
    await typed(app, world.lihua, WORDS)
    await pressed(app, world.lihua, "转给学校就业部门")
    case = await world.row(select(Case))
    assert case.owner_id == world.office.id
    await typed(app, world.office, "/queue")
    await world.office.phone.sees(f"编号 {case.number} · 毕业生留言")
    await typed(app, world.counselor, "/queue")
    world.counselor.phone.never_saw("留言")


async def test_only_kept_is_read_by_nobody(app: Running, world: World, time: Time) -> None:
    await typed(app, world.lihua, "第一句")
    await typed(app, world.lihua, "第二句")
    await world.lihua.phone.sees("您写的 2 条都已保存")
    await pressed(app, world.lihua, "只保存")
    await world.lihua.phone.sees("只保存，不转给任何人")
    await time.passes(days=3)
    assert await world.rows(select(Case)) == []
    assert {one.routed for one in await world.rows(select(Heard))} == {"kept"}
    await world.lihua.phone.press("转给辅导员", nth=0)
    await world.lihua.phone.sees("之前已经选过了")
    assert await world.rows(select(Case)) == []


async def test_without_a_choice_the_offices_pool_has_it_after_a_day(
    app: Running, world: World, time: Time
) -> None:
    await typed(app, world.lihua, "第一句")
    await typed(app, world.lihua, "第二句")
    await time.passes(hours=23)
    assert await world.rows(select(Case)) == []
    await app.kill()
    await app.start()
    await time.passes(hours=2)
    case = await world.row(select(Case))
    assert (case.kind, case.reason, case.owner_id) == (CaseKind.MESSAGE, "to_office", world.office.id)
    await world.lihua.phone.sees(f"已转给学校就业部门，编号 {case.number}", times=1)
    assert {one.case_id for one in await world.rows(select(Heard))} == {case.id}
    await time.passes(days=2)
    assert len(await world.rows(select(Case))) == 1


async def test_a_second_message_joins_the_open_case(app: Running, world: World) -> None:
    await typed(app, world.lihua, WORDS)
    await pressed(app, world.lihua, "转给辅导员")
    await typed(app, world.lihua, "还有一个问题")
    await pressed(app, world.lihua, "转给辅导员")
    case = await world.row(select(Case))
    await world.counselor.phone.sees(f"编号 {case.number} 有新的留言")
    assert len(await world.rows(select(Heard).where(Heard.case_id == case.id))) == 2


async def test_hints_offer_the_dispute_and_decide_nothing(app: Running, world: World) -> None:
    await typed(app, world.lihua, "这个协议我根本没签")
    assert world.lihua.phone.buttons() == ["转给辅导员", "转给学校就业部门", "只保存", "提出异议"]
    assert await world.rows(select(Dispute)) == []
    await pressed(app, world.lihua, "提出异议")
    await world.lihua.phone.sees("从未与该单位签订就业协议、劳动合同或其他录用形式")
    assert await world.rows(select(Dispute)) == []


async def test_what_was_written_before_a_dispute_goes_to_its_owner_only(
    app: Running, world: World, time: Time
) -> None:
    await typed(app, world.lihua, "老师逼我签的")
    await pressed(app, world.lihua, "提出异议", "确认提出异议，不经辅导员处理")
    await time.passes(days=2)
    assert len(await world.rows(select(Case).where(Case.kind == CaseKind.MESSAGE))) == 0
    statements = [app.app.keys.open(one.text) for one in await world.rows(select(Statement)) if one.text]
    assert "老师逼我签的" in statements
    world.counselor.phone.never_saw("老师逼我签的")


async def test_with_an_open_dispute_text_goes_to_its_owner_only(app: Running, world: World) -> None:
    await typed(app, world.lihua, "没签过")
    await pressed(app, world.lihua, "提出异议", "确认提出异议，不经辅导员处理")
    await typed(app, world.lihua, "补充一句")
    await typed(app, world.lihua, "再补充一句")
    texts = {app.app.keys.open(one.text) for one in await world.rows(select(Statement)) if one.text}
    assert {"补充一句", "再补充一句"} <= texts
    world.lihua.phone.never_saw("再补充一句，想请谁来看")
    await pressed(app, world.lihua, "转给辅导员")
    assert await world.rows(select(Case).where(Case.kind == CaseKind.MESSAGE)) == []
    world.counselor.phone.never_saw("没签过")


async def test_confirm_typed_shows_the_card_and_confirms_nothing(app: Running, world: World) -> None:
    await typed(app, world.lihua, "确认")
    await world.lihua.phone.sees("请选一项与事实相符的")
    assert await world.rows(select(Answer)) == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("停止！", "不再给您发送提醒"),
        ("帮助", "随时更改您的回答"),
        ("我的去向", "目前登记的去向"),
        ("语言", "请选择语言"),
    ],
)
async def test_whole_messages_act(app: Running, world: World, words: str, answer: str) -> None:
    await typed(app, world.lihua, words)
    await world.lihua.phone.sees(answer)
    assert await world.rows(select(Heard)) == []


async def test_an_intent_waits_while_a_question_is_open(app: Running, world: World) -> None:
    await typed(app, world.lihua, "/my")
    await pressed(app, world.lihua, "联系方式变了", "单位联系人和电话")
    await typed(app, world.lihua, "我的")
    await world.lihua.phone.sees("这位联系人的电话是多少")
    await typed(app, world.lihua, "停止")
    await world.lihua.phone.sees("不再给您发送提醒")


@pytest.mark.parametrize("word", ["确认", "属实", "Confirm！"])
async def test_confirm_typed_answers_no_question(app: Running, world: World, word: str) -> None:
    await typed(app, world.lihua, "/my")
    await pressed(app, world.lihua, "联系方式变了", "单位联系人和电话")
    await typed(app, world.lihua, word)
    await world.lihua.phone.sees("请选一项与事实相符的")
    assert await world.rows(select(Answer)) == []
    await typed(app, world.lihua, "黄经理")
    await world.lihua.phone.sees("这位联系人的电话是多少")


async def test_a_long_text_is_kept_whole_and_said_so(app: Running, world: World) -> None:
    long = "长" * 4050
    await typed(app, world.lihua, long)
    await world.lihua.phone.sees("我们完整保存了")
    assert app.app.keys.open((await world.row(select(Heard))).text) == long


async def test_a_stranger_is_told_how_to_enrol_and_a_flood_is_kept_in_silence(
    app: Running, world: World
) -> None:
    phone = world.stranger()
    for number in range(23):
        await phone.send(f"在吗 {number}")
    await app.settled()
    await phone.sees("用学号登记", times=20)
    assert len(await world.rows(select(Heard))) == 23


async def test_a_colleague_is_pointed_to_the_commands(app: Running, world: World) -> None:
    await typed(app, world.counselor, "李华的事怎么样了")
    await world.counselor.phone.sees("/queue")
    assert (await world.row(select(Heard))).routed == "staff"


async def test_photos_are_explained_and_remembered(app: Running, world: World) -> None:
    await world.lihua.phone.send_photo(b"not read")
    await world.lihua.phone.send_document("offer.pdf", b"not read")
    await app.settled()
    await world.lihua.phone.sees("照片和文件不在这里接收", times=2)
    await world.lihua.phone.sees("027-8765 4321")
    case = await world.row(select(Case))
    assert case.kind is CaseKind.EVIDENCE_PENDING
    assert await world.rows(select(Heard)) == []


async def test_words_under_a_photo_are_words_like_any_others(app: Running, world: World) -> None:
    await world.lihua.phone.send_photo(b"not read", caption="这份合同不是我签的，是假的")
    await app.settled()
    await world.lihua.phone.sees("照片和文件不在这里接收", times=1)
    assert world.lihua.phone.buttons() == ["转给辅导员", "转给学校就业部门", "只保存", "提出异议"]
    row = await world.row(select(Heard))
    assert app.app.keys.open(row.text) == "这份合同不是我签的，是假的"
    await pressed(app, world.lihua, "提出异议", "确认提出异议，不经辅导员处理")
    await world.lihua.phone.send_document("offer.pdf", b"not read", caption="证明见这里")
    await app.settled()
    statements = [app.app.keys.open(one.text) for one in await world.rows(select(Statement)) if one.text]
    assert "证明见这里" in statements
    world.counselor.phone.never_saw("证明见这里")


async def test_files_from_strangers_and_staff(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send_document("a.pdf", b"x")
    await phone.sees("没有下载您发来的内容")
    await world.counselor.phone.send_document("roster.xlsx", b"x")
    await world.counselor.phone.sees("请用网页或命令行导入")
    assert await world.rows(select(Case)) == []


async def test_stop_and_resume(app: Running, world: World) -> None:
    await typed(app, world.lihua, "/stop")
    await world.lihua.phone.sees("有了结果，仍会告诉您")
    who = select(Person).where(Person.id == world.lihua.person_id)
    assert (await world.row(who)).stopped_at is not None
    await pressed(app, world.lihua, "恢复提醒")
    await world.lihua.phone.sees("已恢复提醒")
    assert (await world.row(who)).stopped_at is None
    kinds = [one.kind for one in await world.rows(select(Event))]
    assert {"stopped", "resumed"} <= set(kinds)


async def test_the_same_in_english(app: Running, world: World) -> None:
    await typed(app, world.lihua, "/language")
    await pressed(app, world.lihua, "English")
    await typed(app, world.lihua, "What about my files?")
    await world.lihua.phone.sees("Nobody has read it yet")
    await pressed(app, world.lihua, "Pass to the employment office")
    await world.lihua.phone.sees("Passed to the employment office")
