"""/todo: an afternoon of calls, written down with one press and never taken for the graduate's own answer."""

from sqlmodel import select

from handlers.case import CaseDo
from handlers.todo import CallBy, CallFound, CallWrong
from models.case import Case, CaseKind
from models.event import Incident
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate
from models.messages.cases import Verb
from models.staff import Duty, Role
from tests.conversations.asking import typed
from tests.conversations.working import disputed, forge
from tests.driving import Running, Time
from tests.world import World


async def test_forty_calls_are_an_afternoon(app: Running, world: World) -> None:
    await world.graduate(name="赵六", enrolled=False)
    phone = world.counselor.phone
    await phone.send("/todo")
    shown = await phone.sees("尚未答复：2 人")
    assert shown.text.count("还没有联系过") == 2
    await phone.press("开始联系")
    card = await phone.sees("李华（软件2001）")
    assert (world.lihua.phone.phone_number or "-") in card.text
    assert card.labels() == ["本人接听", "家长接听", "单位接听", "无人接听", "空号停机", "拒接"]
    await phone.press("本人接听")
    await phone.sees("登记的去向，对方怎么说")
    assert phone.buttons() == ["属实", "有变更", "不属实", "无法联系", "待核实"]
    await phone.press("属实")
    await phone.sees("已记下 李华：本人接听，属实")
    await phone.sees("赵六（软件2001）")
    await phone.press("无人接听")
    await phone.sees("已记下 赵六：无人接听")
    await phone.sees("今天都联系过了。还有 2 人尚未答复")
    kept = await app.rows(select(CallRecord))
    assert {(one.answered_by, one.finding) for one in kept} == {
        (CallAnsweredBy.GRADUATE, CallFinding.TRUE),
        (CallAnsweredBy.NOBODY, None),
    }
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert graduate.answer is None


async def test_the_graduate_is_told_and_may_object(app: Running, world: World) -> None:
    counselor, lihua = world.counselor.phone, world.lihua.phone
    await counselor.send("/todo")
    await counselor.sees("尚未答复：1 人")
    await counselor.press("李华（软件2001）")
    await counselor.sees("打完后请记下")
    await counselor.press("家长接听")
    await counselor.sees("登记的去向")
    await counselor.press("属实")
    told = await lihua.sees("家长接听，登记信息属实")
    assert "不是您的答复" in told.text
    await lihua.press("不对，更正")
    await lihua.sees("已转给没有经手这次电话的老师")
    await lihua.sees("请选一项与事实相符的")
    case = await app.row(select(Case))
    assert (case.kind, case.owner_id) == (CaseKind.MESSAGE, world.officer.id)
    await typed(app, world.officer, "/queue")
    await world.officer.phone.sees("毕业生认为电话记录不对")
    await lihua.press("不对，更正")
    await app.settled()
    assert len(await app.rows(select(Case))) == 1


async def test_who_objects_to_a_call_is_still_to_be_called(app: Running, world: World, time: Time) -> None:
    counselor, lihua = world.counselor.phone, world.lihua.phone
    await counselor.send("/todo")
    for label in ("李华（软件2001）", "本人接听", "属实"):
        await counselor.offers(label)
        await counselor.press(label)
    await lihua.sees("本人接听，登记信息属实")
    await time.passes(days=1)
    await typed(app, world.counselor, "/todo")
    assert "李华" not in counselor.shown[-1].text
    await lihua.press("不对，更正")
    await lihua.sees("已转给没有经手这次电话的老师")
    await typed(app, world.counselor, "/todo")
    assert "李华" in counselor.shown[-1].text


async def test_a_dead_number_opens_one_case(app: Running, world: World, time: Time) -> None:
    phone = world.counselor.phone
    for _ in range(2):
        await phone.send("/todo")
        await app.settled()
        await phone.press("开始联系")
        await app.settled()
        await phone.press("空号停机")
        await phone.sees("今天都联系过了")
        await time.passes(days=1)
    case = await app.row(select(Case))
    assert (case.kind, case.reason) == (CaseKind.UNREACHABLE, "dead_number")
    assert {one.case_id for one in await app.rows(select(CallRecord))} == {case.id}


async def test_a_second_press_writes_nothing_twice(app: Running, world: World) -> None:
    press = CallBy(graduate=world.lihua.id, by=CallAnsweredBy.NOBODY, attempts=0)
    await forge(app, world.counselor, press)
    await forge(app, world.counselor, press)
    assert len(await app.rows(select(CallRecord))) == 1
    await world.counselor.phone.sees("无人接听")


async def test_who_answered_meanwhile_is_not_called(app: Running, world: World) -> None:
    await disputed(app, world, world.lihua, alone=True)
    await world.counselor.phone.send("/todo")
    await world.counselor.phone.sees("您负责的毕业生都已答复")
    press = CallFound(
        graduate=world.lihua.id,
        by=CallAnsweredBy.GRADUATE,
        finding=CallFinding.TRUE,
        attempts=0,
    )
    await forge(app, world.counselor, press)
    await world.counselor.phone.sees("已经答复")
    assert await app.rows(select(CallRecord)) == []


