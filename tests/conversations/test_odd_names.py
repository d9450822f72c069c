"""Names as people really have them: shown right to the graduate and to staff, never taken for markup."""

import pytest

from tests.conversations.asking import asked, pressed, typed
from tests.driving import Running
from tests.world import World

NAMES = [
    '<b>李</b>&"华"\'👩‍🎓',
    "买买提·阿卜杜热合曼" + "长" * 20,
    "&lt;李&amp;华&gt;",
]
EMPLOYERS = ["=cmd|'/c calc'!A1", "=1+1 <有限公司> & “引号”"]


@pytest.mark.parametrize("employer", EMPLOYERS)
@pytest.mark.parametrize("name", NAMES)
async def test_shown_as_written_everywhere(app: Running, world: World, name: str, employer: str) -> None:
    one = await world.graduate(name=name, employer=employer)
    await asked(app, one)
    card = await one.phone.sees("目前登记的您的毕业去向是")
    assert (name in card.text, employer in card.text) == (True, True)
    await pressed(app, one, "从未与该单位签约或被录用")
    screen = await one.phone.sees("您要提出的是")
    assert employer in screen.text
    await pressed(app, one, "确认提出异议，辅导员可以参与")
    await typed(app, one, f"我叫{name}，没去过{employer}")
    alert = await world.counselor.phone.sees("新异议")
    assert name in alert.text
    added = await world.counselor.phone.sees("补充了说明")
    assert f"我叫{name}，没去过{employer}" in added.text
    await pressed(app, world.counselor, "我来处理")
    staff_card = await world.counselor.phone.sees("登记：")
    assert (name in staff_card.text, employer in staff_card.text) == (True, True)
    await typed(app, one, "/my")
    mine = await one.phone.sees("目前登记的去向")
    assert (name in mine.text, employer in mine.text) == (True, True)


async def test_typed_and_given_back_as_written(app: Running, world: World) -> None:
    one = await world.graduate(name=NAMES[0])
    await asked(app, one)
    await pressed(app, one, "信息有变或有误", "部分信息有误", "单位名称")
    await typed(app, one, EMPLOYERS[1])
    await one.phone.sees(f"单位名称：{EMPLOYERS[1]}")
    await typed(app, world.counselor, "/queue")
    await pressed(app, world.counselor, "我来处理")
    await world.counselor.phone.sees(EMPLOYERS[1])
    await typed(app, one, "/my")
    await pressed(app, one, "联系方式变了", "单位联系人和电话")
    await typed(app, one, "<i>黄</i>&经理")
    await typed(app, one, "027-87654321")
    await one.phone.sees("联系人：<i>黄</i>&经理")
