"""A case from its alert to its end, as the people who work on it live it."""

import re

from sqlmodel import select

from actions import cases
from handlers.case import CaseDo, CaseOutcome
from models.answer import ContactChange, ContactKind, Heard
from models.case import Case, CaseKind, CaseState, Method, NoteKind, Outcome
from models.event import Event
from models.graduate import Graduate
from models.messages.cases import Verb
from models.person import Binding, Locale
from models.staff import Role
from tests.conversations.working import closed_by, forge, notes, opened, row
from tests.driving import Running
from tests.world import World


async def test_the_owner_is_told_takes_it_and_sees_what_was_said(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, reason="left_job")
    phone = world.counselor.phone
    phone.never_saw(f"编号 {case.number}")
    await phone.send("/queue")
    shown = await phone.sees(f"编号 {case.number}")
    assert "李华（软件2001）" in shown.text
    assert "首次联系时限" in shown.text
    await phone.press("我来处理")
    await app.settled()
    card = phone.shown[-1]
    assert "处理中" in card.text
    assert "江城精密机械有限公司" in card.text
    assert phone.buttons() == [
        "备注",
        "联系毕业生",
        "问毕业生",
        "电话记录",
        "记录核实情况",
        "转交",
        "转上级处理",
        "办结",
        "查看全部经过",
    ]
    kept = await row(app, case.id)
    assert (kept.state, kept.owner_id) == (CaseState.WORKING, world.counselor.id)
    assert kept.rules_digest == app.app.works.rules.digest
    assert await notes(app, case) == ["opened", "claimed"]


async def test_of_two_who_take_one_case_one_has_it_and_the_other_hears_who(
    app: Running, world: World
) -> None:
    await world.staff("office2", "钱老师", "T031", Role.OFFICE)
    case = await opened(app, world.lihua, CaseKind.MESSAGE)
    for key in ("office", "office2"):
        await world.people[key].phone.send("/queue")
        await world.people[key].phone.sees(f"编号 {case.number}")
    await world.office.phone.press("我来处理")
    await world.office2.phone.press("我来处理")
    await app.settled()
    kept = await row(app, case.id)
    winner, loser = (
        (world.office, world.office2) if kept.owner_id == world.office.id else (world.office2, world.office)
    )
    await winner.phone.sees(f"经办：{winner.row.name}")
    await loser.phone.sees(f"已由 {winner.row.name} 处理")
    assert await notes(app, case) == ["opened", "claimed"]


