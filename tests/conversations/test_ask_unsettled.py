"""A record without an employer or school, an account that is still being checked, and who is asked when."""

from typing import Any

import pytest
from sqlmodel import select

from actions import asks
from models.answer import AnswerKind, HelpClaim, SettledClaim
from models.ask import Ask, AskState
from models.campaign import CampaignState
from models.graduate import Graduate
from models.person import Locale, Person
from tests.conversations.asking import (
    CARD,
    UNSETTLED,
    answers,
    asked,
    campaign,
    cases,
    kinds,
    pressed,
    row,
    typed,
)
from tests.driving import Running, Time
from tests.world import One, World

SEEKING: dict[str, Any] = {"code": "70", "code_name": "待就业", "category": "seeking", "location": None}


async def enrolled(running: Running, one: One) -> None:
    async with running.app.works.begin() as work:
        person = await work.session.get_one(Person, one.person_id)
        await asks.ask_now(work, person, await work.session.get_one(Graduate, one.id))
    await running.settled()


async def test_four_answers(app: Running, world: World) -> None:
    one = await world.graduate(**SEEKING)
    await asked(app, one)
    await one.phone.sees("待就业")
    assert one.phone.buttons() == UNSETTLED


async def test_still_looking_with_help(app: Running, world: World) -> None:
    one = await world.graduate(**SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职")
    await one.phone.sees("已记下：仍在求职")
    assert one.phone.buttons()[:2] == ["需要就业帮助", "暂时不需要"]
    assert await kinds(world, one) == ["seeking"]
    await one.phone.press("需要就业帮助")
    await one.phone.press("需要就业帮助")
    await app.settled()
    [case] = await cases(world, one)
    assert (case.kind.value, case.reason) == ("support", "help")
    await one.phone.sees(f"编号 {case.number}")
    said = await answers(world, one)
    assert [(answer.kind, answer.claim) for answer in said] == [
        (AnswerKind.SEEKING, None),
        (AnswerKind.SEEKING, HelpClaim(wanted=True)),
    ]


async def test_still_looking_without_help(app: Running, world: World) -> None:
    one = await world.graduate(**SEEKING)
    await asked(app, one)
    await pressed(app, one, "仍在求职", "暂时不需要")
    await one.phone.sees("以后需要时")
    assert not await cases(world, one)
    assert (await answers(world, one))[-1].claim == HelpClaim(wanted=False)


async def test_settled_by_now(app: Running, world: World) -> None:
    one = await world.graduate(**SEEKING)
    await asked(app, one)
    await pressed(app, one, "已落实（已有单位、录取或创业等）")
    assert one.phone.buttons() == [
        "在单位就业",
        "应征入伍",
        "自主创业",
        "自由职业",
        "升学",
        "出国、出境留学",
        "返回",
    ]
    await pressed(app, one, "在单位就业")
    await typed(app, one, "江城<电子>&Co")
    await one.phone.sees("江城<电子>&Co")
    [answer] = await answers(world, one)
    assert (answer.kind, answer.claim) == (
        AnswerKind.SETTLED,
        SettledClaim(cls="employer", name="江城<电子>&Co"),
    )
    assert [case.reason for case in await cases(world, one)] == ["settled"]
    assert (await world.destination(one)).category == "seeking"


@pytest.mark.parametrize(
    ("label", "kind"), [("准备升学（尚未录取）", "further_study"), ("暂不就业", "not_seeking")]
)
async def test_the_other_two(app: Running, world: World, label: str, kind: str) -> None:
    one = await world.graduate(**SEEKING)
    await asked(app, one)
    await one.phone.press(label)
    await one.phone.press(label)
    await app.settled()
    assert await kinds(world, one) == [kind]
    assert (await row(world, one)).answer is AnswerKind(kind)
    assert (await world.row(select(Ask))).state is AskState.ANSWERED
    await pressed(app, one, "修改我的回答", "仍在求职")
    assert await kinds(world, one) == [kind, "seeking"]


async def test_english(app: Running, world: World) -> None:
    one = await world.graduate(name="Wang Fang", locale=Locale.EN, **SEEKING)
    await asked(app, one)
    await pressed(app, one, "Still looking for work", "I would like help")
    await one.phone.sees("somebody at the school has been asked to contact you")


async def test_an_unverified_account_sees_nothing_and_its_answers_count_apart(
    app: Running, world: World
) -> None:
    one = await world.graduate(name="赵敏", verified=False)
    await asked(app, one)
    await one.phone.sees("核实之前这里不显示登记内容")
    await pressed(app, one, "仍在求职")
    for secret in ("江城精密", "赵敏", "签劳动合同"):
        one.phone.never_saw(secret)
    [answer] = await answers(world, one)
    assert (answer.kind, answer.verified) == (AnswerKind.SEEKING, False)
    assert (await row(world, one)).answer_verified is False
    await pressed(app, one, "修改我的回答", "发错人了，不是我本人")
    await one.phone.sees("您不是这位毕业生本人？")
    one.phone.never_saw("赵敏")


async def test_enrolled_while_a_campaign_runs_is_asked_at_any_hour(
    app: Running, world: World, time: Time
) -> None:
    await campaign(app)
    await time.to("2024-07-08 23:30")
    await enrolled(app, world.lihua)
    assert world.lihua.phone.buttons() == CARD
    ask = await world.row(select(Ask))
    assert ask.campaign_id is not None
    assert ask.asked_at is not None


async def test_enrolled_before_any_campaign_is_asked_at_once(app: Running, world: World) -> None:
    await enrolled(app, world.lihua)
    assert world.lihua.phone.buttons() == CARD
    assert (await world.row(select(Ask))).campaign_id is None


async def test_enrolled_while_the_office_holds_its_campaign_back_is_welcomed(
    app: Running, world: World
) -> None:
    await campaign(app, CampaignState.PAUSED)
    await enrolled(app, world.lihua)
    await world.lihua.phone.sees("已经为您开通")
    assert world.lihua.phone.buttons() == ["查看登记信息"]
    assert not await world.rows(select(Ask))
    await pressed(app, world.lihua, "查看登记信息")
    await world.lihua.phone.sees("江城精密机械有限公司")


async def test_who_has_answered_is_not_asked_again(app: Running, world: World) -> None:
    await campaign(app)
    await enrolled(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await enrolled(app, world.lihua)
    assert len(await world.rows(select(Ask))) == 1
    await world.lihua.phone.sees("目前登记的您的毕业去向是", times=1)


async def test_launched_after_the_deadline_there_are_thirty_days(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-09-10 10:00")
    await asked(app, world.lihua)
    ask = await world.row(select(Ask))
    assert f"{ask.deadline_at.astimezone(app.app.rules.quiet.zone):%m-%d}" == "10-10"
