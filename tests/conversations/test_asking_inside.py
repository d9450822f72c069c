"""The graduate is asked inside a case, and the answer comes back into it and to nobody else."""

import pytest
from sqlmodel import select

from handlers.case import CaseDo
from handlers.question import ReplyChosen, ReplySend, ReplyTo
from models.answer import Heard
from models.case import Case, CaseKind, CaseState, Note, NoteKind
from models.event import Incident
from models.messages.asking import CaseQuestion
from models.messages.cases import Verb
from models.outgoing import Outgoing
from models.person import Locale, Person, Unreachable
from models.staff import Role
from tests.conversations.asking import pressed, typed
from tests.conversations.working import closed_by, disputed, forge, notes, opened, row
from tests.driving import Running, Time
from tests.world import One, World

QUESTION = "请问新单位叫什么？"


async def asks(app: Running, who: One, case: Case, words: str = QUESTION) -> None:
    await typed(app, who, f"/case {case.number}")
    await pressed(app, who, "问毕业生")
    await who.phone.sees("请写在这里，或从下面选一句")
    await typed(app, who, words)
    await who.phone.sees("有回复会马上告诉您")


async def replies(app: Running, who: One, words: str) -> None:
    await pressed(app, who, "回复")
    await who.phone.sees("请直接写在这里")
    await typed(app, who, words)


async def kept(app: Running, case: Case, kind: NoteKind) -> list[str]:
    rows = await app.rows(select(Note).where(Note.case_id == case.id, Note.kind == kind))
    return [app.app.works.keys.open(one.text) for one in sorted(rows, key=lambda one: one.at) if one.text]


async def test_a_question_stops_the_clocks_and_its_answer_starts_them(
    app: Running, world: World, time: Time
) -> None:
    case = await opened(app, world.lihua, reason="changed_employer")
    await asks(app, world.counselor, case)
    asked = await world.lihua.phone.sees(QUESTION)
    assert f"江城理工学院计算机学院辅导员想向您了解（编号 {case.number}）" in asked.text
    assert "陈老师" not in asked.text
    assert asked.labels() == ["回复", "稍后"]
    waits = await row(app, case.id)
    assert waits.waiting_since is not None
    assert waits.first_contact_at is not None
    assert waits.clocks() == {}
    await time.passes(hours=2)
    await replies(app, world.lihua, "江城新科有限公司\n上个月入职的")
    await world.lihua.phone.sees(f"已转给处理编号 {case.number} 的老师")
    told = await world.counselor.phone.sees(f"毕业生已回复 · 编号 {case.number}")
    assert "江城新科有限公司" in told.text
    goes_on = await row(app, case.id)
    assert goes_on.waiting_since is None
    assert goes_on.due_at > waits.due_at
    assert await kept(app, case, NoteKind.ASKED) == [QUESTION]
    assert await kept(app, case, NoteKind.REPLIED) == ["江城新科有限公司\n上个月入职的"]
    raw = await app.row(select(Note).where(Note.kind == NoteKind.REPLIED))
    assert "江城新科" not in (raw.text or "")
    await pressed(app, world.counselor, "打开这一件", "查看全部经过")
    shown = await world.counselor.phone.sees("全部经过")
    assert shown.text.index(QUESTION) < shown.text.index("江城新科有限公司")


async def test_several_questions_are_open_and_each_may_be_answered_twice(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case, "第一问")
    await asks(app, world.counselor, case, "第二问")
    first = await world.lihua.phone.sees("第一问")
    await pressed(app, world.lihua, "稍后")
    await world.lihua.phone.sees("不着急")
    await replies(app, world.lihua, "答第二问")
    await world.lihua.phone.press("回复", on=first)
    await app.settled()
    await typed(app, world.lihua, "答第一问")
    assert await kept(app, case, NoteKind.REPLIED) == ["答第二问", "答第一问"]
    assert await notes(app, case) == ["opened", "asked", "asked", "replied", "replied"]


async def test_what_was_not_asked_for_is_not_taken_for_an_answer(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case)
    await typed(app, world.lihua, "我想问一下报到证")
    assert (await app.row(select(Heard))).routed is None
    assert await kept(app, case, NoteKind.REPLIED) == []


