"""Looked at before it is launched: how many, whom not and why, until when, and what they would read."""

from sqlmodel import col, select

from actions import answers
from models.answer import AnswerKind
from models.campaign import Campaign
from models.event import Event
from models.graduate import Graduate
from models.person import Person, Unreachable
from models.staff import Duty, Role
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.campaigning import broadcast, counted, equation, looked, moved, own_rules, ticked
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
    assert "不会发送：已答复 1 · 异议核实中或待更正 1 · 本人停止提醒 1" in seen.text
    assert "发不到：已屏蔽 2 · 账号已注销 1\n" in seen.text
    assert "尚未绑定 1 人，绑定时会当场问到。" in seen.text


async def test_who_was_asked_before_it_is_counted_and_goes_on_being_reminded(
    app: Running, world: World, time: Time
) -> None:
    await asked(app, world.lihua)
    await looked(app, world.office)
    seen = await world.office.phone.sees("名册 1 人，现在可以问到 0 人")
    assert "本人停止提醒 0 · 此前已问过 1（提醒照常）\n" in seen.text
    await pressed(app, world.office, "发送")
    await ticked(app)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 1, "skipped": 1}, True)
    await pressed(app, world.office, "跳过 1")
    await world.office.phone.sees("· 李华（软件2001）：此前已问过")
    await world.lihua.phone.sees("李华同学", times=1)
    for to in ("pause", "resume"):
        await moved(app, world, to)
    await time.passes(days=2)
    await world.lihua.phone.sees("李华同学", times=2)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 2, "accepted": 1, "skipped": 1}, True)


async def test_whose_answer_waits_to_be_checked_is_in_both_numbers(app: Running, world: World) -> None:
    other = await world.graduate(name="王芳", verified=False)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, other.person_id)
        graduate = await work.session.get_one(Graduate, other.id)
        await answers.give(work, graduate, AnswerKind.CONFIRMED, by=person)
    await looked(app, world.office)
    seen = await world.office.phone.sees("名册 2 人，现在可以问到 1 人")
    assert "本人停止提醒 0 · 账号待核实 1\n" in seen.text
    await pressed(app, world.office, "发送")
    await ticked(app)
    for to in ("pause", "resume"):
        await moved(app, world, to)
    await ticked(app)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 2, "accepted": 1, "skipped": 1}, True)


async def test_at_night_it_says_when_it_begins_to_end(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:00")
    await looked(app, world.office)
    await world.office.phone.sees("预计 7月9日（周二） 09:00 发完；21:00 至次日 09:00 不发送。")


async def test_who_was_written_to_lately_is_waited_for_in_the_estimate(
    app: Running, world: World, time: Time
) -> None:
    await broadcast(app, world.office)
    await moved(app, world, "cancel")
    await time.to("2024-07-08 12:00")
    await looked(app, world.office)
    await world.office.phone.sees("预计 7月10日（周三） 10:00 发完；21:00 至次日 09:00 不发送。")
    await pressed(app, world.office, "发送")
    await ticked(app)
    await world.office.phone.sees("预计 7月10日（周三） 10:01 发完；21:00 至次日 09:00 不发送。")
    await time.to("2024-07-10 10:01")
    await world.lihua.phone.sees("李华同学", times=2)


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
    await world.office.phone.sees("不会发送：已答复 1 · 异议核实中或待更正 0 · 本人停止提醒 0")
    await looked(app, other)
    await other.phone.sees("不会发送：已答复 0 · 异议核实中或待更正 1 · 本人停止提醒 0")
