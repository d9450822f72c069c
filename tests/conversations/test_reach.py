"""Whom no message reaches: the ledger and its names; who is put into the call list, and how they leave it."""

import pytest
from sqlmodel import col, select

from actions import delivery
from handlers.reach import Reach, Unreached
from handlers.task import AttemptBy
from handlers.todo import CallBy, CallFound
from models.answer import AnswerKind
from models.ask import Ask
from models.event import Event
from models.followup import CallAnsweredBy, CallFinding, CallWhy, ToCall
from models.graduate import Graduate
from models.messages.tasks import Means
from models.person import OutOfReach, Person, Unreachable
from tests.conversations.asking import asked, pressed, registered, typed
from tests.conversations.test_ladder import launched
from tests.conversations.working import disputed, forge
from tests.driving import Running, Time
from tests.world import World

SILENT = "几次提醒都没有答复"
BOTH = "消息和电话都联系不上"


async def three_steps(app: Running, world: World, time: Time) -> None:
    """Asked in July, reminded after three days and on the first of August; nothing comes back."""
    await launched(app, world)
    await time.to("2024-07-11 10:30")
    await time.to("2024-08-01 10:30")


async def todo(app: Running, world: World, key: str = "counselor") -> str:
    await typed(app, world.people[key], "/todo")
    return world.people[key].phone.shown[-1].text


async def called(app: Running, world: World, attempts: int, by: CallAnsweredBy) -> None:
    await forge(app, world.counselor, CallBy(graduate=world.lihua.id, by=by, attempts=attempts))


async def marks(world: World) -> list[tuple[CallWhy, bool]]:
    """Why, and whether enough was tried."""
    rows = await world.rows(select(ToCall).where(col(ToCall.over_at).is_(None)).order_by(col(ToCall.since)))
    people = {one.id: one for one in await world.rows(select(Graduate))}
    return [(row.why, people[row.graduate_id].tried_at is not None) for row in rows]


async def test_silence_up_to_the_last_day_is_one_too(app: Running, world: World, time: Time) -> None:
    """The third step comes two days before the end: somebody still has to telephone them."""
    await time.to("2024-08-20 10:00")
    await launched(app, world)
    for moment in ("08-24 10:30", "08-28 10:30", "08-30 20:00", "08-31 09:00"):
        await time.to(f"2024-{moment}")
    assert await marks(world) == []
    await time.to("2024-08-31 11:00")
    assert await marks(world) == [(CallWhy.UNANSWERED, False)]
    assert (await todo(app, world)).count(SILENT) == 1


async def test_three_steps_unanswered_are_marked_once_after_a_while(
    app: Running, world: World, time: Time
) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-04 09:00")
    assert SILENT not in await todo(app, world)
    await time.to("2024-08-04 10:45")
    shown = await todo(app, world)
    assert shown.count(SILENT) == 1
    await pressed(app, world.counselor, "开始联系")
    await world.counselor.phone.sees(f"需要电话联系：{SILENT}")
    await time.to("2024-08-12 10:30")
    await time.to("2024-08-20 10:30")
    assert (await todo(app, world)).count(SILENT) == 1
    assert await marks(world) == [(CallWhy.UNANSWERED, False)]
    ledger = await seen(app, world, "counselor")
    assert "多次提醒没有回音 1：" in ledger
    assert "不要求一定答复" in ledger


