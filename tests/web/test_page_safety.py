"""What the page refuses, what it tells nobody, and when it stops listening."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice, product

import pytest
from sqlmodel import select

from actions import invitations
from handlers.page import LetIn
from models.answer import Source
from models.case import Case, CaseKind
from models.event import Event
from models.page import PageSession
from models.person import Binding, Person
from models.staff import Invitation, Staff
from tests.conversations.asking import answers, row
from tests.conversations.working import forge
from tests.driving import Time
from tests.web.browsing import (
    GO_ON,
    Browser,
    Form,
    digits_of,
    entered,
    in_chat,
    knocked,
    link_of,
    staff_link,
    wrong_digits,
)
from tests.world import World
from web.limits import MOST, Bucket

ADDRESS = "198.51.100.77"
PROMISED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize("kind", ["unknown", "revoked", "expired", "staff"])
async def test_every_link_that_opens_nothing_is_answered_alike(
    world: World, browser: Browser, kind: str
) -> None:
    code = "x" * 64
    if kind == "staff":
        code = await staff_link(world.running, world.counselor)
    elif kind != "unknown":
        code = await link_of(world.running, world.lihua)
        async with world.running.app.works.begin() as work:
            wanted = select(Invitation).where(Invitation.digest == invitations.digest_of(code))
            link = (await work.session.exec(wanted)).one()
            if kind == "revoked":
                link.revoked_at = work.now
            else:
                link.expires_at = work.now - timedelta(days=1)
    await browser.open(f"/j/{code}")
    assert browser.status == 200
    await browser.press(GO_ON)
    assert browser.status == 404
    browser.sees("这条链接打不开", "也可以用学号核对", "027-8765 4321")
    assert await world.rows(select(PageSession)) == []


def carries_the_headers(headers: Mapping[str, str]) -> None:
    for name, value in PROMISED.items():
        assert headers[name] == value, name
    assert "Strict-Transport-Security" not in headers, "it is not encrypted here"


async def test_every_answer_carries_the_headers(world: World, browser: Browser) -> None:
    code = await link_of(world.running, world.lihua)
    paths = {
        f"/j/{code}": 200,
        "/j": 200,
        "/j/a.b": 404,
        "/j/me": 401,
        f"/j/{'x' * 65}": 404,
        "/nothing": 404,
    }
    for path, status in paths.items():
        await browser.open(path)
        assert browser.status == status
        carries_the_headers(browser.answer_headers)
        for unsafe in ("<script", "style=", "<style"):
            browser.does_not_see(unsafe)


async def test_what_is_refused_or_led_on_carries_them_too(world: World, browser: Browser) -> None:
    code = await link_of(world.running, world.lihua)
    for path in ("/", "/j/", f"/j/{code}/"):
        async with browser.http.get(browser.base + path, allow_redirects=False) as answer:
            assert answer.status == 303
            carries_the_headers(answer.headers)
    await browser.open(f"/j/{code}")
    [form] = browser.page.forms
    await browser.send(Form(form.action, {"csrf": "0"}), {})
    assert browser.status == 403
    carries_the_headers(browser.answer_headers)
    async with browser.http.post(
        browser.base + form.action, data=form.hidden, allow_redirects=False
    ) as answer:
        assert answer.status == 303
        carries_the_headers(answer.headers)
    for _ in range(world.running.app.rules.privacy.page.openings_an_hour):
        await browser.open(f"/j/{code}")
        await browser.press(GO_ON)
    assert browser.status == 429
    carries_the_headers(browser.answer_headers)


async def test_an_address_that_is_none_of_ours_says_how_to_go_on(world: World, browser: Browser) -> None:
    code = await link_of(world.running, world.lihua)
    await browser.open("/")
    assert browser.url.path == "/j"
    await browser.open("/j/?lang=en")
    assert browser.url.path_qs == "/j?lang=en"
    await browser.open(f"/j/{code}/")
    assert browser.url.path == f"/j/{code}"
    for path in ("/nothing", "//evil.example/", "/healthz/", "/m/abc"):
        await browser.open(path)
        assert (browser.status, browser.url.host) == (404, "127.0.0.1")
        browser.sees("这条链接不完整", "027-8765 4321")
        assert browser.page.links["用学号核对"] == "/j"
    async with browser.http.post(browser.base + "/nothing") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("code", ["x" * 65, "%22%3E%3Cscript%3E", "a.b"])
async def test_what_cannot_be_a_code_is_said_to_be_incomplete(browser: Browser, code: str) -> None:
    await browser.open(f"/j/{code}")
    assert browser.status == 404
    browser.sees("这条链接不完整").does_not_see("t.me", "<script")


async def test_the_cookie_is_out_of_reach(world: World, browser: Browser) -> None:
    await browser.open(f"/j/{await link_of(world.running, world.lihua)}")
    cookie = browser.answer_headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/j" in cookie


async def test_a_form_that_is_not_ours_does_nothing(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    card = next(form for form in browser.page.forms if "以上信息属实" in form.buttons)
    name, value = card.buttons["以上信息属实"]
    right = dict(card.hidden)
    for token in ("", "0" * 64, right["csrf"][:-1], right["csrf"].upper() + "é"):
        card.hidden["csrf"] = token
        await browser.send(card, {name: value})
        assert browser.status == 403
        browser.sees("请返回上一页，刷新后再按一次")
    card.hidden = right
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        await browser.send(card, {name: value}, **headers)
        assert browser.status == 403
    assert await answers(world, one) == []
    await browser.send(card, {name: value}, **{"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    browser.sees("已记下：信息属实")


async def test_a_session_ends_with_time_and_with_leaving(world: World, time: Time, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press("退出")
    assert browser.status == 401
    browser.sees("请重新打开收到的链接")
    await entered(browser, one)
    await time.passes(minutes=61)
    await browser.open("/j/me")
    assert browser.status == 401
    browser.does_not_see("周舟")


async def test_a_browser_is_forgotten_with_what_it_showed(world: World, time: Time, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await time.passes(hours=2)
    assert len(await world.rows(select(PageSession))) == 1
    await time.passes(days=2)
    assert await world.rows(select(PageSession)) == []
    await entered(browser, one)
    browser.sees("周舟同学")


async def test_a_link_and_digits_show_nothing_until_the_chat_says_so(world: World, browser: Browser) -> None:
    """Links and numbers pass through colleagues' hands; whoever has a chat is asked there first."""
    lihua = world.lihua
    await knocked(browser, lihua)
    asked = await lihua.phone.sees("如果有人要您按，也请选这一项")
    assert asked.labels() == ["是我打开的，让网页继续", "不是我打开的，请关闭网页"]
    browser.sees("请打开 Telegram").does_not_see("李华", "江城精密")
    await browser.press("已经按过了，继续")
    browser.sees("还没有收到您在 Telegram 里的确认").does_not_see("李华", "江城精密")
    assert await answers(world, lihua) == []
    await lihua.phone.press("是我打开的，让网页继续")
    await world.running.settled()
    await lihua.phone.sees("网页可以继续了")
    await browser.press("已经按过了，继续")
    browser.sees("李华同学", "江城精密")
    await browser.press("以上信息属实")
    [answer] = await answers(world, lihua)
    assert (answer.person_id, answer.source) == (lihua.person_id, Source.PAGE)


