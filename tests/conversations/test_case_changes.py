"""What comes to a case while somebody works on it: more words, another number, a second kind."""

from sqlmodel import select

from actions import followups
from actions.work import Work
from models.answer import ContactChange, ContactKind
from models.case import Case, CaseKind
from models.followup import FollowUpKind
from models.graduate import Graduate
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.working import closed_by, notes, opened
from tests.driving import Running
from tests.world import World


async def test_a_case_whose_graduate_answered_again_opens(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已解约或签约后未入职")
    for _ in range(2):
        await pressed(app, world.lihua, "修改我的回答")
        await pressed(app, world.lihua, "以上信息属实")
        await pressed(app, world.lihua, "修改我的回答")
        await pressed(app, world.lihua, "信息有变或有误", "已解约或签约后未入职")
    case = await app.row(select(Case))
    assert "answered" in await notes(app, case)
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("毕业生又有新的说明")
    await phone.press("查看全部经过")
    await phone.sees("的全部经过")


async def test_of_two_kinds_each_case_shows_and_checks_its_own(app: Running, world: World) -> None:
    numbers = {ContactKind.PARENT_PHONE: "+8613900001111", ContactKind.EMPLOYER_CONTACT: "+8613900002222"}
    for kind, number in numbers.items():
        async with app.app.works.begin() as work:
            _given(work, await work.session.get_one(Graduate, world.lihua.id), kind, number)
    case = await opened(app, world.lihua, CaseKind.CONTACT_CHANGE, reason="parent_phone")
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("毕业生提供的家长电话：+8613900001111")
    phone.never_saw("+8613900002222")
    await closed_by(app, world, "counselor", case, "已办妥")
    checked = {one.contact for one in await app.rows(select(ContactChange)) if one.verified_at}
    assert checked == {ContactKind.PARENT_PHONE}
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert app.app.works.keys.open(graduate.parent_phone) == "+8613900001111"


async def test_an_overdue_contact_shows_the_one_its_follow_up_is_about(app: Running, world: World) -> None:
    """The case of a follow-up says only that it was not checked in time."""
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        parent = _given(work, graduate, ContactKind.PARENT_PHONE, "+8613900001111")
        await work.session.flush()
        followup = await followups.open_followup(
            work, graduate, FollowUpKind.PARENT_PHONE, contact_change=parent
        )
        _given(work, graduate, ContactKind.EMPLOYER_CONTACT, "+8613900002222")
        followup_id = followup.id
    case = await opened(app, world.lihua, CaseKind.CONTACT_CHANGE, reason="unverified")
    async with app.app.works.begin() as work:
        (await work.session.get_one(type(followup), followup_id)).case_id = case.id
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("到期尚未核实")
    await phone.sees("+8613900001111")
    phone.never_saw("+8613900002222")
    await closed_by(app, world, "counselor", case, "已办妥")
    checked = {one.contact for one in await app.rows(select(ContactChange)) if one.verified_at}
    assert checked == {ContactKind.PARENT_PHONE}


async def test_a_text_for_the_office_says_what_it_is(app: Running, world: World) -> None:
    await typed(app, world.lihua, "档案什么时候寄出")
    await pressed(app, world.lihua, "转给学校就业部门")
    await typed(app, world.office, "/queue")
    await world.office.phone.sees("毕业生留言（写给学校就业部门）")
    await typed(app, world.lihua, "还有户口")
    await pressed(app, world.lihua, "转给学校就业部门")
    case = await app.row(select(Case))
    await world.office.phone.send(f"/case {case.number}")
    await world.office.phone.sees("还有户口")


def _given(work: Work, graduate: Graduate, kind: ContactKind, number: str) -> ContactChange:
    sealed = work.seal(number)
    change = ContactChange(graduate=graduate, contact=kind, phone=sealed, given_at=work.now)
    work.session.add(change)
    return change
