"""Somebody else at the page: what they brought counts no more, and nobody takes another's place unseen."""

import re

from sqlmodel import col, select

from handlers.page import Shut
from models.ask import Ask, AskState
from models.case import Case, CaseKind, CaseState
from models.outgoing import Outgoing, Sending
from models.page import PageSession
from models.person import Binding, Locale, Person
from models.staff import Invitation
from tests.conversations.asking import answers, asked, pressed, row, typed
from tests.conversations.working import closed_by, forge, notes
from tests.web.browsing import GO_ON, Browser, entered, in_chat, knocked, link_of
from tests.web.test_page_ways import ALONE, passed
from tests.world import One, World

ASKS = "打开您的核对页面"


async def code_on(browser: Browser) -> str:
    found = re.search(r"写着 (\d\d) 的那条消息", browser.text)
    assert found is not None, browser.text
    return found[1]


async def test_two_browsers_are_told_apart(world: World, browser: Browser) -> None:
    lihua = world.lihua
    code = await link_of(world.running, lihua)
    await knocked(browser, lihua, code)
    mine = await code_on(browser)
    async with Browser(world.running) as other:
        await knocked(other, lihua, code)
        theirs = await code_on(other)
        first, second = [one for one in lihua.phone.shown if ASKS in one.text]
        assert f"数字是 {mine}" in first.text
        assert f"数字是 {theirs}" in second.text
        assert "还有别的网页" in second.text
        assert "还有别的网页" not in first.text
        await lihua.phone.press("是我打开的，让网页继续", on=first)
        await world.running.settled()
        await other.press("已经按过了，继续")
        other.does_not_see("李华", "江城精密")
    await browser.press("已经按过了，继续")
    browser.sees("李华同学")


async def test_knocking_is_no_storm(world: World) -> None:
    lihua = world.lihua
    code = await link_of(world.running, lihua)
    for _ in range(6):
        async with Browser(world.running) as other:
            await knocked(other, lihua, code)
            last = await code_on(other)
    shown = [one for one in lihua.phone.shown if ASKS in one.text]
    assert len(shown) == 3
    assert f"数字是 {last}" in shown[-1].text


async def test_an_unchecked_account_shuts_nothing(world: World, browser: Browser) -> None:
    lihua, stranger = world.lihua, await world.graduate(name="路过", verified=False)
    async with world.running.app.works.begin() as work:
        bound = await work.session.exec(select(Binding).where(Binding.graduate_id == stranger.id))
        bound.one().graduate_id = lihua.id
    code = await link_of(world.running, lihua)
    await forge(world.running, stranger, Shut(graduate=lihua.id))
    await stranger.phone.sees("这个按钮是以前的")
    links = await world.rows(select(Invitation).where(Invitation.graduate_id == lihua.id))
    assert [one.revoked_at for one in links] == [None]
    assert await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT)) == []
    await knocked(browser, lihua, code)
    browser.sees("请打开 Telegram")


async def disowned(world: World, browser: Browser, *steps: str) -> One:
    """A stranger answered on the page; the right person comes to the chat and says so."""
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await asked(world.running, one)
    await entered(browser, one, code)
    await browser.press(*steps)
    await in_chat(world.running, one, code)
    await pressed(world.running, one, "不是我本人答复的")
    await one.phone.sees("那次答复不再计入")
    return one


async def test_the_right_person_is_asked_again(world: World, browser: Browser) -> None:
    one = await disowned(world, browser, "以上信息属实")
    rows = await world.rows(select(Ask).where(Ask.graduate_id == one.id))
    assert sorted(ask.state for ask in rows) == [AskState.ANSWERED, AskState.OPEN]
    await one.phone.offers("以上信息属实")
    await typed(world.running, one, "/my")
    mine = await one.phone.sees("（网页）（已表示不是本人）")
    assert "不是我本人答复的" not in mine.labels()
    await pressed(world.running, one, "修改我的回答", "以上信息属实")
    assert (await row(world, one)).answered
    await typed(world.running, one, "/my")
    assert one.phone.shown[-1].text.count("已表示不是本人") == 1
    assert len(await answers(world, one)) == 2


async def test_owners_of_what_the_stranger_brought_hear_of_it(world: World, browser: Browser) -> None:
    one = await disowned(world, browser, "信息有变或有误", "已解约或签约后未入职")
    query = select(Case).where(Case.graduate_id == one.id, Case.kind == CaseKind.CHANGE_REQUEST)
    case = await world.row(query)
    assert sorted(await notes(world.running, case)) == ["answered", "opened"]
    assert case.state is not CaseState.CLOSED
    await world.counselor.phone.sees(f"编号 {case.number}：毕业生又有新的说明")
    await typed(world.running, world.counselor, f"/case {case.number}")
    await world.counselor.phone.sees("毕业生表示网页上的答复不是本人所为")


async def test_news_that_was_not_shown_is_still_news(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press(*ALONE)
    await passed(world, one)
    waiting = select(Outgoing).where(col(Outgoing.state) == Sending.UNREACHABLE)
    before = len(await world.rows(waiting))
    assert before
    async with world.running.app.works.begin() as work:
        [binding] = await work.session.exec(select(Binding).where(Binding.graduate_id == one.id))
        binding.ended_at, binding.ended_why = work.now, "rejected"
    await browser.open("/j/me")
    browser.does_not_see("查看新消息")
    await browser.write("/news")
    assert len(await world.rows(waiting)) == before


async def test_what_waited_on_the_page_comes_to_the_chat_of_another_record(
    world: World, browser: Browser
) -> None:
    """One human being with two records: the browsers come to the chat, and what was untold with them."""
    mobile = "+8613900001111"
    first = await world.graduate(name="周舟", mobile=mobile)
    second = await world.graduate(name="周舟", mobile=mobile, enrolled=False)
    code = await link_of(world.running, second)
    await entered(browser, second, code)
    await browser.press(*ALONE)
    await passed(world, second)
    await in_chat(world.running, first, code)
    await first.phone.sees("的核实结果：登记信息不属实", times=1)


async def test_the_browser_keeps_its_language(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    async with Browser(world.running) as other:
        await other.open(f"/j/{code}")
        await other.press(GO_ON, "English")
        phone = world.running.app.keys.open(one.row.phone)
        await other.write(str(phone)[-4:])
        [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
        person = await world.row(select(Person).where(Person.id == binding.person_id))
        assert person.locale is Locale.EN
        live = await world.rows(select(PageSession).where(PageSession.person_id == person.id))
        assert len(live) == 2


async def test_another_connection_or_a_closed_case_is_looked_at_anew(world: World) -> None:
    many = world.running.app.rules.privacy.page.same_place
    classmates = [await world.graduate(name=f"周{number}", enrolled=False) for number in range(2 * many + 2)]

    async def come(people: list[One], address: str) -> None:
        for one in people:
            async with Browser(world.running, **{"X-Forwarded-For": address}) as browser:
                await entered(browser, one)

    await come(classmates[:many], "203.0.113.7")
    await come(classmates[many : 2 * many], "203.0.113.8")
    first, second = sorted(await world.rows(select(Case)), key=lambda case: case.number)
    assert len(await notes(world.running, first)) == 1, "the other connection has a case of its own"
    await closed_by(world.running, world, "reviewer", second, "反映不属实")
    await come(classmates[2 * many : 2 * many + 1], "203.0.113.8")
    assert len(await world.rows(select(Case))) == 3
    await come(classmates[2 * many + 1 :], "203.0.113.7")
    assert len(await world.rows(select(Case))) == 3
    assert len(await notes(world.running, first)) == 2
