"""「信息有变或有误」: every line of the menu, what is typed, what is refused; the register is untouched."""

import pytest
from sqlmodel import select

from models.answer import (
    AnswerKind,
    EmployerClaim,
    FieldClaim,
    Heard,
    LeftClaim,
    TerminatedClaim,
    TypeClaim,
)
from models.case import Note, NoteKind
from models.followup import FollowUp, FollowUpKind
from models.graduate import Destination
from models.person import Locale, Person
from tests.conversations.asking import CARD, MENU, answers, asked, cases, kinds, pressed, registered, typed
from tests.driving import Running
from tests.world import World

GOOD = "91420117981506162P"
BAD = "914201179815061620"


async def test_the_menu_has_its_six_lines(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误")
    assert world.lihua.phone.buttons() == MENU


async def test_a_wrong_field_is_claimed_and_the_register_stays(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误")
    assert world.lihua.phone.buttons() == [
        "单位名称",
        "统一社会信用代码",
        "工作职位",
        "所在地",
        "签约日期",
        "单位联系人",
        "单位联系电话",
        "去向类型",
        "返回",
    ]
    await pressed(app, world.lihua, "所在地")
    await world.lihua.phone.sees("现在登记的是：湖北省武汉市")
    await typed(app, world.lihua, "湖北省 黄石市")
    [case] = await cases(world, world.lihua)
    filed = await world.lihua.phone.sees(f"编号 {case.number}")
    assert "所在地：湖北省 黄石市" in filed.text
    [answer] = await answers(world, world.lihua)
    assert (answer.kind, answer.claim) == (
        AnswerKind.CHANGED,
        FieldClaim(field="location", value="湖北省 黄石市"),
    )
    assert (case.kind.value, case.reason, case.answer_id) == ("change_request", "field", answer.id)
    assert (await world.row(select(Destination).where(Destination.graduate_id == world.lihua.id))).number == 1
    assert (await world.row(select(Person).where(Person.id == world.lihua.person_id))).graduate_step is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("9142011798150616", "是 18 位，您输入的位数不一样"),
        (BAD, "校验位"),
        ("9142011798150616OI", "不含 I、O、S、V、Z"),
    ],
)
async def test_a_bad_code_is_explained_and_may_be_kept(
    app: Running, world: World, given: str, why: str
) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "统一社会信用代码")
    await typed(app, world.lihua, given)
    await world.lihua.phone.sees(why)
    assert world.lihua.phone.buttons() == ["就这样保存", "返回"]
    heard = await world.row(select(Heard))
    async with app.app.works.begin() as work:
        assert work.open(heard.text) == given
    assert await kinds(world, world.lihua) == []
    await pressed(app, world.lihua, "就这样保存")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == FieldClaim(field="uscc", value=given)


async def test_a_bad_code_may_be_typed_again(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "统一社会信用代码")
    await typed(app, world.lihua, BAD)
    await typed(app, world.lihua, " 91420117-981506162p ")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == FieldClaim(field="uscc", value=GOOD)


async def test_dates_are_read_or_explained(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "签约日期")
    await world.lihua.phone.sees("现在登记的是 2024年5月12日")
    await typed(app, world.lihua, "上个月")
    await world.lihua.phone.sees("没有看出是哪一天")
    await typed(app, world.lihua, "2042年6月1日")
    await world.lihua.phone.sees("这一天还没有到")
    await typed(app, world.lihua, "2024年6月1日")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == FieldClaim(field="signed_on", value="2024-06-01")


async def test_a_name_too_long_is_kept_but_not_filed(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "很" * 400)
    await world.lihua.phone.sees("原话已经保存")
    assert world.lihua.phone.buttons() == ["返回"]
    assert len(await world.rows(select(Heard))) == 1
    await typed(app, world.lihua, "江城电子有限公司")
    await world.lihua.phone.sees("统一社会信用代码（18 位）是")


async def test_another_employer_with_everything(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "江城电子有限公司")
    await typed(app, world.lihua, GOOD)
    await typed(app, world.lihua, "2024.7.1")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == EmployerClaim(name="江城电子有限公司", uscc=GOOD, signed_on="2024-07-01")
    [case] = await cases(world, world.lihua)
    assert case.reason == "changed_employer"
    followup = await world.row(select(FollowUp))
    assert (followup.kind, followup.case_id) == (FollowUpKind.CHANGED_EMPLOYER, case.id)


async def test_a_skip_pressed_twice_skips_one_question(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "江城电子有限公司")
    question = world.lihua.phone.shown[-1]
    skip = question.button("跳过")
    assert skip is not None
    assert skip.data is not None
    await pressed(app, world.lihua, "跳过")
    await world.lihua.phone.press_data(skip.data, question)
    await app.settled()
    await world.lihua.phone.sees("签约日期是哪一天")
    assert await kinds(world, world.lihua) == []
    await pressed(app, world.lihua, "跳过")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == EmployerClaim(name="江城电子有限公司")


