"""Looked at before it is launched: how many, whom not and why, until when, and what they would read."""

from sqlmodel import col, select

from models.campaign import Campaign
from models.event import Event
from models.person import Person, Unreachable
from models.staff import Duty, Role
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.campaigning import looked, own_rules
from tests.conversations.working import disputed
from tests.driving import Running, Time
from tests.world import One, World


async def unreachable(app: Running, one: One, why: Unreachable) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Person, one.person_id)).unreachable = why


async def test_everybody_is_counted_once_with_the_reason(app: Running, world: World) -> None:
    answered, disputing, stopped = [await world.graduate(name=name) for name in ("钱七", "周八", "赵敏")]
    for one in (answered, disputing):
        await asked(app, one)
    await pressed(app, answered, "以上信息属实")
    await pressed(app, disputing, "从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
    await typed(app, stopped, "停止")
    for why in (Unreachable.BLOCKED, Unreachable.BLOCKED, Unreachable.DEACTIVATED, Unreachable.BAD_REQUEST):
        await unreachable(app, await world.graduate(name="孙丽"), why)
    await world.graduate(name="王芳", enrolled=False)
    await looked(app, world.office)
    seen = await world.office.phone.sees("名册 9 人，现在可以问到 2 人（Telegram）。")
    assert "不会发送：已答复 1 · 异议核实中 1 · 本人停止提醒 1" in seen.text
    assert "发不到：已屏蔽 2 · 账号已注销 1\n" in seen.text
    assert "尚未绑定 1 人，绑定时会当场问到。" in seen.text


async def test_at_night_it_says_when_it_begins_to_end(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:00")
    await looked(app, world.office)
    await world.office.phone.sees("预计 7月9日（周二） 09:00 发完；21:00 至次日 09:00 不发送。")


async def test_twenty_samples_are_turned_over_in_one_message(app: Running, world: World) -> None:
    for number in range(24):
        await world.graduate(name=f"学生{number}")
    await world.graduate(name="王芳", enrolled=False)
    await looked(app, world.office)
    await pressed(app, world.office, "看几条样例")
    await world.office.phone.sees("样例 1 / 20（只供查看）")
    await world.office.phone.sees("李华同学")
    assert world.office.phone.buttons() == ["下一页"]
    for number in range(2, 21):
        await pressed(app, world.office, "下一页")
        await world.office.phone.sees(f"样例 {number} / 20（只供查看）", times=1)
    await world.office.phone.sees("学生18同学")
    assert world.office.phone.buttons() == ["上一页"]
    await pressed(app, world.office, "上一页")
    await world.office.phone.sees("样例 19 / 20")
    assert len([one for one in world.office.phone.shown if "只供查看" in one.text]) == 1
    assert len(await app.rows(select(Event).where(Event.kind == "viewed"))) == 21
    world.lihua.phone.never_saw("李华同学")


async def test_what_became_uncovered_meanwhile_is_not_agreed_to(app: Running, world: World) -> None:
    """Between the launch and the second person's press the reviewers may have left."""
    await app.stop()
    rules = own_rules(app.folder, ("second_person_over = 1000", "second_person_over = 0"))
    app.settings = app.settings.model_copy(update={"rules": rules})
    await app.start()
    admin = await world.staff("admin", "管老师", "T070", Role.ADMIN)
    await looked(app, world.office)
    await pressed(app, world.office, "发送", "管老师")
    async with app.app.works.begin() as work:
        held = select(Duty).where(col(Duty.role).in_((Role.REVIEWER, Role.DISCIPLINE, Role.SCHOOL_HEAD)))
        for duty in await work.session.exec(held):
            duty.ended_at = work.now
    await pressed(app, admin, "同意发送")
    await admin.phone.sees("还没有发送：以下单位如有异议，没有合适的老师核实和复核。")
    assert (await app.row(select(Campaign))).state.value == "waiting"


async def test_a_dispute_is_an_answer_to_whoever_signed_what_is_disputed(app: Running, world: World) -> None:
    other = await world.staff("other", "许主任", "T031", Role.OFFICE)
    await disputed(app, world, await world.graduate(name="赵六", signer="何主任", signer_no="T030"))
    await looked(app, world.office)
    await world.office.phone.sees("不会发送：已答复 1 · 异议核实中 0 · 本人停止提醒 0")
    await looked(app, other)
    await other.phone.sees("不会发送：已答复 0 · 异议核实中 1 · 本人停止提醒 0")
