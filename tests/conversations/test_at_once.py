"""Many at one case in one moment, and buttons whose time is over: everybody hears what is true."""

import asyncio
import logging

import pytest
from sqlmodel import select

from handlers.case import CaseDo, CaseMethod, CaseOutcome
from handlers.question import ReplyChosen, ReplySend
from models.case import CaseKind, CaseState, Method, Outcome
from models.event import Incident
from models.messages.cases import CaseTaken, Verb
from models.outgoing import Outgoing
from models.staff import Role
from tests.conversations.asking import typed
from tests.conversations.working import closed_by, forge, notes, opened, row
from tests.driving import Running
from tests.world import World

MANY = 20
LOOKS = (Verb.HISTORY, Verb.CARD)


async def test_of_twenty_who_press_at_once_one_has_it_and_nineteen_hear_who(
    app: Running, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    people = [world.office]
    for number in range(MANY - 1):
        people.append(await world.staff(f"office{number}", f"老师{number}", f"T1{number:02}", Role.OFFICE))
    case = await opened(app, world.lihua, CaseKind.MESSAGE)
    for one in people:
        await one.phone.send("/queue")
    await app.settled()
    caplog.clear()
    await asyncio.gather(*(one.phone.press("我来处理") for one in people))
    await app.settled()
    kept = await row(app, case.id)
    owner = next(one for one in people if one.id == kept.owner_id)
    assert kept.state is CaseState.WORKING
    assert await notes(app, case) == ["opened", "claimed"]
    for one in people:
        if one is owner:
            await one.phone.sees(f"经办：{owner.row.name}", times=1)
        else:
            await one.phone.sees(f"编号 {case.number} 已由 {owner.row.name} 处理", times=1)
    told = [one for one in await app.rows(select(Outgoing)) if isinstance(one.message, CaseTaken)]
    assert len(told) == MANY - 1
    assert not await app.rows(select(Incident))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in (*LOOKS, Verb.RECTIFY)])
async def test_every_button_of_a_closed_case_says_how_it_stands(
    app: Running, world: World, verb: Verb
) -> None:
    case = await opened(app, world.lihua)
    await closed_by(app, world, "counselor", case, "已办妥")
    before = await notes(app, case)
    await forge(app, world.counselor, CaseDo(verb=verb, case=case.id))
    await world.counselor.phone.sees(f"编号 {case.number} 现在是「已办结」", times=1)
    await typed(app, world.counselor, "还想写一句")
    assert await notes(app, case) == before
    assert (await row(app, case.id)).state is CaseState.CLOSED


async def test_what_stands_below_the_buttons_of_a_closed_case_says_so_too(app: Running, world: World) -> None:
    case = await opened(app, world.lihua)
    await closed_by(app, world, "counselor", case, "已办妥")
    presses = [
        CaseMethod(method=Method.OTHER, case=case.id),
        CaseOutcome(outcome=Outcome.DONE, case=case.id),
        ReplyChosen(key="when_reachable", case=case.id),
        ReplySend(key="when_reachable", case=case.id),
    ]
    for press in presses:
        await forge(app, world.counselor, press)
    await world.counselor.phone.sees("现在是「已办结」", times=len(presses))
    for verb in LOOKS:
        await forge(app, world.counselor, CaseDo(verb=verb, case=case.id))
    await world.counselor.phone.sees("的全部经过")
    world.lihua.phone.never_saw("想和您通个电话")
