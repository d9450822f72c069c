"""Buttons nobody offered, or of another time: answered calmly, and nothing is written that nobody said."""

import itertools
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from aiogram.filters.callback_data import CallbackData
from sqlmodel import select

from handlers import ask, change, contact, dispute, enrol, followup, general, mine, otherwise
from handlers.ask import Answered, Choice
from handlers.enrol import Continue, Decline
from handlers.todo import CallWrong
from models.answer import Answer, AnswerKind, RegisterConfirmedClaim
from models.event import Event, Incident
from models.staff import Invitation
from reports.checks import checks_of
from tests.conversations.asking import answers, asked, kinds, pressed, registered, row
from tests.conversations.working import forge
from tests.driving import Running
from tests.world import One, World

MODULES = (ask, change, contact, dispute, enrol, followup, general, mine, otherwise)
REGISTER = Choice.REGISTER_CONFIRMED


def values(kind: Any) -> list[Any]:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [value for one in typing.get_args(kind) for value in values(one)]
    if typing.get_origin(kind) is typing.Literal:
        return list(typing.get_args(kind))
    if kind is UUID:
        return [uuid4()]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    plain: dict[Any, list[Any]] = {bool: [False, True], int: [0], str: ["x"]}
    return plain.get(kind, [None])


def forged() -> Iterator[CallbackData]:
    """Every button of the graduate's side, with every choice it has and ids of nothing."""
    own: list[type[CallbackData]] = [
        one
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, CallbackData) and one.__module__ == module.__name__
    ]
    own.append(CallWrong)
    for kind in own:
        fields = kind.model_fields
        for found in itertools.product(*(values(field.annotation) for field in fields.values())):
            yield kind(**dict(zip(fields, found, strict=True)))


async def test_ids_of_nothing_are_answered_calmly(app: Running, world: World) -> None:
    presses = list(forged())
    assert len({type(press) for press in presses}) > 25
    await asked(app, world.lihua)
    for press in presses:
        await world.lihua.phone.press_data(press.pack(), world.lihua.phone.shown[-1])
    await app.settled()
    assert [(one.kind, one.detail) for one in await world.rows(select(Incident))] == []
    assert world.lihua.phone.unanswered() == []
    assert await answers(world, world.lihua) == []


async def test_a_link_of_a_colleague_is_no_graduates_link(app: Running, world: World) -> None:
    async with app.app.works.begin() as work:
        invitation = Invitation(
            digest="d" * 64, staff_id=world.office.id, made_at=work.now, expires_at=work.now
        )
        work.session.add(invitation)
    stranger = One(world.stranger(), None)
    await stranger.phone.send("/start")
    await stranger.phone.sees("我们不会索要密码")
    await forge(app, stranger, Continue(invitation=invitation.id))
    await stranger.phone.sees("这个按钮是以前的")
    await forge(app, stranger, Decline(invitation=uuid4()))
    assert await world.rows(select(Incident)) == []


async def test_a_claim_about_the_register_answers_nothing(app: Running, world: World) -> None:
    lihua, about = world.lihua, await world.destination(world.lihua)
    await asked(app, lihua)
    await forge(app, lihua, Answered(destination=about.id, choice=REGISTER))
    assert await answers(world, lihua) == []
    assert (await row(world, lihua)).answer is None
    assert "以上信息属实" in lihua.phone.buttons()
    assert len(await world.rows(select(Event).where(Event.kind == "register_confirmed"))) == 1


async def test_the_claim_belongs_to_ones_own_confirmation(app: Running, world: World) -> None:
    lihua, about = world.lihua, await world.destination(world.lihua)
    await asked(app, lihua)
    await pressed(app, lihua, "以上信息属实")
    for _ in range(2):
        await forge(app, lihua, Answered(destination=about.id, choice=REGISTER))
    said = await answers(world, lihua)
    assert [one.claim for one in said] == [None, RegisterConfirmedClaim()]
    async with app.app.works.reading() as session:
        graduate = await row(world, lihua)
        counted = (await checks_of(session, [graduate], app.now))[lihua.id]
    assert [one.said for one in counted] == [AnswerKind.CONFIRMED]
    assert graduate.answer_id == said[0].id


async def test_of_an_earlier_version_the_new_one_is_shown(app: Running, world: World) -> None:
    lihua, about = world.lihua, await world.destination(world.lihua)
    await asked(app, lihua)
    await pressed(app, lihua, "以上信息属实")
    await registered(app, lihua, employer="江城重工集团", employer_key="江城重工集团")
    await forge(app, lihua, Answered(destination=about.id, choice=REGISTER))
    assert await kinds(world, lihua) == ["confirmed"]
    assert (await row(world, lihua)).answer is None
    await lihua.phone.sees("江城重工集团")


async def test_after_something_else_was_said_it_claims_nothing(app: Running, world: World) -> None:
    lihua, about = world.lihua, await world.destination(world.lihua)
    await asked(app, lihua)
    await pressed(app, lihua, "以上信息属实")
    async with app.app.works.begin() as work:
        from actions.answers import give

        await give(work, await work.session.get_one(type(lihua.row), lihua.id), AnswerKind.CHANGED, by=None)
    await forge(app, lihua, Answered(destination=about.id, choice=REGISTER))
    claims = [one.claim for one in await world.rows(select(Answer))]
    assert claims == [None, None]
