"""Whoever is in a dispute has neither number nor way to its graduate, through whichever door they come."""

from typing import Any

import pytest
from sqlmodel import col, select

from handlers.queue import FindOpen
from handlers.task import AttemptBy
from handlers.todo import CallBy, CallFound, TodoOpen
from models.answer import ContactChange, ContactKind
from models.case import Case, CaseKind
from models.dispute import Dispute
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate
from models.messages.casecalls import CaseCall
from models.messages.cases import CasePhones, Verb
from models.messages.queue import TodoCard
from models.messages.tasks import Means
from models.outgoing import Outgoing
from models.person import Person
from models.task import Attempt
from tests.conversations.test_who_may import opens
from tests.conversations.working import disputed, every_press, forge, opened
from tests.driving import Running
from tests.world import One, World

PASSED_ON = (Verb.HAND_OVER, Verb.ESCALATE)
HAND = {"enterer": "陈老师", "enterer_no": "T001"}


@pytest.fixture(params=["without", "had a hand"])
async def barred(request: pytest.FixtureRequest, app: Running, world: World) -> tuple[One, Case, Case]:
    """A graduate, a case of theirs that the counselor owns, and the dispute that came after it."""
    alone = request.param == "without"
    one = world.lihua if alone else await world.graduate(name="赵六", **HAND)
    usual = await opened(app, one)
    assert usual.owner_id == world.counselor.id
    return one, usual, await disputed(app, world, one, alone=alone)


async def test_no_number_and_no_letter_by_another_case(
    app: Running, world: World, barred: tuple[One, Case, Case]
) -> None:
    one, usual, dispute = barred
    shown = await opens(app, world.counselor, usual)
    assert not {"联系毕业生", "电话记录"} & set(shown.labels())
    before = await _said_to(app, one)
    for case in (usual, dispute):
        presses = [one for one in every_press(case) if getattr(one, "verb", None) not in PASSED_ON]
        await forge(app, world.counselor, *presses)
    await world.counselor.phone.send("请尽快撤回")
    await app.settled()
    world.counselor.phone.never_saw(one.phone.phone_number or "-")
    assert await _said_to(app, one) == before
    assert await app.rows(select(CallRecord)) == []


async def test_a_letter_begun_before_is_not_sent(app: Running, world: World) -> None:
    usual = await opened(app, world.lihua)
    await opens(app, world.counselor, usual)
    await world.counselor.phone.press("联系毕业生")
    await world.counselor.phone.sees("已记下首次联系")
    await world.counselor.phone.press("通过助手给毕业生留言")
    await world.counselor.phone.sees("请写下要留给")
    await disputed(app, world, world.lihua, alone=True)
    await world.counselor.phone.send("不要再提异议了")
    await world.counselor.phone.sees("现在是")
    world.lihua.phone.never_saw("不要再提异议了")


async def test_nothing_by_the_call_list(app: Running, world: World, barred: tuple[One, Case, Case]) -> None:
    one, _, _ = barred
    presses: list[Any] = [TodoOpen(graduate=one.id)]
    presses += [CallBy(graduate=one.id, by=by, attempts=0) for by in CallAnsweredBy]
    presses += [
        CallFound(graduate=one.id, by=CallAnsweredBy.GRADUATE, finding=finding, attempts=0)
        for finding in CallFinding
    ]
    await forge(app, world.counselor, *presses)
    await forge(app, world.counselor, FindOpen(graduate=one.id))
    assert "打电话并记录" not in world.counselor.phone.shown[-1].labels()
    world.counselor.phone.never_saw(one.phone.phone_number or "-")
    assert await app.rows(select(CallRecord)) == []


async def test_cards_queued_before_it_was_filed_show_no_number_after(
    app: Running, world: World, barred: tuple[One, Case, Case]
) -> None:
    one, usual, _ = barred
    async with app.app.works.begin() as work:
        reader = await work.session.get_one(Person, world.counselor.person_id)
        common: dict[str, Any] = {"graduate": one.id}
        mine = common | {"case": usual.id, "reader": world.counselor.id}
        work.say(reader, CasePhones(by_bot=True, **mine))
        work.say(reader, CaseCall(attempts=0, **mine))
        work.say(reader, TodoCard(attempts=0, left=1, **common))
    await app.settled()
    world.counselor.phone.never_saw(one.phone.phone_number or "-")
    await world.counselor.phone.sees("由其他老师处理", times=2)


async def test_what_the_graduate_gave_is_not_shown_either(app: Running, world: World) -> None:
    case = await opened(app, world.lihua, CaseKind.CONTACT_CHANGE, reason="parent_phone")
    async with app.app.works.begin() as work:
        work.session.add(
            ContactChange(
                graduate=await work.session.get_one(Graduate, world.lihua.id),
                contact=ContactKind.PARENT_PHONE,
                phone=work.seal("+8613911112222"),
                given_at=work.now,
            )
        )
    assert "13911112222" in (await opens(app, world.counselor, case)).text
    await disputed(app, world, world.lihua, alone=True)
    assert "13911112222" not in (await opens(app, world.counselor, case)).text


async def test_it_is_theirs_again_when_the_dispute_is_over(
    app: Running, world: World, barred: tuple[One, Case, Case]
) -> None:
    _, usual, dispute = barred
    async with app.app.works.begin() as work:
        row = (await work.session.exec(select(Dispute).where(Dispute.case_id == dispute.id))).one()
        row.closed_at = work.now
    assert "联系毕业生" in (await opens(app, world.counselor, usual)).labels()


async def test_who_has_no_part_in_it_still_reaches_them(app: Running, world: World) -> None:
    """The counselor whom the graduate lets take part, and whoever looks into it."""
    usual = await opened(app, world.lihua)
    case = await disputed(app, world, world.lihua)
    assert case.owner_id == world.counselor.id
    for one in (usual, case):
        assert {"联系毕业生", "电话记录"} <= set((await opens(app, world.counselor, one)).labels())


async def test_another_try_is_not_written_down_once_it_is_disputed(app: Running, world: World) -> None:
    await disputed(app, world, world.lihua, alone=True)
    await forge(app, world.counselor, AttemptBy(graduate=world.lihua.id, means=Means.MESSAGE))
    assert await app.rows(select(Attempt)) == []


async def _said_to(app: Running, one: One) -> int:
    return len(await app.rows(select(Outgoing.id).where(col(Outgoing.person_id) == one.person_id)))
