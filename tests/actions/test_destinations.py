"""Versions of what is registered: which make an answer stale, and which had been asked for."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from models.answer import AnswerKind
from models.ask import Ask, AskState
from models.graduate import Destination
from models.person import Locale
from tests.conversations.asking import CARD, asked, kinds, pressed, registered, row, typed
from tests.driving import Running
from tests.world import World

OTHER = {"employer": "江城电子有限公司", "employer_key": "江城电子有限公司"}


@pytest.mark.parametrize(
    "changed",
    [OTHER, {"category": "seeking", "code": "70"}, {"signed_on": date(2024, 6, 1)}, {"school": "江城大学"}],
)
async def test_a_material_field_makes_the_answer_stale_and_asks_again(
    app: Running, world: World, changed: dict[str, Any]
) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    assert await registered(app, world.lihua, **changed)
    await world.lihua.phone.sees("登记有了更新")
    graduate = await row(world, world.lihua)
    assert (graduate.version, graduate.answer, graduate.answer_id) == (2, None, None)
    assert await kinds(world, world.lihua) == ["confirmed"]
    open_ask = await world.row(select(Ask).where(Ask.state == AskState.OPEN))
    assert open_ask.version == 2


@pytest.mark.parametrize(
    "changed", [{"position": "工程师"}, {"uscc": None}, {"employer": " 江城精密机械 有限公司"}]
)
async def test_any_other_field_leaves_the_answer(app: Running, world: World, changed: dict[str, Any]) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    assert not await registered(app, world.lihua, **changed)
    graduate = await row(world, world.lihua)
    assert (graduate.version, graduate.answer) == (2, AnswerKind.CONFIRMED)
    world.lihua.phone.never_saw("登记有了更新")


async def test_an_open_ask_of_an_older_version_is_closed(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await registered(app, world.lihua, **OTHER)
    states = [ask.state for ask in await world.rows(select(Ask).order_by(col(Ask.version)))]
    assert states == [AskState.CANCELLED, AskState.OPEN]
    assert world.lihua.phone.buttons() == CARD


async def test_nobody_who_was_never_asked_is_asked(app: Running, world: World) -> None:
    assert await registered(app, world.lihua, **OTHER)
    assert not await world.rows(select(Ask))
    assert not world.lihua.phone.shown


async def test_what_was_claimed_is_announced_once_and_the_answer_stays(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "江城电子有限公司")
    await pressed(app, world.lihua, "跳过", "跳过")
    assert not await registered(app, world.lihua, **OTHER)
    await world.lihua.phone.sees("您提出的更改已登记", times=1)
    assert not await registered(app, world.lihua, position="工程师")
    await world.lihua.phone.sees("您提出的更改已登记", times=1)
    graduate = await row(world, world.lihua)
    assert (graduate.version, graduate.answer) == (3, AnswerKind.CHANGED)
    world.lihua.phone.never_saw("登记有了更新")


async def test_more_than_was_claimed_is_asked_about(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "部分信息有误", "单位名称")
    await typed(app, world.lihua, "江城电子有限公司")
    assert await registered(app, world.lihua, **OTHER, signed_on=date(2024, 1, 1))
    await world.lihua.phone.sees("登记有了更新")


async def test_who_has_left_and_is_registered_as_seeking_is_told(app: Running, world: World) -> None:
    one = await world.graduate(name="Zhang Wei", locale=Locale.EN)
    await asked(app, one)
    await pressed(
        app, one, "Something changed or is wrong", "I have left, without a new employer yet", "Skip"
    )
    gone: dict[str, Any] = {"category": "seeking", "code": "70", "employer": None, "signed_on": None}
    assert not await registered(app, one, **gone)
    await one.phone.sees("The change you asked for is registered")


async def test_versions_are_only_appended(app: Running, world: World) -> None:
    await registered(app, world.lihua, **OTHER)
    found = await world.rows(
        select(Destination).where(Destination.graduate_id == world.lihua.id).order_by(col(Destination.number))
    )
    assert [(one.number, one.employer) for one in found] == [
        (1, "江城精密机械有限公司"),
        (2, "江城电子有限公司"),
    ]
