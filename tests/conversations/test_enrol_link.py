"""A personal link: the notice, the proof, the binding; and every link that is refused."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from actions import invitations
from models.case import Case, CaseKind
from models.event import Event
from models.graduate import Graduate
from models.person import Binding, Person, Unreachable
from models.staff import Invitation
from tests.driving import Running, Time
from tests.world import One, World

NO_PASSWORD = "我们不会索要密码、验证码、身份证号、银行卡，也不会要求转账"


@dataclass
class Link:
    code: str

    @property
    def start(self) -> str:
        return f"/start {self.code}"


async def link_for(app: Running, one: One) -> Link:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        return Link(invitations.make(work, graduate=graduate))


async def newcomer(world: World, **given: Any) -> One:
    return await world.graduate(name="王小明", enrolled=False, **given)


def last_four(one: One) -> str:
    assert one.phone.phone_number
    return one.phone.phone_number[-4:]


async def conflicts(world: World) -> list[Case]:
    return await world.rows(select(Case).where(Case.kind == CaseKind.IDENTITY_CONFLICT))


async def test_a_link_leads_over_the_notice_and_the_last_four_digits_to_the_record(
    app: Running, world: World
) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    assert len(link.code) == 64
    phone = ming.phone
    await phone.send(link.start)
    notice = await phone.sees(NO_PASSWORD)
    assert len(notice.text.splitlines()) <= 8
    assert "三年" in notice.text
    assert "027-8765 4321" in notice.text
    assert phone.buttons() == ["我知道了，继续", "不用这个方式"]
    await phone.press("我知道了，继续")
    await phone.sees("后四位")
    await phone.sees("如果您的手机号与在学校登记时不同")
    assert phone.keyboard() == ["分享手机号"]
    assert phone.buttons() == ["我换号了"]
    phone.never_saw("王小明")
    phone.never_saw("江城精密")
    await phone.send(last_four(ming))
    await phone.sees("已确认是您本人")
    await app.settled()
    binding = await world.row(select(Binding).where(Binding.graduate_id == ming.id))
    assert binding.verified
    invitation = await world.row(select(Invitation))
    assert invitation.used_at is not None
    assert invitation.used_by_id == binding.person_id
    assert link.code not in invitation.digest


async def test_sharing_the_registered_number_is_proof(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await ming.phone.send(link.start)
    await ming.phone.sees(NO_PASSWORD)
    await ming.phone.press("我知道了，继续")
    await ming.phone.sees("如果您的手机号与在学校登记时不同")
    await ming.phone.press("分享手机号")
    await ming.phone.sees("已确认是您本人")
    assert (await world.row(select(Binding).where(Binding.graduate_id == ming.id))).verified


async def test_somebody_elses_contact_is_not_used_and_not_counted(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    stranger = world.stranger(phone_number="+8613912345678")
    await stranger.send(link.start)
    await stranger.sees(NO_PASSWORD)
    await stranger.press("我知道了，继续")
    await stranger.sees("后四位")
    await stranger.share_contact(phone_number=ming.phone.phone_number, user_id=ming.phone.user_id)
    await stranger.sees("不算一次尝试", times=1)
    await stranger.share_contact(phone_number=ming.phone.phone_number, forwarded=True)
    await stranger.sees("不算一次尝试", times=2)
    assert await world.rows(select(Binding).where(Binding.graduate_id == ming.id)) == []
    assert await world.rows(select(Person).where(Person.digit_tries > 0)) == []
    stranger.never_saw("王小明")


async def test_not_this_way_is_remembered_without_penalty_and_can_be_taken_back(
    app: Running, world: World
) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await ming.phone.send(link.start)
    await ming.phone.sees(NO_PASSWORD)
    await ming.phone.press("不用这个方式")
    told = await ming.phone.sees("对您没有任何影响")
    assert "网页" in told.text
    assert "027-8765 4321" in told.text
    event = await world.row(select(Event).where(Event.kind == "declined"))
    assert event.graduate_id == ming.id
    person = await world.row(select(Person).where(Person.id == event.actor_id))
    assert person.unreachable is Unreachable.DECLINED
    await ming.phone.send(link.start)
    await ming.phone.sees(NO_PASSWORD, times=2)
    await ming.phone.press("我知道了，继续")
    await ming.phone.sees("后四位")
    await ming.phone.send(last_four(ming))
    await ming.phone.sees("已确认是您本人")


async def test_a_link_opened_twice_by_one_account_goes_on(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await ming.phone.send(link.start)
    await ming.phone.send(link.start)
    await ming.phone.sees(NO_PASSWORD, times=2)
    assert await conflicts(world) == []


async def test_a_second_account_is_refused_and_the_reviewer_looks(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await enrol(ming, link)
    stranger = world.stranger()
    await stranger.send(link.start)
    await stranger.send(link.start)
    await stranger.sees("这条链接已经用过。如果不是您本人打开的，请致电", times=2)
    stranger.never_saw("王小明")
    case = (await conflicts(world))[0]
    assert (len(await conflicts(world)), case.reason, case.graduate_id) == (1, "second_account", ming.id)
    assert (
        await world.rows(select(Binding).where(Binding.graduate_id == ming.id, ~col(Binding.verified))) == []
    )


async def test_a_link_opened_but_not_used_is_already_its_openers(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await ming.phone.send(link.start)
    await ming.phone.sees(NO_PASSWORD)
    stranger = world.stranger()
    await stranger.send(link.start)
    await stranger.sees("这条链接已经用过")
    assert [case.reason for case in await conflicts(world)] == ["second_account"]


async def test_opening_ones_own_used_link_again_shows_the_record(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await enrol(ming, link)
    await ming.phone.send(link.start)
    await app.settled()
    ming.phone.never_saw("这条链接已经用过")
    assert await conflicts(world) == []


async def test_one_account_cannot_open_two_graduates_links(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await world.lihua.phone.send(link.start)
    await world.lihua.phone.sees("不能再打开另一位的链接")
    world.lihua.phone.never_saw("王小明")
    assert [case.reason for case in await conflicts(world)] == ["two_graduates"]


async def test_two_records_of_one_person_share_an_account(app: Running, world: World) -> None:
    first = await newcomer(world)
    second = await newcomer(world, mobile=first.phone.phone_number)
    await enrol(first, await link_for(app, first))
    second.phone = first.phone
    await enrol(second, await link_for(app, second), notices=2)
    bound = await world.rows(select(Binding).where(col(Binding.verified)))
    assert {first.id, second.id} <= {one.graduate_id for one in bound}
    assert await conflicts(world) == []


async def test_a_staff_account_cannot_open_a_graduates_link(app: Running, world: World) -> None:
    ming = await newcomer(world)
    link = await link_for(app, ming)
    await world.officer.phone.send(link.start)
    await world.officer.phone.sees("不能打开毕业生的链接")
    assert [case.reason for case in await conflicts(world)] == ["staff_account"]


async def test_links_that_are_unknown_old_or_revoked_say_so(app: Running, world: World, time: Time) -> None:
    ming = await newcomer(world)
    old, newer = await link_for(app, ming), await link_for(app, ming)
    await ming.phone.send(f"/start {'x' * 64}")
    await ming.phone.sees("没有认出这条链接")
    async with app.app.works.begin() as work:
        found = await invitations.find(work, newer.code)
        assert found is not None
        found.revoked_at = work.now
    await ming.phone.send(newer.start)
    await ming.phone.sees("已由学校收回")
    await time.passes(days=91)
    await ming.phone.send(old.start)
    await ming.phone.sees("已过有效期")
    ming.phone.never_saw("王小明")


async def test_using_one_link_ends_the_others(app: Running, world: World) -> None:
    ming = await newcomer(world)
    first, second = await link_for(app, ming), await link_for(app, ming)
    await enrol(ming, second)
    stranger = world.stranger()
    await stranger.send(first.start)
    await stranger.sees("已由学校收回")


async def test_a_fresh_link_and_the_registered_number_move_the_graduate_to_a_new_account(
    app: Running, world: World
) -> None:
    lihua = world.lihua
    link = await link_for(app, lihua)
    new = world.stranger("李华的新账号", phone_number=lihua.phone.phone_number)
    await new.send(link.start)
    await new.sees(NO_PASSWORD)
    await new.press("我知道了，继续")
    await new.sees("后四位")
    await new.share_contact()
    await new.sees("已确认是您本人")
    await lihua.phone.sees("已改由另一个账号核对")
    ended = await world.row(select(Binding).where(Binding.person_id == lihua.person_id))
    assert (ended.ended_why, ended.verified) == ("another_account", True)


async def test_without_the_phone_itself_a_second_account_stays_unverified(app: Running, world: World) -> None:
    lihua = world.lihua
    link = await link_for(app, lihua)
    new = world.stranger("另一个账号")
    await new.send(link.start)
    await new.sees(NO_PASSWORD)
    await new.press("我知道了，继续")
    await new.sees("后四位")
    await new.send(last_four(lihua))
    await new.sees("待核实")
    await app.settled()
    new.never_saw("江城精密")
    lihua.phone.never_saw("已改由另一个账号核对")
    bindings = await world.rows(select(Binding).where(Binding.graduate_id == lihua.id))
    assert sorted(one.verified for one in bindings) == [False, True]
    assert [case.reason for case in await conflicts(world)] == ["second_account"]


async def enrol(one: One, link: Link, notices: int = 1) -> None:
    await one.phone.send(link.start)
    await one.phone.sees(NO_PASSWORD, times=notices)
    await one.phone.press("我知道了，继续")
    await one.phone.sees("如果您的手机号与在学校登记时不同", times=notices)
    await one.phone.send(last_four(one))
    await one.phone.sees("已确认是您本人", times=notices)
