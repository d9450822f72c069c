"""What people do on the phones page: writing, pressing, sharing, and moving the clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.sandbox_page import NAME, stage

pytestmark = pytest.mark.chromium

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


async def test_a_typed_text_is_answered() -> None:
    async with stage() as it:
        await expect(it.card().locator(".empty")).to_contain_text("试一试")
        await it.press("开始")
        await it.sees("听到：/start abc")
        await it.type("你好")
        await it.sees("听到：你好")
        await expect(it.card(1).locator(".message")).to_have_count(0)


async def test_a_press_shows_at_once_and_then_edits_the_message() -> None:
    async with stage() as it:
        await it.type("选")
        await it.sees("请选一项")
        held = await it.page.evaluate(
            "() => (key => (key.click(), key.getAttribute('aria-busy')))(document.querySelector('.key'))"
        )
        assert held == "true"
        await it.sees("您选了：是")
        await expect(it.card().locator(".message .key, .pending")).to_have_count(0)
        await expect(it.card().locator(".theirs .stamp").last).to_contain_text("已编辑")
        await expect(it.page.get_by_role("alert")).to_have_text("已记下")


async def test_a_contact_is_shared_when_the_keyboard_asks() -> None:
    async with stage() as it:
        await it.type("名片")
        await it.press("分享手机号")
        await it.sees("号码 +8613800138000")
        await expect(it.card().locator(".keyboard")).to_be_hidden()
        await it.type("名片", at=1)
        await it.press("分享手机号", at=1)
        await expect(it.page.get_by_role("alert")).to_have_text("这部手机没有可以分享的号码。")
        it.troubles.clear()  # the browser itself notes the refused request


async def test_files_and_pictures_are_sent_and_can_be_taken_back(tmp_path: Path) -> None:
    (tmp_path / "名单 1.txt").write_text("学号", encoding="utf-8")
    (tmp_path / "点.png").write_bytes(PIXEL)
    async with stage() as it:
        await it.card().locator("input[type=file]").set_input_files(tmp_path / "名单 1.txt")
        await it.sees("文件 名单 1.txt 6")
        async with it.page.expect_download() as download:
            await it.card().locator("a.paper").click()
        taken = await download.value
        assert Path(await taken.path()).read_text(encoding="utf-8") == "学号"
        assert taken.suggested_filename == "名单 1.txt"
        await it.card().locator("input[type=file]").set_input_files(tmp_path / "点.png")
        await it.sees("看到了")
        assert (
            await it.card()
            .locator(".theirs img")
            .evaluate("image => image.decode().then(() => image.naturalWidth)")
            == 1
        )


async def test_the_clock_moves_forward_and_never_back() -> None:
    async with stage() as it:
        now = it.page.locator("#now-time")
        await expect(now).to_have_text("7月8日（周一）10:00")
        await it.page.get_by_role("button", name="+1天").click()
        await expect(now).to_have_text("7月9日（周二）10:00")
        await it.page.get_by_role("button", name="+1小时").click()
        await expect(now).to_have_text("7月9日（周二）11:00")
        await it.page.get_by_role("button", name="8月1日").click()
        await expect(now).to_have_text("8月1日（周四）10:00")
        past = it.page.get_by_role("button", name="7月17日")
        await expect(past).to_have_attribute("aria-disabled", "true")
        await past.click(force=True)
        await expect(it.page.get_by_role("alert")).to_contain_text("时间只能向前走")
        await expect(now).to_have_text("8月1日（周四）10:00")


async def test_the_server_too_refuses_to_go_back() -> None:
    async with stage() as it:
        it.clock.instant = datetime(2024, 8, 30, 2, 0, tzinfo=UTC)
        async with it.bot.http.post(f"{it.sandbox.url}/api/clock", json={"to": "0830"}) as response:
            assert (response.status, await response.json()) == (
                409,
                {"refused": "earlier_clock", "at": "2024-08-30T10:00"},
            )
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        async with it.bot.http.post(
            f"{it.sandbox.url}/api/phones/7/block", json={}, headers=elsewhere
        ) as response:
            assert response.status == 403


async def test_names_and_texts_with_markup_are_shown_as_text() -> None:
    async with stage() as it:
        await expect(it.card(2).get_by_role("heading")).to_have_text(NAME)
        await it.type("<img src=x onerror=alert(1)> & <b>粗</b>")
        await it.sees("听到：<img src=x onerror=alert(1)> & <b>粗</b>")
        await expect(it.card().locator(".text img, .text b")).to_have_count(0)


async def test_a_start_link_opens_in_the_same_phone() -> None:
    async with stage() as it:
        await it.type("链接", at=3)
        await it.card(3).get_by_role("link", name="从这").click()
        await it.sees("听到：/start CODE", at=3)


async def test_a_phone_blocks_and_unblocks_the_bot() -> None:
    async with stage() as it:
        await it.type("在吗")
        await it.sees("听到：在吗")
        await it.press("更多操作")
        await it.press("屏蔽机器人")
        await expect(it.card().get_by_text("已屏蔽机器人")).to_be_visible()
        assert it.phones[0].blocked
        await it.press("解除屏蔽")
        await it.type("又来了")
        await it.sees("听到：又来了")


async def test_news_elsewhere_is_marked_and_reading_position_is_kept() -> None:
    async with stage() as it:
        for number in range(12):
            await it.phones[1].send(f"第 {number} 条\n" * 3)
        await it.sees("第 11 条", at=1)
        chat = it.card(1).locator(".chat")
        await chat.evaluate("box => box.scrollTo({ top: 0, behavior: 'instant' })")
        await it.bot.say(it.phones[1].user_id, "晚些时候的消息")
        await expect(it.card(1).get_by_role("button", name="新消息", exact=True)).to_be_visible()
        await expect(it.card(1).get_by_role("img", name="有新消息")).to_be_visible()
        assert await chat.evaluate("box => box.scrollTop") == 0
        await it.press("新消息", at=1)
        await expect(it.card(1).get_by_text("晚些时候的消息")).to_be_in_viewport()
        await expect(it.card(1).get_by_role("img", name="有新消息")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (900, 900), (1440, 900)])
async def test_nothing_overflows(width: int, height: int) -> None:
    async with stage(width, height) as it:
        for phone in it.phones:
            await phone.send("没有空格的长词" * 20 + "x" * 300)
        await it.sees("没有空格")
        assert await it.overflow() <= 0
        await it.page.get_by_role("button", name="English").click()
        await expect(it.page.get_by_role("button", name="+1 day")).to_be_visible()
        assert await it.overflow() <= 0
        assert await it.page.locator(".chat").evaluate_all(
            "all => all.every(c => c.scrollWidth <= c.clientWidth)"
        )


async def test_four_phones_stand_side_by_side_on_a_desk_and_are_tabs_in_the_hand() -> None:
    async with stage() as it:
        for at in range(4):
            await expect(it.card(at)).to_be_in_viewport(ratio=1)
        await it.page.set_viewport_size({"width": 390, "height": 844})
        await it.page.get_by_role("navigation").get_by_role("button", name="陈静").click()
        await expect(it.card(3)).to_be_in_viewport(ratio=0.98)
        await expect(it.card(0)).not_to_be_in_viewport()
        await it.type("手机上", at=3)
        await it.sees("听到：手机上", at=3)
