"""An open question on the page: it ends with its screen, and the proof of who somebody is never gets lost."""

import pytest
from sqlmodel import select

from models.answer import Heard
from models.case import Case, CaseKind
from models.graduate import Graduate
from models.person import Binding, Locale, Person
from tests.conversations.asking import CARD, answers
from tests.conversations.test_asking_inside import asks
from tests.conversations.working import opened
from tests.web.browsing import GO_ON, Browser, digits_of, entered, knocked, link_of
from tests.world import One, World

CONTACTS = ("信息有变或有误", "联系方式变了", "我的手机号")
EMPLOYER = ("信息有变或有误", "已更换单位")


async def page_only(world: World, browser: Browser) -> One:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    return one


async def step_of(world: World, one: One) -> object:
    [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    person = await world.row(select(Person).where(Person.id == binding.person_id))
    return person.graduate_step


async def test_the_card_ends_what_was_asked_before(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*CONTACTS, "返回核对")
    assert browser.buttons == CARD
    assert await step_of(world, one) is None
    assert "您现在的手机号" not in browser.text
    await browser.press("以上信息属实")
    assert "您现在的手机号" not in browser.text


async def test_so_it_does_from_a_reply_that_was_begun(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua)
    await asks(world.running, world.counselor, case)
    await entered(browser, world.lihua)
    await browser.press("我的登记信息", f"回复编号 {case.number}", "返回核对")
    assert await step_of(world, world.lihua) is None


async def test_the_link_opened_again_ends_it_as_well(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    await browser.press(*EMPLOYER)
    await browser.open(f"/j/{code}")
    await browser.press(GO_ON)
    assert browser.buttons == CARD
    assert await step_of(world, one) is None


@pytest.mark.parametrize("aside", ["我的登记信息", "帮助"])
async def test_what_is_typed_below_a_foreign_screen_is_no_answer(
    world: World, browser: Browser, aside: str
) -> None:
    one = await page_only(world, browser)
    await browser.press(*EMPLOYER, aside)
    await browser.write("我没有签过")
    assert await answers(world, one) == []
    assert len(await world.rows(select(Heard).where(Heard.graduate_id == one.id))) == 1


async def test_another_language_leaves_the_question_where_it_is(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*EMPLOYER)
    asked = browser.text
    await browser.press("English")
    browser.does_not_see("好的，之后用中文")
    assert 'lang="en"' in browser.html
    assert any(form.writes for form in browser.page.forms)
    await browser.press("中文")
    assert browser.text == asked
    await browser.write("江北研究院")
    assert await step_of(world, one) is not None


async def test_another_language_while_proving(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open(f"/j/{await link_of(world.running, one)}")
    await browser.press(GO_ON, "English")
    browser.sees("last four digits").does_not_see("后四位")
    await browser.write(digits_of(world.running, one))
    [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    person = await world.row(select(Person).where(Person.id == binding.person_id))
    assert person.locale is Locale.EN


@pytest.mark.parametrize("aside", ["帮助", "我的登记信息", "停止提醒", "/cancel"])
async def test_the_proof_is_asked_for_again(world: World, browser: Browser, aside: str) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open(f"/j/{await link_of(world.running, one)}")
    await browser.press(GO_ON)
    await (browser.write(aside) if aside.startswith("/") else browser.press(aside))
    browser.sees("手机号的后四位").does_not_see("返回核对")
    assert "我换号了" in browser.buttons
    await browser.write(digits_of(world.running, one))
    browser.sees("周舟同学")


@pytest.mark.parametrize("typed", [(), ("number",)])
async def test_so_are_the_student_number_and_the_name(
    world: World, browser: Browser, typed: tuple[str, ...]
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open("/j")
    await browser.press(GO_ON)
    for _ in typed:
        await browser.write(one.row.student_no)
    await browser.press("帮助")
    browser.sees("请输入您的姓名" if typed else "请输入您的学号")


@pytest.mark.parametrize("aside", ["帮助", "我的登记信息", "/cancel"])
async def test_who_waits_for_the_chat_goes_on_waiting(world: World, browser: Browser, aside: str) -> None:
    await knocked(browser, world.lihua)
    await (browser.write(aside) if aside.startswith("/") else browser.press(aside))
    browser.sees("请打开 Telegram").does_not_see("返回核对")
    await world.lihua.phone.press("是我打开的，让网页继续")
    await world.running.settled()
    await browser.press("已经按过了，继续")
    browser.sees("李华同学")


async def test_nothing_is_stopped_for_nobody(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open(f"/j/{await link_of(world.running, one)}")
    await browser.press(GO_ON, "停止提醒")
    browser.sees("请先核对是您本人", "027-8765 4321").does_not_see("不再给您发送提醒")
    assert all(person.stopped_at is None for person in await world.rows(select(Person)))
    await browser.write(digits_of(world.running, one))
    await browser.press("停止提醒")
    browser.sees("不再给您发送提醒")


async def test_without_a_registered_number_a_new_one_is_typed(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with world.running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        graduate.phone = graduate.phone_digest = None
    await browser.open(f"/j/{await link_of(world.running, one)}")
    await browser.press(GO_ON)
    assert "我换号了" in browser.buttons
    for _ in range(4):
        await browser.write("1234")
        browser.does_not_see("核对身份已暂停", "还可以试")
    assert await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT)) == []
    await browser.press("我换号了")
    await browser.write("13912345678")
    browser.sees("待核实").does_not_see("江城精密")


async def test_a_number_that_grows_is_nobodys(world: World, browser: Browser) -> None:
    await browser.open("/j")
    await browser.press(GO_ON)
    await browser.write("\ufdfa" * 40)
    browser.sees("请输入您的姓名")