async def test_an_answer_too_long_or_empty_leaves_the_question_open(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    most = app.app.works.rules.privacy.text_max.message
    await asks(app, world.counselor, case)
    await replies(app, world.lihua, "字" * (most + 1))
    await world.lihua.phone.sees(f"这一段超过 {most} 字，原文已保存")
    assert (await app.row(select(Heard))).routed == "reply_too_long"
    await typed(app, world.lihua, "短一些")
    assert await kept(app, case, NoteKind.REPLIED) == ["短一些"]


async def test_an_answer_after_the_end_goes_to_the_office_and_the_graduate_hears_where(
    app: Running, world: World
) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case)
    asked = await world.lihua.phone.sees(QUESTION)
    await closed_by(app, world, "counselor", case, "已办妥")
    await world.lihua.phone.press("回复", on=asked)
    await app.settled()
    await typed(app, world.lihua, "现在才看到")
    moved = await app.row(select(Case).where(Case.kind == CaseKind.MESSAGE))
    told = await world.lihua.phone.sees(f"编号 {case.number} 已经办结")
    assert f"新的编号是 {moved.number}" in told.text
    assert (await row(app, case.id)).state is CaseState.CLOSED
    assert await kept(app, case, NoteKind.REPLIED) == []
    assert moved.reason == "to_office"
    await typed(app, world.office, f"/case {moved.number}")
    await world.office.phone.sees("毕业生留言")


async def test_an_answer_to_a_closed_dispute_stays_with_whoever_looked_into_it(
    app: Running, world: World
) -> None:
    """The office's pool may have had a hand in the record."""
    one = await world.graduate(name="赵六", signer="何主任", signer_no="T030")
    case = await disputed(app, world, one, alone=True)
    await asks(app, world.reviewer, case)
    asked = await one.phone.sees(QUESTION)
    await closed_by(app, world, "reviewer", case)
    await pressed(app, world.reviewer2, "打开这一件", "复核通过")
    await one.phone.press("回复", on=asked)
    await app.settled()
    await typed(app, one, "补充一句")
    await one.phone.sees("这一件已经办结")
    assert await kept(app, case, NoteKind.REPLIED) == ["补充一句"]
    assert not await app.rows(select(Case).where(Case.kind == CaseKind.MESSAGE))
    await world.reviewer.phone.sees("补充一句")
    await typed(app, world.office, f"/case {case.number}")
    world.office.phone.never_saw("补充一句")
    assert not await app.rows(select(Incident))


async def test_nobody_implicated_asks_about_a_dispute(app: Running, world: World) -> None:
    one = await world.graduate(name="赵六", enterer="吴干事", enterer_no="T010")
    case = await disputed(app, world, one, alone=True)
    for who in (world.counselor, world.officer, world.office, world.counselor2):
        await forge(app, who, CaseDo(verb=Verb.ASK, case=case.id))
        await forge(app, who, ReplyChosen(key="dispute_more", case=case.id))
        await forge(app, who, ReplySend(key="dispute_more", case=case.id))
        await typed(app, who, "谁让你提异议的")
    one.phone.never_saw("想向您了解")
    assert await notes(app, case) == ["opened"]
    assert (await row(app, case.id)).waiting_since is None


async def test_who_lost_the_case_while_writing_sends_nothing(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "问毕业生")
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, case.id)).owner_id = world.office.id
    await typed(app, world.counselor, QUESTION)
    await world.counselor.phone.sees("已由 何主任 处理")
    world.lihua.phone.never_saw(QUESTION)


async def test_a_laid_down_question_goes_in_the_graduates_language_and_once(
    app: Running, world: World
) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Person, world.lihua.person_id)).locale = Locale.EN
    case = await opened(app, world.lihua, reason="changed_employer")
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "问毕业生")
    assert "有没有想补充的" not in world.counselor.phone.buttons()
    await pressed(app, world.counselor, "新单位的全称")
    shown = await world.counselor.phone.sees("对方使用英文")
    assert shown.labels() == ["发送", "问毕业生"]
    world.lihua.phone.never_saw("No.")
    await world.counselor.phone.press("发送", on=shown)
    await app.settled()
    await world.counselor.phone.press("发送", on=shown)
    await app.settled()
    wording = app.app.works.rules.replies.get("new_employer")
    assert wording is not None
    got = await world.lihua.phone.sees("What is the full name of your present employer", times=1)
    assert got.labels() == ["Reply", "Later"]
    assert await kept(app, case, NoteKind.ASKED) == [wording.en]


