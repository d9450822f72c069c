"""The card of a settled destination: what it shows, and every answer that is one press."""

import pytest
from sqlmodel import select

from models.answer import AnswerKind, RegisterConfirmedClaim
from models.ask import Ask, AskState
from models.dispute import Dispute
from models.event import Event
from models.graduate import Graduate
from models.person import Binding, Locale, Person
from tests.conversations.asking import (
    CARD,
    MENU,
    answers,
    asked,
    cases,
    kinds,
    pressed,
    registered,
    row,
    typed,
)
from tests.driving import Running, Time
from tests.world import World


async def test_the_card_names_what_is_registered_and_five_answers(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    card = await world.lihua.phone.sees("李华同学，江城理工学院目前登记的您的毕业去向是：")
    for said in (
        "签劳动合同形式就业",
        "江城精密机械有限公司（湖北省武汉市）",
        "签约日期 2024年5月12日 · 来源：学院登记，7月8日",
        "请选一项与事实相符的。任何一项都可以，之后也能修改。",
    ):
        assert said in card.text
    assert world.lihua.phone.buttons() == CARD


async def test_a_true_record_is_confirmed_as_a_self_report(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.sees("收到，谢谢。已记下：信息属实（7月8日 10:0")
    await world.lihua.phone.sees("手机号、家长或单位联系人有变化吗？")
    assert world.lihua.phone.buttons() == [
        "没有变化",
        "联系方式变了",
        "修改我的回答",
        "查看登记信息",
        "我已在全国系统确认",
    ]
    [answer] = await answers(world, world.lihua)
    destination = await world.destination(world.lihua)
    assert (answer.kind, answer.destination_id, answer.late) == (AnswerKind.CONFIRMED, destination.id, False)
    graduate = await row(world, world.lihua)
    assert (graduate.answer, graduate.answer_id) == (AnswerKind.CONFIRMED, answer.id)
    ask = await world.row(select(Ask))
    assert (ask.state, ask.version, answer.ask_id) == (AskState.ANSWERED, 1, ask.id)
    assert graduate.asked_at is not None
    assert not await cases(world, world.lihua)


async def test_pressing_twice_is_one_answer(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await world.lihua.phone.press("以上信息属实")
    await world.lihua.phone.press("以上信息属实")
    await app.settled()
    assert await kinds(world, world.lihua) == ["confirmed"]
    await world.lihua.phone.sees("已记下：信息属实", times=1)


async def test_contacts_that_stand_are_a_short_thank_you(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实", "没有变化")
    await world.lihua.phone.sees("好的，谢谢。")
    assert await world.rows(select(Event).where(Event.kind == "contacts_unchanged"))


async def test_the_national_confirmation_is_a_claim_beside_the_answer(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.sees("全国系统里的确认，请您自己在 dj.ncss.cn 完成")
    await pressed(app, world.lihua, "我已在全国系统确认", "我已在全国系统确认")
    await world.lihua.phone.sees("已在全国系统确认", times=1)
    first, claim = await answers(world, world.lihua)
    assert (first.kind, first.claim) == (AnswerKind.CONFIRMED, None)
    assert (claim.kind, claim.claim) == (AnswerKind.CONFIRMED, RegisterConfirmedClaim())
    graduate = await row(world, world.lihua)
    assert graduate.answer_id == first.id
    assert graduate.official.value == "unknown"


async def test_the_record_can_be_looked_at(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实", "查看登记信息")
    seen = await world.lihua.phone.sees("江城理工学院登记的内容")
    assert "统一社会信用代码：91420117981506162P" in seen.text
    assert "您的答复：信息属实（7月8日" in seen.text
    assert "全国系统的确认：还没有收到名单" in seen.text


async def test_an_answer_can_be_changed_until_the_deadline_and_noted_after_it(
    app: Running, world: World, time: Time
) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实", "修改我的回答")
    assert world.lihua.phone.buttons() == CARD
    await pressed(app, world.lihua, "信息有变或有误", "已解约或签约后未入职")
    assert await kinds(world, world.lihua) == ["confirmed", "changed"]
    await time.to("2024-09-05 10:00")
    await pressed(app, world.lihua, "修改我的回答")
    await world.lihua.phone.sees("截止日已过")
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.sees("在核对截止日之后答复的")
    last = (await answers(world, world.lihua))[-1]
    assert (last.kind, last.late) == (AnswerKind.CONFIRMED, True)
    assert (await row(world, world.lihua)).answer is AnswerKind.CONFIRMED


async def test_a_button_of_an_older_version_shows_the_new_card(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    old = world.lihua.phone.shown[-1]
    assert await registered(app, world.lihua, employer="江城电子有限公司", employer_key="江城电子有限公司")
    await world.lihua.phone.sees("登记有了更新")
    await world.lihua.phone.press("以上信息属实", on=old)
    await app.settled()
    assert await kinds(world, world.lihua) == []
    await world.lihua.phone.sees("江城电子有限公司", times=2)
    await pressed(app, world.lihua, "以上信息属实")
    [answer] = await answers(world, world.lihua)
    assert answer.destination_id == (await world.destination(world.lihua)).id


async def test_menus_take_the_cards_place_and_lead_back(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    before = len(world.lihua.phone.shown)
    await pressed(app, world.lihua, "信息有变或有误")
    assert world.lihua.phone.buttons() == MENU
    await pressed(app, world.lihua, "部分信息有误", "返回")
    assert world.lihua.phone.buttons() == MENU
    await pressed(app, world.lihua, "返回")
    assert world.lihua.phone.buttons() == CARD
    assert len(world.lihua.phone.shown) == before


@pytest.mark.parametrize(
    ("label", "at"),
    [
        ("今晚8点", "7月8日（周一） 20:00"),
        ("明天上午", "7月9日（周二） 09:00"),
        ("三天后", "7月11日（周四） 10:00"),
    ],
)
async def test_later_is_a_moment_of_their_own_choice(app: Running, world: World, label: str, at: str) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "稍后提醒我")
    assert world.lihua.phone.buttons() == ["今晚8点", "明天上午", "三天后", "返回"]
    await pressed(app, world.lihua, label)
    await world.lihua.phone.sees(at)
    ask = await world.row(select(Ask))
    assert ask.snoozed_until is not None
    assert (ask.state, ask.next_at, ask.next_step) == (AskState.OPEN, ask.snoozed_until, "snooze")


async def test_no_moment_is_offered_beyond_the_deadline(app: Running, world: World, time: Time) -> None:
    await asked(app, world.lihua)
    deadline = (await world.row(select(Ask))).deadline_at
    await time.to(f"{deadline:%Y-%m-%d} 20:30")
    await pressed(app, world.lihua, "稍后提醒我")
    await world.lihua.phone.sees("没有可以再提醒的时间")
    assert world.lihua.phone.buttons() == ["返回"]


async def test_a_moment_pressed_too_late_is_offered_anew(app: Running, world: World, time: Time) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "稍后提醒我")
    await time.to("2024-07-08 20:30")
    await pressed(app, world.lihua, "今晚8点")
    assert world.lihua.phone.buttons() == ["明天上午", "三天后", "返回"]
    assert (await world.row(select(Ask))).snoozed_until is None


async def test_who_has_answered_is_not_reminded(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    card = world.lihua.phone.shown[-1]
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.press("稍后提醒我", on=card)
    await app.settled()
    await world.lihua.phone.sees("现在没有等您答复的核对")


async def test_somebody_else_is_let_go_and_sees_nothing_more(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "发错人了，不是我本人")
    asking = world.lihua.phone.shown[-1]
    assert asking.text == "您不是 李华 本人？"
    assert world.lihua.phone.buttons() == ["对，我不是这个人", "我是本人，但登记内容不对", "返回"]
    await pressed(app, world.lihua, "对，我不是这个人")
    await world.lihua.phone.sees("已与该记录解除关联")
    assert not [
        shown for shown in world.lihua.phone.shown if "江城精密" in shown.text or "李华" in shown.text
    ]
    assert await kinds(world, world.lihua) == ["not_me"]
    [case] = await cases(world, world.lihua)
    assert (case.kind.value, case.reason) == ("identity_conflict", "wrong_person")
    binding = await world.row(select(Binding).where(Binding.graduate_id == world.lihua.id))
    assert (binding.ended_at is not None, binding.ended_why) == (True, "wrong_person")


async def test_a_button_from_before_being_let_go_shows_nothing(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    old = next(shown for shown in world.lihua.phone.shown if shown.button("以上信息属实"))
    data = old.button("以上信息属实")
    assert data is not None
    assert data.data is not None
    await pressed(app, world.lihua, "发错人了，不是我本人", "对，我不是这个人")
    await world.lihua.phone.press_data(data.data, old)
    await app.settled()
    await world.lihua.phone.sees("与您的账号没有关联")
    assert await kinds(world, world.lihua) == ["not_me"]


async def test_the_right_person_goes_on_to_what_is_wrong(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "发错人了，不是我本人", "我是本人，但登记内容不对")
    assert world.lihua.phone.buttons() == ["信息有变或有误", "从未与该单位签约或被录用", "返回"]
    await pressed(app, world.lihua, "信息有变或有误")
    assert world.lihua.phone.buttons() == MENU


async def test_names_are_never_markup(app: Running, world: World) -> None:
    employer = "=<b>A&B</b>“引号”\"'" + "单" * 30
    name = '欧阳<李>&"华"🙂' + "文" * 30
    one = await world.graduate(name=name, employer=employer)
    await asked(app, one)
    card = await one.phone.sees(name)
    assert employer in card.text
    await pressed(app, one, "信息有变或有误", "已更换单位")
    await typed(app, one, "<i>新&单位</i>" + "长" * 30)
    await pressed(app, one, "跳过", "跳过")
    await one.phone.sees("<i>新&单位</i>" + "长" * 30)


async def test_english_says_the_same(app: Running, world: World) -> None:
    one = await world.graduate(name="Zhang Wei", locale=Locale.EN)
    await asked(app, one)
    card = await one.phone.sees("This is the destination 江城理工学院 has registered for you")
    assert "Employment by labour contract" in card.text
    assert "Signed on 12 May 2024" in card.text
    await pressed(app, one, "All of this is true")
    await one.phone.sees("Recorded: the information is true")
    assert await kinds(world, one) == ["confirmed"]


@pytest.mark.parametrize(
    ("code", "cls", "sentence"),
    [
        ("46", "conscript", "从未被批准应征入伍，也未收到预定兵或入伍通知书"),
        ("75", "startup", "从未创办或参与创办该企业、店铺或项目"),
        ("76", "freelance", "从未从事所登记的自由职业"),
        ("801", "study", "从未被该校录取"),
        ("85", "study_abroad", "从未被该境外院校录取"),
        ("999", "unknown", "从未与所登记的单位、学校或项目有过签约、录取或参与"),
    ],
)
async def test_the_card_is_the_same_in_every_class_and_the_screen_has_its_own_sentence(
    app: Running, world: World, code: str, cls: str, sentence: str
) -> None:
    one = await world.graduate(code=code, code_name="某类", category=cls, school="江城大学")
    await asked(app, one)
    assert one.phone.buttons() == CARD
    await pressed(app, one, CARD[2])
    screen = await one.phone.sees(f"「{sentence}」")
    assert "与全国系统的统一表述分开统计" in screen.text
    await pressed(app, one, "确认提出异议，辅导员可以参与")
    await one.phone.sees("已收到您的异议")
    dispute = await world.row(select(Dispute).where(Dispute.graduate_id == one.id))
    assert not dispute.official_sentence


async def test_an_unknown_code_is_shown_as_it_was_written(app: Running, world: World) -> None:
    one = await world.graduate(code="999", code_name="灵活用工<试行>", category="unknown", employer="某单位")
    await asked(app, one)
    card = await one.phone.sees("灵活用工<试行>")
    assert "某单位" in card.text
    assert one.phone.buttons() == CARD


async def test_the_third_button_opens_the_dispute_and_leads_back(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "从未与该单位签约或被录用")
    await world.lihua.phone.sees("从未与该单位签订就业协议、劳动合同或其他录用形式")
    assert await kinds(world, world.lihua) == []
    await pressed(app, world.lihua, "返回")
    assert world.lihua.phone.buttons() == CARD


async def test_typing_the_word_shows_the_card_and_confirms_nothing(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await typed(app, world.lihua, "确认")
    await world.lihua.phone.sees("目前登记的您的毕业去向是", times=2)
    assert world.lihua.phone.buttons() == CARD
    assert await kinds(world, world.lihua) == []


async def test_one_person_with_two_records_is_told_which(app: Running, world: World) -> None:
    second = await world.graduate(name="李华", degree="第二学士学位", enrolled=False, unit="软件2002")
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, second.id)
        work.session.add(Binding(graduate=graduate, person=person, verified=True, bound_at=work.now))
    await asked(app, second)
    await world.lihua.phone.sees("（第二学士学位 · 软件2002）")
    await pressed(app, world.lihua, "以上信息属实")
    assert await kinds(world, second) == ["confirmed"]
    assert await kinds(world, world.lihua) == []
