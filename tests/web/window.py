"""The answer page in a real Chromium: what somebody sees and presses, and what every screen must be."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, expect

from models.person import Locale
from tests.driving import Running
from tests.sandbox_page import browser
from tests.web.browsing import digits_of, link_of
from tests.world import One

# A finger needs so much; a word that can be pressed inside a sentence is as high as its line.
FINGER = 44
SMALL = """() => [...document.querySelectorAll(CHOSEN)]
    .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < FINGER)
    .map(one => one.textContent)""".replace("FINGER", str(FINGER)).replace(
    "CHOSEN",
    # A box is small, and the line that it stands in can be pressed.
    '"button:not(.word), a, input[type=text], input[type=file], select, textarea, summary, .tick"',
)

# By night only the colours differ.
SCHEMES: dict[Literal["dark", "light"], dict[str, Any]] = {
    "dark": {"runOnly": ["color-contrast"]},
    "light": {},
}


@dataclass(frozen=True)
class Look:
    """How somebody looks at it: how large, in which language, and whether scripts run."""

    width: int
    height: int
    lang: str = "zh"
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.lang}{'' if self.scripts else '-noscript'}"


LOOKS: Sequence[Look] = (
    Look(320, 568, "zh", scripts=False),
    Look(390, 844, "en"),
    Look(1280, 800, "zh"),
    Look(320, 568, "en", scripts=False),
)


@dataclass
class Window:
    running: Running
    page: Page
    look: Look
    base: str
    troubles: list[str] = field(default_factory=list)
    status: int = 0

    async def open(self, path: str) -> None:
        answer = await self.page.goto(f"{self.base}{path}{'?lang=en' if self.look.lang == 'en' else ''}")
        self.status = answer.status if answer else 0

    async def enter(self, one: One, code: str | None = None, digits: str | None = None) -> None:
        """From the link to the card, or to what is said of other digits."""
        code = code or await link_of(self.running, one)
        await self.open(f"/j/{code}")
        await self.say("page_go_on")
        await self.write(digits or digits_of(self.running, one))

    async def press(self, *labels: str) -> None:
        for label in labels:
            await self.page.get_by_role("button", name=label, exact=True).last.click()
            await self.page.wait_for_load_state()
            await self.running.settled()

    async def say(self, *keys: str) -> None:
        """The buttons of these labels, in the language somebody reads."""
        for key in keys:
            await self.press(self.label(key))

    async def follow(self, key: str) -> None:
        await self.page.get_by_role("link", name=self.label(key), exact=True).first.click()
        await self.page.wait_for_load_state()

    def label(self, key: str, **words: object) -> str:
        locale = Locale.EN if self.look.lang == "en" else Locale.ZH_CN
        return self.running.app.words.label(key, locale, **words)

    async def write(self, text: str) -> None:
        await self.page.locator("[name=text]").first.fill(text)
        await self.page.get_by_role("button", name=self.label("page_send"), exact=True).first.click()
        await self.page.wait_for_load_state()
        await self.running.settled()

    async def sees(self, *words: str) -> None:
        for one in words:
            await expect(self.page.locator("body")).to_contain_text(one)

    async def is_fit(self) -> None:
        """Nothing beside the screen, nothing too small, nothing axe knows of, by day and by night."""
        wide = await self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.look.width, f"{wide} px wide: {self.page.url}"
        assert await self.page.evaluate(SMALL) == []
        await self._scripts(allowed=True)  # axe is one, and what it awaits would never come
        for scheme, rules in SCHEMES.items():
            await self.page.emulate_media(color_scheme=scheme)
            found = await Axe().run(self.page, options={"resultTypes": ["violations"], **rules})
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
        await self._scripts(allowed=self.look.scripts)
        assert self.troubles == []

    async def _scripts(self, *, allowed: bool) -> None:
        if not self.look.scripts:
            value = {"value": not allowed}
            await self.protocol.send("Emulation.setScriptExecutionDisabled", value)

    async def watch(self) -> None:
        self.protocol = await self.page.context.new_cdp_session(self.page)
        await self._scripts(allowed=self.look.scripts)
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        """That an answer was a refusal a browser notes by itself."""
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.troubles.append(text)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base).netloc:
            self.troubles.append(f"asked for {request.url}")


@asynccontextmanager
async def windows(running: Running, look: Look) -> AsyncIterator[Window]:
    async with browser() as opened, window(opened, running, look) as made:
        yield made


@asynccontextmanager
async def window(opened: Browser, running: Running, look: Look) -> AsyncIterator[Window]:
    context = await opened.new_context(
        viewport={"width": look.width, "height": look.height},
        is_mobile=look.width < 1000,
        has_touch=look.width < 1000,
        device_scale_factor=2 if look.width < 1000 else 1,
        locale="en-GB" if look.lang == "en" else "zh-CN",
    )
    context.set_default_timeout(10_000)
    host, port = running.app.address
    made = Window(running, await context.new_page(), look, f"http://{host}:{port}")
    await made.watch()
    yield made
    assert made.troubles == []
    await context.close()
