"""「不经辅导员处理」: one place after the other where a counselor might still learn of it, and does not."""

from typing import Any

from sqlmodel import col, select

from actions import followups, invitations, queue
from handlers.case import CaseDo
from handlers.todo import TodoOpen
from models.answer import AnswerKind
from models.case import Case, CaseKind
from models.event import Event
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages.cases import Verb
from models.outgoing import Outgoing
from models.person import Person
from models.staff import Role
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.test_broadcast import sent, written
from tests.conversations.test_who_may import given, opens
from tests.conversations.working import disputed, forge, notes, opened, who
from tests.driving import Running, Time
from tests.world import One, World

SECRET = ("异议", "从未与该单位")


def kept(one: One, *more: str) -> None:
    for words in (*SECRET, *more):
        one.phone.never_saw(words)


async def shown(app: Running, one: One, command: str, *presses: str) -> str:
    await typed(app, one, command)
    await pressed(app, one, *presses)
    return str(one.phone.shown[-1].text)


async def test_a_photograph_sent_meanwhile_is_for_whoever_looks_into_it(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await world.lihua.phone.send_photo(b"picture")
    await app.settled()
    await world.lihua.phone.sees(f"编号 {case.number}")
    assert [one.id for one in await app.rows(select(Case))] == [case.id]
    assert (await notes(app, case))[-1] == "answered"
    await world.reviewer.phone.sees(f"编号 {case.number} 有新的留言")
    kept(world.counselor, "李华", "材料")


async def test_in_the_call_list_it_is_as_if_they_had_answered(app: Running, world: World) -> None:
    """Who confirmed and who disputed are gone from it alike, and read alike on an old button."""
    other = await world.graduate(name="赵六")
    for one in (world.lihua, other):
        await asked(app, one)
    assert "2 人" in await shown(app, world.counselor, "/todo")
    await pressed(app, other, "以上信息属实")
    await disputed(app, world, world.lihua, alone=True)
    said = []
    for one in (other, world.lihua):
        await forge(app, world.counselor, TodoOpen(graduate=one.id))
        said.append(world.counselor.phone.shown[-1].text.replace(one.row.name, ""))
    assert said[0] == said[1]
    await typed(app, world.counselor, "/todo")
    assert "李华" not in world.counselor.phone.shown[-1].text
    kept(world.counselor)


async def test_progress_counts_it_among_what_is_to_be_checked(app: Running, world: World) -> None:
    """The same line as where somebody said that it is not them."""
    async with app.app.works.begin() as work:
        one = await work.session.get_one(Graduate, world.lihua.id)
        one.answer, one.answer_verified, one.asked_at = AnswerKind.NOT_ME, True, work.now
    before = await shown(app, world.counselor, "/progress")
    async with app.app.works.begin() as work:
        one = await work.session.get_one(Graduate, world.lihua.id)
        one.answer = one.answer_verified = None
    await disputed(app, world, world.lihua, alone=True)
    assert await shown(app, world.counselor, "/progress") == before
    assert "待核实 1" in before
    kept(world.counselor)


async def test_the_digest_counts_it_among_what_is_to_be_checked(
    app: Running, world: World, time: Time
) -> None:
    await disputed(app, world, world.lihua, alone=True)
    async with app.app.works.begin() as work:
        counts = await queue.digest_counts(work, await who(work, world.counselor))
    assert counts["to_check"] == 1
    assert {counts[name] for name in ("due", "working", "waiting", "reviews", "pool")} == {0}
    await time.to("2024-07-09 09:00")
    await world.counselor.phone.sees("待核实：1 件")
    kept(world.counselor, "李华")


async def test_whom_no_message_reaches_is_the_same_before_and_after(app: Running, world: World) -> None:
    phone = world.lihua.phone
    await phone.block()
    await asked(app, world.lihua)
    before = await shown(app, world.counselor, "/progress", "联系不上的毕业生")
    names = await shown(app, world.counselor, "/progress", "联系不上的毕业生", "已屏蔽 1")
    await disputed(app, world, world.lihua, alone=True)
    assert await shown(app, world.counselor, "/progress", "联系不上的毕业生") == before
    again = await shown(app, world.counselor, "/progress", "联系不上的毕业生", "已屏蔽 1")
    assert again == names
    assert "李华" in again
    kept(world.counselor)


async def test_the_sheet_of_links_is_the_same_before_and_after(app: Running, world: World) -> None:
    """A dispute from an account that nobody has checked takes nobody from it."""
    one = await world.graduate(name="赵六", verified=False)

    async def sheet() -> list[str]:
        async with app.app.works.begin() as work:
            officer = await work.session.get_one(Person, world.officer.person_id)
            unit = world.units["软件2001"]
            made = await invitations.invite_some(work, officer, unit, after="", limit=10, revoke=False)
            return [line.graduate.name for line in made]

    before = await sheet()
    await disputed(app, world, one, alone=True)
    assert await sheet() == before == ["赵六"]


async def test_one_who_is_of_the_office_too_reads_it_in_no_list(app: Running, world: World) -> None:
    """As one more account to be checked in a preview; by name in none."""
    await given(app, world, world.counselor, Role.OFFICE)
    await world.graduate(name="赵六")
    await written(app, world.counselor, "全体毕业生", "计算机学院")
    before = world.counselor.phone.shown[-1].text
    assert "异议核实中 0 · 本人停止提醒 0 · 账号待核实 0" in before
    await disputed(app, world, world.lihua, alone=True)
    await written(app, world.counselor, "全体毕业生", "计算机学院")
    assert "异议核实中 0 · 本人停止提醒 0 · 账号待核实 1" in world.counselor.phone.shown[-1].text
    await written(app, world.office, "全体毕业生", "计算机学院")
    assert "异议核实中 1 · 本人停止提醒 0 · 账号待核实 0" in world.office.phone.shown[-1].text
    await sent(app, world.counselor, "全体毕业生", "计算机学院")
    for label in [one for one in world.counselor.phone.buttons() if one.startswith(("应发", "跳过"))]:
        await pressed(app, world.counselor, label)
        assert "李华" not in world.counselor.phone.shown[-1].text
    await typed(app, world.counselor, "/status")
    for label in world.counselor.phone.buttons():
        if label != "联系不上的毕业生":
            await pressed(app, world.counselor, label)
            assert "李华" not in world.counselor.phone.shown[-1].text
            await typed(app, world.counselor, "/status")


async def test_whoever_looked_is_in_my_and_a_look_in_vain_is_not(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    looks = select(Event).where(Event.kind == "viewed", Event.graduate_id == world.lihua.id)
    await opens(app, world.counselor, case)
    for verb in (Verb.CARD, Verb.HISTORY, Verb.CONTACT):
        await forge(app, world.counselor, CaseDo(verb=verb, case=case.id))
    assert not await app.rows(looks)
    await opens(app, world.reviewer, case)
    assert [look.facts["role"] for look in await app.rows(looks)] == ["reviewer"]
    kept(world.counselor, "李华")


async def test_a_followup_that_ran_says_nothing_more(app: Running, world: World, time: Time) -> None:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await followups.open_followup(work, graduate, FollowUpKind.LEFT_JOB)
    await app.settled()
    before = len(await told(app, world.counselor))
    await disputed(app, world, world.lihua, alone=True)
    await time.to("2024-07-08 20:00")
    await time.to("2024-07-20 10:00")
    new = {one.message.kind for one in (await told(app, world.counselor))[before:]}
    assert new <= {"dispute_elsewhere", "digest_card"}
    kept(world.counselor)


async def test_no_overdue_clock_of_it_reaches_the_counselor(app: Running, world: World, time: Time) -> None:
    """Nor whoever is above the counselor in the college."""
    await world.staff("deputy", "郑副院长", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    case = await disputed(app, world, world.lihua, alone=True)
    for day in range(9, 20):
        await time.to(f"2024-07-{day:02} 10:00")
    await world.head.phone.sees(f"编号 {case.number}")
    for key in ("counselor", "officer", "deputy", "office"):
        kept(world.people[key], f"编号 {case.number}", "李华")


async def told(app: Running, one: One) -> list[Any]:
    rows = select(Outgoing).where(col(Outgoing.person_id) == one.person_id).order_by(col(Outgoing.id))
    return await app.rows(rows)


async def test_another_case_of_theirs_says_nothing_of_it(app: Running, world: World) -> None:
    """The counselor goes on with what they had, and reads there what they read before."""
    usual = await opened(app, world.lihua, CaseKind.CONTACT_CHANGE)
    before = (await opens(app, world.counselor, usual)).text
    case = await disputed(app, world, world.lihua, alone=True)
    await typed(app, world.lihua, "请不要告诉辅导员")
    assert (await opens(app, world.counselor, usual)).text == before
    kept(world.counselor, f"编号 {case.number}", "请不要告诉")