async def test_enough_attempts_end_it_whatever_came_of_them(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-04 10:45")
    await called(app, world, 0, CallAnsweredBy.NOBODY)
    await time.passes(hours=2)
    await called(app, world, 1, CallAnsweredBy.NOBODY)
    assert SILENT in await todo(app, world)
    await pressed(app, world.counselor, "还发过短信或微信")
    assert SILENT in await todo(app, world)
    await time.passes(days=1)
    assert SILENT in await todo(app, world)
    await called(app, world, 2, CallAnsweredBy.NOBODY)
    assert await marks(world) == [(CallWhy.UNANSWERED, True)]
    assert "李华" not in await todo(app, world)
    await time.to("2024-08-26 10:30")
    assert "李华" not in await todo(app, world)
    assert (await world.row(select(Graduate).where(Graduate.id == world.lihua.id))).answer is None
    tried = await world.row(select(Event).where(Event.kind == "call_tried"))
    assert tried.graduate_id == world.lihua.id


async def test_whoever_was_spoken_to_leaves_at_once(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-04 10:45")
    press = CallFound(
        graduate=world.lihua.id, by=CallAnsweredBy.GRADUATE, finding=CallFinding.TRUE, attempts=0
    )
    await forge(app, world.counselor, press)
    assert await marks(world) == [(CallWhy.UNANSWERED, True)]
    assert "李华" not in await todo(app, world)


async def test_an_answer_ends_it(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-04 10:45")
    assert SILENT in await todo(app, world)
    await pressed(app, world.lihua, "以上信息属实")
    assert "李华" not in await todo(app, world)
    assert "多次提醒没有回音" not in await seen(app, world, "counselor")


async def test_asked_about_another_version_it_begins_anew(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-04 10:45")
    await called(app, world, 0, CallAnsweredBy.PARENT)
    await registered(app, world.lihua, employer="长河电子有限公司", uscc=None)
    assert await marks(world) == []
    shown = await todo(app, world)
    assert "李华" in shown
    assert SILENT not in shown


async def test_an_answer_before_it_is_due_marks_nobody(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await pressed(app, world.lihua, "以上信息属实")
    await time.to("2024-08-05 10:45")
    assert await marks(world) == []


async def test_a_later_moment_of_their_own_choice_is_waited_for(
    app: Running, world: World, time: Time
) -> None:
    await three_steps(app, world, time)
    await time.to("2024-08-03 12:00")
    await pressed(app, world.lihua, "稍后提醒我", "三天后")
    await time.to("2024-08-05 12:00")
    assert await marks(world) == []
    await time.to("2024-08-06 10:30")
    assert await marks(world) == []
    # A tick passes over whom the postman holds just then; the next one, a minute later, does not.
    await time.to("2024-08-09 10:45")
    await time.to("2024-08-09 10:47")
    assert await marks(world) == [(CallWhy.UNANSWERED, False)]


async def test_a_dispute_is_no_silence(app: Running, world: World, time: Time) -> None:
    await three_steps(app, world, time)
    await disputed(app, world, world.lihua, alone=True)
    await time.to("2024-08-05 10:45")
    assert await marks(world) == []


async def test_the_account_and_the_number_failing_is_marked_once(
    app: Running, world: World, time: Time
) -> None:
    await asked(app, world.lihua)
    await world.lihua.phone.block()
    await app.settled()
    assert await marks(world) == []
    await called(app, world, 0, CallAnsweredBy.DEAD_NUMBER)
    assert await marks(world) == [(CallWhy.CHANNELS, False)]
    assert BOTH in await todo(app, world)
    await world.lihua.phone.unblock()
    await world.lihua.phone.block()
    await app.settled()
    assert await marks(world) == [(CallWhy.CHANNELS, False)]
    assert (await todo(app, world)).count(BOTH) == 1


async def test_refused_twice_is_marked(app: Running, world: World, time: Time) -> None:
    await called(app, world, 0, CallAnsweredBy.REFUSED)
    assert await marks(world) == []
    await called(app, world, 1, CallAnsweredBy.REFUSED)
    assert await marks(world) == [(CallWhy.CHANNELS, False)]


async def test_two_messages_turned_away_are_marked(app: Running, world: World) -> None:
    blocked = "Forbidden: bot was blocked by the user"
    for expected in ([], [(CallWhy.CHANNELS, False)]):
        app.sandbox.faults.next("sendMessage", "403", description=blocked)
        await typed(app, world.lihua, "/my")
        assert await marks(world) == expected


async def test_whoever_answered_is_not_telephoned(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await world.lihua.phone.block()
    await app.settled()
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        person.unreachable = None
        await delivery.unreachable(work, person, Unreachable.DEACTIVATED)
    assert await marks(world) == []


async def seen(app: Running, world: World, key: str) -> str:
    """The ledger, from the numbers this colleague has."""
    await typed(app, world.people[key], "/status" if key == "office" else "/progress")
    await pressed(app, world.people[key], "联系不上的毕业生")
    return world.people[key].phone.shown[-1].text


async def test_the_ledger_balances_and_opens_into_names_by_the_page(app: Running, world: World) -> None:
    for number in range(12):
        await world.graduate(name=f"未绑定{number:02}", enrolled=False)
    gone = await world.graduate(name="王芳")
    await gone.phone.block()
    stopped = await world.graduate(name="孙丽", unit="软件2002")
    await typed(app, stopped, "停止")
    shown = await seen(app, world, "office")
    assert "名册 15 ＝ 收得到消息 1 ＋ 联系不上 14" in shown
    assert "· 已屏蔽 1：打电话" in shown
    assert "· 尚未绑定 12：发个人链接或二维码" in shown
    assert "· 本人停止提醒 1：不再发提醒" in shown
    await pressed(app, world.office, "尚未绑定 12")
    first = await world.office.phone.sees("尚未绑定 · 共 12 人（第 1 页，共 2 页）")
    assert first.text.count("未绑定0") == 10
    await pressed(app, world.office, "下一页")
    second = await world.office.phone.sees("第 2 页，共 2 页")
    assert second.message_id == first.message_id
    assert "未绑定11（软件2001）" in second.text
    looked = await world.rows(select(Event).where(Event.kind == "viewed"))
    assert {one.facts["role"] for one in looked} == {"office"}
    assert len({one.graduate_id for one in looked}) == 12


async def test_everybody_sees_their_own_units_only(app: Running, world: World) -> None:
    await world.graduate(name="王芳", enrolled=False, unit="软件2002")
    await world.graduate(name="孙丽", enrolled=False)
    assert "名册 2 ＝ 收得到消息 1 ＋ 联系不上 1" in await seen(app, world, "counselor")
    await pressed(app, world.counselor, "尚未绑定 1")
    listed = await world.counselor.phone.sees("尚未绑定 · 共 1 人")
    assert "孙丽" in listed.text
    assert "王芳" not in listed.text
    assert "名册 3" in await seen(app, world, "officer")
    for key in ("reviewer", "lihua"):
        for press in (Reach(), Unreached(reason=OutOfReach.NOT_ENROLLED)):
            await forge(app, world.people[key], press)
        await world.people[key].phone.sees("不在您的权限范围内")
        world.people[key].phone.never_saw("联系不上")
        world.people[key].phone.never_saw("孙丽")
    await typed(app, world.discipline, "/progress")
    assert "联系不上的毕业生" not in world.discipline.phone.buttons()


async def test_nothing_there_tells_of_a_dispute(app: Running, world: World, time: Time) -> None:
    """Whether they confirmed or disputed, the class counselor reads the very same."""
    read = []
    for name, files in (("王芳", True), ("孙丽", False)):
        one = await world.graduate(name=name, unit="软件2002")
        if files:
            await disputed(app, world, one, alone=True)
        else:
            await asked(app, one)
            await pressed(app, one, "以上信息属实")
        await one.phone.block()
        await app.settled()
        card = await seen(app, world, "counselor2")
        await pressed(app, world.counselor2, "已屏蔽 1")
        listed = world.counselor2.phone.shown[-1].text
        read.append((card, listed.replace(name, "某某")))
        async with app.app.works.begin() as work:
            graduate = await work.session.get_one(Graduate, one.id)
            graduate.removed_at = work.now
            assert graduate.answer is (AnswerKind.DISPUTED if files else AnswerKind.CONFIRMED)
    assert read[0] == read[1]


@pytest.mark.parametrize("verified", [True, False])
async def test_somebody_else_unbound_counts_as_the_wrong_person(
    app: Running, world: World, verified: bool
) -> None:
    one = await world.graduate(name="王芳", unit="软件2002", verified=verified)
    await asked(app, one)
    await pressed(app, one, "发错人了，不是我本人", "对，我不是这个人")
    assert "· 发错人 1：打电话核对本人号码" in await seen(app, world, "counselor2")


async def test_a_new_reason_to_call_is_tried_whatever_was_tried_before(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 10:30")
    for attempts in range(2):
        await called(app, world, attempts, CallAnsweredBy.NOBODY)
        await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.MESSAGE))
        await time.passes(days=1)
    assert "李华" not in await todo(app, world)
    await time.to("2024-08-01 10:30")
    await launched(app, world)
    for day in ("08-08", "08-17", "08-24", "08-26"):
        await time.to(f"2024-{day} 10:30")
    assert await marks(world) == [(CallWhy.UNANSWERED, False)]
    assert SILENT in await todo(app, world)
    await called(app, world, 2, CallAnsweredBy.NOBODY)
    assert await marks(world) == [(CallWhy.UNANSWERED, False)]
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.MESSAGE))
    await time.passes(days=1)
    await called(app, world, 3, CallAnsweredBy.NOBODY)
    assert await marks(world) == [(CallWhy.UNANSWERED, True)]
    assert "李华" not in await todo(app, world)
    await time.passes(days=2)
    assert "李华" not in await todo(app, world)


async def test_what_a_parent_says_is_one_try_of_several(app: Running, world: World) -> None:
    by, finding = CallAnsweredBy.PARENT, CallFinding.TRUE
    press = CallFound(graduate=world.lihua.id, by=by, finding=finding, attempts=0)
    await forge(app, world.counselor, press)
    assert "李华" in await todo(app, world)


async def test_silence_about_an_earlier_version_is_none_about_this_one(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-08-20 10:00")
    await launched(app, world)
    for moment in ("08-24 10:30", "08-28 10:30", "08-30 20:00", "08-31 09:00"):
        await time.to(f"2024-{moment}")
    await registered(app, world.lihua, employer="长河电子有限公司", uscc=None)
    await time.to("2024-08-31 11:00")
    assert [one.call_at for one in await world.rows(select(Ask))] == [None, None]
    assert await marks(world) == []
