"""The second door: a link, four digits, the card, and every answer without Telegram."""

from sqlmodel import select

from models.answer import AnswerKind, ContactChange, Source
from models.case import Case, CaseKind
from models.person import Binding, Chat, Person, Unreachable
from tests.conversations.asking import CARD, answers, asked, row
from tests.web.browsing import GO_ON, Browser, digits_of, entered, in_chat, link_of, wrong_digits
from tests.world import World


async def test_a_link_four_digits_and_an_answer_without_any_chat(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await browser.open(f"/j/{code}")
    browser.sees("江城理工学院", "请看一眼学校登记的毕业去向是否属实", "核查结束后三年", "027-8765 4321")
    browser.does_not_see("周舟")
    assert browser.text.index("我们保存：您的回答和更改") < browser.text.index(GO_ON), (
        "read before it is pressed"
    )
    assert browser.text.index(GO_ON) < browser.text.index("改用 Telegram 对话")
    assert browser.page.links["改用 Telegram 对话"].endswith(f"?start={code}")
    await browser.press(GO_ON)
    assert browser.url.path == "/j/me"
    browser.sees("手机号的后四位").does_not_see("周舟", "江城精密")
    await browser.write(digits_of(world.running, one))
    browser.sees("已确认是您本人", "周舟同学", "江城精密机械有限公司", "签约日期 2024年5月12日")
    assert browser.buttons == CARD
    await browser.press("以上信息属实")
    browser.sees("已记下：信息属实", "dj.ncss.cn")
    [answer] = await answers(world, one)
    assert (answer.kind, answer.source, answer.verified) == (AnswerKind.CONFIRMED, Source.PAGE, True)
    graduate = await row(world, one)
    assert (graduate.answer, graduate.answer_verified) == (AnswerKind.CONFIRMED, True)
    assert graduate.asked_at is not None
    person = await world.row(select(Person).where(Person.id == answer.person_id))
    assert person.unreachable is Unreachable.NOT_ENROLLED
    assert await world.rows(select(Chat).where(Chat.person_id == person.id)) == []


async def test_reading_again_repeats_nothing(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press("以上信息属实")
    for _ in range(3):
        await browser.open("/j/me")
        browser.sees("已记下：信息属实")
    assert len(await answers(world, one)) == 1


async def test_nobody_without_a_chat_is_promised_to_be_reminded_in_one(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await asked(world.running, one)
    await entered(browser, one)
    await browser.press("稍后提醒我", "三天后")
    browser.sees("再打开收到的链接就可以答复").does_not_see("再提醒您")


async def test_an_answer_on_the_page_and_one_in_the_chat_are_the_same(world: World, browser: Browser) -> None:
    lihua = world.lihua
    await asked(world.running, lihua)
    await entered(browser, lihua)
    browser.sees("李华同学")
    before = len(lihua.phone.shown)
    await browser.press("信息有变或有误", "返回", "以上信息属实")
    card = await lihua.phone.sees("您的答复：信息属实")
    assert "江城精密" in card.text
    assert len(lihua.phone.shown) == before, "menus of the page are not sent to the chat"
    [answer] = await answers(world, lihua)
    assert (answer.person_id, answer.source) == (lihua.person_id, Source.PAGE)
    assert len(await world.rows(select(Binding).where(Binding.graduate_id == lihua.id))) == 1


async def test_a_stranger_with_the_link_alone_sees_nothing(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    async with Browser(world.running) as other:
        await other.open(f"/j/{code}")
        await other.press(GO_ON)
        other.does_not_see("周舟", "江城精密")
        wrong = wrong_digits(world.running, one)
        await other.write(wrong)
        other.sees("还可以试 2 次").does_not_see("周舟")
        await other.write(wrong)
        await other.write(wrong)
        other.sees("核对身份已暂停").does_not_see("周舟")
        await other.write(digits_of(world.running, one))
        other.sees("核对身份已暂停").does_not_see("周舟")
    [case] = await world.rows(select(Case).where(Case.graduate_id == one.id))
    assert (case.kind, case.reason) == (CaseKind.IDENTITY_CONFLICT, "wrong_digits")


async def test_the_same_browser_opens_the_link_again_without_digits(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    await browser.open(f"/j/{code}")
    await browser.press(GO_ON)
    browser.sees("周舟同学")


async def test_another_browser_with_link_and_digits_is_the_same_person(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    async with Browser(world.running) as other:
        await entered(other, one, code)
        other.sees("周舟同学")
        await other.press("以上信息属实")
    await browser.press("以上信息属实")
    assert len(await answers(world, one)) == 1, "the second door finds the answer of the first"
    live = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    assert [(binding.verified, binding.ended_at) for binding in live] == [(True, None)]


async def test_somebody_elses_link_in_the_same_browser_begins_anew(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    two = await world.graduate(name="吴桐", enrolled=False)
    await entered(browser, one)
    await entered(browser, two)
    browser.sees("吴桐同学").does_not_see("周舟")
    assert await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT)) == []


async def test_a_chat_that_comes_later_is_the_same_person(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    await browser.press("以上信息属实")
    await in_chat(world.running, one, code)
    await one.phone.sees("已确认是您本人")
    [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    [chat] = await world.rows(select(Chat).where(Chat.address == one.phone.user_id))
    assert chat.person_id == binding.person_id
    person = await world.row(select(Person).where(Person.id == binding.person_id))
    assert person.unreachable is None
    await browser.press("修改我的回答")
    browser.sees("周舟同学")
    assert await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT)) == []


async def test_the_student_number_the_name_and_the_digits(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open("/j")
    browser.sees("也可以用学号")
    await browser.press(GO_ON)
    browser.sees("请输入您的学号")
    await browser.write(one.row.student_no)
    browser.sees("请输入您的姓名")
    await browser.write("周舟")
    await browser.write(digits_of(world.running, one))
    browser.sees("周舟同学", "江城精密")
    assert browser.buttons == CARD


async def test_the_number_alone_does_not_take_over_a_chat(world: World, browser: Browser) -> None:
    lihua = world.lihua
    await browser.open("/j")
    await browser.press(GO_ON)
    for text in (lihua.row.student_no, "李华", digits_of(world.running, lihua)):
        await browser.write(text)
    browser.sees("待核实").does_not_see("江城精密")
    bound = await world.rows(select(Binding).where(Binding.graduate_id == lihua.id))
    assert sorted(one.verified for one in bound) == [False, True]


async def test_a_new_number_is_typed_and_checked_by_somebody(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await browser.open(f"/j/{code}")
    await browser.press(GO_ON, "我换号了")
    browser.sees("请输入您现在用的手机号")
    await browser.write("13912345678")
    browser.sees("待核实").does_not_see("江城精密", "周舟")
    [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    assert not binding.verified
    [change] = await world.rows(select(ContactChange).where(ContactChange.graduate_id == one.id))
    assert not change.proven, "a typed number proves nothing"
