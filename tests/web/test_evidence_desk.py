"""A colleague looks at papers: by a link made for them alone, once, and the graduate sees that they did."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from handlers.case import CaseDo
from models.case import Case, CaseKind, CaseState
from models.event import Event, Incident
from models.evidence import Evidence, EvidenceLink
from models.messages.cases import Verb
from models.outgoing import Outgoing
from models.staff import Duty
from sandbox import Sandbox
from tests.conversations.working import disputed, forge, opened
from tests.driving import Running, Time
from tests.web.browsing import Browser, Form, entered
from tests.web.papers import hand_in, pdf, picture, token_in
from tests.world import One, World

ADDRESS = "http://qx.example.edu.cn"
CLOSED = "这条链接打不开"


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(database_url, sandbox, tmp_path, public_url=ADDRESS, intake="polling")
    await made.start()
    yield made
    await made.stop()


async def given(world: World, one: One, *files: bytes) -> None:
    async with Browser(world.running) as browser:
        await entered(browser, one)
        await hand_in(browser, *files)
        browser.sees("收到")


async def card(world: World, by: One, case: Case) -> None:
    await by.phone.send(f"/case {case.number}")
    await world.running.settled()


async def link(world: World, by: One, case: Case) -> str:
    await card(world, by, case)
    await by.phone.press("查看材料")
    await world.running.settled()
    shown = await by.phone.sees(f"编号 {case.number} 的材料")
    return path_in(shown.text)


def path_in(text: str) -> str:
    found = re.findall(re.escape(ADDRESS) + r"(/j/file/[0-9a-f]+)", text)
    assert len(found) == 1, text
    return str(found[0])


async def opened_file(browser: Browser, path: str, button: str = "打开") -> bytes:
    """Fetched as a browser does: the page first, then the press."""
    await browser.open(path)
    form = browser.page.forms[-1]
    async with browser.http.post(browser.base + form.action, data=form.hidden) as answer:
        browser.status, browser.answer_headers = answer.status, answer.headers
        content = await answer.read()
        if answer.content_type == "text/html":
            await browser._read(answer)
        return content


async def looks(world: World, one: One) -> list[Event]:
    found = await world.rows(select(Event).where(Event.kind == "viewed", Event.graduate_id == one.id))
    return [event for event in found if event.facts.get("what") == "evidence"]


async def test_one_paper_is_opened_once_and_the_graduate_sees_who_did(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    content = pdf(2)
    await given(world, world.lihua, content)
    path = await link(world, world.counselor, case)
    await browser.open(path)
    browser.sees("只能打开一次", "毕业生可以看到").does_not_see("李华", str(case.number))
    assert await looks(world, world.lihua) == [], "a program that tries links opens nothing"
    got = await opened_file(browser, path)
    assert (browser.status, got) == (200, content)
    headers = browser.answer_headers
    assert headers["Content-Type"] == "application/pdf"
    assert re.fullmatch(r'attachment; filename="\d+-[0-9a-f]{6}\.pdf"', headers["Content-Disposition"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    [seen] = await looks(world, world.lihua)
    assert (seen.facts["role"], seen.actor_id) == ("counselor", world.counselor.person_id)
    await opened_file(browser, path)
    assert browser.status == 404
    browser.sees(CLOSED)
    assert len(await looks(world, world.lihua)) == 1
    await world.lihua.phone.send("/my")
    await world.lihua.phone.sees("辅导员 查看材料")


async def test_several_are_a_list_and_each_opens_once(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1), picture())
    path = await link(world, world.counselor, case)
    await opened_file(browser, path)
    browser.sees(f"编号 {case.number} 的材料", "PDF", "JPEG").does_not_see("李华")
    assert "script" not in browser.html
    assert "img" not in browser.html
    forms = list(browser.page.forms)
    assert len(forms) == 2
    for form in forms:
        async with browser.http.post(browser.base + form.action, data=form.hidden) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Disposition"].startswith("attachment")
        async with browser.http.post(browser.base + form.action, data=form.hidden) as answer:
            assert answer.status == 404
    assert len(await looks(world, world.lihua)) == 2
    await opened_file(browser, path)
    assert browser.status == 404
    await world.lihua.phone.send("/my")
    await world.lihua.phone.sees("辅导员 查看材料目录")
    await world.lihua.phone.sees("辅导员 查看材料（2 次）")
    await card(world, world.reviewer, case)
    await world.reviewer.phone.press("查看全部经过")
    shown = await world.reviewer.phone.sees("的全部经过")
    for words in ("辅导员 查看材料（陈老师）", "辅导员 查看材料目录（陈老师）", "辅导员 查看（陈老师）"):
        assert words in shown.text


async def test_cards_that_are_opened_often_push_no_look_at_a_paper_away(
    world: World, browser: Browser
) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    await opened_file(browser, await link(world, world.counselor, case))
    async with world.running.app.works.begin() as work:
        for number in range(200):
            role = ("office", "reviewer", "data_entry", "college_deputy", "college_head", "admin")[number % 6]
            event = Event(at=work.now, kind="viewed", graduate_id=world.lihua.id, facts={"role": role})
            work.session.add(event)
    await world.lihua.phone.send("/my")
    await world.lihua.phone.sees("辅导员 查看材料")


async def test_a_link_is_over_after_ten_minutes(world: World, browser: Browser, time: Time) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    path = await link(world, world.counselor, case)
    await time.passes(minutes=11)
    await opened_file(browser, path)
    assert browser.status == 404
    unknown = browser.html
    await opened_file(browser, "/j/file/" + "0" * 48)
    assert (browser.status, browser.html) == (404, unknown), "answered alike"
    assert await looks(world, world.lihua) == []


async def test_whoever_lost_the_case_or_the_duty_opens_nothing(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    path = await link(world, world.counselor, case)
    async with world.running.app.works.begin() as work:
        found = await work.session.get_one(Case, case.id)
        found.owner_id = world.officer.id
    await opened_file(browser, path)
    assert browser.status == 404
    path = await link(world, world.officer, case)
    async with world.running.app.works.begin() as work:
        query = select(Duty).where(Duty.staff_id == world.officer.id)
        (await work.session.exec(query)).one().ended_at = work.now
    await opened_file(browser, path)
    assert browser.status == 404
    assert await looks(world, world.lihua) == []


async def test_the_code_is_in_no_row(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    code = (await link(world, world.counselor, case)).rpartition("/")[2]
    rows = [*await world.rows(select(EvidenceLink)), *await world.rows(select(Outgoing))]
    rows += await world.rows(select(Event))
    assert not any(code in str(row.model_dump()) for row in rows)


async def test_a_forged_form_opens_nothing_and_uses_nothing_up(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    path = await link(world, world.counselor, case)
    async with browser.http.post(browser.base + path, data={"csrf": "x"}) as answer:
        assert answer.status == 403
    await browser.open(path)
    form = browser.page.forms[-1]
    elsewhere = {"Origin": "https://evil.example"}
    async with browser.http.post(browser.base + path, data=form.hidden, headers=elsewhere) as answer:
        assert answer.status == 403
    await opened_file(browser, path)
    assert browser.status == 200


async def test_a_counselor_in_the_record_has_no_way_to_what_a_dispute_brought(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="赵六", enterer="陈老师", enterer_no="T001")
    usual = await opened(world.running, one)
    case = await disputed(world.running, world, one)
    assert usual.owner_id == world.counselor.id
    await given(world, one, pdf(1))
    for mine in (usual, case):
        await card(world, world.counselor, mine)
        assert "查看材料" not in world.counselor.phone.shown[-1].labels()
        await forge(world.running, world.counselor, CaseDo(verb=Verb.EVIDENCE, case=mine.id))
    assert await world.rows(select(EvidenceLink)) == []
    world.counselor.phone.never_saw("/j/file/")
    world.counselor.phone.never_saw("提交了材料")
    owner = next(other for other in world.people.values() if other.id == case.owner_id)
    got = await opened_file(browser, await link(world, owner, case))
    assert got.startswith(b"%PDF")
    await one.phone.send("/my")
    await one.phone.sees("查看材料")


async def test_nor_to_what_was_given_before_it(world: World, browser: Browser) -> None:
    one = await world.graduate(name="赵六", enterer="陈老师", enterer_no="T001")
    usual = await opened(world.running, one, CaseKind.EVIDENCE_PENDING)
    await given(world, one, pdf(1))
    path = await link(world, world.counselor, usual)
    await disputed(world.running, world, one)
    await opened_file(browser, path)
    assert browser.status == 404
    await card(world, world.counselor, usual)
    assert "查看材料" not in world.counselor.phone.shown[-1].labels()
    await forge(world.running, world.counselor, CaseDo(verb=Verb.EVIDENCE, case=usual.id))
    assert len(await world.rows(select(EvidenceLink))) == 1, "the one made before"
    assert await looks(world, one) == []


async def test_what_comes_after_its_end_is_not_for_a_closed_case(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    async with world.running.app.works.begin() as work:
        found = await work.session.get_one(Case, case.id)
        found.own_by = found.escalate_at = None
        found.state, found.closed_at = CaseState.CLOSED, work.now
    await given(world, world.lihua, pdf(2))
    got = await opened_file(browser, await link(world, world.counselor, case))
    assert got == pdf(1), "its own alone, no list"


async def test_what_was_given_before_the_dispute_is_its_owners_too(world: World) -> None:
    await given(world, world.lihua, pdf(1))
    case = await disputed(world.running, world, world.lihua, alone=True)
    owner = next(other for other in world.people.values() if other.id == case.owner_id)
    await card(world, owner, case)
    assert "查看材料" in owner.phone.shown[-1].labels()


async def test_what_was_taken_back_is_opened_by_nobody(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1), pdf(2))
    first, second = [await link(world, world.counselor, case) for _ in range(2)]
    async with Browser(world.running) as other:
        await entered(other, await world.graduate(name="周舟", enrolled=False))
        theirs = {"csrf": token_in(other), "paper": (await world.rows(select(Evidence)))[0].id.hex}
        await other.send(Form("/j/evidence/back"), theirs)
        other.does_not_see("已撤回")
    async with Browser(world.running) as own:
        await entered(own, world.lihua)
        await own.open("/j/evidence")
        await own.press("撤回 1. 劳动合同")
        own.sees("已撤回：劳动合同", "需要时可以再交")
        await own.open("/j/evidence")
        own.sees("劳动合同，编号", "（已撤回）", "撤回 2. 劳动合同").does_not_see("撤回 1.")
        assert await opened_file(browser, first) in (pdf(1), pdf(2)), "one alone, no list of two"
        await own.press("撤回 2. 劳动合同")
        await opened_file(browser, second)
        assert browser.status == 404
        await card(world, world.counselor, case)
        assert "查看材料" not in world.counselor.phone.shown[-1].labels()
        await hand_in(own, pdf(1))
        own.sees("收到 1 份")
    assert len(await world.rows(select(Evidence))) == 3, "kept as long as was said"
    await world.counselor.phone.press("查看全部经过")
    await world.counselor.phone.sees("毕业生撤回一份材料")


@pytest.mark.parametrize("key", ["counselor2", "officer", "office", "head"])
async def test_nobody_else_is_offered_it(world: World, key: str) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    await card(world, world.people[key], case)
    assert "查看材料" not in world.people[key].phone.shown[-1].labels()
    await forge(world.running, world.people[key], CaseDo(verb=Verb.EVIDENCE, case=case.id))
    assert await world.rows(select(EvidenceLink)) == []


async def test_a_shared_file_is_shown_but_not_from_a_record_its_reader_had_a_hand_in(
    world: World, browser: Browser
) -> None:
    clean = await world.graduate(name="周舟")
    touched = await world.graduate(name="吴桐", enterer="林复核", enterer_no="T020")
    for one in (touched, clean):
        await given(world, one, pdf(1))
    [case] = await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY))
    async with world.running.app.works.begin() as work:
        found = await work.session.get_one(Case, case.id)
        found.owner_id = world.reviewer.id
    got = await opened_file(browser, await link(world, world.reviewer, case))
    assert got.startswith(b"%PDF"), "one file alone, not a list of two"
    assert await looks(world, touched) == []
    assert len(await looks(world, clean)) == 1


async def test_a_lost_file_is_told_to_the_operator(world: World, browser: Browser) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1))
    for file in world.running.app.evidence_folder.iterdir():
        file.unlink()
    await opened_file(browser, await link(world, world.counselor, case))
    assert browser.status == 404
    browser.sees("这份材料的文件找不到", "已经告知系统管理员").does_not_see("过几分钟")
    [incident] = await world.rows(select(Incident).where(Incident.kind == "evidence_lost"))
    assert "李华" not in incident.detail
