"""The proof refused: wrong digits, the lock, a number nobody knows yet, and no link at all."""

import pytest
from sqlmodel import col, select

from actions import bindings, contacts, invitations
from actions.rights import NotYours
from models.answer import ContactChange
from models.case import Case, CaseKind
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.person import Binding, Person
from tests.driving import Running, Time
from tests.world import One, World

WRONG = "与登记的不一致"
SHARE = "如果您的手机号与在学校登记时不同"


async def at_the_proof(app: Running, one: One) -> None:
    async with app.app.works.begin() as work:
        code = invitations.make(work, graduate=await work.session.get_one(Graduate, one.id))
    await one.phone.send(f"/start {code}")
    await one.phone.sees("我们不会索要密码")
    await one.phone.press("我知道了，继续")
    await one.phone.sees(SHARE)


async def newcomer(world: World) -> One:
    return await world.graduate(name="王小明", enrolled=False)


def last_four(one: One) -> str:
    assert one.phone.phone_number
    return one.phone.phone_number[-4:]


async def check(app: Running, by: One, one: One, *, yes: bool) -> None:
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, by.person_id)
        query = select(Binding).where(Binding.graduate_id == one.id, col(Binding.ended_at).is_(None))
        act = bindings.verify_binding if yes else bindings.reject_binding
        await act(work, person, (await work.session.exec(query)).one())


async def test_wrong_digits_say_how_many_tries_are_left_and_lock_for_an_hour(
    app: Running, world: World, time: Time
) -> None:
    ming = await newcomer(world)
    await at_the_proof(app, ming)
    phone = ming.phone
    await phone.send("0000")
    await phone.sees("还可以试 2 次；换过手机号请点“我换号了”。")
    await phone.send("0001")
    await phone.sees("还可以试 1 次")
    await phone.send("0002")
    await phone.sees("7月8日（周一） 11:0", times=1)
    case = await world.row(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT))
    assert (case.reason, case.graduate_id) == ("wrong_digits", ming.id)
    await phone.send(last_four(ming))
    await phone.sees("核对身份已暂停", times=2)
    await phone.share_contact()
    await phone.sees("核对身份已暂停", times=3)
    await phone.press("我换号了")
    await phone.sees("核对身份已暂停", times=4)
    assert await world.rows(select(Binding).where(Binding.graduate_id == ming.id)) == []
    await time.passes(minutes=61)
    await phone.send("0000")
    await phone.sees("还可以试 2 次", times=2)
    await phone.send(last_four(ming))
    await phone.sees("已确认是您本人")


async def test_an_update_delivered_twice_is_one_try(app: Running, world: World) -> None:
    ming = await newcomer(world)
    await at_the_proof(app, ming)
    await ming.phone.send("0000")
    await ming.phone.sees("还可以试 2 次")
    app.sandbox.updates.repeat(1)
    await app.settled()
    await ming.phone.sees("还可以试 2 次", times=1)
    ming.phone.never_saw("还可以试 1 次")
    await ming.phone.send(last_four(ming))
    await ming.phone.sees("已确认是您本人")
    app.sandbox.updates.repeat(1)
    await app.settled()
    await ming.phone.sees("已确认是您本人", times=1)
    assert len(await world.rows(select(Binding).where(Binding.graduate_id == ming.id))) == 1


async def test_what_cannot_be_four_digits_is_no_try(app: Running, world: World) -> None:
    ming = await newcomer(world)
    await at_the_proof(app, ming)
    for typed in ("13800138000", "我不记得", "１２"):
        await ming.phone.send(typed)
    await ming.phone.sees("共 4 个数字", times=3)
    assert await world.rows(select(Person).where(Person.digit_tries > 0)) == []


async def test_full_width_digits_are_digits(app: Running, world: World) -> None:
    ming = await newcomer(world)
    await at_the_proof(app, ming)
    await ming.phone.send("".join(chr(ord(sign) + 0xFEE0) for sign in last_four(ming)))
    await ming.phone.sees("已确认是您本人")


async def test_a_new_number_binds_unverified_and_is_checked_by_somebody_else(
    app: Running, world: World
) -> None:
    ming = await newcomer(world)
    registered = ming.row.phone_digest
    ming.phone.phone_number = "+8613912345678"
    await at_the_proof(app, ming)
    await ming.phone.press("我换号了")
    await ming.phone.sees("分享您现在用的号码")
    await ming.phone.share_contact()
    await ming.phone.sees("待核实")
    await app.settled()
    ming.phone.never_saw("王小明")
    ming.phone.never_saw("江城精密")
    binding = await world.row(select(Binding).where(Binding.graduate_id == ming.id))
    assert not binding.verified
    change = await world.row(select(ContactChange).where(ContactChange.graduate_id == ming.id))
    assert change.proven
    assert change.verified_at is None
    assert change.phone_digest == app.app.keys.digest("+8613912345678") != registered
    case = await world.row(select(Case).where(Case.graduate_id == ming.id))
    assert case.kind is CaseKind.CONTACT_CHANGE
    found = await world.rows(select(FollowUp).where(FollowUp.graduate_id == ming.id))
    assert {one.kind for one in found} == {FollowUpKind.OWN_PHONE, FollowUpKind.UNVERIFIED_PHONE}
    assert {one.case_id for one in found} == {case.id}
    assert await world.rows(select(Person).where(Person.digit_tries > 0)) == []

    with pytest.raises(NotYours):
        await check(app, world.counselor, ming, yes=True)
    await check(app, world.reviewer, ming, yes=True)
    await ming.phone.sees("学校已核实这是您本人的账号")
    binding = await world.row(select(Binding).where(Binding.graduate_id == ming.id))
    assert (binding.verified, binding.verified_by_id) == (True, world.reviewer.id)
    graduate = await world.row(select(Graduate).where(Graduate.id == ming.id))
    assert graduate.phone_digest == app.app.keys.digest("+8613912345678")


