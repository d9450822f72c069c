"""What is typed on the page: every field has a name of its own, and no word is lost on the way."""

import re

import pytest
from sqlmodel import select

from bot.fields import FIELDS, field_of
from models.answer import ContactChange, Heard
from models.dispute import Statement
from models.messages.enrol import EnrolIdentity, EnrolMoved, EnrolShareNew
from models.messages.general import LanguageChosen
from models.person import Locale
from models.steps import Hat
from models.steps.ask import ClaimingField, ClaimingName
from models.steps.enrol import AskingIdentity
from tests.conversations.asking import row
from tests.driving import Time
from tests.web.browsing import GO_ON, Browser, entered, link_of, wrong_digits
from tests.world import World
from web.safety import BODY_MAX

OPEN = re.compile(r'<label for="text">([^<]*)</label>\s*<(?:input|textarea)([^>]*)>')
DISPUTE = ("从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
# How many a field takes, and how many bytes they are on their way.
MOST = 8000


def named(browser: Browser, name: str, keys: str | None = None, *, wrong: bool = False) -> None:
    [(label, attributes)] = OPEN.findall(browser.html)
    given = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
    assert label == name
    assert given.get("inputmode") == keys
    assert given.get("aria-invalid") == ("true" if wrong else None)
    asked = re.search(rf'<p class="text" id="{given["aria-describedby"]}">(.*?)</p>', browser.html, re.DOTALL)
    assert asked is not None
    assert asked[1].strip()


def titled(browser: Browser, title: str) -> None:
    assert f"<title>{title}毕业去向核对 · 江城理工学院</title>" in browser.html


def test_every_field_of_a_graduate_has_a_name(world: World) -> None:
    words = world.running.app.words
    asked = {step for step in world.running.app.routes.texts if step.hat is Hat.GRADUATE}
    assert asked == {*FIELDS, ClaimingField, ClaimingName}
    for locale in Locale:
        names = [words.label(name, locale) for name, _ in FIELDS.values()]
        assert all(names)


@pytest.mark.parametrize(("more", "keys"), [([EnrolMoved()], "numeric"), ([EnrolShareNew()], "tel")])
def test_a_field_belongs_to_the_question_and_not_to_what_stands_around_it(
    world: World, more: list[EnrolMoved | EnrolShareNew], keys: str
) -> None:
    step = AskingIdentity(graduate=world.lihua.id)
    field = field_of(step, [LanguageChosen(), EnrolIdentity(), *more], str)
    assert field is not None
    assert (field.asked, field.keys) == (1 if keys == "numeric" else 2, keys)


async def test_a_field_is_named_by_what_it_asks(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open(f"/j/{await link_of(world.running, one)}")
    titled(browser, "")
    await browser.press(GO_ON)
    named(browser, "登记手机号的后四位", "numeric")
    titled(browser, "登记手机号的后四位 · ")
    await browser.write(wrong_digits(world.running, one))
    named(browser, "登记手机号的后四位", "numeric", wrong=True)
    await browser.press("我换号了")
    named(browser, "您现在的手机号", "tel")


async def test_by_number_the_fields_are_named_too(world: World, browser: Browser) -> None:
    await browser.open("/j")
    await browser.press(GO_ON)
    named(browser, "学号", "text")
    await browser.write("2020999")
    named(browser, "姓名", "text")
    await browser.write("某某")
    named(browser, "学号", "text", wrong=True)


async def test_what_follows_the_card_is_named(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    titled(browser, "核对登记信息 · ")
    await browser.press("信息有变或有误", "已更换单位")
    named(browser, "新单位全称", "text")
    await browser.write("江北研究院")
    named(browser, "统一社会信用代码", "text")
    await browser.write("123")
    named(browser, "统一社会信用代码", "text", wrong=True)
    await browser.press("就这样保存")
    named(browser, "签约日期", "text")
    await browser.press("跳过", "修改我的回答", "信息有变或有误", "部分信息有误", "工作职位")
    named(browser, "工作职位", "text")
    await browser.press("我的登记信息", "联系方式变了", "家长电话")
    named(browser, "家长电话", "tel")
    await browser.press("我的登记信息", "联系方式变了", "单位联系人和电话")
    named(browser, "单位联系人姓名", "text")
    await browser.press("联系人没变，只换号码")
    named(browser, "单位联系人电话", "tel")


async def test_no_title_says_what_was_answered(world: World, browser: Browser) -> None:
    """It stays in the history of a telephone that others use as well."""
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press(DISPUTE[0])
    titled(browser, "")
    await browser.press(DISPUTE[1])
    named(browser, "补充说明（可不填）")
    titled(browser, "")
    await browser.press("有")
    titled(browser, "")
    await browser.press("想说几句（可不填）")
    named(browser, "想说的话（可不填，只给学校复核老师或纪检部门看）")
    titled(browser, "")
    await browser.press("我的登记信息")
    titled(browser, "我的登记信息 · ")


async def test_without_a_registered_number_the_present_one_is_asked(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False, mobile="")
    await browser.open(f"/j/{await link_of(world.running, one)}")
    await browser.press(GO_ON)
    browser.sees("学校目前没有可供核对的手机号", "请输入您现在用的手机号").does_not_see("后四位")
    named(browser, "您现在的手机号", "tel")
    await browser.write("+4915112345678")
    browser.sees("待核实", "您的身份还在核实").does_not_see("江城精密")
    [change] = await world.rows(select(ContactChange).where(ContactChange.graduate_id == one.id))
    assert world.running.app.keys.open(change.phone) == "+4915112345678"


async def test_a_sentence_that_begins_with_a_slash_is_kept(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.write("/我从没去过那家单位")
    assert {"转给辅导员", "只保存"} <= set(browser.buttons)
    [heard] = await world.rows(select(Heard))
    assert world.running.app.keys.open(heard.text) == "/我从没去过那家单位"
    await browser.write("/MY 现在")
    browser.sees("学校目前登记")


async def test_an_empty_box_is_said_to_be_empty(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.write("  ")
    browser.sees("这里没有看到文字").does_not_see("贴纸")


async def test_as_much_as_the_field_takes_arrives(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press(*DISPUTE)
    await browser.write("签" * MOST)
    assert (browser.status, browser.url.path) == (200, "/j/me")
    kept = [world.running.app.keys.open(row.text) for row in await world.rows(select(Statement)) if row.text]
    assert "签" * MOST in kept


async def test_words_that_came_too_late_can_still_be_copied(
    world: World, browser: Browser, time: Time
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press(*DISPUTE)
    [form] = [form for form in browser.page.forms if form.writes]
    await time.passes(minutes=61)
    words = "从没签过。</textarea><script>alert(1)</script>"
    await browser.write(words)
    assert browser.status == 401
    browser.sees("请重新打开收到的链接", "这一段还没有提交，可以复制", words)
    browser.does_not_see("<script")
    assert re.search(r'<textarea id="typed" rows="6" readonly>从没签过', browser.html)
    await browser.open("/j/me")
    browser.does_not_see("从没签过")
    form.hidden["csrf"] = "0" * 64
    await browser.send(form, {"text": words})
    browser.does_not_see("从没签过")
    await browser.send(form, {"text": words}, **{"Sec-Fetch-Site": "same-origin"})
    browser.sees("从没签过")
    assert [one for one in await world.rows(select(Statement)) if one.text] == []
    assert (await row(world, one)).answered


async def test_what_is_far_too_long_can_be_copied_up_to_a_limit(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    [form] = [form for form in browser.page.forms if form.writes]
    await browser.send(form, {"text": "a" * BODY_MAX})
    assert browser.status == 413
    browser.sees("这一段还没有提交，可以复制", "a" * BODY_MAX)
    await browser.send(form, {"text": "a" * 3 * BODY_MAX})
    assert browser.status == 413
    browser.does_not_see("这一段还没有提交")