async def test_a_note_is_kept_sealed_and_shown(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("备注")
    await phone.sees("请写下")
    await phone.send("明天下午再联系 <b>他</b>")
    await phone.sees("明天下午再联系 <b>他</b>")
    await phone.press("查看全部经过")
    history = await phone.sees("全部经过")
    assert "备注（陈老师）：明天下午再联系" in history.text


async def test_a_note_too_long_is_kept_and_asked_again(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("备注")
    await phone.sees("请写下")
    await phone.send("字" * 1001)
    await phone.sees("超过 1000 字")
    kept = await app.row(select(Heard).where(Heard.person_id == world.counselor.person_id))
    assert kept.text is not None
    await phone.send("短一些")
    await phone.sees("备注（陈老师）：短一些")


async def test_contact_shows_the_number_and_the_graduate_learns_who_looked(
    app: Running, world: World
) -> None:
    case = await opened(app, world.lihua)
    phone = world.counselor.phone
    phone.never_saw(world.lihua.phone.phone_number or "")
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("联系毕业生")
    await phone.sees(world.lihua.phone.phone_number or "")
    kept = await row(app, case.id)
    assert kept.first_contact_at is not None
    seen = await app.rows(select(Event).where(Event.kind == "viewed", Event.graduate_id == world.lihua.id))
    assert {event.facts["role"] for event in seen} == {"counselor"}
    await phone.press("通过助手给毕业生留言")
    await phone.sees("请写下要留给 李华")
    await phone.send("请方便时回电")
    letter = await world.lihua.phone.sees("请方便时回电")
    assert "计算机学院辅导员给您留言" in letter.text
    assert "陈老师" not in letter.text
    await phone.sees("已转给毕业生")


async def test_handing_over_goes_to_a_colleague_with_a_note(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("转交")
    await phone.sees("转交给谁")
    assert "吴干事" in phone.buttons()
    assert "周老师" not in phone.buttons()
    await phone.press("吴干事")
    await phone.sees("转交给 吴干事")
    await phone.send("我这周出差")
    await phone.sees("已转给 吴干事")
    told = await world.officer.phone.sees("陈老师 把这一件转给了您")
    assert "我这周出差" in told.text
    kept = await row(app, case.id)
    assert (kept.owner_id, kept.state) == (world.officer.id, CaseState.OPEN)
    await forge(app, world.counselor, CaseDo(verb=Verb.CLOSE, case=case.id))
    await phone.sees("已由 吴干事 处理")


async def test_handing_over_without_a_note_and_up_the_tree(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await world.counselor.phone.send(f"/case {case.number}")
    await world.counselor.phone.sees("办结时限")
    await world.counselor.phone.press("转交")
    await world.counselor.phone.sees("转交给谁")
    await world.counselor.phone.press("吴干事")
    await world.counselor.phone.sees("转交给 吴干事")
    await world.counselor.phone.press("不写说明，直接转交")
    await world.officer.phone.sees("把这一件转给了您")
    await world.officer.phone.press("打开这一件")
    await world.officer.phone.sees("经办：吴干事")
    await world.officer.phone.press("转上级处理")
    await world.office.phone.sees("吴干事 把这一件转请您处理")
    assert (await row(app, case.id)).owner_id == world.office.id
    assert await notes(app, case) == ["opened", "handed_over", "escalated"]


async def test_nobody_above_leaves_it_where_it_is(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, owner=world.head.row)
    await world.head.phone.send(f"/case {case.number}")
    await world.head.phone.sees("办结时限")
    await world.head.phone.press("转上级处理")
    await world.head.phone.sees("目前没有其他可以接手的同事")
    assert (await row(app, case.id)).owner_id == world.head.id


async def test_an_ordinary_case_closes_directly_and_the_graduate_is_told(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await closed_by(app, world, "counselor", case, "已更正登记")
    await world.counselor.phone.sees(f"编号 {case.number} 已办结")
    await world.lihua.phone.sees("学校已按您反映的情况更正登记")
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome, kept.method) == (
        CaseState.CLOSED,
        Outcome.REGISTER_CORRECTED,
        Method.EMPLOYER_CALLBACK,
    )
    assert kept.closer_id == world.counselor.id
    assert kept.finding is not None
    assert "没有这个人" not in kept.finding
    await forge(app, world.counselor, CaseOutcome(outcome=Outcome.DONE, case=case.id))
    await world.counselor.phone.sees("现在是「已办结」")


async def test_an_outcome_of_a_dispute_does_not_fit_another_case(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await forge(app, world.counselor, CaseOutcome(outcome=Outcome.CONFIRMED_FALSE, case=case.id))
    assert (await row(app, case.id)).state is CaseState.OPEN
    await forge(app, world.counselor, CaseOutcome(outcome=Outcome.DONE, case=case.id))
    await world.counselor.phone.sees("是怎样核实的")
    assert (await row(app, case.id)).state is CaseState.OPEN


async def test_closing_a_contact_change_makes_the_number_the_one_we_call(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        work.session.add(
            ContactChange(
                graduate_id=world.lihua.id,
                contact=ContactKind.PARENT_PHONE,
                phone=work.seal("+8613900001111"),
                given_at=work.now,
            )
        )
    case = await opened(app, world.lihua, CaseKind.CONTACT_CHANGE, reason="parent_phone")
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("家长电话")
    await world.counselor.phone.press("我来处理")
    await world.counselor.phone.sees("+8613900001111")
    await closed_by(app, world, "counselor", case, "已办妥")
    change = await app.row(select(ContactChange).where(ContactChange.graduate_id == world.lihua.id))
    assert change.verified_at is not None
    graduate = await app.row(select(Graduate).where(Graduate.id == world.lihua.id))
    assert app.app.works.keys.open(graduate.parent_phone) == "+8613900001111"


async def test_an_unverified_account_is_told_apart_by_somebody_else(app: Running, world: World) -> None:
    one = await world.graduate(name="王小明", verified=False)
    binding = await app.row(select(Binding).where(Binding.graduate_id == one.id))
    case = await opened(app, one, CaseKind.CONTACT_CHANGE, reason="own_phone", binding=binding)
    await world.counselor.phone.send("/queue")
    await app.settled()
    world.counselor.phone.never_saw(f"编号 {case.number}")
    await world.officer.phone.send("/queue")
    await world.officer.phone.sees(f"编号 {case.number}")
    await world.officer.phone.press("我来处理")
    await world.officer.phone.sees("经办：吴干事")
    assert "核实通过" in world.officer.phone.buttons()
    assert "办结" not in world.officer.phone.buttons()
    await world.officer.phone.press("核实通过")
    await world.officer.phone.sees("已核实为本人")
    assert (await app.row(select(Binding).where(Binding.graduate_id == one.id))).verified
    assert (await row(app, case.id)).state is CaseState.CLOSED


async def test_an_account_that_is_not_theirs_is_let_go(app: Running, world: World) -> None:
    one = await world.graduate(name="王小明", verified=False)
    binding = await app.row(select(Binding).where(Binding.graduate_id == one.id))
    case = await opened(app, one, CaseKind.CONTACT_CHANGE, reason="own_phone", binding=binding)
    await forge(app, world.counselor, CaseDo(verb=Verb.REJECT, case=case.id))
    assert (await row(app, case.id)).state is CaseState.OPEN
    await world.officer.phone.send(f"/case {case.number}")
    await world.officer.phone.sees("办结时限")
    await world.officer.phone.press("不予通过")
    await world.officer.phone.sees("未予通过")
    assert (await app.row(select(Binding).where(Binding.graduate_id == one.id))).ended_at is not None


async def test_a_number_that_is_none_and_no_number(app: Running, world: World) -> None:
    phone = world.counselor.phone
    await phone.send("/case")
    await phone.sees("请写上编号")
    await phone.send("/case 9999999999999999")
    await phone.sees("没有这个编号的事项")


async def test_a_text_that_came_too_late_is_kept(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("备注")
    await phone.sees("请写下")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, case.id)).owner_id = world.office.id
    await phone.send("已打过电话")
    await phone.sees("已由 何主任 处理")
    assert (await app.row(select(Heard).where(Heard.person_id == world.counselor.person_id))).text
    assert NoteKind.NOTE.value not in await notes(app, case)


async def test_a_case_in_english(app: Running, world: World) -> None:
    from models.person import Person

    async with app.app.works.begin() as work:
        (await work.session.get_one(Person, world.counselor.person_id)).locale = Locale.EN
    case = await opened(app, world.lihua)
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees(f"No. {case.number}")
    await world.counselor.phone.press("I will take this")
    await world.counselor.phone.sees("With: 陈老师")


async def test_a_long_history_comes_in_pages_that_fit(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    assert world.lihua.person_id
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        for number in range(8):
            await cases.note(work, kept, text=f"第{number}条" + "记" * 990)
        work.session.add(
            Heard(
                person_id=world.lihua.person_id,
                text=work.seal("说" * 4000),
                case_id=case.id,
                routed="counselor",
                said_at=work.now,
            )
        )
    phone = world.counselor.phone
    await phone.send(f"/case {case.number}")
    await phone.sees("办结时限")
    await phone.press("查看全部经过")
    await phone.sees("第 1 页，共")
    while "下一页" in phone.buttons():
        await phone.press("下一页")
        await app.settled()
    shown = "".join(one.text for one in phone.shown)
    assert all(f"第{number}条" in shown for number in range(8))
    assert sum(len(part) for part in re.findall("毕业生说：(说+)", shown)) == 4000