async def test_only_the_chat_that_answers_lets_a_browser_in(world: World, browser: Browser) -> None:
    lihua, other = world.lihua, await world.graduate(name="周舟")
    await knocked(browser, lihua)
    [session] = await world.rows(select(PageSession))
    await forge(world.running, other, LetIn(session=session.id))
    await browser.press("已经按过了，继续")
    browser.does_not_see("李华", "江城精密")
    [session] = await world.rows(select(PageSession))
    assert session.person_id not in (lihua.person_id, other.person_id)
    await browser.write("/my")
    browser.does_not_see("李华", "江城精密")


async def test_who_cannot_open_the_chat_answers_and_somebody_looks(world: World, browser: Browser) -> None:
    lihua = world.lihua
    await knocked(browser, lihua)
    await browser.press("我打不开 Telegram")
    browser.sees("待核实").does_not_see("江城精密")
    [case] = await world.rows(select(Case).where(Case.graduate_id == lihua.id))
    assert (case.kind, case.reason) == (CaseKind.IDENTITY_CONFLICT, "second_account")
    assert case.owner_id != world.counselor.id
    bound = await world.rows(select(Binding).where(Binding.graduate_id == lihua.id))
    assert sorted(one.verified for one in bound) == [False, True]


async def test_the_chat_shuts_out_a_browser_that_knocks(world: World, browser: Browser) -> None:
    lihua = world.lihua
    code = await link_of(world.running, lihua)
    await knocked(browser, lihua, code)
    await lihua.phone.press("不是我打开的，请关闭网页")
    await world.running.settled()
    await lihua.phone.sees("网页已全部关闭")
    [session] = await world.rows(select(PageSession))
    await forge(world.running, lihua, LetIn(session=session.id))
    await browser.press("已经按过了，继续")
    browser.does_not_see("李华", "江城精密")
    await browser.open(f"/j/{code}")
    await browser.press(GO_ON)
    browser.sees("这条链接打不开")
    [case] = await world.rows(select(Case).where(Case.graduate_id == lihua.id))
    assert (case.kind, case.reason) == (CaseKind.IDENTITY_CONFLICT, "stranger_on_page")
    assert case.owner_id != world.counselor.id


