"""Support as helpers, those above and graduates live it: nobody is pressed, and nobody else learns of it."""

import re
from typing import Any

from sqlmodel import col, select

from handlers.support import SupportDo, SupportWith
from models.answer import Answer
from models.case import Case, CaseKind
from models.event import Event
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.messages.support import SupportVerb
from models.person import Person
from models.staff import Duty, Role
from models.support import Content, Form, Progress, Support, SupportEntry, SupportHelper, SupportSync
from tests.conversations.asking import asked, pressed, registered
from tests.conversations.working import closed_by, forge
from tests.driving import Running, Time
from tests.world import One, World

SEEKING = {"code": "70", "code_name": "待就业", "category": "seeking"}
OFFER = "学校可以为您提供就业方面的帮助"


async def looked_through(app: Running, time: Time) -> None:
    await time.passes(minutes=1)


async def helped(app: Running, world: World, time: Time, hardship: str | None = "家庭困难") -> One:
    """Somebody unsettled of the first class, whom the tick has found."""
    async with app.app.works.begin() as work:
        given = {"hardship": work.seal(hardship)} if hardship else {}
    one = await world.graduate(name="赵六", **SEEKING, **given)
    await looked_through(app, time)
    return one


async def support(app: Running, one: One) -> Support:
    found: Support = await app.row(select(Support).where(Support.graduate_id == one.id))
    return found


async def opens(app: Running, who: One, one: One) -> str:
    """The card, as far as this colleague may see it."""
    await forge(app, who, SupportDo(verb=SupportVerb.CARD, support=(await support(app, one)).id))
    return str(who.phone.shown[-1].text)


async def logged(
    app: Running, who: One, *, content: str = "岗位推荐", progress: str = "求职中", day: str = "7 天后"
) -> None:
    await who.phone.press("记录帮扶")
    for label in (content, progress, day):
        await who.phone.offers(label)
        await who.phone.press(label)
        await app.settled()
    await who.phone.sees("还没有保存")


async def test_whom_the_roster_names_is_helped_by_the_class_counselor(
    app: Running, world: World, time: Time
) -> None:
    one = await helped(app, world, time, "就业困难和家庭困难")
    found = await support(app, one)
    assert [group.value for group in found.groups] == ["unsettled", "hard", "poor"]
    helper = await app.row(select(SupportHelper))
    assert (helper.support_id, helper.staff_id) == (found.id, world.counselor.id)
    assert len(await app.rows(select(Support))) == 1  # 李华 is registered with an employer
    assert one.phone.shown == []
    world.counselor.phone.never_saw("赵六")
    await time.passes(days=1)
    assert len(await app.rows(select(Support))) == 1
    assert len(await app.rows(select(SupportHelper))) == 1


async def test_who_has_not_graduated_is_not_yet_without_work(app: Running, world: World, time: Time) -> None:
    from datetime import date

    await world.graduate(name="赵六", graduation_on=date(2024, 7, 9), **SEEKING)
    await looked_through(app, time)
    assert await app.rows(select(Support)) == []
    await time.to("2024-07-10 09:30")
    assert (await app.row(select(Support))).unsettled


async def test_what_is_registered_moves_the_group_and_keeps_the_log(
    app: Running, world: World, time: Time
) -> None:
    one = await helped(app, world, time)
    await registered(app, one, code="11", category="employer", employer="长河电子有限公司")
    await time.passes(days=1)
    found = await support(app, one)
    assert (found.unsettled, found.poor, found.ended_at) == (False, True, None)