async def test_a_letter_in_laid_down_words_does_not_wait_and_may_be_answered(
    app: Running, world: World
) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "联系毕业生", "通过助手给毕业生留言", "打过电话没有联系上", "发送")
    await world.lihua.phone.sees("您不用回拨")
    assert (await row(app, case.id)).waiting_since is None
    await replies(app, world.lihua, "下午五点以后可以")
    await world.counselor.phone.sees("下午五点以后可以")
    assert await notes(app, case) == ["opened", "contacted", "contacted", "replied"]


async def test_words_typed_under_a_chosen_wording_go_in_its_place(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "问毕业生", "什么时间方便接电话")
    await typed(app, world.counselor, "周五可以吗")
    await world.lihua.phone.sees("周五可以吗")
    world.lihua.phone.never_saw("想和您通个电话")
    assert await kept(app, case, NoteKind.ASKED) == ["周五可以吗"]


async def test_a_wording_for_other_cases_is_not_sent(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    for key in ("dispute_more", "no_such_reply"):
        await forge(app, world.counselor, ReplyChosen(key=key, case=case.id))
        await forge(app, world.counselor, ReplySend(key=key, case=case.id))
    assert await notes(app, case) == ["opened"]


async def test_only_the_account_that_was_asked_may_answer(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case)
    note = await app.row(select(Note).where(Note.kind == NoteKind.ASKED))
    other = await world.graduate(name="王芳")
    for who in (other, world.office):
        await forge(app, who, ReplyTo(note=note.id))
        await typed(app, who, "替他回答")
    first = await app.row(select(Note).where(Note.kind == NoteKind.OPENED))
    await forge(app, world.lihua, ReplyTo(note=first.id))
    assert await kept(app, case, NoteKind.REPLIED) == []
    assert (await row(app, case.id)).waiting_since is not None


async def test_without_an_account_there_is_nobody_to_ask(app: Running, world: World) -> None:
    absent = await opened(app, await world.graduate(name="赵六", enrolled=False))
    blocked = await opened(app, world.lihua)
    async with app.app.works.begin() as work:
        gone = await work.session.get_one(Person, world.lihua.person_id)
        gone.unreachable = Unreachable.BLOCKED
    for case in (absent, blocked):
        await typed(app, world.counselor, f"/case {case.number}")
        assert "联系毕业生" in world.counselor.phone.buttons()
        assert "问毕业生" not in world.counselor.phone.buttons()
        await forge(app, world.counselor, CaseDo(verb=Verb.ASK, case=case.id))
        assert await notes(app, case) == ["opened"]


async def test_at_night_the_question_waits_for_the_morning(app: Running, world: World, time: Time) -> None:
    case = await opened(app, world.lihua)
    await time.to("2024-07-08 22:00")
    await asks(app, world.counselor, case)
    world.lihua.phone.never_saw(QUESTION)
    await time.to("2024-07-09 09:00")
    await world.lihua.phone.sees(QUESTION, times=1)


async def test_without_an_answer_the_clocks_go_on_and_the_owner_hears_of_it(
    app: Running, world: World, time: Time
) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case)
    await time.passes(days=5)
    await world.counselor.phone.sees("到约定时间还没有收到毕业生的回复", times=1)
    assert (await row(app, case.id)).waiting_since is None
    await replies(app, world.lihua, "刚看到")
    assert await kept(app, case, NoteKind.REPLIED) == ["刚看到"]


async def test_an_answer_for_whoever_handed_it_on_is_read_by_who_has_it(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await asks(app, world.counselor, case)
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "转交", "吴干事", "不写说明，直接转交")
    await replies(app, world.lihua, "只给现在的老师")
    await world.officer.phone.sees("只给现在的老师")
    world.counselor.phone.never_saw("只给现在的老师")


async def test_more_said_to_a_dispute_is_an_answer_too(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await asks(app, world.reviewer, case)
    assert (await row(app, case.id)).waiting_since is not None
    await typed(app, world.lihua, "我只去面试过")
    assert (await row(app, case.id)).waiting_since is None


@pytest.mark.parametrize("role", [Role.OFFICE, Role.COUNSELOR])
async def test_the_question_holds_no_words_in_its_row(app: Running, world: World, role: Role) -> None:
    who = world.office if role is Role.OFFICE else world.counselor
    kind = CaseKind.MESSAGE if role is Role.OFFICE else CaseKind.CHANGE_REQUEST
    case = await opened(app, world.lihua, kind)
    await asks(app, who, case)
    said = [one.message for one in await app.rows(select(Outgoing)) if isinstance(one.message, CaseQuestion)]
    assert [one.role for one in said] == [role]
    assert QUESTION not in said[0].model_dump_json()
