"""Each branch once in the chat and once on the page: the rows are the same but for the door."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel, col, select

from handlers import routes
from handlers.ask import Answered, Choice
from handlers.dispute import File
from models.answer import Answer, ContactChange, Heard, Source
from models.ask import Ask
from models.case import Case, Note
from models.dispute import Dispute, Statement
from models.event import Incident
from models.followup import FollowUp
from models.sealed import SealedType
from tests.conversations.asking import answers, asked, cases, pressed, row, typed
from tests.driving import Running
from tests.web.browsing import Browser, entered
from tests.web.test_page_ways import passed
from tests.world import One, World


class Words(str):
    """Typed, where everything else is pressed."""


# What colleagues do meanwhile: it comes to the chat by itself, and on the page it is news.
Meanwhile = Callable[[World, One], Awaitable[None]]


CHANGE = "信息有变或有误"
EMPLOYER = (CHANGE, "已更换单位", Words("江北研究院"))
TYPES = (CHANGE, "去向类型变化（升学、入伍、创业等）")
CONTACTS = (CHANGE, "联系方式变了")
NEVER = "从未与该单位签约或被录用"
ALONE = (NEVER, "确认提出异议，不经辅导员处理")
SEEKING = {"code": "70", "category": "seeking"}
BRANCHES: dict[str, tuple[str | Meanwhile, ...]] = {
    "confirm": ("以上信息属实",),
    "confirm, contacts as they are": ("以上信息属实", "没有变化"),
    "confirm, on the register as well": ("以上信息属实", "我已在全国系统确认"),
    "confirm, then change": ("以上信息属实", "修改我的回答", CHANGE, "已离职，目前没有新单位", "跳过"),
    "a field": (CHANGE, "部分信息有误", "工作职位", Words("质检员")),
    "another employer": (*EMPLOYER, "跳过", "跳过"),
    "another employer with all of it": (*EMPLOYER, Words("91420117981506162P"), Words("2024-06-01")),
    "another employer, a number that looks wrong": (*EMPLOYER, Words("123"), "就这样保存", "跳过"),
    "left": (CHANGE, "已离职，目前没有新单位", Words("2024-07-01")),
    "ended": (CHANGE, "已解约或签约后未入职"),
    "a type with a name": (*TYPES, "升学", Words("武汉大学")),
    "a type without": (*TYPES, "应征入伍"),
    "dispute": (NEVER, "确认提出异议，辅导员可以参与"),
    "dispute without the counselor": ALONE,
    "dispute, looked at and left": (NEVER, "返回"),
    "dispute with words": (*ALONE, Words("我从没去过那家单位")),
    "dispute, pressed by somebody": (*ALONE, "有"),
    "dispute, not said": (*ALONE, "不想说"),
    "dispute, pressed and told how": (*ALONE, "有", "想说几句（可不填）", Words("辅导员让我签的")),
    "dispute, said otherwise": (*ALONE, "没有", "修改这个回答", "不想说"),
    "dispute, added to later": (*ALONE, Words("/my"), "补充异议说明", Words("那天我在家")),
    "dispute, its result agreed to": (*ALONE, passed, "认可处理结果"),
    "dispute, its result not agreed to": (*ALONE, passed, "不认可，请重新核实", Words("还是不对")),
    "dispute, its result looked up": (*ALONE, passed, Words("/my"), "查看异议结果"),
    "dispute, withdrawn": (*ALONE, "撤回"),
    "own phone": (*CONTACTS, "我的手机号", Words("13912345678")),
    "parents' phone": (*CONTACTS, "家长电话", Words("13912345678")),
    "parents' phone as typed": (*CONTACTS, "家长电话", Words("老家座机 8765"), "就这样保存"),
    "the employer's contact": (*CONTACTS, "单位联系人和电话", Words("赵经理"), Words("13912345678")),
    "snooze": ("稍后提醒我", "三天后"),
    "snooze, left": ("稍后提醒我", "返回"),
    "not me": ("发错人了，不是我本人", "对，我不是这个人"),
    "me after all": ("发错人了，不是我本人", "我是本人，但登记内容不对", CHANGE, "已解约或签约后未入职"),
    "words for the counselor": (Words("我下周去学校办手续"), "转给辅导员"),
    "words to be kept": (Words("我下周去学校办手续"), "只保存"),
    "words for the office": (Words("我下周去学校办手续"), "转给学校就业部门"),
    "words that begin with a slash": (Words("/我从没去过那家单位"), "只保存"),
    "no reminders, and again": (Words("/stop"), "恢复提醒"),
    "another language": (Words("/language"), "English"),
    "from one's own record": (Words("/my"), "现在答复", "以上信息属实"),
    "the employer's contact, another number": (
        *CONTACTS,
        "单位联系人和电话",
        "联系人没变，只换号码",
        Words("13912345678"),
    ),
}
UNSETTLED: dict[str, tuple[str, ...]] = {
    "seeking": ("仍在求职",),
    "seeking, help wanted": ("仍在求职", "需要就业帮助"),
    "seeking, no help": ("仍在求职", "暂时不需要"),
    "further study": ("准备升学（尚未录取）",),
    "not seeking": ("暂不就业",),
    "settled": ("已落实（已有单位、录取或创业等）", "在单位就业", Words("江北研究院")),
}
# By prefix: a label that some branch presses.
PRESSED = {
    "as": "以上信息属实",
    "cc": "联系方式变了",
    "cck": "家长电话",
    "ccs": "联系人没变，只换号码",
    "cct": "就这样保存",
    "cf": "工作职位",
    "ch": "已更换单位",
    "ck": "升学",
    "dp": NEVER,
    "dpb": "返回",
    "dpf": "确认提出异议，不经辅导员处理",
    "dpi": "查看异议结果",
    "dpp": "不想说",
    "dps": "补充异议说明",
    "dpv": "认可处理结果",
    "dpw": "撤回",
    "hr": "只保存",
    "kp": "就这样保存",
    "lang": "English",
    "mya": "现在答复",
    "myr": "恢复提醒",
    "pra": "修改这个回答",
    "prw": "想说几句（可不填）",
    "sk": "跳过",
    "sn": "三天后",
    "st": "我已在全国系统确认",
}
# Pressed in no branch, and why.
APART_FROM_BRANCHES = {
    "ccn": "a number shared in the chat, which the page has no way to",
    "cw": "of a call that a colleague recorded",
    "enc": "before anybody is known: tests/web/test_answer_page.py",
    "end": "before anybody is known",
    "enm": "before anybody is known: tests/web/test_answer_page.py",
    "fhd": "comes with time: tests/conversations",
    "fhf": "comes with time: tests/conversations",
    "fhw": "comes with time: tests/conversations",
    "fn": "comes with time: tests/conversations",
    "fy": "comes with time: tests/conversations",
    "my": "leads to /my",
    "myd": "only of an answer on the page: tests/web/test_page_safety.py",
    "pgi": "only on the page: tests/web/test_page_safety.py",
    "pgl": "only in the chat: tests/web/test_page_safety.py",
    "pgs": "only in the chat: tests/web/test_page_safety.py",
    "pgw": "only on the page: tests/web/test_page_safety.py",
    "rpl": "only somebody with a chat is asked: tests/web/test_page_only.py",
    "rpt": "only somebody with a chat is asked: tests/web/test_page_only.py",
    "suy": "of help that a colleague offered",
}
COLLEAGUES = {
    *("broadcast", "calendar", "campaign", "case", "casecalls", "lookinto", "office", "queue", "reach"),
    *("rectify", "task"),
}
THEIRS = {"aug", "cb", "ldc", "ldg", "ldp", "lds", "ldu", "rpc", "rps", "tb", "tdf", "to", "tp"}
OF_A_GRADUATE: tuple[Any, ...] = (Answer, Ask, Case, ContactChange, Dispute, FollowUp, Heard)
# The door itself, what a chat alone is sent, and numbers that only tell one from the other.
APART = {"source", "number", "sent_count", "last_step", "phone_digest"}
STANDS = ("answer", "answer_version", "answer_verified", "official", "version")


@pytest.mark.parametrize(
    ("steps", "given"),
    [*((steps, {}) for steps in BRANCHES.values()), *((steps, SEEKING) for steps in UNSETTLED.values())],
    ids=[*BRANCHES, *UNSETTLED],
)
async def test_the_rows_are_the_same(
    world: World, browser: Browser, steps: tuple[str | Meanwhile, ...], given: dict[str, Any]
) -> None:
    chat = await world.graduate(name="周舟", **given)
    page = await world.graduate(name="周舟", enrolled=False, **given)
    await asked(world.running, chat)
    await entered(browser, page)
    for step in steps:
        if not isinstance(step, str):
            for one in (chat, page):
                await step(world, one)
            await browser.open("/j/me")
            await browser.press("查看新消息")
        elif isinstance(step, Words):
            await typed(world.running, chat, step)
            await browser.write(step)
        else:
            await pressed(world.running, chat, step)
            await browser.press(step)
    there, here = await _written(world, chat), await _written(world, page)
    assert here == there
    assert await world.rows(select(Incident)) == []
    assert {one.source for one in await answers(world, chat)} <= {Source.CHAT}
    assert {one.source for one in await answers(world, page)} <= {Source.PAGE}


async def _written(world: World, one: One) -> dict[str, list[dict[str, Any]]]:
    """Everything that hangs on the graduate, each row by what it says."""
    tables: dict[str, list[Any]] = {}
    for table in OF_A_GRADUATE:
        tables[table.__name__] = await world.rows(select(table).where(table.graduate_id == one.id))
    disputes, found = ([row.id for row in tables[name]] for name in ("Dispute", "Case"))
    tables["Statement"] = await world.rows(select(Statement).where(col(Statement.dispute_id).in_(disputes)))
    tables["Note"] = await world.rows(select(Note).where(col(Note.case_id).in_(found)))
    said = {
        name: sorted((_said(world.running, row) for row in rows), key=repr) for name, rows in tables.items()
    }
    kept = await row(world, one)
    return said | {"Graduate": [{name: getattr(kept, name) for name in STANDS}]}


def _said(running: Running, row: SQLModel) -> dict[str, Any]:
    columns: Any = row.__table__.c  # type: ignore[attr-defined]
    said: dict[str, Any] = {}
    for column in columns:
        value = getattr(row, column.key)
        if column.key in APART:
            continue
        if isinstance(value, UUID):
            value = "an id" if not column.key.startswith(("owner", "unit")) else value
        elif isinstance(value, datetime):
            value = value.date() if column.key not in ("next_at", "last_sent_at") else "a moment"
        elif value is not None and isinstance(column.type, SealedType):
            value = running.app.keys.open(value)
        said[column.key] = value
    return said


def test_every_button_of_a_graduate_is_pressed_at_both_doors() -> None:
    mine = {
        prefix
        for prefix, (button, _) in routes().presses.items()
        if button.__module__.removeprefix("handlers.") not in COLLEAGUES
        and not (button.__module__ == "handlers.support" and prefix != "suy")
    }
    assert mine - THEIRS == {*PRESSED, *APART_FROM_BRANCHES}
    pressed_somewhere = {step for steps in (*BRANCHES.values(), *UNSETTLED.values()) for step in steps}
    assert set(PRESSED.values()) <= pressed_somewhere


@pytest.mark.parametrize("answer", ["confirm", "dispute"])
async def test_both_doors_at_once_are_one_answer(world: World, browser: Browser, answer: str) -> None:
    lihua = world.lihua
    await asked(world.running, lihua)
    await entered(browser, lihua)
    await world.running.settled()
    about = (await world.destination(lihua)).id
    press: Any = Answered(destination=about, choice=Choice.CONFIRM)
    if answer == "dispute":
        press = File(destination=about, alone=True)
    [card] = [form for form in browser.page.forms if "以上信息属实" in form.buttons]
    await asyncio.gather(
        lihua.phone.press_data(press.pack(), lihua.phone.shown[0]),
        browser.send(card, {"press": press.pack()}),
        lihua.phone.press_data(press.pack(), lihua.phone.shown[0]),
    )
    await world.running.settled()
    assert len(await answers(world, lihua)) == 1
    assert len(await cases(world, lihua)) == (1 if answer == "dispute" else 0)
    assert await world.rows(select(Incident)) == []
    assert (await row(world, lihua)).answered
