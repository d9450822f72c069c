"""New cases come together, twice a day; only what cannot wait is told at once."""

from datetime import date
from datetime import time as clock

import pytest

from actions import cases
from models.case import Case, CaseKind
from models.staff import Role
from tests.conversations.asking import pressed
from tests.conversations.working import disputed, opened
from tests.driving import Running, Time
from tests.world import World

NEWS = "新增 "


async def test_forty_new_cases_are_one_message_and_not_forty(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-09 09:00")
    before = len(world.counselor.phone.shown)
    for _ in range(3):
        await opened(app, world.lihua)
    assert len(world.counselor.phone.shown) == before
    await time.to("2024-07-09 13:59")
    assert len(world.counselor.phone.shown) == before
    await time.to("2024-07-09 14:00")
    shown = await world.counselor.phone.sees("新增 3 件", times=1)
    assert shown.labels() == ["开始处理"]
    await pressed(app, world.counselor, "开始处理")
    await world.counselor.phone.sees("我的：3 件")
    await app.restart()
    await time.to("2024-07-09 16:00")
    await world.counselor.phone.sees(NEWS, times=1)


async def test_what_came_after_the_last_round_stands_in_the_mornings_list(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-09 14:01")
    await opened(app, world.lihua)
    await time.to("2024-07-09 22:00")
    world.counselor.phone.never_saw(NEWS)
    await time.to("2024-07-10 08:59")
    world.counselor.phone.never_saw(NEWS)
    await time.to("2024-07-10 09:00")
    card = await world.counselor.phone.sees("新增 1 件", times=1)
    assert card.text.startswith("今日待办（7月10日）")
    await time.to("2024-07-10 14:00")
    await world.counselor.phone.sees(NEWS, times=1)


async def test_a_pool_hears_together_and_who_has_nothing_new_hears_nothing(
    app: Running, world: World, time: Time
) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    await time.to("2024-07-09 09:00")
    taken = await opened(app, world.lihua, CaseKind.MESSAGE)
    await opened(app, world.lihua, CaseKind.MESSAGE)
    await world.office.phone.send(f"/case {taken.number}")
    await app.settled()
    await pressed(app, world.office, "我来处理")
    await time.to("2024-07-09 14:00")
    for key in ("office", "office2"):
        await world.people[key].phone.sees("新增 1 件，都可以领取", times=1)
    for key in ("reviewer", "reviewer2", "officer", "head", "discipline", "counselor2"):
        world.people[key].phone.never_saw(NEWS)


@pytest.mark.parametrize("kind", [CaseKind.COMPLAINT, CaseKind.IDENTITY_CONFLICT])
async def test_what_cannot_wait_is_told_at_once_and_not_again(
    app: Running, world: World, time: Time, kind: CaseKind
) -> None:
    await time.to("2024-07-09 09:00")
    case = await opened(app, world.lihua, kind)
    await world.reviewer.phone.sees(f"待领取 · 编号 {case.number}", times=1)
    await world.reviewer2.phone.sees(f"待领取 · 编号 {case.number}", times=1)
    await time.to("2024-07-09 14:00")
    world.reviewer.phone.never_saw(NEWS)


async def test_a_dispute_is_told_at_once_to_whoever_owns_it_and_is_no_news(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-09 09:00")
    await disputed(app, world, world.lihua, alone=True)
    await world.reviewer.phone.sees("新异议", times=1)
    await time.to("2024-07-09 14:00")
    for one in (world.reviewer, world.counselor, world.office):
        one.phone.never_saw(NEWS)


async def test_what_a_colleague_left_is_news_to_the_pool(app: Running, world: World, time: Time) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    case = await opened(app, world.lihua, CaseKind.MESSAGE, owner=world.office.row)
    await time.to("2024-07-09 14:00")
    async with app.app.works.begin() as work:
        await cases.release(work, await work.session.get_one(Case, case.id))
    await time.to("2024-07-10 09:00")
    await world.office2.phone.sees("新增 1 件，都可以领取", times=1)


async def test_a_missed_round_is_made_up_for_once(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-09 14:00")
    await opened(app, world.lihua)
    await time.to("2024-07-10 15:00")
    card = await world.counselor.phone.sees("新增 1 件", times=1)
    assert "今日待办" in card.text
    await time.to("2024-07-10 16:30")
    await world.counselor.phone.sees(NEWS, times=1)


async def test_what_is_due_before_the_evening_is_counted_in_the_morning(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 14:01")
    case = await opened(app, world.lihua, owner=world.counselor.row)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.first_contact_by = work.rules.calendar.at(date(2024, 7, 9), clock(17))
    await time.to("2024-07-09 09:00")
    await world.counselor.phone.sees("到期：1 件 · 处理中：1 件")
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.first_contact_by = work.rules.calendar.at(date(2024, 7, 11), clock(0))
        kept.due_at = kept.first_contact_by
    await time.to("2024-07-10 09:00")
    await world.counselor.phone.sees("到期：0 件 · 处理中：1 件")
