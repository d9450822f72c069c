"""How a story about the card begins: somebody is asked, or the register says something new."""

from datetime import date
from typing import Any

from sqlmodel import select

from actions import asks, destinations
from models.answer import Answer
from models.campaign import Campaign, CampaignState
from models.case import Case
from models.graduate import Destination, Graduate
from models.messages.ask import Why
from tests.driving import Running
from tests.world import One, World

CARD = [
    "以上信息属实",
    "信息有变或有误",
    "从未与该单位签约或被录用",
    "稍后提醒我",
    "发错人了，不是我本人",
]
MENU = [
    "部分信息有误",
    "已更换单位",
    "已离职，目前没有新单位",
    "已解约或签约后未入职",
    "去向类型变化（升学、入伍、创业等）",
    "联系方式变了",
    "返回",
]
UNSETTLED = ["仍在求职", "已落实（已有单位、录取或创业等）", "准备升学（尚未录取）", "暂不就业"]


async def asked(running: Running, one: One) -> None:
    """The first card, as a campaign or an enrolment would send it."""
    async with running.app.works.begin() as work:
        await asks.open_ask(work, await work.session.get_one(Graduate, one.id))
    await running.settled()


async def shown_again(running: Running, one: One) -> None:
    async with running.app.works.begin() as work:
        person = await work.session.get_one(_person(), one.person_id)
        await asks.card(work, person, await work.session.get_one(Graduate, one.id), why=Why.AGAIN)
    await running.settled()


def _person() -> Any:
    from models.person import Person

    return Person


async def pressed(running: Running, one: One, *labels: str) -> None:
    """One press after another, each on the newest message that has it."""
    for label in labels:
        await one.phone.press(label)
        await running.settled()


async def typed(running: Running, one: One, text: str) -> None:
    await one.phone.send(text)
    await running.settled()


async def registered(running: Running, one: One, **changed: Any) -> bool:
    """A new version in the register: the current one with these fields changed."""
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        now = await destinations.current(work, graduate)
        kept = now.model_dump(exclude={"id", "number", "registered_at", "graduate_id"})
        new = Destination(**(kept | {"registered_at": work.now, "number": 0} | changed))
        material = await destinations.register(work, graduate, new)
    await running.settled()
    return material


async def campaign(running: Running, state: CampaignState = CampaignState.RUNNING) -> None:
    async with running.app.works.begin() as work:
        deadline = work.rules.calendar.update_deadline(None, 2024)
        work.session.add(
            Campaign(
                name="confirm",
                cohort=2024,
                state=state,
                deadline_at=deadline,
                rules_digest=work.rules.digest,
                launched_at=work.now,
            )
        )


async def answers(world: World, one: One) -> list[Answer]:
    found = await world.rows(select(Answer).where(Answer.graduate_id == one.id))
    return sorted(found, key=lambda answer: answer.said_at)


async def kinds(world: World, one: One) -> list[str]:
    return [answer.kind.value for answer in await answers(world, one)]


async def cases(world: World, one: One) -> list[Case]:
    found = await world.rows(select(Case).where(Case.graduate_id == one.id))
    return sorted(found, key=lambda case: case.number)


async def row(world: World, one: One) -> Graduate:
    found: Graduate = await world.row(select(Graduate).where(Graduate.id == one.id))
    return found


MAY = date(2024, 5, 12)
