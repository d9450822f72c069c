"""Who was spoken to, or tried often enough, is called no more; their duty is done, whatever they answer."""

import pytest
from sqlmodel import select

from actions import attempts, calling
from handlers.task import AttemptBy, TaskOpen
from handlers.todo import CallFound
from models.followup import CallAnsweredBy, CallFinding, CallWhy
from models.graduate import Graduate
from models.messages.tasks import Means
from models.task import Task, TaskState
from tests.conversations.asking import registered, typed
from tests.conversations.test_duties import attempted, made, of
from tests.conversations.working import forge
from tests.driving import Running, Time
from tests.world import One, World

MORE = [
    "feedback_rectification",
    "college_rectify_and_file",
    "support_log_due",
]


async def heard(app: Running, world: World, about: One, finding: CallFinding, attempts: int = 0) -> None:
    press = CallFound(graduate=about.id, by=CallAnsweredBy.GRADUATE, finding=finding, attempts=attempts)
    await forge(app, world.counselor, press)


async def tried_enough(app: Running, world: World, time: Time) -> None:
    for before in range(2):
        await attempted(app, world, before, CallAnsweredBy.NOBODY)
        await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.MESSAGE))
        await time.passes(days=1)


@pytest.mark.parametrize("finding", [CallFinding.TRUE, CallFinding.CHANGED])
async def test_who_was_spoken_to_is_not_called_day_after_day(
    app: Running, world: World, time: Time, finding: CallFinding
) -> None:
    phone = world.counselor.phone
    await time.to("2024-08-05 10:00")
    await heard(app, world, world.lihua, finding)
    await time.to("2024-08-06 09:30")
    card = await phone.sees("今日待办（8月6日）")
    assert "尚未答复：1 人" in card.text
    assert "今天还没有联系过" not in card.text
    await phone.press("打开联系名单", on=card)
    shown = await phone.sees("该联系的都已联系过。还有 1 人尚未答复")
    assert "都已答复" not in shown.text
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert graduate.answer is None


async def test_who_may_still_be_called_is_told_apart_from_who_has_not_answered(
    app: Running, world: World, time: Time
) -> None:
    await world.graduate(name="赵六")
    await heard(app, world, world.lihua, CallFinding.TRUE)
    await time.passes(days=1)
    phone = world.counselor.phone
    await phone.send("/todo")
    shown = await phone.sees("尚未答复：2 人，其中 1 人还要联系")
    assert "李华" not in shown.text
    await phone.press("开始联系")
    await phone.sees("赵六（软件2001）")
    await phone.press("无人接听")
    await phone.sees("今天都联系过了。还有 2 人尚未答复")


async def test_what_is_still_to_be_checked_is_called_about_again(
    app: Running, world: World, time: Time
) -> None:
    await heard(app, world, world.lihua, CallFinding.TO_CHECK)
    await time.passes(days=1)
    await world.counselor.phone.send("/todo")
    await world.counselor.phone.sees("尚未答复：1 人")
    await world.counselor.phone.sees("李华")


async def test_about_another_version_they_are_called_anew(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    await tried_enough(app, world, time)
    (task,) = await of(app, "class_self_check")
    await forge(app, world.counselor, TaskOpen(task=task.id))
    assert "已提交" in (await world.counselor.phone.sees("专业、班级自查（软件2001）\n")).labels()
    await registered(app, world.lihua, employer="长河电子有限公司", uscc=None)
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await world.counselor.phone.sees("还有 1 位")
    await typed(app, world.counselor, "/todo")
    assert "李华" in world.counselor.phone.shown[-1].text
    await time.passes(days=1)
    await attempted(app, world, 2, CallAnsweredBy.NOBODY)
    await typed(app, world.counselor, "/todo")
    assert "李华" in world.counselor.phone.shown[-1].text


async def test_only_contacting_asks_for_attempts_and_once(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    await tried_enough(app, world, time)
    phone = world.counselor.phone
    await time.to("2024-08-26 10:00")
    for key in MORE:
        (task,) = [one for one in await of(app, key) if one.party == "counselor"]
        await forge(app, world.counselor, TaskOpen(task=task.id))
        await app.settled()
        assert "联系次数不够" not in phone.shown[-1].text
        assert {"已提交", "已完成"} & set(phone.buttons())
    await typed(app, world.counselor, "/todo")
    shown = phone.shown[-1]
    assert "尚未答复：1 人，该联系的都已联系过" in shown.text
    assert "开始联系" not in shown.labels()
    assert "李华" not in shown.text


async def test_a_support_log_is_handed_in_whoever_was_tried(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    await time.to("2024-08-26 10:00")
    (task,) = await of(app, "support_log_due")
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await app.settled()
    await world.counselor.phone.press("已提交")
    await app.settled()
    (task,) = await of(app, "support_log_due")
    assert task.state is TaskState.MET


async def test_a_moved_day_keeps_what_was_tried(app: Running, world: World, time: Time) -> None:
    await made(app, "wuhan_shouyi_2024")
    await tried_enough(app, world, time)
    async with app.app.works.begin() as work:
        task = await work.session.get_one(Task, (await of(app, "class_self_check"))[0].id)
        task.opens_on = work.rules.calendar.local(work.now).date()
    await forge(app, world.counselor, TaskOpen(task=task.id))
    await app.settled()
    assert "已提交" in world.counselor.phone.buttons()


async def test_spoken_to_that_day_a_new_reason_calls_nobody_again(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-08-05 10:00")
    await heard(app, world, world.lihua, CallFinding.TRUE)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await calling.listed(work, graduate, CallWhy.UNANSWERED)
    assert (await app.row(select(Graduate).where(Graduate.id == world.lihua.id))).tried_at is not None


async def test_calls_to_an_old_number_are_no_attempts(app: Running, world: World, time: Time) -> None:
    """The roster brings another number: nobody has been rung there yet."""
    await tried_enough(app, world, time)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        assert graduate.tried_at is not None
        assert await attempts.enough_now(work, graduate)
        graduate.phone_digest = work.keys.digest("+8613900000000")
        assert not await attempts.enough_now(work, graduate)
