"""Forty cases are an afternoon: how few presses an ordinary one takes."""

from sqlmodel import select

from models.case import Case, CaseKind, CaseState
from models.staff import Role
from sandbox import Phone
from tests.conversations.working import disputed, opened
from tests.driving import Running
from tests.world import World

NOTHING_LEFT = "目前没有等您处理的事项"
PRESSES_OF_ONE = 4


class Hand:
    """Presses only what the newest message offers, and counts."""

    def __init__(self, app: Running, phone: Phone) -> None:
        self.app, self.phone, self.presses = app, phone, 0

    async def press(self, label: str) -> None:
        newest = self.phone.shown[-1]
        assert label in newest.labels(), self.phone.transcript()
        await self.phone.press(label, on=newest)
        self.presses += 1
        await self.app.settled()

    async def type(self, text: str) -> None:
        await self.phone.send(text)
        await self.app.settled()


async def test_five_ordinary_cases_in_a_row(app: Running, world: World) -> None:
    """Each: 办结, the method, one sentence, the outcome; then 下一件."""
    numbers = [
        (await opened(app, await world.graduate(name=f"学生{number}"), reason="left_job")).number
        for number in range(5)
    ]
    hand = Hand(app, world.counselor.phone)
    await hand.type("/queue")
    for number in numbers:
        card = hand.phone.shown[-1]
        assert card.text.startswith(f"下一件：\n编号 {number}"), hand.phone.transcript()
        assert {"我来处理", "备注", "联系毕业生", "转交", "转上级处理", "办结"} <= set(card.labels())
        await hand.press("办结")
        await hand.press("电话核查")
        await hand.type("本人说已离职")
        await hand.press("已办妥")
        await hand.press("下一件")
    assert NOTHING_LEFT in hand.phone.shown[-1].text
    assert hand.presses == PRESSES_OF_ONE * len(numbers)
    assert {case.state for case in await app.rows(select(Case))} == {CaseState.CLOSED}


async def test_the_pool_is_worked_off_one_after_the_other(app: Running, world: World) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    for number in range(3):
        await opened(app, await world.graduate(name=f"学生{number}"), CaseKind.MESSAGE)
    hand = Hand(app, world.office.phone)
    await hand.type("/queue")
    for _ in range(3):
        await hand.press("我来处理")
        await hand.press("办结")
        await hand.press("其他")
        await hand.type("已答复")
        await hand.press("已办妥")
        await hand.press("下一件")
    assert NOTHING_LEFT in hand.phone.shown[-1].text


async def test_a_review_is_two_presses_and_shows_everything_before(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await world.lihua.phone.send("我只去面试过")
    await app.settled()
    closing, second = Hand(app, world.reviewer.phone), Hand(app, world.reviewer2.phone)
    await closing.type("/queue")
    await closing.press("记录核实情况")
    await closing.press("用人单位")
    await closing.press("单位电话回访")
    await closing.type("前台查过名册")
    assert closing.presses == 3
    await closing.press("办结")
    await closing.press("单位电话回访")
    await closing.type("单位说没有这个人")
    await closing.press("登记信息不属实")
    assert closing.presses == 6
    await second.phone.sees(f"待复核 · 编号 {case.number}")
    await second.press("打开这一件")
    card = second.phone.shown[-1]
    for shown in (
        "我只去面试过",
        "前台查过名册",
        "单位电话回访",
        "单位说没有这个人",
        "登记信息不属实",
        "林复核",
    ):
        assert shown in card.text
    assert card.labels()[:2] == ["复核通过", "退回重办"]
    await second.press("复核通过")
    await world.lihua.phone.sees("的核实结果")
    assert second.presses == 2
