"""Somebody known to the page alone: nobody writes to them, so what is promised is what happens."""

from sqlmodel import select

from handlers.case import CaseDo
from models.case import Case, CaseKind, Note, NoteKind
from models.dispute import Dispute
from models.messages.cases import Verb
from tests.conversations.asking import pressed, typed
from tests.conversations.test_asking_inside import asks
from tests.conversations.working import closed_by, forge, notes, opened
from tests.driving import Time
from tests.web.browsing import Browser, entered, in_chat, link_of
from tests.web.test_page_ways import ALONE, dispute_of, passed
from tests.world import One, World

WITH = ("从未与该单位签约或被录用", "确认提出异议，辅导员可以参与")
UNTOLD = "结果还没有告诉毕业生"


async def case_of(world: World, one: One, kind: CaseKind = CaseKind.DISPUTE) -> Case:
    found: Case = await world.row(select(Case).where(Case.graduate_id == one.id, Case.kind == kind))
    return found


async def page_only(world: World, browser: Browser) -> One:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    return one


async def queued(world: World, colleague: One) -> str:
    await typed(world.running, colleague, "/queue")
    return colleague.phone.shown[-1].text


async def test_nobody_without_a_chat_is_asked_inside_a_case(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*WITH)
    case, counselor = await case_of(world, one), world.counselor
    assert case.owner_id == counselor.id
    await typed(world.running, counselor, f"/case {case.number}")
    offered = counselor.phone.buttons()
    assert "联系毕业生" in offered
    assert "电话记录" in offered
    assert "问毕业生" not in offered
    await forge(world.running, counselor, CaseDo(verb=Verb.ASK, case=case.id))
    await counselor.phone.sees("这一步现在不能做")
    await pressed(world.running, counselor, "联系毕业生")
    assert "通过助手给毕业生留言" not in counselor.phone.buttons()
    before = await notes(world.running, case)
    await forge(world.running, counselor, CaseDo(verb=Verb.WRITE, case=case.id))
    await typed(world.running, counselor, "请回电话")
    case = await case_of(world, one)
    assert await notes(world.running, case) == before
    assert case.waiting_since is None


