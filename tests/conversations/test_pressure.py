"""`有` to 「是否有人要求您签约或填报？」: one complaint, for the reviewer or discipline office alone."""

from typing import Any

import pytest
from sqlmodel import select

from handlers.case import CaseDo
from handlers.dispute import Pressed
from models.answer import Heard
from models.case import Case, CaseKind, CaseState, Channel
from models.dispute import Dispute, Pressure, Statement, StatementKind
from models.event import Incident
from models.lead import Lead
from models.messages.cases import Verb
from models.staff import Role
from tests.conversations.asking import typed
from tests.conversations.test_complaint import closed
from tests.conversations.test_who_may import ended, given, opens
from tests.conversations.working import disputed, every_press, forge, notes, row
from tests.driving import Running, Time
from tests.web.browsing import Browser, entered
from tests.world import One, World

SAID = "辅导员说不签就不给盖章"


async def pressed(app: Running, world: World, one: One, *, alone: bool = False) -> tuple[Case, Case]:
    """The dispute's case, and the complaint's."""
    dispute = await disputed(app, world, one, alone=alone)
    await one.phone.press("有")
    await app.settled()
    return dispute, await complaint(world)


async def complaint(world: World) -> Case:
    found: Case = await world.row(select(Case).where(Case.kind == CaseKind.COMPLAINT))
    return found


async def tells(app: Running, one: One, text: str = SAID) -> None:
    await one.phone.press("想说几句（可不填）")
    await one.phone.sees("请写下您愿意说的")
    await one.phone.send(text)
    await one.phone.sees("只有学校复核老师或纪检部门能看到")
    await app.settled()


async def test_it_is_one_complaint_of_the_dispute(app: Running, world: World) -> None:
    dispute, case = await pressed(app, world, world.lihua)
    assert (case.channel, case.reason, case.parent_id) == (Channel.CHAT, "pressure", dispute.id)
    assert case.owner_id == world.reviewer.id
    assert dispute.owner_id == world.counselor.id
    alert = await world.reviewer.phone.sees("有人要求其签约或填报", times=1)
    assert f"编号 {case.number} · 举报线索" in alert.text
    await world.reviewer.phone.press("我来处理")
    card = await world.reviewer.phone.sees("经办：林复核")
    assert "是否有人要求签约或填报（" in card.text
    assert "）：有\n" in card.text
    found = await app.row(select(Dispute))
    for _ in range(2):
        await forge(app, world.lihua, Pressed(dispute=found.id, said=Pressure.YES))
    assert len(await world.rows(select(Lead))) == 1
    await world.reviewer.phone.sees("有人要求其签约或填报", times=1)


async def test_nobody_else_finds_any_of_it(app: Running, world: World, time: Time) -> None:
    await given(app, world, world.counselor, Role.REVIEWER)
    _, case = await pressed(app, world, world.lihua)
    await tells(app, world.lihua)
    kept = await row(app, case.id)
    for key in ("counselor", "officer", "office", "head"):
        out = world.people[key]
        assert "没有这个编号的事项" in (await opens(app, out, case)).text
        await forge(app, out, *every_press(case))
        assert await row(app, case.id) == kept
        for command in ("/queue", "/find 李华"):
            await out.phone.send(command)
            await app.settled()
    await time.passes(days=10)
    for key in ("counselor", "officer", "office", "head"):
        for words in ("要求", "举报", SAID, f"编号 {case.number}"):
            world.people[key].phone.never_saw(words)


async def test_the_words_about_it_stay_with_it(app: Running, world: World) -> None:
    dispute, case = await pressed(app, world, world.lihua)
    await tells(app, world.lihua)
    [heard] = await app.rows(select(Heard))
    assert heard.case_id == case.id
    assert SAID not in str(heard.text)
    await world.reviewer.phone.sees(f"编号 {case.number}：毕业生又有新的说明")
    assert SAID in (await opens(app, world.reviewer, case)).text
    await opens(app, world.counselor, dispute)
    await world.counselor.phone.press("查看全部经过")
    await app.settled()
    world.counselor.phone.never_saw(SAID)
    await world.lihua.phone.send("另外，我没有去过那家单位")
    await app.settled()
    await world.counselor.phone.sees("我没有去过那家单位")


