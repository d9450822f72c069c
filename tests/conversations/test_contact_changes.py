"""「联系方式变了」: what is told is kept, checked by somebody, and asked about again."""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.answer import ContactChange, ContactKind, Heard
from models.case import Case, CaseKind
from models.followup import FollowUp
from models.graduate import Graduate
from models.person import Person
from tests.driving import Running, Time
from tests.world import One, World

NEW = "+8613900001111"


@pytest.fixture
async def lihua(app: Running, world: World) -> One:
    """At 「联系方式变了」, from /my."""
    phone = world.lihua.phone
    await phone.send("/my")
    await phone.sees("目前登记的去向")
    await phone.press("联系方式变了")
    await app.settled()
    await phone.sees("哪一项变了")
    return world.lihua


async def graduate_of(world: World) -> Graduate:
    return await world.row(select(Graduate).where(Graduate.id == world.lihua.id))  # type: ignore[no-any-return]


async def test_a_shared_number_is_proven_and_the_register_waits(
    app: Running, world: World, lihua: One
) -> None:
    before = await graduate_of(world)
    await lihua.phone.press("我的手机号")
    await app.settled()
    await lihua.phone.sees("请提供您现在的手机号")
    await lihua.phone.share_contact(phone_number=NEW)
    await lihua.phone.sees("已记下您的新手机号")
    await lihua.phone.sees("号码由您本人分享")
    change = await world.row(select(ContactChange))
    assert (change.contact, change.proven, change.verified_at) == (ContactKind.OWN_PHONE, True, None)
    assert change.phone_digest == app.app.keys.digest(NEW)
    assert app.app.keys.open(change.phone) == NEW
    case = await world.row(select(Case))
    assert (case.kind, case.reason) == (CaseKind.CONTACT_CHANGE, "own_phone")
    followup = await world.row(select(FollowUp))
    assert followup.case_id == case.id
    assert (await graduate_of(world)).phone == before.phone
    assert case.owner_id == world.counselor.id
    world.counselor.phone.never_saw("13900001111")


async def test_somebody_elses_contact_proves_nothing(app: Running, world: World, lihua: One) -> None:
    await lihua.phone.press("我的手机号")
    await app.settled()
    await lihua.phone.sees("请提供您现在的手机号")
    await lihua.phone.share_contact(phone_number=NEW, user_id=4711)
    await lihua.phone.sees("不能证明是您本人的号码")
    assert await world.rows(select(ContactChange)) == []
    kept = await world.row(select(Heard))
    assert app.app.keys.open(kept.text) == NEW
    await lihua.phone.share_contact(phone_number=NEW)
    await lihua.phone.sees("已记下您的新手机号")


async def test_a_typed_number_is_not_proven_and_a_wrong_one_can_be_kept(
    app: Running, world: World, lihua: One
) -> None:
    await lihua.phone.press("我的手机号")
    await app.settled()
    await lihua.phone.sees("请提供您现在的手机号")
    await lihua.phone.send("139 0000")
    await lihua.phone.sees("这不像一个完整的电话号码")
    assert app.app.keys.open((await world.row(select(Heard))).text) == "139 0000"
    await lihua.phone.send("+86 139-0000-1111")
    await lihua.phone.sees("已记下您的新手机号")
    change = await world.row(select(ContactChange))
    assert not change.proven
    assert app.app.keys.open(change.phone) == NEW


async def test_what_looks_wrong_is_filed_as_typed_when_wanted(app: Running, world: World, lihua: One) -> None:
    await lihua.phone.press("家长电话")
    await app.settled()
    await lihua.phone.sees("请输入家长现在的电话")
    await lihua.phone.send("老家座机 8765")
    await lihua.phone.sees("也可以就这样保存")
    await lihua.phone.press("就这样保存")
    await app.settled()
    await lihua.phone.sees("已记下家长的新电话")
    change = await world.row(select(ContactChange))
    assert (change.contact, change.phone_digest) == (ContactKind.PARENT_PHONE, None)
    assert app.app.keys.open(change.phone) == "老家座机 8765"
    await lihua.phone.press("就这样保存")
    await app.settled()
    await lihua.phone.sees("这个按钮是以前的")


async def test_the_employers_contact_is_a_name_and_a_number(app: Running, world: World, lihua: One) -> None:
    await lihua.phone.press("单位联系人和电话")
    await app.settled()
    await lihua.phone.sees("单位现在的联系人是哪位")
    await lihua.phone.send("赵<b>经理 & 人事")
    await lihua.phone.sees("这位联系人的电话是多少")
    await app.restart()
    await lihua.phone.send("027-87654321-123")
    shown = await lihua.phone.sees("已记下单位联系人的变化")
    assert "赵<b>经理 & 人事" in shown.text
    change = await world.row(select(ContactChange))
    assert app.app.keys.open(change.name) == "赵<b>经理 & 人事"
    assert app.app.keys.open(change.phone) == "+862787654321;ext=123"


