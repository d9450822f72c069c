"""A graduate hands in papers on the page: what is needed, what is taken, what becomes of it."""

import io
import json
import os
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlmodel import col, select

from actions import answers, evidence_desk
from bot.vault import Vault
from models.answer import AnswerKind, TypeClaim
from models.case import Case, CaseKind, Note, NoteKind
from models.event import Event
from models.evidence import Evidence, Media
from models.graduate import Graduate
from models.page import PageSession
from models.person import Binding, Person
from models.sealed import Keyring, WrongSecret
from tests.conversations.working import disputed, opened
from tests.driving import Time
from tests.web.browsing import Browser, entered
from tests.web.papers import CONTRACT, from_a_phone, hand_in, pdf, picture, send, titled, token_in
from tests.world import World


def files(world: World) -> list[Path]:
    folder = world.running.app.evidence_folder
    return sorted(folder.iterdir()) if folder.is_dir() else []


async def kept(world: World) -> list[Evidence]:
    return await world.rows(select(Evidence).order_by(col(Evidence.size)))


async def test_photos_and_a_pdf_are_handed_in_and_wait_to_be_asked_for(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.open(browser.page.links["提交材料"])
    browser.sees("周舟", "签劳动合同形式就业", "劳动合同", "还没有", "实习协议和实习、见习、顶岗证明不能作为")
    browser.sees("处理您这件事的老师和复核的老师", "每次查看都有记录", "至少 3 年")
    assert 'accept="image/*,application/pdf" multiple' in browser.html
    assert "<script" not in browser.html
    await hand_in(browser, picture(), ("contract.pdf", pdf(3), "application/pdf"))
    assert (browser.status, browser.url.path) == (200, "/j/me")
    browser.sees("收到 2 份：劳动合同", "先为您留存")
    rows = await kept(world)
    assert [(row.media, row.pages, row.paper, row.case_id) for row in rows] == [
        (Media.PDF, 3, CONTRACT, None),
        (Media.JPEG, 1, CONTRACT, None),
    ]
    assert {row.graduate_id for row in rows} == {one.id}
    assert {file.name for file in files(world)} == {row.id.hex for row in rows}
    await browser.open(browser.page.links["继续提交材料"])
    browser.sees("已交的材料", "劳动合同，3 页").does_not_see("还没有")


async def test_nothing_on_the_disk_can_be_read_without_the_key(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    content = pdf(1)
    await hand_in(browser, ("a.pdf", content, "application/pdf"))
    [row], [file] = await kept(world), files(world)
    sealed = file.read_bytes()
    assert b"%PDF" not in sealed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert await world.running.app.vault.open(row.id) == content
    with pytest.raises(WrongSecret):
        await Vault(file.parent, Keyring.of("another secret altogether")).open(row.id)
    other = Vault(file.parent, world.running.app.keys)
    file.rename(file.with_name("0" * 32))
    with pytest.raises(WrongSecret):  # a file put in another's place
        await other.open(UUID(int=0))


async def test_where_and_with_what_a_photo_was_taken_goes(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, from_a_phone(size=(4000, 3000)))
    [row] = await kept(world)
    seen = await world.running.app.vault.open(row.id)
    assert b"SECRET" not in seen
    assert b"Exif" not in seen
    with Image.open(io.BytesIO(seen)) as image:
        assert (image.format, image.size) == ("JPEG", (2100, 2800))
        assert not image.getexif()
        grey = image.convert("L").tobytes()
    dark, light = grey[1400 * 2100 + 2090], grey[1400 * 2100 + 10]
    assert dark < light, "turned as the phone meant it"


@pytest.mark.parametrize("ending", ["PNG", "WEBP"])
async def test_other_pictures_become_jpeg(world: World, browser: Browser, ending: str) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture(ending=ending))
    [row] = await kept(world)
    assert (await world.running.app.vault.open(row.id)).startswith(b"\xff\xd8\xff")


async def test_internship_papers_are_refused_with_the_reason(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    for paper in ("internship_agreement", "internship_certificate"):
        await hand_in(browser, picture(), paper=paper)
        browser.sees("没有收", "“四不准”", "顶岗实习、见习证明材料不能作为就业证明材料")
    assert await kept(world) == []
    assert files(world) == []
    refused = await world.rows(select(Event).where(Event.kind == "evidence_refused"))
    assert len(refused) == 2


async def test_the_same_file_is_kept_once(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture(), picture())
    browser.sees("收到 1 份", "1 份之前已经交过")
    await hand_in(browser, picture())
    browser.sees("1 份之前已经交过").does_not_see("收到 1 份")
    assert len(await kept(world)) == len(files(world)) == 1


async def test_at_the_limit_only_what_is_new_has_no_room(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture())
    [row] = await kept(world)
    limit = world.running.app.rules.evidence.limits.files_of_one
    async with world.running.app.works.begin() as work:
        for number in range(limit - 1):
            other = {"digest": f"{number}", "kept_digest": f"{number}"}
            work.session.add(Evidence(**row.model_dump(exclude={"id"}) | other))
    await hand_in(browser, picture(), picture(shade=10))
    browser.sees("1 份之前已经交过", f"1 份没有收：已达到 {limit} 份的上限；还要补充，请联系：就业指导处")
    assert len(await kept(world)) == limit
    assert len(files(world)) == 1


@pytest.mark.parametrize(
    ("code", "category", "needs"),
    [
        ("10", "employer", ["就业协议书", "录用接收函", "以下任选一种"]),
        ("12", "employer", ["聘用证明", "工资收入证明"]),
        ("46", "conscript", ["入伍通知书"]),
        ("75", "startup", ["营业执照", "网店首页截图", "以下各项都要"]),
        ("76", "freelance", ["本人签字确认的证明材料"]),
        ("801", "study", ["录取通知书"]),
        ("85", "study_abroad", ["境外院校的录取通知书"]),
        ("70", "seeking", ["不需要证明材料"]),
        ("753", "unknown", ["需要哪些材料，请联系：就业指导处 027-8765 4321"]),
    ],
)
async def test_each_destination_names_what_bears_it_out(
    world: World, browser: Browser, code: str, category: str, needs: list[str]
) -> None:
    one = await world.graduate(name="周舟", enrolled=False, code=code, category=category, code_name=None)
    await entered(browser, one)
    await browser.open("/j/evidence")
    browser.sees(*needs)


async def test_what_somebody_answered_instead_names_its_papers_too(world: World, browser: Browser) -> None:
    async with world.running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        person = await work.session.get_one(Person, world.lihua.person_id)
        claim = TypeClaim(cls="study", name="江城大学")
        await answers.give(work, graduate, AnswerKind.CHANGED, by=person, claim=claim)
    await entered(browser, world.lihua)
    await browser.open("/j/evidence")
    browser.sees("这类去向的证明材料", "· 劳动合同", "您答复的去向（升学）的证明材料", "· 录取通知书")
    needed, others = browser.html.split("<optgroup")[1:]
    assert ("labour_contract" in needed, "admission_notice" in needed) == (True, True)
    assert ("labour_contract" in others, "admission_notice" in others) == (False, False)


async def test_what_was_asked_for_goes_to_its_case_and_to_the_next_list(
    world: World, browser: Browser, time: Time
) -> None:
    app = world.running
    case = await opened(app, world.lihua, CaseKind.EVIDENCE_PENDING)
    assert case.owner_id == world.counselor.id
    await entered(browser, world.lihua)
    before = len(world.counselor.phone.shown)
    await hand_in(browser, picture())
    browser.sees(f"已附在编号 {case.number} 里")
    assert len(world.counselor.phone.shown) == before, "not at once"
    [row] = await kept(world)
    assert row.case_id == case.id
    noted = await world.rows(select(Note).where(Note.case_id == case.id))
    assert [note.kind for note in noted].count(NoteKind.EVIDENCE) == 1
    await time.to("2024-07-08 14:00")
    await world.counselor.phone.sees("新增 1 件", times=1)


async def test_a_case_in_hand_is_news_again_when_papers_come(
    world: World, browser: Browser, time: Time
) -> None:
    app = world.running
    case = await opened(app, world.lihua, CaseKind.EVIDENCE_PENDING)
    await world.counselor.phone.send(f"/case {case.number}")
    await app.settled()
    await world.counselor.phone.press("我来处理")
    await time.to("2024-07-08 14:01")
    world.counselor.phone.never_saw("新增")
    await entered(browser, world.lihua)
    await hand_in(browser, picture())
    await time.to("2024-07-09 09:00")
    await world.counselor.phone.sees("新增 1 件", times=1)


async def test_what_comes_in_a_dispute_is_the_disputes(world: World, browser: Browser) -> None:
    await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    case = await disputed(world.running, world, world.lihua, alone=True)
    await entered(browser, world.lihua)
    await browser.open("/j/evidence")
    browser.sees("现在不需要您提供证明", "没有经手这条记录的老师")
    await hand_in(browser, picture())
    browser.sees(f"已附在编号 {case.number} 里")
    [row] = await kept(world)
    assert row.case_id == case.id
    owner = next(one for one in world.people.values() if one.id == case.owner_id)
    await owner.phone.sees("毕业生提交了材料")
    world.counselor.phone.never_saw("毕业生提交了材料")


async def test_whoever_has_the_dispute_hears_of_each_upload(
    world: World, browser: Browser, time: Time
) -> None:
    case = await disputed(world.running, world, world.lihua, alone=True)
    owner = next(one for one in world.people.values() if one.id == case.owner_id)
    for shade in (10, 20):
        await entered(browser, world.lihua)
        await hand_in(browser, picture(shade=shade))
        await world.lihua.phone.send_document("a.pdf", b"not read")
        await world.running.settled()
        await time.passes(hours=1)
    await owner.phone.sees("毕业生提交了材料", times=2)
    await owner.phone.sees("有新的留言", times=2)


@pytest.mark.parametrize("doubtful", [("顶岗实习协议.pdf", pdf(1)), ("a.pdf", pdf(2, titled("见习证明")))])
async def test_what_calls_itself_an_internship_is_taken_and_both_are_told(
    world: World, browser: Browser, doubtful: tuple[str, bytes]
) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await entered(browser, world.lihua)
    await hand_in(browser, ("合同.pdf", pdf(3), "application/pdf"), (*doubtful, "application/pdf"))
    browser.sees("收到 2 份：劳动合同", "其中 1 份的文件名或标题里有“实习”“见习”“顶岗”一类的字样", "不用处理")
    [noted] = await world.rows(select(Event).where(Event.kind == "evidence_doubtful"))
    assert noted.facts == {}
    assert noted.subject_id in {row.id for row in await kept(world)}
    async with world.running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.counselor.person_id)
        await evidence_desk.link(work, person, case.id)
        [said] = work.said
    assert said["message"].doubtful == 1


async def test_one_file_of_two_graduates_is_one_case_and_no_accusation(
    world: World, browser: Browser
) -> None:
    people = [await world.graduate(name=name, enrolled=False) for name in ("周舟", "吴桐", "郑和")]
    shared = from_a_phone()
    await entered(browser, people[0])
    await hand_in(browser, shared)
    assert await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY)) == []
    for one, content in zip(people[1:], (shared, picture(exif=Image.Exif().tobytes())), strict=True):
        async with Browser(world.running) as other:
            await entered(other, one)
            await hand_in(other, content)
            other.sees("收到 1 份").does_not_see("周舟", "同一份", "异常")
            await other.press("我的登记信息")
            other.does_not_see("数据异常", "同一份")
    [case] = await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY))
    assert case.reason.startswith("shared_evidence:")
    reviewers = {world.reviewer.id: world.reviewer, world.reviewer2.id: world.reviewer2}
    assert case.owner_id is None or case.owner_id in reviewers
    reader = world.reviewer
    await reader.phone.send(f"/case {case.number}")
    await world.running.settled()
    await reader.phone.press("我来处理")
    await reader.phone.sees("交过同一份材料的毕业生：周舟（软件2001）、吴桐（软件2001）")
    world.counselor.phone.never_saw("同一份")


