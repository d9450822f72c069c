"""Whom no message reaches: the ledger, and the names behind each of its numbers."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import reach
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.messages.office import ReachCard, ReachList
from models.person import OutOfReach, Person
from reports import reach as _questions  # noqa: F401  counts what the card shows


class Reach(CallbackData, prefix="rc"):
    pass


class Unreached(CallbackData, prefix="ru"):
    reason: OutOfReach


class UnreachedPage(CallbackData, prefix="rp"):
    view: UUID
    reason: OutOfReach
    page: Small


async def shown(work: Work, person: Person, _: Reach) -> None:
    await reach.show(work, person)


async def people(work: Work, person: Person, press: Unreached) -> None:
    await reach.people(work, person, press.reason)


async def turned(work: Work, person: Person, press: UnreachedPage) -> None:
    await reach.turn(work, person, press.view, press.reason, press.page)


def on_card(_: ReachCard, facts: Facts) -> Keyboard:
    counts = facts["unreachable"]
    return [
        Button(f"reach_{one.value}", Unreached(reason=one), words={"count": counts[one.value]})
        for one in OutOfReach
        if counts[one.value]
    ]


def on_list(said: ReachList, _: Facts) -> Keyboard:
    def page(number: int) -> UnreachedPage:
        return UnreachedPage(view=said.view, reason=said.reason, page=number)

    return turns(said.page, said.pages, page, "office")


def routes(to: Routes) -> None:
    to.press(Reach, shown)
    to.press(Unreached, people)
    to.press(UnreachedPage, turned)
    to.shows(ReachCard, on_card)
    to.shows(ReachList, on_list)