async def test_only_one_part_of_the_employers_contact_may_have_changed(
    app: Running, world: World, lihua: One
) -> None:
    await lihua.phone.press("单位联系人和电话")
    await app.settled()
    await lihua.phone.press("联系人没变，只换号码")
    await app.settled()
    await lihua.phone.sees("联系人不变")
    await lihua.phone.send("13900001111")
    await lihua.phone.sees("已记下单位联系人的变化")
    await lihua.phone.press("联系方式变了")
    await app.settled()
    await lihua.phone.press("单位联系人和电话")
    await app.settled()
    await lihua.phone.sees("单位现在的联系人是哪位", times=2)
    await lihua.phone.send("钱主管")
    await lihua.phone.sees("这位联系人的电话是多少")
    await lihua.phone.press("号码没变，只换联系人")
    await app.settled()
    await lihua.phone.sees("已记下单位联系人的变化", times=2)
    first, second = sorted(await world.rows(select(ContactChange)), key=lambda one: one.phone is None)
    assert (first.name, second.phone) == (None, None)
    assert len(await world.rows(select(Case))) == 1
    assert sorted(one.result or "open" for one in await world.rows(select(FollowUp))) == [
        "open",
        "superseded",
    ]


async def test_a_number_shared_unasked_becomes_a_question(app: Running, world: World) -> None:
    phone = world.lihua.phone
    await phone.share_contact(phone_number=NEW)
    await phone.sees("这是您的新手机号吗")
    assert (await world.row(select(Heard))).routed == "own_contact"
    await phone.press("是，换成这个号码")
    await app.settled()
    await phone.sees("已记下您的新手机号")
    assert (await world.row(select(ContactChange))).proven
    await phone.press("是，换成这个号码")
    await app.settled()
    await phone.sees("这个按钮是以前的")


async def test_the_registered_number_is_not_a_change(app: Running, world: World) -> None:
    phone = world.lihua.phone
    await phone.share_contact()
    await phone.sees("与学校登记的您的手机号相同")
    assert await world.rows(select(Case)) == []


async def test_a_card_of_somebody_else_unasked_is_kept_and_explained(app: Running, world: World) -> None:
    phone = world.lihua.phone
    await phone.share_contact(phone_number=NEW, user_id=None)
    await phone.sees("这张名片不是您自己的号码")
    await phone.press("联系方式变了")
    await app.settled()
    await phone.press("家长电话")
    await app.settled()
    await phone.sees("请输入家长现在的电话")
    await phone.share_contact(phone_number=NEW, user_id=None)
    await phone.sees("已记下家长的新电话")
    assert not (await world.row(select(ContactChange))).proven


async def test_a_strangers_number_is_kept_and_leads_to_enrolling(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.share_contact(phone_number=NEW)
    await phone.sees("用学号登记")
    assert (await world.row(select(Heard))).graduate_id is None


async def test_an_account_to_be_checked_changes_nothing(app: Running, world: World) -> None:
    one = await world.graduate(name="王芳", verified=False)
    await one.phone.share_contact(phone_number=NEW)
    await one.phone.sees("您的账号还在核实中")
    assert await world.rows(select(ContactChange)) == []
    assert app.app.keys.open((await world.row(select(Heard))).text) == NEW


async def test_cancel_leaves_the_question(app: Running, world: World, lihua: One) -> None:
    await lihua.phone.press("家长电话")
    await app.settled()
    await lihua.phone.sees("请输入家长现在的电话")
    await lihua.phone.send("取消")
    await app.settled()
    person = await world.row(select(Person).where(Person.id == lihua.person_id))
    assert person.graduate_step is None


async def test_closing_the_case_makes_it_the_number_we_call(
    app: Running, world: World, lihua: One, time: Time
) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, lihua.id)).tried_at = work.now
    await lihua.phone.press("我的手机号")
    await app.settled()
    await lihua.phone.sees("请提供您现在的手机号")
    await lihua.phone.share_contact(phone_number=NEW)
    await lihua.phone.sees("已记下您的新手机号")
    case = await world.row(select(Case))
    counselor = world.counselor.phone
    await counselor.send(f"/case {case.number}")
    await app.settled()
    await counselor.press("我来处理")
    await counselor.sees("13900001111")
    await app.settled()
    await counselor.press("办结")
    await app.settled()
    await counselor.press("电话核查")
    await counselor.sees("核实")
    await app.settled()
    await counselor.send("已打通")
    await app.settled()
    await app.settled()
    await counselor.press("已办妥")
    await app.settled()
    graduate = await graduate_of(world)
    assert (graduate.phone_digest, graduate.tried_at) == (app.app.keys.digest(NEW), None)
    assert (await world.row(select(ContactChange))).verified_at is not None
    assert (await world.row(select(FollowUp))).result == "verified"
    await time.passes(days=60)
    lihua.phone.never_saw("还是这个号码吗")


async def test_due_instants_come_from_the_rules(app: Running, world: World, lihua: One) -> None:
    await lihua.phone.press("家长电话")
    await app.settled()
    await lihua.phone.sees("请输入家长现在的电话")
    await lihua.phone.send("13900001111")
    await lihua.phone.sees("已记下家长的新电话")
    followup = await world.row(select(FollowUp))
    first = app.app.rules.followups.chains["parent_phone"].steps[0].after
    assert first is not None
    assert followup.due_at - followup.opened_at == first.span == timedelta(days=7)