async def test_only_those_over_the_class_write_calls_down(app: Running, world: World) -> None:
    press = CallBy(graduate=world.lihua.id, by=CallAnsweredBy.NOBODY, attempts=0)
    for key in ("counselor2", "discipline", "lihua"):
        await forge(app, world.people[key], press)
        await world.people[key].phone.sees("不在您的权限范围内")
    assert await app.rows(select(CallRecord)) == []


async def test_only_the_graduate_objects_to_a_record(app: Running, world: World) -> None:
    await forge(app, world.counselor, CallBy(graduate=world.lihua.id, by=CallAnsweredBy.REFUSED, attempts=0))
    call = await app.row(select(CallRecord))
    await forge(app, world.counselor2, CallWrong(call=call.id))
    assert await app.rows(select(Case)) == []


async def test_never_tried_comes_first_then_the_longest_ago(app: Running, world: World, time: Time) -> None:
    second = await world.graduate(name="赵六")
    third = await world.graduate(name="钱七")
    for one in (third, world.lihua):
        await forge(app, world.counselor, CallBy(graduate=one.id, by=CallAnsweredBy.NOBODY, attempts=0))
        await time.passes(days=1)
    await world.counselor.phone.send("/todo")
    shown = await world.counselor.phone.sees("联系过 1 次")
    places = [shown.text.index(one.row.name) for one in (second, third, world.lihua)]
    assert places == sorted(places)


async def test_the_list_is_paged(app: Running, world: World) -> None:
    for number in range(9):
        await world.graduate(name=f"学生{number}", enrolled=False)
    phone = world.counselor.phone
    await phone.send("/todo")
    await phone.sees("第 1 页，共 2 页")
    assert len(phone.buttons()) == 10
    await phone.press("下一页")
    await phone.sees("第 2 页，共 2 页")
    assert len(phone.buttons()) == 4


async def _recorded(app: Running, world: World, finding: CallFinding, attempts: int = 0) -> None:
    press = CallFound(graduate=world.lihua.id, by=CallAnsweredBy.GRADUATE, finding=finding, attempts=attempts)
    await forge(app, world.counselor, press)


async def test_something_changed_on_the_telephone_is_one_case_for_the_counselor(
    app: Running, world: World, time: Time
) -> None:
    for attempts in range(2):
        await _recorded(app, world, CallFinding.CHANGED, attempts)
        await time.passes(days=1)
    case = await app.row(select(Case))
    assert (case.kind, case.reason, case.owner_id) == (
        CaseKind.CHANGE_REQUEST,
        "call",
        world.counselor.id,
    )
    assert {one.case_id for one in await app.rows(select(CallRecord))} == {case.id}
    await typed(app, world.counselor, "/queue")
    await world.counselor.phone.sees(f"编号 {case.number} · 去向信息更改（电话中表示有变更）")
    await world.counselor.phone.sees(f"已转有关老师，编号 {case.number}")


async def test_to_be_checked_and_not_reached_are_only_written_down(app: Running, world: World) -> None:
    await _recorded(app, world, CallFinding.TO_CHECK)
    await _recorded(app, world, CallFinding.NOT_REACHED, 1)
    assert len(await app.rows(select(CallRecord))) == 2
    assert await app.rows(select(Case)) == []


async def test_an_objection_never_goes_to_whoever_wrote_the_record(app: Running, world: World) -> None:
    """One colleague holds every role that objections go to."""
    alone = {world.office.id, world.officer.id, world.reviewer.id, world.reviewer2.id, world.head.id}
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty)):
            if duty.staff_id in alone:
                duty.ended_at = work.now
        for role in (Role.OFFICE, Role.SCHOOL_HEAD, Role.EMPLOYMENT_OFFICER, Role.REVIEWER):
            duty = Duty(staff_id=world.counselor.id, role=role, since=work.now, unit_id=world.units[""].id)
            work.session.add(duty)
    await _recorded(app, world, CallFinding.TRUE)
    await world.lihua.phone.press("不对，更正")
    await world.lihua.phone.sees("已转给没有经手这次电话的老师")
    case = await app.row(select(Case))
    assert case.owner_id == world.discipline.id
    await typed(app, world.discipline, "/queue")
    await world.discipline.phone.sees("毕业生认为电话记录不对")
    await world.counselor.phone.send(f"/case {case.number}")
    await world.counselor.phone.sees("没有这个编号的事项")


async def test_an_objection_with_nobody_else_waits_and_is_an_incident(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        for duty in await work.session.exec(select(Duty)):
            duty.ended_at = work.now
        for role in (Role.COUNSELOR, Role.OFFICE):
            duty = Duty(staff_id=world.counselor.id, role=role, since=work.now, unit_id=world.units[""].id)
            work.session.add(duty)
    await _recorded(app, world, CallFinding.TRUE)
    await world.lihua.phone.press("不对，更正")
    await world.lihua.phone.sees("编号")
    case = await app.row(select(Case))
    assert case.owner_id is None
    assert [one.kind for one in await app.rows(select(Incident))] == ["case_without_owner"]
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("目前没有等您处理的事项")
    await forge(app, world.counselor, CaseDo(verb=Verb.CLAIM, case=case.id))
    assert (await app.row(select(Case))).owner_id is None
