"""A browser without scripts: forms are sent as they stand, redirects followed, one cookie jar each."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self

import aiohttp
from yarl import URL

from actions import invitations
from models.graduate import Graduate
from models.staff import Staff
from tests.driving import Running
from tests.world import One

GO_ON = "我知道了，在这里继续"
AROUND = frozenset({"English", "中文", "我的登记信息", "停止提醒", "帮助", "退出", "提交"})


@dataclass
class Form:
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    writes: bool = False


class Reader(HTMLParser):
    """What is seen, and what can be pressed or written."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.seen: list[str] = []
        self._open: tuple[str, dict[str, str | None]] | None = None
        self._label = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or self.here))
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1].hidden[str(given["name"])] = str(given["value"])
        elif tag in ("textarea", "input") and given.get("name") == "text":
            self.forms[-1].writes = True
        elif tag in ("button", "a"):
            self._open, self._label = (tag, given), ""
        self._hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")
        if self._open is None or self._open[0] != tag:
            return
        label, (_, given) = self._label.strip(), self._open
        if tag == "a":
            self.links[label] = str(given["href"])
        else:
            self.forms[-1].buttons[label] = (str(given.get("name") or ""), str(given.get("value") or ""))
        self._open = None

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
            self._label += data


class Browser:
    """One person's; `headers` are sent with everything."""

    def __init__(self, running: Running, **headers: str) -> None:
        host, port = running.app.address
        self.running, self.base, self.headers = running, f"http://{host}:{port}", headers

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(self.base))
        self.http = aiohttp.ClientSession(cookie_jar=jar, headers=self.headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def open(self, path: str) -> Self:
        async with self.http.get(self.base + path) as answer:
            return await self._read(answer)

    async def press(self, *labels: str) -> Self:
        for label in labels:
            form = next((one for one in reversed(self.page.forms) if label in one.buttons), None)
            assert form is not None, f"no button {label!r} among {self.buttons} on:\n{self.text}"
            name, value = form.buttons[label]
            await self.send(form, {name: value} if name else {})
        return self

    async def write(self, text: str) -> Self:
        form = next(one for one in self.page.forms if one.writes)
        return await self.send(form, {"text": text})

    async def send(self, form: Form, given: dict[str, str], **headers: str) -> Self:
        body = form.hidden | given
        async with self.http.post(self.base + form.action, data=body, headers=headers) as answer:
            await self._read(answer)
        await self.running.settled()
        return self

    async def _read(self, answer: aiohttp.ClientResponse) -> Self:
        self.status, self.url, self.html = answer.status, answer.url, await answer.text()
        self.answer_headers = answer.headers
        self.page = Reader(answer.url.path_qs)
        self.page.feed(self.html)
        self.text = re.sub(r"[ \t]*\n\s*", "\n", "".join(self.page.seen))
        return self

    @property
    def buttons(self) -> list[str]:
        """Those of the messages, in their order."""
        return [label for form in self.page.forms for label in form.buttons if label not in AROUND]

    def sees(self, *words: str) -> Self:
        for one in words:
            assert one in self.text, f"{one!r} is not on the page ({self.status}):\n{self.text}"
        return self

    def does_not_see(self, *words: str) -> Self:
        for one in words:
            assert one not in self.html, f"{one!r} is on the page:\n{self.text}"
        return self


async def link_of(running: Running, one: One) -> str:
    async with running.app.works.begin() as work:
        return invitations.make(work, graduate=await work.session.get_one(Graduate, one.id))


async def staff_link(running: Running, one: One) -> str:
    async with running.app.works.begin() as work:
        return invitations.make(work, staff=await work.session.get_one(Staff, one.id))


async def entered(browser: Browser, one: One, code: str | None = None) -> Browser:
    """From the link to the card: the notice, the last four digits, and a word from their chat, if any."""
    await knocked(browser, one, code)
    if "已经按过了，继续" not in browser.buttons:
        return browser
    await one.phone.press("是我打开的，让网页继续")
    await browser.running.settled()
    return await browser.press("已经按过了，继续")


async def knocked(browser: Browser, one: One, code: str | None = None) -> Browser:
    code = code or await link_of(browser.running, one)
    await browser.open(f"/j/{code}")
    await browser.press(GO_ON)
    return await browser.write(digits_of(browser.running, one))


async def in_chat(running: Running, one: One, code: str) -> None:
    """The same link in Telegram, and their own number shared there."""
    await one.phone.send(f"/start {code}")
    await running.settled()
    await one.phone.press("我知道了，继续")
    await running.settled()
    await one.phone.share_contact()
    await running.settled()


def digits_of(running: Running, one: One) -> str:
    phone: Any = running.app.keys.open(one.row.phone)
    return str(phone)[-4:]


def wrong_digits(running: Running, one: One) -> str:
    return "0000" if digits_of(running, one) != "0000" else "1111"