async def test_an_outcome_waits_for_the_page_or_the_telephone(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    browser.sees("重新打开您的链接或这个网页就能看到", "学校也会打电话告诉您").does_not_see(
        "答复您", "马上告诉您"
    )
    await passed(world, one)
    assert (await dispute_of(world, one)).told_at is None
    await world.reviewer.phone.sees("复核通过后，请您打电话告知结果")
    for colleague in (world.reviewer, world.reviewer2):
        await colleague.phone.sees(UNTOLD)
        colleague.phone.never_saw("结果已告知毕业生")
    assert UNTOLD in await queued(world, world.reviewer)
    assert "没有等您处理的事项" in await queued(world, world.reviewer2)
    await browser.open("/j/me")
    await browser.press("查看新消息")
    browser.sees("的核实结果：登记信息不属实")
    assert (await dispute_of(world, one)).told_at is not None
    assert "没有等您处理的事项" in await queued(world, world.reviewer)


async def test_it_is_told_by_telephone_and_written_down(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    await passed(world, one)
    case, reviewer = await case_of(world, one), world.reviewer
    await typed(world.running, reviewer, "/queue")
    await pressed(world.running, reviewer, "电话记录")
    card = await reviewer.phone.sees("告知核实结果")
    assert "登记信息不属实" in card.text
    assert "打给单位" not in card.text
    await pressed(world.running, reviewer, "无人接听")
    assert (await dispute_of(world, one)).told_at is None
    assert UNTOLD in await queued(world, reviewer)
    await pressed(world.running, reviewer, "电话记录", "本人接听")
    told = await dispute_of(world, one)
    assert told.told_at is not None
    assert told.closed_at is not None
    assert (await notes(world.running, case))[-2:] == ["called", "called"]
    assert "没有等您处理的事项" in await queued(world, reviewer)
    assert (await case_of(world, one)).closed_at == case.closed_at


async def test_who_turns_out_to_have_had_a_hand_tells_nobody(world: World, browser: Browser) -> None:
    one, counselor = await page_only(world, browser), world.counselor
    await browser.press(*WITH)
    case = await case_of(world, one)
    await closed_by(world.running, world, "counselor", case)
    await pressed(world.running, world.reviewer, "打开这一件", "复核通过")
    assert UNTOLD in await queued(world, counselor)
    async with world.running.app.works.begin() as work:
        dispute = await work.session.get_one(Dispute, (await dispute_of(world, one)).id)
        dispute.hands = [str(counselor.id)]
    assert "没有等您处理的事项" in await queued(world, counselor)
    await forge(world.running, counselor, CaseDo(verb=Verb.CALL, case=case.id))
    counselor.phone.never_saw("告知核实结果")


async def test_tried_often_enough_it_is_in_no_list(world: World, browser: Browser, time: Time) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    await passed(world, one)
    reviewer, wanted = world.reviewer, world.running.app.rules.duties.attempts
    await typed(world.running, reviewer, f"/case {(await case_of(world, one)).number}")
    for number in range(wanted.count + wanted.days):
        by = ("无人接听", "家长接听")[number % 2]
        await pressed(world.running, reviewer, "电话记录", by)
        await time.passes(days=1)
    assert "没有等您处理的事项" in await queued(world, reviewer)
    assert (await dispute_of(world, one)).told_at is None
    await typed(world.running, reviewer, f"/case {(await case_of(world, one)).number}")
    assert "电话记录" in reviewer.phone.buttons()


async def test_it_is_found_under_my_without_any_news(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    await passed(world, one)
    await browser.press("我的登记信息", "查看异议结果")
    browser.sees("的核实结果：登记信息不属实")
    assert (await dispute_of(world, one)).told_at is not None


async def test_news_of_before_says_no_result_that_stands_no_more(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    await passed(world, one)
    await browser.press("我的登记信息", "查看异议结果", "不认可，请重新核实")
    browser.sees("将重新核实", "学校也会打电话告诉您").does_not_see("答复您")
    await browser.press("查看新消息")
    browser.sees("正在重新核实").does_not_see("目前还不能确定")
    assert "认可处理结果" not in browser.buttons
    assert (await dispute_of(world, one)).told_at is None


async def test_another_browser_shows_it_and_a_chat_that_joins_says_it_once(
    world: World, browser: Browser
) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE)
    await passed(world, one)
    code = await link_of(world.running, one)
    await in_chat(world.running, one, code)
    await one.phone.sees("的核实结果：登记信息不属实", times=1)
    assert (await dispute_of(world, one)).told_at is not None
    second = await world.graduate(name="吴桐", enrolled=False)
    async with Browser(world.running) as first, Browser(world.running) as other:
        await entered(first, second)
        await first.press(*ALONE)
        await passed(world, second)
        await entered(other, second)
        other.sees("的核实结果：登记信息不属实")
    assert (await dispute_of(world, second)).told_at is not None


async def test_what_is_promised_to_whoever_has_a_chat_is_as_before(world: World, browser: Browser) -> None:
    await entered(browser, world.lihua)
    await browser.press(*ALONE)
    browser.sees("会有老师核实并答复您").does_not_see("打电话告诉您")
    await passed(world, world.lihua)
    await world.lihua.phone.sees("的核实结果：登记信息不属实", times=1)
    assert "没有等您处理的事项" in await queued(world, world.reviewer)
    await world.reviewer.phone.sees("结果已告知毕业生")


async def test_late_and_stopped_are_worded_for_the_page(world: World, browser: Browser, time: Time) -> None:
    one = await page_only(world, browser)
    await browser.press(*ALONE, "停止提醒")
    browser.sees("重新打开您的链接或这个网页就能看到").does_not_see("仍会告诉您")
    await time.passes(days=20)
    await entered(browser, one)
    await browser.press("查看新消息")
    browser.sees("抱歉让您久等", "学校也会打电话告诉您").does_not_see("马上告诉您")


async def test_another_outcome_is_to_be_telephoned_too(world: World, browser: Browser) -> None:
    one = await page_only(world, browser)
    case = await opened(world.running, one)
    await closed_by(world.running, world, "counselor", case, "已办妥")
    await world.counselor.phone.sees("已办结。毕业生没有可用的 Telegram，请再打电话告知结果")


async def test_a_question_that_was_asked_is_answered_from_my(world: World, browser: Browser) -> None:
    lihua = world.lihua
    case = await opened(world.running, lihua)
    await asks(world.running, world.counselor, case)
    await entered(browser, lihua)
    label = f"回复编号 {case.number}"
    await browser.press("我的登记信息", label)
    browser.sees("会转给处理编号")
    await browser.write("下周三入职")
    browser.sees("已转给处理编号", f"再按「{label}」").does_not_see("再按一次")
    await world.counselor.phone.sees("下周三入职")
    await browser.press("我的登记信息", label)
    await browser.write("在江北")
    assert await notes(world.running, case) == ["opened", "asked", "replied", "replied"]
    [asked] = await world.rows(select(Note).where(Note.kind == NoteKind.ASKED))
    await closed_by(world.running, world, "counselor", case, "已办妥")
    await browser.press("我的登记信息")
    assert label not in browser.buttons
    assert asked.case_id == case.id