@pytest.mark.parametrize("door", ["chat", "page"])
async def test_what_is_typed_after_it_goes_to_the_same_few(running: Running, world: World, door: str) -> None:
    """The owner of the dispute may be the counselor who pressed them."""
    lihua = world.lihua
    async with Browser(running) as browser:
        if door == "page":
            await entered(browser, lihua)
            await browser.press("从未与该单位签约或被录用", "确认提出异议，辅导员可以参与", "有")
            browser.sees("可以直接写在这里，也只有他们能看到")
            assert browser.buttons == ["想说几句（可不填）", "补充异议说明", "修改这个回答"]
            await browser.write(SAID)
            browser.sees("只有学校复核老师或纪检部门能看到")
            await browser.press("补充异议说明")
            await browser.write("我没有去过那家单位")
        else:
            await pressed(running, world, lihua)
            await typed(running, lihua, SAID)
            await lihua.phone.sees("只有学校复核老师或纪检部门能看到")
            await lihua.phone.press("补充异议说明")
            await running.settled()
            await typed(running, lihua, "我没有去过那家单位")
    [heard] = await world.rows(select(Heard))
    assert (heard.case_id, running.app.keys.open(heard.text)) == ((await complaint(world)).id, SAID)
    dispute = await world.row(select(Case).where(Case.kind == CaseKind.DISPUTE))
    assert dispute.owner_id == world.counselor.id
    await opens(running, world.counselor, dispute)
    await world.counselor.phone.press("查看全部经过")
    await running.settled()
    await world.counselor.phone.sees("我没有去过那家单位")
    world.counselor.phone.never_saw(SAID)


async def test_another_answer_later_is_noted_and_closes_nothing(app: Running, world: World) -> None:
    _, case = await pressed(app, world, world.lihua)
    await world.lihua.phone.press("修改这个回答")
    await world.lihua.phone.offers("没有")
    await world.lihua.phone.press("没有")
    await app.settled()
    assert (await app.row(select(Dispute))).pressure is Pressure.YES
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome) == (CaseState.OPEN, None)
    assert await notes(app, case) == ["opened", "answered"]
    said = await app.rows(select(Statement).where(Statement.kind == StatementKind.PRESSURE))
    assert len(said) == 2
    await world.reviewer.phone.sees(f"编号 {case.number}：毕业生又有新的说明", times=1)
    card = (await opens(app, world.reviewer, case)).text
    assert "）：有\n" in card
    assert "）：没有\n" in card


async def test_no_first_and_yes_later_opens_it(app: Running, world: World) -> None:
    await disputed(app, world, world.lihua)
    await world.lihua.phone.press("没有")
    await app.settled()
    assert await world.rows(select(Lead)) == []
    await world.lihua.phone.press("修改这个回答")
    await world.lihua.phone.offers("有")
    await world.lihua.phone.press("有")
    await app.settled()
    assert (await complaint(world)).owner_id == world.reviewer.id


async def test_it_is_handed_and_reviewed_among_these_only(app: Running, world: World) -> None:
    _, case = await pressed(app, world, world.lihua)
    await opens(app, world.reviewer, case)
    await world.reviewer.phone.press("转交")
    await world.reviewer.phone.sees("转交给谁")
    assert world.reviewer.phone.buttons() == ["秦复核", "严书记", "打开这一件"]
    await closed(app, world.reviewer, case, "反映属实")
    for second in (world.reviewer2, world.discipline):
        await second.phone.sees(f"待复核 · 编号 {case.number}")
    for out in (world.office, world.head):
        await forge(app, out, CaseDo(verb=Verb.APPROVE, case=case.id))
        out.phone.never_saw(f"编号 {case.number}")
    await forge(app, world.discipline, CaseDo(verb=Verb.APPROVE, case=case.id))
    assert (await row(app, case.id)).state is CaseState.CLOSED


async def test_by_both_reviewers_and_without_discipline_it_is_nobodys_and_an_incident(
    app: Running, world: World
) -> None:
    one = await world.graduate(name="赵六", signer="林复核", enterer="秦复核")
    await ended(app, world.discipline)
    _, case = await pressed(app, world, one)
    assert case.owner_id is None
    assert [found.kind for found in await app.rows(select(Incident))] == ["pressure_without_reader"]
    for out in (world.head, world.office, world.reviewer):
        await out.phone.send("/queue")
        await app.settled()
        out.phone.never_saw("举报")


async def test_an_answer_of_before_there_were_complaints_becomes_one(app: Running, world: World) -> None:
    await disputed(app, world, world.lihua)
    found: Any = await app.row(select(Dispute))
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Dispute, found.id)
        kept.pressure = Pressure.YES
    await forge(app, world.lihua, Pressed(dispute=found.id, said=Pressure.YES))
    assert (await complaint(world)).owner_id == world.reviewer.id


async def test_nobodys_at_the_end_of_the_day_it_is_told_to_nobody_else(
    app: Running, world: World, time: Time
) -> None:
    one = await world.graduate(name="赵六", signer="林复核", enterer="秦复核")
    await ended(app, world.discipline)
    await pressed(app, world, one)
    await time.to("2024-07-10 18:00")
    assert "case_stranded" in [found.kind for found in await app.rows(select(Incident))]
    for out in (world.office, world.reviewer, world.reviewer2, world.counselor):
        out.phone.never_saw("到下班时")
    world.head.phone.never_saw("举报")
