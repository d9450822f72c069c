"""Papers, a colleague's link to them, and screens that few come to, in a real Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from models.case import CaseKind
from models.person import Binding
from sandbox import Sandbox
from tests.conversations.test_asking_inside import asks
from tests.conversations.working import opened
from tests.driving import Running
from tests.web.browsing import link_of
from tests.web.papers import pdf, picture
from tests.web.test_evidence_desk import ADDRESS, given, link
from tests.web.test_in_a_browser import _to, every_look, through
from tests.web.window import Look, windows
from tests.world import One, World

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
async def running(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(database_url, sandbox, tmp_path, public_url=ADDRESS, intake="polling")
    await made.start()
    yield made
    await made.stop()


async def second_record(world: World, one: One) -> None:
    """The same human being, registered twice."""
    other = await world.graduate(name="周舟", enrolled=False, unit="软件2002")
    [first] = await world.rows(select(Binding).where(Binding.graduate_id == one.id))
    async with world.running.app.works.begin() as work:
        second = {"graduate_id": other.id, "person_id": first.person_id, "verified": True}
        work.session.add(Binding(**second, bound_at=work.now, verified_at=work.now))


@every_look
async def test_papers_are_handed_in(world: World, look: Look, tmp_path: Path) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    async with windows(world.running, look) as it:
        await it.enter(one)
        await it.follow("page_evidence")
        await it.is_fit()
        await it.page.locator("select").select_option("labour_contract")
        box = it.page.locator("input[type=checkbox]")
        # Drawn by the browser: one that nobody draws is ticked by nobody.
        assert await box.evaluate("one => getComputedStyle(one).appearance") != "none"
        await box.check()
        await it.page.locator("input[type=file]").set_input_files(photo)
        await through(it, "page_evidence_send")
        assert it.page.url.endswith("/j/me")
        await it.open("/j/evidence")
        await it.follow("page_evidence_back")
        assert it.page.url.endswith("/j/me")


@every_look
async def test_a_colleague_opens_a_list_of_papers(world: World, look: Look) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    await given(world, world.lihua, pdf(1), picture())
    path = await link(world, world.counselor, case)
    async with windows(world.running, look) as it:
        await it.open(path)
        await it.is_fit()
        await through(it, "page_file_go")
        await it.sees(str(case.number))


@every_look
async def test_who_has_a_chat_and_cannot_open_it(world: World, look: Look) -> None:
    async with windows(world.running, look) as it:
        await it.enter(world.lihua)
        await it.is_fit()
        await through(it, "page_go_in", "page_without_chat", "page_my")


@every_look
async def test_another_number(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, look) as it:
        await it.open(f"/j/{await link_of(world.running, one)}")
        await through(it, "page_go_on", "enrol_moved")
        await it.write("13912345678")
        await it.is_fit()


@every_look
async def test_several_records_of_one_person(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, look) as it:
        await it.enter(one)
        await second_record(world, one)
        await through(it, "page_my")
        await it.follow("page_evidence")
        assert await it.page.locator("select").count() == 2
        await it.is_fit()


@every_look
async def test_a_question_in_a_case_and_words_about_pressure(world: World, look: Look) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    async with windows(world.running, look) as it:
        await it.enter(one)
        await through(it, "ask_dispute", "dispute_file", "dispute_pressure_yes", "pressure_words")
        await it.write("辅导员让我签的")
        await it.is_fit()
    case = await opened(world.running, world.lihua)
    await asks(world.running, world.counselor, case)
    async with windows(world.running, look) as it:
        await it.enter(world.lihua)
        await world.lihua.phone.press("是我打开的，让网页继续")
        await world.running.settled()
        await it.say("page_go_in")
        if look.lang == "en":  # the chat they have speaks Chinese
            await it.press("English")
        await through(it, "page_my")
        await it.press(it.label("my_reply", number=case.number))
        await it.is_fit()
        await it.write("江北研究院")
        await it.is_fit()


async def test_papers_by_keyboard_alone(world: World, tmp_path: Path) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    async with windows(world.running, Look(1280, 800)) as it:
        await it.enter(one)
        await _to(it, "提交材料")
        await it.page.keyboard.press("Enter")
        await it.page.wait_for_url("**/j/evidence")
        await _to(it, "这是哪一种材料")
        await it.page.keyboard.type("劳动合同")
        await it.page.locator("select").select_option("labour_contract")
        await _to(it, it.label("page_evidence_agree"))
        await it.page.keyboard.press("Space")
        assert await it.page.locator("input[type=checkbox]").is_checked()
        await _to(it, it.label("page_evidence_file"))
        await it.page.locator("input[type=file]").set_input_files(photo)
        await _to(it, it.label("page_evidence_send"))
        await it.page.keyboard.press("Enter")
        await it.sees("收到 1 份：劳动合同")
