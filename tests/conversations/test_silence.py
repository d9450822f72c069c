"""What a graduate says about those who made the record reaches none of them, wherever they look."""

from typing import Any

import pytest
from sqlmodel import col, select

from models.case import Case
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.working import closed_by
from tests.driving import Running, Time
from tests.world import One, World

SAID = "我从来没有去过这家公司"
ABOUT_PRESSURE = "他说不签不给盖章"
WITH, WITHOUT = "确认提出异议，辅导员可以参与", "确认提出异议，不经辅导员处理"
NEUTRAL = "您所带班级有一条去向记录正在由学校复核"
LOOKS = ("/queue", "/todo", "/progress", "/find 李华", "/find 赵六", "/case 1001", "/help")


def _cases() -> Any:
    return select(Case).order_by(col(Case.number))


async def filed(app: Running, one: One, choice: str) -> None:
    await asked(app, one)
    await pressed(app, one, "从未与该单位签约或被录用", choice)
    await typed(app, one, SAID)
    await pressed(app, one, "有")
    await typed(app, one, ABOUT_PRESSURE)


async def looked_everywhere(app: Running, one: One) -> None:
    for command in LOOKS:
        await typed(app, one, command)


@pytest.mark.parametrize("choice", [WITH, WITHOUT])
@pytest.mark.parametrize("key", ["counselor", "officer"])
async def test_whoever_had_a_hand_in_the_record_learns_nothing(
    app: Running, world: World, time: Time, key: str, choice: str
) -> None:
    """The counselor who entered it, or the colleague of the college who did."""
    reader = world.people[key]
    one = await world.graduate(name="赵六", enterer=reader.row.name, enterer_no=reader.row.number)
    await filed(app, one, choice)
    await looked_everywhere(app, reader)
    await time.to("2024-07-09 09:00")
    await looked_everywhere(app, reader)
    for words in (SAID, ABOUT_PRESSURE, "异议", "签约或填报", "编号 1001"):
        reader.phone.never_saw(words)
    told = [shown.text for shown in reader.phone.shown if shown.by_bot]
    assert not [text for text in told if "赵六" in text and "1001" in text.replace("00001001", "")]


@pytest.mark.parametrize("choice", [WITH, WITHOUT])
async def test_nor_after_it_was_closed_reviewed_and_opened_again(
    app: Running, world: World, time: Time, choice: str
) -> None:
    reader = world.counselor
    one = await world.graduate(name="赵六", enterer="陈老师", enterer_no="T001")
    await filed(app, one, choice)
    case = (await world.rows(_cases()))[0]
    await closed_by(app, world, "reviewer", case)
    await pressed(app, world.reviewer2, "打开这一件", "复核通过")
    await looked_everywhere(app, reader)
    await pressed(app, one, "不认可，请重新核实")
    await typed(app, one, SAID)
    await time.to("2024-07-09 09:00")
    await looked_everywhere(app, reader)
    for words in (SAID, "异议", "单位说没有这个人", f"编号 {case.number}", "不认可"):
        reader.phone.never_saw(words)


async def test_the_neutral_line_waits_for_the_digest_where_silence_was_asked_for(
    app: Running, world: World, time: Time
) -> None:
    await filed(app, world.lihua, WITHOUT)
    await looked_everywhere(app, world.counselor)
    world.counselor.phone.never_saw(NEUTRAL)
    await time.to("2024-07-09 09:00")
    await world.counselor.phone.sees(NEUTRAL)
    await typed(app, world.counselor, "/queue")
    world.counselor.phone.never_saw("异议")


async def test_a_call_that_was_denied_shows_the_caller_no_case_of_theirs(app: Running, world: World) -> None:
    await typed(app, world.counselor, "/todo")
    await pressed(app, world.counselor, "开始联系", "本人接听", "不属实")
    case = (await world.rows(_cases()))[0]
    before = len(world.counselor.phone.shown)
    await typed(app, world.counselor, f"/case {case.number}")
    assert NEUTRAL in world.counselor.phone.shown[-1].text
    assert len(world.counselor.phone.shown) == before + 2
    await typed(app, world.counselor, "/find 李华")
    assert f"编号 {case.number}" not in world.counselor.phone.shown[-1].labels()


async def test_only_who_reads_pressure_sees_it_on_the_card(app: Running, world: World) -> None:
    await filed(app, world.lihua, WITHOUT)
    case = (await world.rows(_cases()))[0]
    await typed(app, world.reviewer, f"/case {case.number}")
    await world.reviewer.phone.sees("是否有人要求签约或填报")
    await closed_by(app, world, "reviewer", case)
    await typed(app, world.office, f"/case {case.number}")
    await world.office.phone.sees(SAID)
    world.office.phone.never_saw(ABOUT_PRESSURE)
    world.office.phone.never_saw("是否有人要求签约或填报")
