"""The whole timeline of a case: everything in its order, each line for those who may read it."""

from sqlmodel import select

from models.answer import Answer, AnswerKind
from models.case import Case
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate
from tests.conversations.asking import pressed, typed
from tests.conversations.working import disputed, opened
from tests.driving import Running, Time
from tests.world import One, World


async def timeline(app: Running, who: One, case: Case) -> str:
    await typed(app, who, f"/case {case.number}")
    await pressed(app, who, "查看全部经过")
    return str(who.phone.shown[-1].text)


async def called(app: Running, world: World, by: One, finding: CallFinding, note: str) -> None:
    async with app.app.works.begin() as work:
        work.session.add(
            CallRecord(
                graduate_id=world.lihua.id,
                staff_id=by.id,
                answered_by=CallAnsweredBy.EMPLOYER,
                finding=finding,
                note=work.seal(note),
                at=work.now,
            )
        )


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


async def test_everything_stands_in_the_order_it_happened(app: Running, world: World, time: Time) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await time.passes(minutes=1)
    await typed(app, world.lihua, "我只去面试过")
    await time.passes(minutes=1)
    await typed(app, world.reviewer, f"/case {case.number}")
    await pressed(app, world.reviewer, "问毕业生")
    await typed(app, world.reviewer, "哪一天面试的")
    await time.passes(minutes=1)
    await pressed(app, world.lihua, "回复")
    await typed(app, world.lihua, "五月六日")
    await time.passes(minutes=1)
    await called(app, world, world.reviewer, CallFinding.FALSE, "单位说没有录用")
    await time.passes(minutes=1)
    await typed(app, world.reviewer, f"/case {case.number}")
    await pressed(app, world.reviewer, "转交", "秦复核", "不写说明，直接转交")
    text = await timeline(app, world.reviewer2, case)
    assert in_order(
        text,
        "毕业生答复：提出异议",
        "毕业生说：我只去面试过",
        "向毕业生提问（林复核）：哪一天面试的",
        "毕业生回复：五月六日",
        "电话：单位接听，不属实（林复核）：单位说没有录用",
        "转交（林复核）",
        "复核人 查看（秦复核）",
    )
    assert text.count("复核人 查看（林复核）") == 1


async def test_who_looked_is_for_office_and_reviewer(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, reason="left_job")
    assert "查看（" not in await timeline(app, world.counselor, case)
    text = await timeline(app, world.office, case)
    assert "辅导员 查看（陈老师）" in text
    assert "就业指导处 查看（何主任）" in text


async def test_who_does_not_read_it_sees_that_something_happened_and_no_words(
    app: Running, world: World
) -> None:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        destination = await world.destination(world.lihua)
        answer = Answer(
            graduate=graduate, destination_id=destination.id, kind=AnswerKind.CHANGED, said_at=work.now
        )
        work.session.add(answer)
    answer = await app.row(select(Answer))
    case = await opened(app, world.lihua)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, case.id)).answer_id = answer.id
    await typed(app, world.counselor, f"/case {case.number}")
    await pressed(app, world.counselor, "备注")
    await typed(app, world.counselor, "只给经办的话")
    mine = await timeline(app, world.counselor, case)
    assert "毕业生答复：信息有变或有误" in mine
    assert "只给经办的话" in mine
    others = await timeline(app, world.officer, case)
    assert "备注（陈老师）" in others
    assert "只给经办的话" not in others
    assert "毕业生答复" not in others


async def test_a_call_about_a_dispute_is_not_read_in_the_counselors_own_case(
    app: Running, world: World, time: Time
) -> None:
    ordinary = await opened(app, world.lihua)
    dispute = await disputed(app, world, world.lihua, alone=True)
    await time.passes(minutes=1)
    await called(app, world, world.reviewer, CallFinding.FALSE, "单位说没有录用")
    await called(app, world, world.counselor, CallFinding.TO_CHECK, "自己打的")
    text = await timeline(app, world.counselor, ordinary)
    assert "自己打的" in text
    assert "单位接听，不属实" not in text
    assert "林复核" not in text
    assert "单位接听，不属实" in await timeline(app, world.reviewer, dispute)