async def test_left_with_a_day_and_without_one(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已离职，目前没有新单位", "跳过")
    assert (await answers(world, world.lihua))[-1].claim == LeftClaim()
    assert (await world.row(select(FollowUp))).kind is FollowUpKind.LEFT_JOB
    other = await world.graduate(name="王芳")
    await asked(app, other)
    await pressed(app, other, "信息有变或有误", "已离职，目前没有新单位")
    await typed(app, other, "20240701")
    assert (await answers(world, other))[-1].claim == LeftClaim(left_on="2024-07-01")


async def test_terminated_is_filed_at_the_press_and_once(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误")
    await world.lihua.phone.press("已解约或签约后未入职")
    await world.lihua.phone.press("已解约或签约后未入职")
    await app.settled()
    [answer] = await answers(world, world.lihua)
    assert answer.claim == TerminatedClaim()
    assert [case.reason for case in await cases(world, world.lihua)] == ["terminated"]
    assert (await world.row(select(FollowUp))).kind is FollowUpKind.TERMINATED


@pytest.mark.parametrize(
    ("label", "name", "claim"),
    [
        ("升学", "江城大学", TypeClaim(cls="study", name="江城大学")),
        ("自主创业", None, TypeClaim(cls="startup")),
        ("应征入伍", "", TypeClaim(cls="conscript")),
        ("目前在求职", "", TypeClaim(cls="seeking")),
    ],
)
async def test_another_class(
    app: Running, world: World, label: str, name: str | None, claim: TypeClaim
) -> None:
    """None skips the name; an empty one is a class that is filed at the press."""
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "去向类型变化（升学、入伍、创业等）", label)
    if name:
        await typed(app, world.lihua, name)
    elif name is None:
        await pressed(app, world.lihua, "跳过")
    [answer] = await answers(world, world.lihua)
    assert (answer.kind, answer.claim) == (AnswerKind.CHANGED, claim)
    assert [case.reason for case in await cases(world, world.lihua)] == ["type"]


async def test_the_type_as_a_wrong_field_is_chosen_not_typed(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "去向类型", "自由职业")
    assert (await answers(world, world.lihua))[-1].claim == TypeClaim(cls="freelance")


async def test_a_second_change_of_a_kind_joins_the_first_case(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    for place in ("黄石市", "宜昌市"):
        await pressed(app, world.lihua, *(["修改我的回答"] if place == "宜昌市" else []))
        await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "所在地")
        await typed(app, world.lihua, place)
    await world.lihua.phone.sees("已补充到这一件里")
    assert await kinds(world, world.lihua) == ["changed", "changed"]
    [case] = await cases(world, world.lihua)
    notes = await world.rows(select(Note).where(Note.case_id == case.id, Note.kind == NoteKind.ANSWERED))
    assert [note.answer_id for note in notes] == [(await answers(world, world.lihua))[-1].id]


async def test_another_answer_is_noted_on_the_open_change(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已解约或签约后未入职", "修改我的回答", "以上信息属实")
    assert await kinds(world, world.lihua) == ["changed", "confirmed"]
    [case] = await cases(world, world.lihua)
    notes = await world.rows(select(Note).where(Note.case_id == case.id, Note.kind == NoteKind.ANSWERED))
    assert len(notes) == 1


async def test_a_restart_in_the_middle_loses_nothing(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "江城电子有限公司")
    await app.restart()
    await typed(app, world.lihua, BAD)
    await app.restart()
    await pressed(app, world.lihua, "就这样保存", "跳过")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == EmployerClaim(name="江城电子有限公司", uscc=BAD)


async def test_a_version_that_came_meanwhile_is_shown_and_the_words_kept(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "单位名称")
    await registered(app, world.lihua, employer="江城电子有限公司", employer_key="江城电子有限公司")
    await typed(app, world.lihua, "江城软件有限公司")
    await world.lihua.phone.sees("江城电子有限公司", times=2)
    assert world.lihua.phone.buttons() == CARD
    assert await kinds(world, world.lihua) == []
    assert len(await world.rows(select(Heard))) == 1


async def test_going_back_closes_the_question(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位", "返回")
    assert world.lihua.phone.buttons() == MENU
    assert (await world.row(select(Person).where(Person.id == world.lihua.person_id))).graduate_step is None


async def test_english_goes_the_whole_way(app: Running, world: World) -> None:
    one = await world.graduate(name="Zhang Wei", locale=Locale.EN)
    await asked(app, one)
    await pressed(app, one, "Something changed or is wrong", "I have another employer")
    await typed(app, one, "River <City> & Sons")
    await typed(app, one, "1234")
    await one.phone.sees("A unified social credit code has 18 characters")
    await pressed(app, one, "Save it as it is", "Skip")
    await one.phone.sees("River <City> & Sons, 1234")
    assert (await answers(world, one))[-1].claim == EmployerClaim(name="River <City> & Sons", uscc="1234")


async def test_contacts_lead_to_a_way_of_their_own(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "联系方式变了")
    contacts = world.lihua.phone.buttons()
    assert contacts not in ([], CARD, MENU)
    assert not await cases(world, world.lihua)
