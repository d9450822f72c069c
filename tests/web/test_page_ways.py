"""Where a screen leads: none is a dead end, an outcome is found again, and a screen is one question."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from models.case import Case, CaseKind
from models.dispute import Dispute, Verdict
from tests.conversations.asking import CARD, pressed, typed
from tests.conversations.working import closed_by, disputed
from tests.web.browsing import GO_ON, Browser, entered
from tests.world import One, World

ALONE = ("从未与该单位签约或被录用", "确认提出异议，不经辅导员处理")


async def passed(world: World, one: One) -> None:
    """Closed by one colleague, and by another found to be right."""
    query = select(Case).where(Case.graduate_id == one.id, Case.kind == CaseKind.DISPUTE)
    await closed_by(world.running, world, "reviewer", await world.row(query))
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.offers(label)
        await world.reviewer2.phone.press(label)
        await world.running.settled()


async def dispute_of(world: World, one: One) -> Dispute:
    found: Dispute = await world.row(select(Dispute).where(Dispute.graduate_id == one.id))
    return found


async def test_an_outcome_is_found_under_my_and_agreed_to(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press(*ALONE)
    await passed(world, one)
    await browser.open("/j/me")
    await browser.press("查看新消息", "我的登记信息", "查看异议结果")
    browser.sees("的核实结果：登记信息不属实", "您认可这个结果吗")
    assert browser.buttons == ["认可处理结果", "不认可，请重新核实"]
    await browser.press("认可处理结果")
    browser.sees("您认可编号")
    assert (await dispute_of(world, one)).verdict is Verdict.AGREED
    await browser.press("我的登记信息", "查看异议结果")
    browser.sees("您已认可这个结果").does_not_see("您认可这个结果吗")
    assert browser.buttons == ["不认可，请重新核实"]
    await browser.press("不认可，请重新核实")
    browser.sees("将重新核实")
    assert (await dispute_of(world, one)).verdict is Verdict.REJECTED
    await browser.press("我的登记信息")
    assert "查看异议结果" not in browser.buttons


async def test_an_outcome_is_found_in_the_chat_as_well(world: World) -> None:
    lihua = world.lihua
    await disputed(world.running, world, lihua, alone=True)
    await passed(world, lihua)
    await typed(world.running, lihua, "/my")
    await pressed(world.running, lihua, "查看异议结果")
    await lihua.phone.sees("的核实结果：登记信息不属实", times=2)
    await pressed(world.running, lihua, "认可处理结果")
    await lihua.phone.sees("您认可编号")


@pytest.mark.parametrize(
    "steps",
    [("以上信息属实", "没有变化"), ("停止提醒", "恢复提醒"), ("信息有变或有误", "已更换单位", "/cancel")],
)
async def test_a_screen_without_buttons_leads_back_to_the_card(
    world: World, browser: Browser, steps: tuple[str, ...]
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    assert "返回核对" not in browser.buttons
    for step in steps:
        await (browser.write(step) if step.startswith("/") else browser.press(step))
    assert browser.buttons == ["返回核对"]
    await browser.press("返回核对")
    browser.sees("周舟同学", "江城精密机械有限公司")
    assert browser.buttons == CARD


async def test_who_waits_to_be_checked_is_led_back_as_well(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await browser.open("/j")
    await browser.press(GO_ON)
    browser.does_not_see("返回核对")
    for text in (one.row.student_no, "周舟"):
        await browser.write(text)
        browser.does_not_see("返回核对")
    await browser.press("我换号了")
    await browser.write("13912345678")
    await browser.press("我的登记信息", "返回核对")
    browser.sees("您的身份还在核实").does_not_see("江城精密")
    assert "仍在求职" in browser.buttons


async def test_a_student_number_may_have_letters(world: World, browser: Browser) -> None:
    await browser.open("/j")
    await browser.press(GO_ON)
    browser.sees("请输入您的学号")
    assert 'inputmode="text"' in browser.html


async def test_the_screen_of_an_answer_is_one_question(world: World, browser: Browser) -> None:
    """The session, the person, what is registered and what was said, whatever else there is."""
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.press("我的登记信息", "现在答复")
    for labels in ((), ("信息有变或有误",), ("返回", "从未与该单位签约或被录用"), ("返回", "以上信息属实")):
        await browser.press(*labels)
        assert len(await _asked(world, browser)) == 1, labels


async def _asked(world: World, browser: Browser) -> list[str]:
    """The statements of this task; whatever ticks beside it asks its own."""
    seen: list[str] = []
    here = asyncio.current_task()

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if asyncio.current_task() is here:
            seen.append(statement)

    [cookie] = [one.value for one in browser.http.cookie_jar]
    engine = world.running.app.works.database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    assert await world.running.app.door.screen(cookie) is not None
    event.remove(engine, "before_cursor_execute", note)
    return seen