async def test_what_somebody_else_answered_on_the_page_counts_no_more(world: World, browser: Browser) -> None:
    """Their first visit is the chat; the page has answered before, with a number many have."""
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    await entered(browser, one, code)
    await browser.press("以上信息属实")
    await in_chat(world.running, one, code)
    await one.phone.sees("您在网页上答复过：信息属实")
    await one.phone.press("不是我本人答复的")
    await world.running.settled()
    await one.phone.sees("那次答复不再计入")
    await one.phone.offers("以上信息属实")
    graduate = await row(world, one)
    assert (graduate.answer, graduate.answer_id) == (None, None)
    [case] = await world.rows(select(Case).where(Case.graduate_id == one.id))
    assert (case.kind, case.reason) == (CaseKind.IDENTITY_CONFLICT, "stranger_on_page")
    assert case.owner_id != world.counselor.id
    await browser.open("/j/me")
    assert browser.status == 401
    assert len(await answers(world, one)) == 1, "what was said stays in the history"


async def test_on_the_page_itself_it_can_be_said_too(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    async with Browser(world.running) as stranger:
        await entered(stranger, one, code)
        await stranger.press("以上信息属实")
        await entered(browser, one, code)
        browser.sees("您在网页上答复过：信息属实")
        await browser.press("我的登记信息", "不是我本人答复的")
        browser.sees("那次答复不再计入", "江城精密", "以上信息属实")
        await stranger.open("/j/me")
        assert stranger.status == 401
    await browser.press("从未与该单位签约或被录用")
    assert (await row(world, one)).answer is None


async def test_not_me_in_the_chat_empties_the_page(world: World, browser: Browser) -> None:
    lihua = world.lihua
    await entered(browser, lihua)
    await lihua.phone.send("确认")
    await world.running.settled()
    for label in ("发错人了，不是我本人", "对，我不是这个人"):
        await lihua.phone.press(label)
        await world.running.settled()
    await browser.open("/j/me")
    browser.does_not_see("李华", "江城精密")


async def test_no_colleague_works_here(world: World, browser: Browser) -> None:
    """Neither with their link, nor typed, nor because an account became theirs."""
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    link = await staff_link(world.running, world.office)
    await browser.write(f"/start {link}")
    browser.sees("周舟同学")
    for command in ("/todo", "/status", "/queue", "/pause"):
        await browser.write(command)
        browser.sees("这里可以核对学校登记的毕业去向")
    assert await world.rows(select(Invitation).where(Invitation.used_at.is_not(None))) == []  # type: ignore[union-attr]
    [binding] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    async with world.running.app.works.begin() as work:
        staff = await work.session.get_one(Staff, world.office.id)
        staff.person_id = binding.person_id
    await browser.open("/j/me")
    assert browser.status == 401


async def test_ten_thousand_guesses_open_nothing_and_are_not_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """9,600 links from everywhere, and 400 digits of one graduate in new browsers, the right ones last: the
    lock of an hour lets three of them be compared, however many come."""
    caplog.set_level(logging.DEBUG)
    one = await world.graduate(name="周舟", enrolled=False)
    code, right = await link_of(world.running, one), digits_of(world.running, one)
    door, opened = world.running.app.door, 0
    for number in range(9600):
        done = await door.begin(f"{number:064d}", None, "zh_CN")
        opened += done.cookie is not None
    assert opened == 0
    assert await world.rows(select(PageSession)) == []
    every = ("".join(four) for four in product("0123456789", repeat=4))
    guesses = iter([*islice((four for four in every if four != right), 399), right])
    while some := list(islice(guesses, 4)):
        begun = await door.begin(code, None, "zh_CN")
        assert begun.cookie
        for digits in some:
            await door.write(begun.cookie, digits, may_guess=True, address=ADDRESS)
        screen = await door.screen(begun.cookie)
        assert screen is not None
        assert not any("周舟" in said.text for said in screen.said)
    compared = await world.rows(select(Event).where(Event.kind == "wrong_digits"))
    assert len(compared) == 3
    assert await world.rows(select(Binding).where(Binding.graduate_id == one.id)) == []
    written = "\n".join(str(record.getMessage()) for record in caplog.records)
    assert code not in written
    assert "周舟" not in written
    assert ADDRESS not in written


async def test_one_link_and_one_address_are_slowed_down(world: World) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    terms = world.running.app.rules.privacy.page
    async with Browser(world.running, **{"X-Forwarded-For": "10.0.0.1, 203.0.113.7"}) as guessing:
        for number in range(terms.failures_an_hour):
            await guessing.open(f"/j/{number:064d}")
            await guessing.press(GO_ON)
            assert guessing.status == 404
        for path in (f"/j/{'z' * 64}", "/j"):
            await guessing.open(path)
            await guessing.press(GO_ON)
            assert guessing.status == 429
            assert guessing.answer_headers["Retry-After"] == "60"
            guessing.sees("请稍等一会儿再试", "几分钟后可以继续")
    async with Browser(world.running, **{"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}) as elsewhere:
        await entered(elsewhere, one, code)
        elsewhere.sees("周舟同学")
        for _ in range(terms.openings_an_hour):
            await elsewhere.open(f"/j/{code}")
            await elsewhere.press(GO_ON)
        assert elsewhere.status == 429


async def test_who_is_known_or_has_a_link_goes_on_where_others_guess(world: World, browser: Browser) -> None:
    """A whole campus is behind one address: only what was abused is shut there."""
    one = await world.graduate(name="周舟", enrolled=False)
    two = await world.graduate(name="吴桐", enrolled=False)
    await entered(browser, one)
    async with Browser(world.running) as guessing, Browser(world.running) as by_number:
        await by_number.open("/j")
        await by_number.press(GO_ON)
        for number in range(world.running.app.rules.privacy.page.failures_an_hour):
            await guessing.open(f"/j/{number:064d}")
            await guessing.press(GO_ON)
        await by_number.write(one.row.student_no)
        assert by_number.status == 429
    async with Browser(world.running) as other:
        await entered(other, two)
        other.sees("吴桐同学")
    await browser.press("以上信息属实")
    browser.sees("已记下：信息属实")


async def test_wrong_digits_on_the_page_lock_the_record_for_every_browser(world: World) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    code = await link_of(world.running, one)
    for _ in range(3):
        async with Browser(world.running) as guessing:
            await guessing.open(f"/j/{code}")
            await guessing.press(GO_ON)
            await guessing.write(wrong_digits(world.running, one))
    async with Browser(world.running) as right:
        await entered(right, one, code)
        right.sees("已多次不符", "027-8765 4321").does_not_see("周舟")


async def test_a_person_is_made_for_a_link_that_opens_and_for_no_other(
    world: World, browser: Browser
) -> None:
    before = len(await world.rows(select(Person)))
    for _ in range(3):
        await browser.open("/j/" + "y" * 64)
        await browser.press(GO_ON)
    assert len(await world.rows(select(Person))) == before


def test_a_bucket_fills_again_and_remembers_so_many() -> None:
    now = [0.0]
    bucket = Bucket(2, 60, lambda: now[0])
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    assert bucket.take("b")
    now[0] = 30.0
    assert bucket.has_room("a")
    assert [bucket.take("a") for _ in range(2)] == [True, False]
    for number in range(MOST + 10):
        bucket.take(str(number))
    assert len(bucket._left) == MOST


async def test_many_of_one_class_from_one_connection_are_looked_at(world: World) -> None:
    """Nobody is accused: a reviewer gets the names, the class counselor gets nothing, the answers stand."""
    classmates = [await world.graduate(name=f"周{sign}", enrolled=False) for sign in "甲乙丙丁戊己庚"]
    for one in classmates[:-2]:
        async with Browser(world.running) as browser:
            await entered(browser, one)
    assert await world.rows(select(Case)) == []
    for one in classmates[-2:]:
        async with Browser(world.running) as browser:
            await entered(browser, one)
            await browser.press("以上信息属实")
    [case] = await world.rows(select(Case))
    assert (case.kind, case.reason, case.owner_id) == (CaseKind.ANOMALY, "same_place", world.reviewer.id)
    await world.reviewer.phone.send(f"/case {case.number}")
    card = await world.reviewer.phone.sees("请抽几位核实是否本人")
    assert "周甲、周乙、周丙、周丁、周戊、周己" in card.text
    assert "周庚" in card.text
    await world.counselor.phone.send(f"/case {case.number}")
    await world.running.settled()
    world.counselor.phone.never_saw("周甲")
    assert all(one.verified for one in await answers(world, classmates[-1]))
    facts = [event.facts for event in await world.rows(select(Event).where(Event.kind == "page_proved"))]
    assert "127.0.0.1" not in str(facts)


async def test_two_classes_on_one_connection_are_nobodys_business(world: World) -> None:
    for number in range(6):
        unit = "软件2001" if number % 2 else "软件2002"
        one = await world.graduate(name="周舟", enrolled=False, unit=unit)
        async with Browser(world.running) as browser:
            await entered(browser, one)
    assert await world.rows(select(Case)) == []