async def test_the_same_file_in_a_case_of_the_same_graduate_is_nobodys_anomaly(
    world: World, browser: Browser
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture())
    case = await opened(world.running, one, CaseKind.EVIDENCE_PENDING)
    await hand_in(browser, picture())
    browser.sees(f"已附在编号 {case.number} 里")
    assert len(await kept(world)) == 2
    assert await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY)) == []


async def test_the_same_graduates_own_two_records_are_nobodys_anomaly(world: World, browser: Browser) -> None:
    other = await world.graduate(name="李华", degree="硕士", enrolled=False)
    async with world.running.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, other.id)
        work.session.add(Binding(graduate=graduate, person=person, verified=True, bound_at=work.now))
    await entered(browser, world.lihua)
    for nth in (0, 1):
        await hand_in(browser, picture(), nth=nth)
        browser.sees("收到 1 份")
    assert {row.graduate_id for row in await kept(world)} == {world.lihua.id, other.id}
    assert await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY)) == []


async def test_papers_stay_three_years_and_while_a_case_is_open_or_young(
    world: World, browser: Browser, time: Time
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    two = await world.graduate(name="吴桐", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture())
    async with Browser(world.running) as other:
        await entered(other, two)
        await hand_in(other, picture(shade=10))
    case = await opened(world.running, two, CaseKind.EVIDENCE_PENDING)
    await time.to("2027-07-07 10:00")
    assert len(await kept(world)) == 2
    await time.to("2027-07-09 10:00")
    assert [row.graduate_id for row in await kept(world)] == [two.id], "held by an open case"
    await swept(world)
    assert len(files(world)) == 1
    async with world.running.app.works.begin() as work:
        found = await work.session.get_one(Case, case.id)
        found.owner_id = found.own_by = found.escalate_at = None
        found.state, found.closed_at = type(found.state).CLOSED, work.now
    await time.to("2030-07-08 10:00")
    assert len(await kept(world)) == 1, "three years after the last case has ended, too"
    await time.to("2030-07-10 10:00")
    assert await kept(world) == []
    await swept(world)
    assert files(world) == []
    gone = await world.rows(select(Event).where(Event.kind == "evidence_let_go"))
    assert len(gone) == 2


async def test_a_file_that_several_gave_stays_while_its_case_is_open(
    world: World, browser: Browser, time: Time
) -> None:
    people = [await world.graduate(name=name, enrolled=False) for name in ("周舟", "吴桐")]
    for one in people:
        async with Browser(world.running) as other:
            await entered(other, one)
            await hand_in(other, picture())
    [case] = await world.rows(select(Case).where(Case.kind == CaseKind.ANOMALY))
    assert case.graduate_id == people[1].id
    await entered(browser, people[0])
    await hand_in(browser, picture(shade=10))
    await time.to("2027-07-09 10:00")
    assert {row.graduate_id for row in await kept(world)} == {one.id for one in people}
    assert len(await kept(world)) == 2, "only what the case is about"


async def swept(world: World) -> int:
    """As if every file had lain there for a while."""
    old = os.path.getmtime(__file__) - timedelta(days=2).total_seconds()
    for file in files(world):
        os.utime(file, (old, old))
    return await world.running.app.sweep.once()


async def test_a_file_that_never_got_its_row_is_swept_and_no_other(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture())
    folder = world.running.app.evidence_folder
    for name in ("ab" * 16, "cd" * 16 + ".part", "notes.txt"):
        (folder / name).write_bytes(b"x")
    assert await world.running.app.sweep.once() == 0, "it may still be on its way"
    assert await swept(world) == 1
    [row] = await kept(world)
    assert [file.name for file in files(world)] == sorted([row.id.hex, "notes.txt"])


async def test_an_upload_for_somebody_else_leaves_no_file(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.open("/j/evidence")
    hidden = next(form for form in browser.page.forms if form.action == "/j/evidence").hidden
    wrong = hidden | {"graduate": world.lihua.id.hex, "paper": CONTRACT, "agreed": "1"}
    await send(browser, wrong, picture())
    assert await kept(world) == []
    assert files(world) == []
    browser.does_not_see("收到 1 份", "李华")


async def test_an_upload_that_fails_leaves_no_file(world: World, browser: Browser) -> None:
    """The first file is sealed already when the browser is shut out, and the second still on its way."""
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.open("/j/evidence")
    hidden = next(form for form in browser.page.forms if form.action == "/j/evidence").hidden
    fields = hidden | {"paper": CONTRACT, "agreed": "1"}

    async def slowly() -> AsyncIterator[bytes]:
        for name, value in fields.items():
            yield f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name in ("a.jpg", "b.jpg"):
            head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            yield head.encode()
            yield picture() + b"\r\n" if name == "a.jpg" else picture()
        while not files(world):
            yield b"\0" * 1000
            await browser.open("/j")
        async with world.running.app.works.begin() as work:
            for session in await work.session.exec(select(PageSession)):
                session.ended_at = work.now
        yield b"\r\n--x--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    async with browser.http.post(browser.base + "/j/evidence", data=slowly(), headers=kind) as answer:
        assert answer.status == 401
    assert await kept(world) == []
    assert files(world) == []


async def test_who_is_not_known_yet_hands_in_nothing(world: World, browser: Browser) -> None:
    await browser.open("/j/evidence")
    assert browser.status == 401
    one = await world.graduate(name="王芳", verified=False)
    async with Browser(world.running) as other:
        known = await world.graduate(name="周舟", enrolled=False)
        await entered(other, known)
        async with world.running.app.works.begin() as work:
            query = select(Binding).where(Binding.graduate_id == known.id)
            (await work.session.exec(query)).one().verified = False
        await other.open("/j/me")
        other.does_not_see("提交材料")
        await other.open("/j/evidence")
        other.sees("核对身份之后才能提交材料")
        for whose in (known, one):
            fields = {"csrf": token_in(other), "graduate": whose.id.hex, "paper": CONTRACT, "agreed": "1"}
            await send(other, fields, picture())
            other.does_not_see("收到 1 份")
    assert await kept(world) == []
    assert files(world) == []


async def test_nothing_personal_is_in_the_audit(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, ("周舟的劳动合同.jpg", picture(), "image/jpeg"))
    rows = await world.rows(select(Event))
    told = json.dumps([row.facts for row in rows], ensure_ascii=False)
    assert "周舟" not in told
    [row] = await kept(world)
    assert "周舟" not in json.dumps(row.model_dump(mode="json"), ensure_ascii=False)
