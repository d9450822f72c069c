"""The page behind a proxy of ours: who asks, by which name, and how much from one address."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from models.page import PageSession
from rules.loading import SHIPPED
from sandbox import Sandbox
from tests.driving import Running
from tests.web.browsing import GO_ON, Browser, entered, link_of
from tests.world import World

NAME = "qx.example.edu.cn"
CHANGES = {
    "beginnings_an_hour = 600": "beginnings_an_hour = 2",
    '"127.0.0.0/8"': '"127.0.0.0/8", "10.20.0.0/16"',
}
STRICT = "Strict-Transport-Security"


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    rules = tmp_path / "rules"
    rules.mkdir()
    text = (SHIPPED / "privacy.toml").read_text("utf-8")
    for before, after in CHANGES.items():
        assert before in text
        text = text.replace(before, after)
    (rules / "privacy.toml").write_text(text, "utf-8")
    made = Running(
        database_url, sandbox, tmp_path, rules=rules, public_url=f"https://{NAME}", intake="polling"
    )
    await made.start()
    yield made
    await made.stop()


async def begun(world: World, passed: str) -> int:
    """Without a link, from whom the list of proxies names."""
    async with Browser(world.running, **{"X-Forwarded-For": passed}) as browser:
        await browser.open("/j")
        await browser.press(GO_ON)
        return browser.status


async def test_where_it_is_encrypted_it_stays_so(world: World, browser: Browser) -> None:
    code = await link_of(world.running, world.lihua)
    await browser.open(f"/j/{code}")
    cookie = browser.answer_headers["Set-Cookie"]
    assert cookie.startswith("__Secure-quxiang=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/j"):
        assert f"; {word}" in cookie
    for path in ("/j", "/j/me", "/nothing", f"/j/{code}"):
        await browser.open(path)
        assert browser.answer_headers[STRICT] == "max-age=31536000"
    [form] = browser.page.forms
    async with browser.http.post(browser.base + form.action, data=form.hidden, allow_redirects=False) as led:
        assert (led.status, led.headers[STRICT]) == (303, "max-age=31536000")
        assert "; Secure" in led.headers["Set-Cookie"]


async def test_a_form_of_our_own_name_is_ours_whatever_host_a_proxy_names(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    card = next(form for form in browser.page.forms if "以上信息属实" in form.buttons)
    name, value = card.buttons["以上信息属实"]
    await browser.send(card, {name: value}, Origin="https://evil.example")
    assert browser.status == 403
    await browser.send(card, {name: value}, Origin=f"https://{NAME}")
    browser.sees("已记下：信息属实")


async def test_so_many_begin_without_a_link_from_one_address(world: World) -> None:
    """Each is a row; with a link of their own everybody goes on."""
    here, there = "203.0.113.7", "203.0.113.8"
    assert [await begun(world, here) for _ in range(3)] == [200, 200, 429]
    assert len(await world.rows(select(PageSession))) == 2
    assert await begun(world, there) == 200
    one = await world.graduate(name="周舟", enrolled=False)
    async with Browser(world.running, **{"X-Forwarded-For": here}) as browser:
        await entered(browser, one)
        browser.sees("周舟同学")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("203.0.113.7, 10.20.0.5", "203.0.113.7", True),
        ("203.0.113.7, 10.20.0.5", "203.0.113.8, 10.20.0.5", False),
        ("1.1.1.1, 203.0.113.7", "2.2.2.2, 203.0.113.7, 10.20.3.4", True),
        ("2001:db8:1:2::a", "2001:db8:1:2:ffff::b", True),
        ("2001:db8:1:2::a", "2001:db8:1:3::a", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7, no address", "203.0.113.8, no address", True),
    ],
)
async def test_who_stands_before_the_proxies(world: World, first: str, second: str, same: bool) -> None:
    assert [await begun(world, first) for _ in range(2)] == [200, 200]
    assert await begun(world, second) == (429 if same else 200)


async def test_what_a_client_wrote_in_a_line_of_its_own_is_not_believed(
    world: World, browser: Browser
) -> None:
    """Some proxies add a line instead of a word."""
    for number in range(3):
        headers = [("X-Forwarded-For", f"9.9.9.{number}"), ("X-Forwarded-For", "203.0.113.7")]
        await browser.open("/j")
        [form] = browser.page.forms
        async with browser.http.post(browser.base + "/j", data=form.hidden, headers=headers) as answer:
            assert answer.status == (429 if number == 2 else 200)
