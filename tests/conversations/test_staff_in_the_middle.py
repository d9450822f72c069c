"""A colleague in the middle of a sentence when the process dies, and presses that come twice."""

from sqlmodel import select

from models.case import Case, CaseKind, CaseState
from models.followup import CallRecord
from tests.conversations.asking import pressed, typed
from tests.conversations.working import closed_by, disputed, notes, opened, row
from tests.driving import Running
from tests.world import World


async def killed(app: Running) -> None:
    await app.settled()
    await app.kill()
    await app.start()


async def twice(app: Running) -> None:
    await app.settled()
    await app.sandbox.repeat_last()
    await app.settled()


async def test_a_note_is_asked_for_and_the_process_dies(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "备注")
    await killed(app)
    await typed(app, world.counselor, "明天再联系")
    await world.counselor.phone.sees("备注（陈老师）：明天再联系", times=1)
    assert await notes(app, case) == ["opened", "note"]


async def test_a_finding_is_asked_for_and_the_process_dies_before_and_after(
    app: Running, world: World
) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "办结")
    await killed(app)
    await pressed(app, world.counselor, "电话核查")
    await killed(app)
    await typed(app, world.counselor, "本人说已离职")
    await killed(app)
    await pressed(app, world.counselor, "已办妥")
    kept = await row(app, case.id)
    assert kept.state is CaseState.CLOSED
    assert kept.finding is not None
    assert app.app.works.keys.open(kept.finding) == "本人说已离职"


async def test_a_reason_for_sending_back_is_asked_for_and_the_process_dies(
    app: Running, world: World
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await pressed(app, world.reviewer2, "打开这一件", "退回重办")
    await killed(app)
    await typed(app, world.reviewer2, "请再核对合同")
    await world.reviewer.phone.sees("请再核对合同", times=1)
    assert (await row(app, case.id)).state is CaseState.WORKING


async def test_a_call_and_a_hand_over_go_on_after_the_process_died(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "转交", "吴干事")
    await killed(app)
    await typed(app, world.counselor, "我这周出差")
    await world.officer.phone.sees("我这周出差", times=1)
    await typed(app, world.counselor, "/todo")
    await pressed(app, world.counselor, "开始联系", "本人接听")
    await killed(app)
    await pressed(app, world.counselor, "属实")
    assert len(await app.rows(select(CallRecord))) == 1


async def test_a_claim_and_a_close_that_come_twice(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, "/queue")
    await pressed(app, world.counselor, "我来处理")
    await twice(app)
    await pressed(app, world.counselor, "办结", "电话核查")
    await twice(app)
    await typed(app, world.counselor, "本人说已离职")
    await twice(app)
    await pressed(app, world.counselor, "已办妥")
    await twice(app)
    assert await notes(app, case) == ["opened", "claimed", "settled"]
    await world.lihua.phone.sees(f"编号 {case.number} 有结果了", times=1)


async def test_a_review_that_comes_twice_tells_the_graduate_once(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await twice(app)
    await pressed(app, world.reviewer2, "打开这一件", "复核通过")
    await twice(app)
    history = await notes(app, case)
    assert history[:3] == ["opened", "looked_into", "settled"]
    assert sorted(history[3:]) == ["approved", "linked"]
    await world.lihua.phone.sees("您认可这个结果吗", times=1)


async def test_a_call_that_comes_twice_is_written_once(app: Running, world: World) -> None:
    await typed(app, world.counselor, "/todo")
    await pressed(app, world.counselor, "开始联系", "空号停机")
    await twice(app)
    assert len(await app.rows(select(CallRecord))) == 1
    assert [case.kind for case in await app.rows(select(Case))] == [CaseKind.UNREACHABLE]
