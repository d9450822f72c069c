"""The ways a dispute goes to its end that are not the usual one."""

from sqlmodel import select

from handlers.dispute import Judge
from models.case import Case, CaseKind, CaseState, Note, NoteKind
from models.dispute import Dispute, Verdict
from tests.conversations.working import closed_by, disputed, notes, row
from tests.driving import Running
from tests.world import World


async def reviewed(app: Running, world: World) -> None:
    for label in ("打开这一件", "复核通过"):
        await world.reviewer2.phone.press(label)
        await app.settled()


async def test_a_withdrawal_is_a_signal_and_closes_nothing(app: Running, world: World) -> None:
    """The counselor who owns it hears of it, and so does a reviewer outside the class."""
    case = await disputed(app, world, world.lihua)
    assert case.owner_id == world.counselor.id
    await world.lihua.phone.press("撤回")
    await world.lihua.phone.sees("学校仍会看一遍")
    await world.lihua.phone.press("撤回")
    await app.settled()
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome, kept.owner_id) == (CaseState.OPEN, None, world.counselor.id)
    assert await notes(app, case) == ["opened", "withdrawn"]
    await world.reviewer.phone.sees("请留意是否有人要求撤回", times=1)
    await closed_by(app, world, "counselor", case)
    await world.reviewer.phone.press("打开这一件")
    await app.settled()
    await world.reviewer.phone.sees("毕业生表示撤回")
    assert (await row(app, case.id)).state is CaseState.AWAITING_REVIEW


async def test_withdrawn_and_confirmed_false_the_register_is_changed_all_the_same(
    app: Running, world: World
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await world.lihua.phone.press("撤回")
    await world.lihua.phone.sees("您撤回编号")
    await closed_by(app, world, "reviewer", case)
    await reviewed(app, world)
    await world.lihua.phone.sees("登记信息不属实，学校将更正这条登记")
    task = await app.row(select(Case).where(Case.kind == CaseKind.REGISTER_CHANGE))
    assert (task.parent_id, task.state) == (case.id, CaseState.OPEN)


async def test_withdrawn_while_it_waits_for_the_second_person(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case)
    await world.lihua.phone.press("撤回")
    await world.lihua.phone.sees("您撤回编号")
    await world.reviewer2.phone.press("打开这一件")
    await app.settled()
    await world.reviewer2.phone.sees("毕业生表示撤回")
    await world.reviewer2.phone.press("复核通过")
    await world.lihua.phone.sees("的核实结果")
    assert (await app.row(select(Dispute))).closed_at is not None


async def test_unresolved_then_opened_again_with_something_new(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case, "暂时无法确定")
    await reviewed(app, world)
    await world.lihua.phone.sees("目前还不能确定")
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    await world.lihua.phone.send("单位刚刚给我回了邮件，说没有招聘过我")
    await world.head.phone.sees("说没有招聘过我")
    await closed_by(app, world, "head", case)
    await reviewed(app, world)
    await world.lihua.phone.sees("登记信息不属实，学校将更正这条登记")
    await world.lihua.phone.press("认可处理结果")
    await world.lihua.phone.sees("您认可编号")
    dispute = await app.row(select(Dispute))
    assert (dispute.verdict, dispute.reopened) == (Verdict.AGREED, 1)
    assert dispute.closed_at is not None
    kept = await row(app, case.id)
    assert (kept.state, kept.closer_id, kept.reviewer_id) == (
        CaseState.CLOSED,
        world.head.id,
        world.reviewer2.id,
    )
    settled = await app.rows(select(Note).where(Note.kind == NoteKind.SETTLED))
    assert len(settled) == 2
    assert len(await app.rows(select(Case).where(Case.kind == CaseKind.REGISTER_CHANGE))) == 1


async def test_agreed_and_then_doubted_it_is_looked_into_again(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closed_by(app, world, "reviewer", case, "登记信息属实")
    await reviewed(app, world)
    await world.lihua.phone.press("认可处理结果")
    await world.lihua.phone.sees("您认可编号")
    await world.lihua.phone.press("不认可，请重新核实")
    await world.lihua.phone.sees("将重新核实")
    dispute = await app.row(select(Dispute))
    assert (dispute.verdict, dispute.closed_at) == (Verdict.REJECTED, None)
    assert (await row(app, case.id)).owner_id == world.head.id
    assert "agreed" in await notes(app, case)


async def test_a_verdict_before_there_is_an_outcome_changes_nothing(app: Running, world: World) -> None:
    await disputed(app, world, world.lihua, alone=True)
    dispute = await app.row(select(Dispute))
    for verdict in Verdict:
        press = Judge(dispute=dispute.id, verdict=verdict)
        await world.lihua.phone.press_data(press.pack(), world.lihua.phone.shown[-1])
        await app.settled()
    kept = await app.row(select(Dispute))
    assert (kept.verdict, kept.closed_at, kept.reopened) == (None, None, 0)