async def test_a_number_only_the_class_counselor_took_over_proves_nothing(app: Running, world: World) -> None:
    ming = await newcomer(world)
    ming.phone.phone_number = "+8613912345678"
    await at_the_proof(app, ming)
    await ming.phone.share_contact()
    await ming.phone.sees("待核实")
    async with app.app.works.begin() as work:
        counselor = await work.session.get_one(Person, world.counselor.person_id)
        change = (
            await work.session.exec(select(ContactChange).where(ContactChange.graduate_id == ming.id))
        ).one()
        await contacts.verified(work, counselor, change)
        code = invitations.make(work, graduate=await work.session.get_one(Graduate, ming.id))
    await ming.phone.send(f"/start {code}")
    await ming.phone.sees("我们不会索要密码", times=2)
    await ming.phone.press("我知道了，继续")
    await ming.phone.sees(SHARE, times=2)
    await ming.phone.send("5678")
    await ming.phone.sees("您的账号已在等待核实")
    graduate = await world.row(select(Graduate).where(Graduate.id == ming.id))
    assert graduate.phone_digest == ming.row.phone_digest
    assert not (await world.row(select(Binding).where(Binding.graduate_id == ming.id))).verified


async def test_an_account_that_is_not_theirs_is_let_go(app: Running, world: World) -> None:
    ming = await newcomer(world)
    ming.phone.phone_number = "+8613912345678"
    await at_the_proof(app, ming)
    await ming.phone.share_contact()
    await ming.phone.sees("待核实")
    await check(app, world.office, ming, yes=False)
    await ming.phone.sees("没有能够核实这个账号")
    binding = await world.row(select(Binding).where(Binding.graduate_id == ming.id))
    assert binding.ended_why == "rejected"
    ming.phone.never_saw("王小明")


async def test_without_a_registered_number_a_shared_one_waits_for_a_check(app: Running, world: World) -> None:
    ming = await newcomer(world)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, ming.id)
        graduate.phone = graduate.phone_digest = None
        code = invitations.make(work, graduate=graduate)
    await ming.phone.send(f"/start {code}")
    await ming.phone.sees("我们不会索要密码")
    await ming.phone.press("我知道了，继续")
    await ming.phone.sees("学校目前没有可供核对的手机号")
    await ming.phone.share_contact()
    await ming.phone.sees("待核实")


async def test_without_a_code_number_and_name_lead_to_the_same_proof(app: Running, world: World) -> None:
    ming = await newcomer(world)
    phone = ming.phone
    await phone.send("/start")
    await phone.sees("我们不会索要密码")
    await phone.press("我知道了，继续")
    await phone.sees("请输入您的学号")
    await phone.send(ming.row.student_no)
    await phone.sees("请输入您的姓名")
    await phone.send(" 王 小明 ")
    await phone.sees(SHARE)
    phone.never_saw("江城精密")
    await phone.send(last_four(ming))
    await phone.sees("已确认是您本人")
    assert (await world.row(select(Binding).where(Binding.graduate_id == ming.id))).verified


async def test_a_wrong_number_and_a_wrong_name_sound_the_same_and_are_counted(
    app: Running, world: World, time: Time
) -> None:
    ming = await newcomer(world)
    phone = world.stranger()
    await phone.send("/start")
    await phone.sees("我们不会索要密码")
    await phone.send("209999999999")
    await phone.sees("请输入您的姓名")
    await phone.send("王小明")
    await phone.sees("没有找到学号与姓名相符的登记。还可以试 2 次")
    await phone.send(ming.row.student_no)
    await phone.sees("请输入您的姓名", times=2)
    await phone.send("李四")
    await phone.sees("没有找到学号与姓名相符的登记。还可以试 1 次")
    await phone.send(ming.row.student_no)
    await phone.sees("请输入您的姓名", times=3)
    await phone.send("赵六")
    await phone.sees("核对身份已暂停")
    case = await world.row(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT))
    assert case.graduate_id == ming.id
    await phone.send("/start")
    await phone.sees("核对身份已暂停", times=2)
    await time.passes(hours=2)
    await phone.send("/start")
    await phone.sees("我们不会索要密码", times=2)


async def test_a_restart_in_the_middle_loses_nothing(app: Running, world: World) -> None:
    ming = await newcomer(world)
    await ming.phone.send("/start")
    await ming.phone.sees("我们不会索要密码")
    await app.restart()
    await ming.phone.press("我知道了，继续")
    await ming.phone.sees("请输入您的学号")
    await app.restart()
    await ming.phone.send(ming.row.student_no)
    await ming.phone.sees("请输入您的姓名")
    await app.restart()
    await ming.phone.send("王小明")
    await ming.phone.sees(SHARE)
    await app.restart()
    await ming.phone.send(last_four(ming))
    await ming.phone.sees("已确认是您本人")


async def test_a_graduate_who_starts_again_sees_the_record(app: Running, world: World) -> None:
    await world.lihua.phone.send("/start")
    await app.settled()
    world.lihua.phone.never_saw("我们不会索要密码")
