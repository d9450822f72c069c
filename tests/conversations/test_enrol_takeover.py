"""Strangers at the door: what they know opens nothing, and what they do takes nothing from the graduate."""

from typing import Any

import pytest
from sqlmodel import col, select

from actions import bindings, contacts
from actions.work import Refusal
from models.answer import AnswerKind, ContactChange, ContactKind
from models.ask import Ask, AskState
from models.case import Case, CaseKind
from models.graduate import Graduate
from models.person import Binding, Chat, Person
from sandbox import Phone
from tests.driving import Running, Time
from tests.world import One, World

NOTICE, SHARE, CONTINUE = "我们不会索要密码", "如果您的手机号与在学校登记时不同", "我知道了，继续"
REAL, STRANGER = "+8613912345678", "+8613987654321"


async def by_number_and_name(one: One, phone: Phone, times: int = 1) -> None:
    """Without a link: whoever knows number and name comes as far as the proof."""
    await phone.send("/start")
    await phone.sees(NOTICE, times=times)
    await phone.press(CONTINUE)
    await phone.sees("请输入您的学号", times=times)
    await phone.send(one.row.student_no)
    await phone.sees("请输入您的姓名", times=times)
    await phone.send(one.row.name)
    await phone.sees(SHARE, times=times)


async def shares_another_number(app: Running, one: One, phone: Phone, number: str) -> None:
    await by_number_and_name(one, phone)
    await phone.share_contact(phone_number=number)
    await phone.sees("目前状态：待核实")
    await app.settled()


async def binding_of(world: World, phone: Phone, one: One) -> Any:
    query = select(Binding).join(Chat, col(Chat.person_id) == col(Binding.person_id))
    return await world.row(query.where(Chat.address == phone.user_id, Binding.graduate_id == one.id))


async def changes(world: World, one: One) -> list[Case]:
    query = select(Case).where(Case.graduate_id == one.id, Case.kind == CaseKind.CONTACT_CHANGE)
    return await world.rows(query.order_by(col(Case.number)))


async def row(world: World, one: One) -> Graduate:
    found: Graduate = await world.row(select(Graduate).where(Graduate.id == one.id))
    return found


async def open_ask(world: World, one: One) -> list[Ask]:
    return await world.rows(select(Ask).where(Ask.graduate_id == one.id, Ask.state == AskState.OPEN))


async def test_the_account_a_case_is_about_is_verified_and_no_later_strangers(
    app: Running, world: World
) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    await shares_another_number(app, ming, ming.phone, REAL)
    stranger = world.stranger()
    await shares_another_number(app, ming, stranger, STRANGER)
    first, second = await changes(world, ming)
    officer = world.officer.phone
    await officer.send(f"/case {first.number}")
    await officer.sees(REAL)
    assert "核实通过" in officer.buttons()
    await officer.press("核实通过")
    await officer.sees("已核实为本人")
    await app.settled()
    assert (await binding_of(world, ming.phone, ming)).verified
    assert not (await binding_of(world, stranger, ming)).verified
    assert (await row(world, ming)).phone_digest == app.app.keys.digest(REAL)
    stranger.never_saw("江城精密")
    await officer.send(f"/case {second.number}")
    await officer.sees(STRANGER)
    await officer.press("不予通过")
    await officer.sees("未予通过")
    assert (await binding_of(world, ming.phone, ming)).ended_at is None
    assert (await binding_of(world, stranger, ming)).ended_why == "rejected"
    assert (await row(world, ming)).phone_digest == app.app.keys.digest(REAL)


async def test_the_graduates_own_change_does_not_vouch_for_a_stranger(app: Running, world: World) -> None:
    lihua = world.lihua
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, lihua.person_id)
        graduate = await work.session.get_one(Graduate, lihua.id)
        await contacts.save(work, person, graduate, ContactKind.OWN_PHONE, REAL, proven=True)
    stranger = world.stranger()
    await shares_another_number(app, lihua, stranger, STRANGER)
    own, _ = await changes(world, lihua)
    counselor = world.counselor.phone
    await counselor.send(f"/case {own.number}")
    await counselor.sees(REAL)
    counselor.never_saw(STRANGER)
    assert "核实通过" not in counselor.buttons()
    assert "办结" in counselor.buttons()
    assert not (await binding_of(world, stranger, lihua)).verified