async def test_an_entry_in_a_few_presses(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    phone = world.counselor.phone
    await phone.send("/support")
    listed = await phone.sees("我的帮扶：1 人")
    assert "离校未就业、家庭贫困 · 还没有记录" in listed.text
    await phone.press("赵六（软件2001）")
    await phone.sees("还没有向本人提供帮扶")
    await logged(app, world.counselor, progress="已落实（自述）", day="14 天后")
    await phone.send("推荐了三个岗位 <b>")
    await phone.sees("已写：情况说明")
    await phone.press("写推荐单位及结果")
    await phone.sees("输入推荐单位及结果")
    await phone.send("长河电子，等面试")
    await phone.sees("情况说明、推荐单位及结果")
    await phone.press("保存")
    await phone.sees("已记下 赵六 的帮扶记录")
    entry = await app.row(select(SupportEntry))
    keys = app.app.works.keys
    assert (entry.form, entry.contents, entry.progress) == (Form.ONE, ["jobs"], Progress.SETTLED_SAID)
    assert entry.groups == ["unsettled", "poor"]
    assert "推荐" not in (entry.text or "")
    assert keys.open(entry.text) == "推荐了三个岗位 <b>"
    assert keys.open(entry.recommended) == "长河电子，等面试"
    found = await support(app, one)
    assert found.offered_at is not None
    assert found.next_check_at is not None
    assert (found.next_check_at - entry.at).days == 14
    # What they are said to have found is no answer and nothing that is registered.
    assert await app.rows(select(Answer).where(Answer.graduate_id == one.id)) == []
    graduate = await app.row(select(Graduate).where(Graduate.id == one.id))
    assert (graduate.answer, graduate.version) == (None, 1)
    assert (await world.destination(one)).category == "seeking"
    assert one.phone.shown == []
    assert "推荐了三个岗位" in await opens(app, world.counselor, one)


async def test_an_entry_without_a_word_and_of_two_things(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    phone = world.counselor.phone
    await logged(app, world.counselor)
    await phone.press("再选一项内容")
    await phone.offers("心理支持")
    await phone.press("心理支持")
    await phone.sees("岗位推荐、心理支持")
    await phone.press("保存")
    await phone.sees("已记下")
    entry = await app.row(select(SupportEntry))
    assert (entry.contents, entry.text) == ([Content.JOBS, Content.CARE], None)
    await phone.press("保存")
    await app.settled()
    assert len(await app.rows(select(SupportEntry))) == 1


async def test_a_text_too_long_is_asked_again(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    await logged(app, world.counselor)
    await world.counselor.phone.send("字" * 201)
    await world.counselor.phone.sees("超过 200 字")
    await world.counselor.phone.press("保存")
    await world.counselor.phone.sees("已记下")
    assert (await app.row(select(SupportEntry))).text is None


async def test_who_waits_longest_comes_first_and_stands_in_todo_and_the_morning(
    app: Running, world: World, time: Time
) -> None:
    await helped(app, world, time)
    other = await world.graduate(name="孙七", **SEEKING)
    await time.passes(days=1)
    async with app.app.works.begin() as work:
        late = (await work.session.exec(select(Support).where(Support.graduate_id == other.id))).one()
        late.next_check_at = work.now
    await time.to("2024-07-10 09:30")
    await world.counselor.phone.sees("到了联系日的帮扶对象：1 人")
    await world.counselor.phone.send("/support")
    listed = await world.counselor.phone.sees("我的帮扶：2 人，其中 1 人到了该联系的日子")
    assert listed.labels()[:2] == ["孙七（软件2001）", "赵六（软件2001）"]
    await world.counselor.phone.send("/todo")
    assert "到了联系日的帮扶对象：1 人" in (await world.counselor.phone.sees("尚未答复")).text
    assert other.phone.shown == []


async def test_another_helper_makes_it_several_to_one(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    phone = world.counselor.phone
    await phone.press("结束我的帮扶")
    await phone.sees("目前只有您一位帮扶老师")
    await phone.press("打开帮扶卡")
    await phone.offers("加一位帮扶老师")
    await phone.press("加一位帮扶老师")
    await phone.sees("请选一位老师")
    assert "吴干事" in phone.buttons()
    assert "周老师" not in phone.buttons()
    await phone.send("T010")
    await phone.sees("已请 吴干事 一起帮扶 赵六")
    await world.officer.phone.sees("陈老师 请您一起帮扶 赵六")
    assert "多对一 · 陈老师、吴干事" in await opens(app, world.officer, one)
    await logged(app, world.officer)
    await world.officer.phone.press("保存")
    await world.officer.phone.sees("已记下")
    assert (await app.row(select(SupportEntry))).form is Form.MANY
    await opens(app, world.counselor, one)
    await phone.press("结束我的帮扶")
    await phone.sees("您对 赵六 的帮扶已结束")
    kept = await app.rows(select(SupportHelper))
    assert sorted(helper.ended_at is None for helper in kept) == [False, True]
    assert "记录帮扶" not in (await shown(app, world.counselor, one)).labels()
    await forge(app, world.counselor, SupportDo(verb=SupportVerb.LOG, support=(await support(app, one)).id))
    assert len(await app.rows(select(SupportEntry))) == 1


async def shown(app: Running, who: One, one: One) -> Any:
    await opens(app, who, one)
    return who.phone.shown[-1]


async def test_nobody_else_learns_of_it(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    found = await support(app, one)
    for out in (world.counselor2, world.officer, world.reviewer, world.discipline, world.head, world.lihua):
        for verb in SupportVerb:
            await forge(app, out, SupportDo(verb=verb, support=found.id))
        await forge(app, out, SupportWith(staff=out.id))
        out.phone.never_saw("赵六")
        out.phone.never_saw("家庭贫困")
    assert "没有这一项" in world.officer.phone.shown[-2].text
    assert len(await app.rows(select(SupportHelper))) == 1
    await world.officer.phone.send("/support")
    listed = await world.officer.phone.sees("我的帮扶：0 人")
    assert listed.labels() == ["帮扶覆盖"]
    await world.officer.phone.press("帮扶覆盖")
    await app.settled()
    world.officer.phone.never_saw("应提供的人数")


async def test_a_card_is_read_again_when_it_is_sent(app: Running, world: World, time: Time) -> None:
    from models.messages.support import SupportCard

    one = await helped(app, world, time)
    found = await support(app, one)
    async with app.app.works.begin() as work:
        duty = (await work.session.exec(select(Duty).where(Duty.staff_id == world.counselor.id))).one()
        duty.ended_at = work.now
        reader = await work.session.get_one(Person, world.counselor.person_id)
        about: Any = {"support": found.id, "graduate": one.id, "reader": world.counselor.id}
        work.say(reader, SupportCard(**about, verbs=(SupportVerb.LOG,)))
    card = await world.counselor.phone.sees("由其他老师负责")
    assert card.labels() == []
    world.counselor.phone.never_saw("家庭贫困")


async def test_whoever_leaves_is_followed_by_the_counselor_of_now(
    app: Running, world: World, time: Time
) -> None:
    one = await helped(app, world, time)
    async with app.app.works.begin() as work:
        duty = (await work.session.exec(select(Duty).where(Duty.staff_id == world.counselor.id))).one()
        duty.ended_at = work.now
    new = await world.staff("new", "新老师", "T009", Role.COUNSELOR, "软件2001")
    await time.passes(days=1)
    live = await app.rows(select(SupportHelper).where(SupportHelper.ended_at == None))  # noqa: E711
    assert [helper.staff_id for helper in live] == [new.id]
    assert len(await app.rows(select(SupportHelper))) == 2
    assert "赵六" in await opens(app, new, one)


async def test_an_offer_is_made_once_and_may_be_declined(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    await world.counselor.phone.press("告诉本人可以得到帮助")
    offer = await one.phone.sees(OFFER, times=1)
    assert one.phone.buttons() == ["需要", "暂时不需要"]
    assert "陈老师" not in offer.text
    await one.phone.press("暂时不需要")
    await one.phone.sees("以后需要时")
    found = await support(app, one)
    assert found.declined_at is not None
    assert found.next_check_at is None
    assert await app.rows(select(Case)) == []
    assert await app.rows(select(Answer)) == []
    card = await shown(app, world.counselor, one)
    assert "本人表示暂时不需要" in card.text
    assert "告诉本人可以得到帮助" not in card.labels()
    await forge(app, world.counselor, SupportDo(verb=SupportVerb.OFFER, support=found.id))
    await logged(app, world.counselor)
    await world.counselor.phone.press("保存")
    await world.counselor.phone.sees("已记下")
    await time.passes(days=60)
    assert (await support(app, one)).next_check_at is None
    await one.phone.sees(OFFER, times=1)
    await one.phone.press("需要")
    await one.phone.sees("已请老师与您联系")
    case = await app.row(select(Case))
    assert (case.kind, case.owner_id) == (CaseKind.SUPPORT, world.counselor.id)
    assert (await support(app, one)).declined_at is None
    followup = await app.row(select(FollowUp).where(col(FollowUp.done_at).is_(None)))
    assert (followup.kind, followup.case_id) == (FollowUpKind.NEEDS_HELP, case.id)


async def test_whoever_wants_no_messages_gets_no_offer(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await one.phone.send("停止")
    await app.settled()
    assert "告诉本人可以得到帮助" not in (await shown(app, world.counselor, one)).labels()
    await forge(app, world.counselor, SupportDo(verb=SupportVerb.OFFER, support=(await support(app, one)).id))
    one.phone.never_saw(OFFER)


async def test_asking_for_help_is_support_and_a_case(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", **SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职", "需要就业帮助")
    case = await app.row(select(Case))
    found = await support(app, one)
    assert (case.kind, case.reason, case.owner_id) == (CaseKind.SUPPORT, "help", world.counselor.id)
    assert (found.case_id, found.unsettled) == (case.id, True)
    assert found.accepted_at is not None
    assert (await app.row(select(SupportHelper))).staff_id == world.counselor.id
    await world.counselor.phone.send("/queue")
    await world.counselor.phone.sees("就业帮扶（希望得到就业帮助）")


async def test_how_the_wish_ended_is_told(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", **SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职", "需要就业帮助")
    await closed_by(app, world, "counselor", await app.row(select(Case)), "已办妥")
    told = await one.phone.sees("有结果了")
    assert "这次就业帮扶已办结" in told.text


async def test_saying_no_to_help_is_kept(app: Running, world: World, time: Time) -> None:
    one = await world.graduate(name="赵六", **SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职", "暂时不需要")
    found = await support(app, one)
    assert found.declined_at is not None
    await time.passes(days=40)
    assert (await support(app, one)).next_check_at is None


async def test_what_stands_in_the_module_is_noted_with_its_moment(
    app: Running, world: World, time: Time
) -> None:
    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    await world.counselor.phone.press("已同步到精准帮扶模块")
    await world.counselor.phone.sees("已同步到精准帮扶模块")
    assert (await app.row(select(SupportSync))).staff_id == world.counselor.id


async def test_silence_is_shown_to_those_above_and_is_about_entries_only(
    app: Running, world: World, time: Time
) -> None:
    deputy = await world.staff("deputy", "郑副书记", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    one = await helped(app, world, time)
    await helped(app, world, time, None)  # in none of the two hardship groups
    await time.passes(days=13)
    await deputy.phone.send("/support")
    assert "超过 14 天没有记录" not in (await deputy.phone.sees("我的帮扶：0 人")).labels()
    await time.passes(days=2)
    await deputy.phone.send("/support")
    await app.settled()
    await deputy.phone.press("超过 14 天没有记录")
    listed = await deputy.phone.sees("只看有没有联系和记录")
    assert "超过 14 天没有帮扶记录：1 人" in listed.text
    assert listed.labels() == ["赵六（软件2001）"]
    await deputy.phone.press("赵六（软件2001）")
    assert "加一位帮扶老师" in (await deputy.phone.sees("形式：一对一")).labels()
    await opens(app, world.counselor, one)
    await logged(app, world.counselor)
    await world.counselor.phone.press("保存")
    await world.counselor.phone.sees("已记下")
    await deputy.phone.send("/support")
    await app.settled()
    assert "困难毕业生超过" not in deputy.phone.shown[-1].text


async def test_coverage_counts_offers_and_nothing_that_became_of_anybody(
    app: Running, world: World, time: Time
) -> None:
    one = await helped(app, world, time)
    await helped(app, world, time, None)
    await time.passes(days=1)
    await opens(app, world.counselor, one)
    await logged(app, world.counselor, progress="已落实（自述）")
    await world.counselor.phone.press("保存")
    await world.counselor.phone.sees("已记下")
    await world.office.phone.send("/support")
    await world.office.phone.sees("我的帮扶")
    await world.office.phone.press("帮扶覆盖")
    card = await world.office.phone.sees("帮扶覆盖")
    assert "计算机学院：1 / 2 · 离校未就业 1 / 2 · 家庭贫困 1 / 1" in card.text
    assert not re.search(r"%|率|落实|排名|指标|目标", card.text)


async def test_an_inspection_is_drawn_by_lot_and_on_record(app: Running, world: World, time: Time) -> None:
    one = await helped(app, world, time)
    await world.office.phone.send("/support")
    await world.office.phone.sees("我的帮扶")
    await world.office.phone.press("随机抽查")
    picked = await world.office.phone.sees("随机抽查的帮扶日志")
    event = await app.row(select(Event).where(Event.kind == "support_picked"))
    assert str(event.facts["seed"]) in picked.text
    drawn = await app.row(select(Event).where(Event.kind == "support_drawn"))
    assert drawn.subject_id == (await support(app, one)).id
    await world.office.phone.press("赵六（软件2001）")
    card = await world.office.phone.sees("还没有向本人提供帮扶")
    assert card.labels() == ["加一位帮扶老师"]
    seen = await app.rows(select(Event).where(Event.kind == "viewed", Event.graduate_id == one.id))
    assert len(seen) == 1
    await world.counselor.phone.send("/support")
    assert "随机抽查" not in (await world.counselor.phone.sees("我的帮扶")).labels()


async def test_the_log_and_who_helped_stay(app: Running, world: World, time: Time) -> None:
    import pytest
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    one = await helped(app, world, time)
    await opens(app, world.counselor, one)
    await logged(app, world.counselor)
    await world.counselor.phone.press("保存")
    await world.counselor.phone.sees("已记下")
    for change in ("UPDATE support_entry SET progress = 'paused'", "DELETE FROM support_entry"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with app.app.works.begin() as work:
                await work.session.execute(text(change))
