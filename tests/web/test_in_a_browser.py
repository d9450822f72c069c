"""Every screen of the answer page in a real Chromium: small and large, with and without scripts."""

import pytest
from sqlmodel import select

from models.case import Case, CaseKind
from sandbox import Phone
from tests.conversations.working import closed_by
from tests.driving import Time
from tests.web.browsing import GO_ON, Browser, link_of, wrong_digits
from tests.web.window import LOOKS, Look, Window, windows
from tests.world import World

pytestmark = [
    pytest.mark.chromium,
    # What a screen is like is the same on either database.
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
every_look = pytest.mark.parametrize("look", LOOKS, ids=str)
SMALL = Look(320, 568)


async def through(it: Window, *keys: str) -> None:
    """One press after another, each screen looked at."""
    for key in keys:
        await it.say(key)
        await it.is_fit()


@every_look
async def test_the_way_in(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    two = await world.graduate(name="吴桐", enrolled=False)
    async with windows(world.running, look) as it:
        for path in ("/j", f"/j/{await link_of(world.running, one)}"):
            await it.open(path)
            await it.sees("江城理工学院", "027-8765 4321")
            await it.is_fit()
        await through(it, "page_go_on")
        for _ in range(3):
            await it.write(wrong_digits(world.running, one))
            await it.is_fit()
        await it.sees("027-8765 4321")
    async with windows(world.running, look) as it:
        await it.enter(two)
        await it.sees("吴桐", "江城精密机械有限公司")
        await it.is_fit()
    async with windows(world.running, look) as it:
        await it.open("/j")
        await it.say("page_go_on")
        for text in (one.row.student_no, "周舟"):
            await it.write(text)
            await it.is_fit()


@every_look
async def test_every_answer(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, look) as it:
        await it.enter(one)
        await through(it, "ask_snooze", "ask_snooze_tomorrow_morning", "ask_answer_now")
        await through(it, "ask_not_me", "ask_back", "ask_change", "change_fields", "change_field_location")
        await it.write("湖北省黄石市")
        await it.is_fit()
        await through(it, "ask_change_answer", "ask_change", "change_employer")
        await it.write("江北研究院")
        await it.is_fit()
        await it.write("12345")
        await it.is_fit()
        await through(it, "change_keep", "change_skip", "ask_show")
        await through(it, "ask_change_answer", "ask_confirm", "change_contacts", "contact_own_phone")
        await it.write("13912345678")
        await it.is_fit()
        await through(it, "page_card", "ask_confirm", "ask_contacts_same", "page_card")
        await through(it, "page_my", "page_stop", "stop_resume", "page_help", "page_switch")


@every_look
async def test_the_hard_press_from_the_card_to_its_outcome(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, look) as it:
        await it.enter(one)
        assert await it.page.get_by_role("button", name=it.label("ask_dispute"), exact=True).is_visible()
        await through(it, "ask_dispute", "dispute_file_alone", "dispute_pressure_yes", "page_my", "my_add")
        await it.write("我从没去过那家单位")
        await it.is_fit()
        await settled(world)
        await it.open("/j/me")
        await through(
            it, "page_news_open", "page_my", "my_dispute", "dispute_agreed", "page_my", "my_dispute"
        )
        await through(it, "dispute_rejected")
        await it.write("还是不对")
        await it.is_fit()


async def settled(world: World) -> None:
    """By one colleague, and passed by another."""
    case = await world.row(select(Case).where(Case.kind == CaseKind.DISPUTE))
    await closed_by(world.running, world, "reviewer", case)
    phone: Phone = world.reviewer2.phone
    for label in ("打开这一件", "复核通过"):
        await phone.offers(label)
        await phone.press(label)
        await world.running.settled()


@every_look
async def test_without_a_destination_and_help_is_wanted(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False, code="70", category="seeking")
    async with windows(world.running, look) as it:
        await it.enter(one)
        await it.is_fit()
        await through(it, "ask_seeking", "ask_help", "ask_change_answer", "ask_settled")
        await through(it, "change_class_study")
        await it.write("武汉大学")
        await it.is_fit()


@every_look
async def test_what_is_said_instead_of_a_screen(world: World, time: Time, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    async with windows(world.running, look) as it:
        await it.open("/j/" + "x" * 64)
        await it.say("page_go_on")
        await it.sees(it.label("page_said_closed"))
        await it.is_fit()
        await it.open("/j/a.b")
        await it.sees(it.label("page_said_incomplete"))
        await it.is_fit()
        await it.enter(one, code)
        await time.passes(minutes=61)
        await it.open("/j/me")
        assert it.status == 401
        await it.sees(it.label("page_said_over"))
        await it.is_fit()
        async with Browser(world.running) as guessing:
            for number in range(world.running.app.rules.privacy.page.failures_an_hour):
                await guessing.open(f"/j/{number:064d}")
                await guessing.press(GO_ON)
        await it.open("/j")
        await it.say("page_go_on")
        await it.sees(it.label("page_said_busy"))
        await it.is_fit()
        await it.page.get_by_role("link", name=it.label("page_once_more")).click()
        await it.sees(it.label("page_asked"))


FOCUSED = """() => {
    const style = getComputedStyle(document.activeElement)
    const label = document.activeElement.labels?.[0] ?? document.activeElement
    return [label.textContent.trim(), style.outlineStyle, parseFloat(style.outlineWidth)]
}"""


async def test_by_keyboard_alone(world: World) -> None:
    """From the link to the answer, and wherever the focus is it can be seen."""
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, Look(1280, 800)) as it:
        await it.open(f"/j/{await link_of(world.running, one)}")
        await _to(it, it.label("page_go_on"))
        await it.page.keyboard.press("Enter")
        await it.sees("手机号的后四位")
        await _to(it, it.label("page_write_digits"))
        await it.page.keyboard.type(str(world.running.app.keys.open(one.row.phone))[-4:])
        await it.page.keyboard.press("Enter")
        await it.sees("周舟同学")
        await _to(it, "从未与该单位签约或被录用")
        await it.page.keyboard.press("Space")
        await it.sees("您要提出的是")
        await _to(it, "返回")
        await it.page.keyboard.press("Enter")
        await it.sees("请选一项与事实相符的")
        await _to(it, "以上信息属实")
        await it.page.keyboard.press("Enter")
        await it.sees("已记下：信息属实")
        await _to(it, "退出")


async def _to(it: Window, label: str) -> None:
    for _ in range(40):
        await it.page.keyboard.press("Tab")
        here, outline, width = await it.page.evaluate(FOCUSED)
        assert outline == "solid", here
        assert width >= 2, here
        if here == label:
            return
    raise AssertionError(f"the keyboard does not come to {label}")


async def test_twice_the_size_of_the_text(world: World) -> None:
    """As a reader's own setting makes it: nothing is cut off, nothing beside the screen."""
    cut = """() => [...document.querySelectorAll("button, a, label, p, h1")]
        .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display != "inline")
        .map(one => one.textContent)"""
    for lang in ("zh", "en"):
        one = await world.graduate(name="周舟", enrolled=False)
        async with windows(world.running, Look(320, 568, lang)) as it:
            await it.enter(one)
            for key in ("ask_change", "ask_back", "ask_dispute", "page_my", "page_help"):
                await it.say(key)
                small = await it.page.evaluate("document.body.scrollHeight")
                await it.page.evaluate("document.documentElement.style.fontSize = '200%'")
                assert await it.page.evaluate("document.documentElement.scrollWidth") <= 320, key
                assert await it.page.evaluate(cut) == [], key
                assert await it.page.evaluate("document.body.scrollHeight") > 1.5 * small


async def test_on_paper_there_is_text_and_no_buttons(world: World) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, Look(1280, 800)) as it:
        await it.enter(one)
        await it.say("ask_dispute", "dispute_file")
        await it.page.emulate_media(media="print")
        assert await it.page.locator("button:visible:not(.word), textarea:visible, a:visible").count() == 0
        seen = await it.page.locator("body").inner_text()
        for words in (
            "江城理工学院",
            "已收到您的异议，编号",
            "您可以随时在 我的登记信息 查看",
            "027-8765 4321",
        ):
            assert words in seen
        assert "提交" not in seen


async def test_the_first_load_is_light(world: World) -> None:
    """Everything over the wire, from the link to the card."""
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, SMALL) as it:
        wire = await it.page.context.new_cdp_session(it.page)
        await wire.send("Network.enable")
        taken: list[float] = []
        wire.on("Network.loadingFinished", lambda done: taken.append(done["encodedDataLength"]))
        await it.open(f"/j/{await link_of(world.running, one)}")
        assert len(taken) == 2, "the page and its style"
        assert sum(taken) <= 60_000
        await it.enter(one)
        assert sum(taken) <= 60_000, "the way to the card is no heavier"
