"""The phones page in a real Chromium, with a small echo bot behind it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from sandbox import Phone, Sandbox
from sandbox.page import Place, add_page

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MONDAY = datetime(2024, 7, 8, 2, 0, tzinfo=UTC)
NAME = '<b>&"'


class StillClock:
    def __init__(self) -> None:
        self.instant = MONDAY

    def now(self) -> datetime:
        return self.instant

    async def move_to(self, instant: datetime) -> None:
        self.instant = instant


@dataclass
class EchoBot:
    """Repeats what it hears; 「是」 is answered by an edit, 「名片」 asks for the phone."""

    sandbox: Sandbox
    http: aiohttp.ClientSession

    async def call(self, method: str, **parameters: Any) -> Any:
        url = f"{self.sandbox.url}/bot{self.sandbox.token}/{method}"
        async with self.http.post(url, json=parameters) as response:
            return (await response.json())["result"]

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                await (self.pressed if "callback_query" in update else self.heard)(update)

    async def pressed(self, update: dict[str, Any]) -> None:
        query = update["callback_query"]
        where = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="已记下")
        await self.call("editMessageText", **where, text=f"您选了：{query['data']}")

    async def heard(self, update: dict[str, Any]) -> None:
        if (message := update.get("message")) is None:
            return
        chat = message["chat"]["id"]
        match message:
            case {"contact": contact}:
                gone = {"remove_keyboard": True}
                await self.say(chat, f"号码 {contact['phone_number']}", reply_markup=gone)
            case {"document": document}:
                await self.say(chat, f"文件 {document['file_name']} {document['file_size']}")
            case {"photo": _}:
                await self.call(
                    "sendPhoto", chat_id=chat, photo=message["photo"][-1]["file_id"], caption="看到了"
                )
            case {"text": "选"}:
                keys = [[{"text": "是", "callback_data": "是"}], [{"text": "否", "callback_data": "否"}]]
                await self.say(chat, "请选一项", reply_markup={"inline_keyboard": keys})
            case {"text": "名片"}:
                share: dict[str, Any] = {"text": "分享手机号", "request_contact": True}
                await self.say(
                    chat, "请分享", reply_markup={"keyboard": [[share]], "one_time_keyboard": True}
                )
            case {"text": "链接"}:
                link = {
                    "type": "text_link",
                    "offset": 0,
                    "length": 2,
                    "url": "https://t.me/quxiang_bot?start=CODE",
                }
                await self.say(chat, "从这里开始", entities=[link])
            case _:
                await self.say(chat, f"听到：{message['text']}")

    async def say(self, chat: int, text: str, **more: Any) -> None:
        await self.call("sendMessage", chat_id=chat, text=text, **more)


@dataclass
class Stage:
    sandbox: Sandbox
    clock: StillClock
    phones: list[Phone]
    bot: EchoBot
    page: Page
    troubles: list[str]

    def card(self, at: int = 0) -> Locator:
        return self.page.locator(f"#phone-{self.phones[at].user_id}")

    async def type(self, text: str, at: int = 0) -> None:
        line = self.card(at).get_by_role("textbox", name="写消息")
        await line.fill(text)
        await line.press("Enter")

    async def press(self, label: str, at: int = 0) -> None:
        await self.card(at).get_by_role("button", name=label, exact=True).last.click()

    async def sees(self, text: str, at: int = 0) -> None:
        await expect(self.card(at).locator(".theirs").filter(has_text=text).last).to_be_visible()

    async def overflow(self) -> int:
        measured = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return int(measured)


def chromium() -> str:
    if path := shutil.which("chromium"):
        return path
    if "chromium" in os.environ.get("QUXIANG_TEST_REQUIRE", "").split(","):
        pytest.fail("QUXIANG_TEST_REQUIRE asks for chromium, and there is none on the PATH")
    pytest.skip("NO CHROMIUM on the PATH: the phones page was not tested in a browser")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=[*ARGS])
        yield opened
        await opened.close()


def seats(sandbox: Sandbox) -> list[Place]:
    people = [
        ("毕业生", "李华", "+8613800138000"),
        ("辅导员", "王敏", None),
        ("复核人", NAME, None),
        ("就业指导处", "陈静", None),
    ]
    return [
        Place(
            sandbox.phone(7 + at, name, phone_number=number), f"{role} · {name}", "按「开始」试一试。", "abc"
        )
        for at, (role, name, number) in enumerate(people)
    ]


@asynccontextmanager
async def stage(width: int = 1440, height: int = 900) -> AsyncIterator[Stage]:
    clock = StillClock()
    sandbox = Sandbox(paced=False, clock=clock)
    places = seats(sandbox)
    add_page(sandbox, lambda: places, school="江城理工学院")
    async with browser() as opened, sandbox, aiohttp.ClientSession() as http, asyncio.TaskGroup() as tasks:
        bot = EchoBot(sandbox, http)
        running = tasks.create_task(bot.run())
        page = await opened.new_page(viewport={"width": width, "height": height})
        made = Stage(sandbox, clock, [place.phone for place in places], bot, page, [])
        page.on(
            "console",
            lambda said: made.troubles.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: made.troubles.append(str(error)))
        await page.goto(sandbox.url)
        await expect(page.locator("body[data-ready]")).to_be_attached()
        try:
            yield made
        finally:
            running.cancel()
        assert made.troubles == []