async def test_an_account_that_ended_meanwhile_is_not_verified_any_more(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    stranger = world.stranger()
    await shares_another_number(app, ming, stranger, STRANGER)
    (case,) = await changes(world, ming)
    binding = await binding_of(world, stranger, ming)
    await by_number_and_name(ming, ming.phone)
    await ming.phone.share_contact()
    await ming.phone.sees("已确认是您本人")
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        ended = await work.session.get_one(Binding, binding.id)
        with pytest.raises(Refusal):
            await bindings.verify_binding(work, office, ended)
    await world.officer.phone.send(f"/case {case.number}")
    await world.officer.phone.sees("办结时限")
    assert "核实通过" not in world.officer.phone.buttons()


async def test_a_strangers_number_is_never_taken_over(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    before = ming.row.phone_digest
    await shares_another_number(app, ming, world.stranger(), STRANGER)
    async with app.app.works.begin() as work:
        officer = await work.session.get_one(Person, world.officer.person_id)
        change = (await work.session.exec(select(ContactChange))).one()
        await contacts.verified(work, officer, change)
    assert (await row(world, ming)).phone_digest == before


async def test_digits_are_not_guessed_on_beside_an_unverified_account(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    stranger = world.stranger()
    await by_number_and_name(ming, stranger)
    await stranger.send("0000")
    await stranger.sees("还可以试 2 次")
    await stranger.share_contact(phone_number=STRANGER)
    await stranger.sees("目前状态：待核实")
    await stranger.press(CONTINUE)
    await stranger.sees("请输入您的学号", times=2)
    await stranger.send(ming.row.student_no)
    await stranger.sees("请输入您的姓名", times=2)
    await stranger.send("王小明")
    await stranger.sees(SHARE, times=2)
    assert ming.phone.phone_number
    await stranger.send(ming.phone.phone_number[-4:])
    await stranger.sees("您的账号已在等待核实")
    assert not (await binding_of(world, stranger, ming)).verified
    await stranger.share_contact(phone_number=STRANGER)
    await stranger.sees("目前状态：待核实", times=2)
    await app.settled()
    assert len(await changes(world, ming)) == 1


async def test_tries_count_across_accounts_and_leave_the_other_proof(
    app: Running, world: World, time: Time
) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    for _ in range(3):
        stranger = world.stranger()
        await by_number_and_name(ming, stranger)
        await stranger.send("0000")
        await stranger.sees("还可以试 2 次")
    last = world.stranger()
    await by_number_and_name(ming, last)
    assert ming.phone.phone_number
    await last.send(ming.phone.phone_number[-4:])
    await last.sees("后四位已多次不符")
    found = await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT))
    assert [(one.reason, one.graduate_id) for one in found] == [("wrong_digits", ming.id)]
    await by_number_and_name(ming, ming.phone)
    await ming.phone.share_contact()
    await ming.phone.sees("已确认是您本人")


async def test_after_the_pause_digits_are_taken_again(app: Running, world: World, time: Time) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    for _ in range(3):
        stranger = world.stranger()
        await by_number_and_name(ming, stranger)
        await stranger.send("0000")
        await stranger.sees("还可以试 2 次")
    await time.passes(minutes=61)
    await by_number_and_name(ming, ming.phone)
    assert ming.phone.phone_number
    await ming.phone.send(ming.phone.phone_number[-4:])
    await ming.phone.sees("已确认是您本人")


async def unverified_beside(app: Running, world: World, one: One) -> Phone:
    stranger = world.stranger()
    await shares_another_number(app, one, stranger, STRANGER)
    return stranger


async def test_a_strangers_press_does_not_end_the_asking(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False, code="70", category="seeking")
    stranger = await unverified_beside(app, world, ming)
    await stranger.press("仍在求职")
    await app.settled()
    assert len(await open_ask(world, ming)) == 1
    graduate = await row(world, ming)
    assert (graduate.answer, graduate.answer_verified) == (AnswerKind.SEEKING, False)
    await world.counselor.phone.send("/todo")
    await world.counselor.phone.sees("王小明")
    await by_number_and_name(ming, ming.phone)
    await ming.phone.share_contact()
    await ming.phone.sees("已确认是您本人")
    await app.settled()
    assert "仍在求职" in ming.phone.buttons()
    assert (await row(world, ming)).answer is None
    assert len(await open_ask(world, ming)) == 1


async def test_an_account_that_answered_is_not_reminded_while_it_waits(
    app: Running, world: World, time: Time
) -> None:
    ming = await world.graduate(name="王小明", enrolled=False, code="70", category="seeking")
    stranger = await unverified_beside(app, world, ming)
    await stranger.press("仍在求职")
    await app.settled()
    said = len(stranger.shown)
    await time.passes(days=8)
    assert len(stranger.shown) == said


async def test_verified_later_the_answer_counts_and_the_asking_ends(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False, code="70", category="seeking")
    await shares_another_number(app, ming, ming.phone, REAL)
    await ming.phone.press("仍在求职")
    await app.settled()
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        bound = await work.session.exec(select(Binding).where(Binding.graduate_id == ming.id))
        await bindings.verify_binding(work, office, bound.one())
    await app.settled()
    assert (await row(world, ming)).answer_verified is True
    assert await open_ask(world, ming) == []


async def test_after_a_rejection_the_graduate_is_asked(app: Running, world: World) -> None:
    hong = await world.graduate(name="赵红", code="70", category="seeking")
    stranger = await unverified_beside(app, world, hong)
    await stranger.press("仍在求职")
    await app.settled()
    assert (await row(world, hong)).answer is AnswerKind.SEEKING
    assert await open_ask(world, hong) == []
    (case,) = [one for one in await changes(world, hong) if one.binding_id]
    officer = world.officer.phone
    await officer.send(f"/case {case.number}")
    await officer.sees("办结时限")
    await officer.press("不予通过")
    await officer.sees("未予通过")
    await app.settled()
    assert (await row(world, hong)).answer is None
    assert len(await open_ask(world, hong)) == 1
    assert "仍在求职" in hong.phone.buttons()
    await stranger.sees("没有能够核实这个账号")
