"""Colleagues: a single-use link, the greeting with their duties, and the links that are refused."""

import pytest
from sqlmodel import select

from actions import staff
from actions.staff import DataEntryHeld
from actions.work import Refusal
from models.event import Incident
from models.person import Person
from models.staff import Duty, Invitation, Role, Staff
from tests.driving import Running, Time
from tests.world import World


async def invited(
    app: Running, world: World, role: Role = Role.COUNSELOR, unit: str = "软件2001", **given: str
) -> str:
    """The office invites; gives what the colleague sends."""
    name, number = given.get("name", "孙老师"), given.get("number", "T100")
    async with app.app.works.begin() as work:
        by = await work.session.get_one(Person, getattr(world, given.get("by", "office")).person_id)
        return f"/start {await staff.invite(work, by, name, number, [(role, world.units[unit])])}"


async def test_a_colleague_is_greeted_by_name_with_duties_and_commands(app: Running, world: World) -> None:
    link = await invited(app, world)
    assert len(link.removeprefix("/start ")) == 64
    phone = world.stranger("孙老师")
    await phone.send(link)
    greeting = await phone.sees("孙老师，您好")
    assert "辅导员：软件2001" in greeting.text
    assert "/queue" in greeting.text
    assert "/todo" in greeting.text
    assert "/status" not in greeting.text
    await phone.send("/start")
    await phone.sees("您的职责", times=2)
    await phone.send(link)
    await phone.sees("您的职责", times=3)
    assert await world.rows(select(Incident).where(Incident.kind == "staff_link_used")) == []


async def test_the_office_sees_the_wider_commands(app: Running, world: World) -> None:
    await world.office.phone.send("/start")
    greeting = await world.office.phone.sees("就业指导处：江城理工学院")
    assert "/status" in greeting.text


async def test_a_used_link_is_refused_to_another_account(app: Running, world: World) -> None:
    link = await invited(app, world)
    phone, stranger = world.stranger("孙老师"), world.stranger()
    await phone.send(link)
    await phone.sees("孙老师，您好")
    await stranger.send(link)
    await stranger.sees("这条链接已经用过")
    stranger.never_saw("孙老师")
    row = await world.row(select(Staff).where(Staff.number == "T100"))
    assert row.person_id is not None
    assert len(await world.rows(select(Incident).where(Incident.kind == "staff_link_used"))) == 1


async def test_graduates_and_other_colleagues_cannot_take_a_staff_link(app: Running, world: World) -> None:
    link = await invited(app, world)
    await world.lihua.phone.send(link)
    await world.lihua.phone.sees("不能同时用作工作账号")
    await world.counselor2.phone.send(link)
    await world.counselor2.phone.sees("不能再打开另一位老师的链接")
    row = await world.row(select(Staff).where(Staff.number == "T100"))
    assert row.person_id is None


async def test_a_fresh_link_moves_a_colleague_to_a_new_account(app: Running, world: World) -> None:
    link = await invited(app, world, name="陈老师", number="T001")
    new = world.stranger("陈老师的新账号")
    await new.send(link)
    await new.sees("陈老师，您好")
    await world.counselor.phone.sees("已改到另一个账号")
    row = await world.row(select(Staff).where(Staff.number == "T001"))
    assert row.person_id != world.counselor.person_id


async def test_an_old_staff_link_says_so(app: Running, world: World, time: Time) -> None:
    link = await invited(app, world)
    await time.passes(days=91)
    phone = world.stranger()
    await phone.send(link)
    await phone.sees("已过有效期")


async def test_who_may_invite_whom(app: Running, world: World) -> None:
    with pytest.raises(Refusal):
        await invited(app, world, by="counselor")
    with pytest.raises(Refusal):
        await invited(app, world, role=Role.ADMIN, unit="")
    assert await world.rows(select(Invitation)) == []


async def test_a_unit_has_one_person_for_data_entry(app: Running, world: World) -> None:
    await invited(app, world, Role.DATA_ENTRY, "计算机学院", name="甲", number="T201")
    with pytest.raises(DataEntryHeld) as held:
        await invited(app, world, Role.DATA_ENTRY, "计算机学院", name="乙", number="T202")
    assert (held.value.holder, held.value.unit) == ("甲", "计算机学院")
    await invited(app, world, Role.DATA_ENTRY, "计算机学院", name="甲", number="T201")
    assert len(await world.rows(select(Duty).where(Duty.role == Role.DATA_ENTRY))) == 1


async def test_classes_without_a_counselors_account_are_listed(app: Running, world: World) -> None:
    await world.graduate(name="甲", unit="软件2002")
    async with app.app.works.begin() as work:
        counselor = await work.session.get_one(Staff, world.counselor2.id)
        counselor.person_id = None
    async with app.app.works.reading() as session:
        assert [unit.name for unit in await staff.classes_without_counselor(session)] == ["软件2002"]


async def test_a_restart_between_invitation_and_opening_loses_nothing(app: Running, world: World) -> None:
    link = await invited(app, world)
    await app.restart()
    phone = world.stranger("孙老师")
    await phone.send(link)
    await phone.sees("孙老师，您好")


async def test_a_namesake_gets_no_link_without_a_number(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        by = await work.session.get_one(Person, world.office.person_id)
        with pytest.raises(staff.NumberNeeded):
            await staff.invite(work, by, "陈老师", None, [(Role.OFFICE, world.units[""])])
    assert await world.rows(select(Invitation)) == []
    assert await world.rows(select(Duty).where(Duty.staff_id == world.counselor.id)) != []
    async with app.app.works.begin() as work:
        by = await work.session.get_one(Person, world.office.person_id)
        await staff.invite(work, by, "新来的老师", None, [(Role.COUNSELOR, world.units["软件2001"])])
        await staff.invite(work, by, "新来的老师", None, [(Role.COUNSELOR, world.units["软件2001"])])
    assert len(await world.rows(select(Staff).where(Staff.name == "新来的老师"))) == 1
