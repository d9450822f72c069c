"""The real demo in a real browser: a graduate disputes, the counselor is alerted, the clock moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partialmethod
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.commands.failures import explained
from bot.demo import Demo, built, must_be_free
from bot.demo.check import walk
from bot.settings import WrongSetting
from sandbox import Phone, Sandbox
from tests.sandbox_page import browser

GRADUATE, COUNSELOR = "#phone-501", "#phone-502"


@asynccontextmanager
async def running() -> AsyncIterator[Demo]:
    async with built(0) as demo, asyncio.TaskGroup() as group:
        group.create_task(demo.app.run())
        await demo.ready()
        try:
            yield demo
        finally:
            demo.app.stop()


async def press(page: Page, label: str) -> None:
    await page.locator(GRADUATE).get_by_role("button", name=label, exact=True).last.click()


@pytest.mark.chromium
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_a_newcomer_walks_to_the_dispute_and_moves_the_clock(width: int, height: int) -> None:
    troubles: list[str] = []
    async with browser() as opened, running() as demo:
        page = await opened.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        await page.goto(demo.address)
        await expect(page.locator(f"{COUNSELOR} .hint")).to_contain_text("/queue")
        for label in ("开始", "我知道了，继续", "分享手机号", "从未与该单位签约或被录用"):
            await press(page, label)
        await press(page, "确认提出异议，辅导员可以参与")
        await expect(page.locator(f"{GRADUATE} .theirs").filter(has_text="已收到您的异议")).to_be_attached()
        await expect(page.locator(f"{COUNSELOR} .theirs").filter(has_text="新异议")).to_be_attached()
        await expect(page.locator(f"{GRADUATE} .mine").first).to_contain_text("/start")
        code = demo.cast.graduates[0].start
        assert code
        assert code not in await page.locator(GRADUATE).inner_text()
        await page.get_by_role("button", name="7月17日").click()
        await expect(page.locator("#now-time")).to_contain_text("7月17日（周三）")
        assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert troubles == []


@pytest.mark.parametrize(
    "line",
    [
        'who = "graduate"\ndoes = "press"\nwhat = "没有这个按钮"',
        'who = "nobody"\ndoes = "look"',
        'who = "graduate"\ndoes = "sing"',
    ],
)
async def test_a_story_that_cannot_be_walked_fails_the_check(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tmp_path / "story.toml"
    story.write_text(f'[[line]]\nnote = "what cannot be"\n{line}\n', encoding="utf-8")
    monkeypatch.setattr(Phone, "offers", partialmethod(Phone.offers, within=0.1))
    async with built(0) as demo:
        assert not await walk(demo.sandbox, demo.cast, story)
    told = capsys.readouterr().out
    assert "✗ what cannot be" in told
    assert "ok:" not in told


async def test_a_taken_port_is_one_sentence() -> None:
    async with Sandbox() as taken:
        port = int(taken.url.rsplit(":", 1)[1])
        with pytest.raises(WrongSetting, match="try PORT=") as raised:
            must_be_free(port - 1)
    assert explained(raised.value) == (str(raised.value), 2)
