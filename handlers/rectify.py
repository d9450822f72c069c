"""/rectify: what is to be put right, written down in four answers; what is open; and what was done."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import rectified, rectifying
from actions.work import Work
from handlers.case import CaseDo, doing
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.messages.cases import Verb
from models.messages.rectify import RectifyList, RectifyMade, RectifyOwners
from models.person import Person
from models.steps.rectify import AskingRectified, Rectifying
from reports import rectify as _questions  # noqa: F401  its questions answer what the lists show


class RectifyNew(CallbackData, prefix="rcn"):
    pass


class RectifyTo(CallbackData, prefix="rct"):
    staff: UUID


class RectifyToPage(CallbackData, prefix="rcp"):
    view: UUID
    page: Small


class RectifyPage(CallbackData, prefix="rcl"):
    view: UUID
    page: Small


async def asked(work: Work, person: Person, argument: str) -> None:
    await rectifying.asked(work, person, argument)


async def begun(work: Work, person: Person, _: RectifyNew) -> None:
    await rectifying.begin(work, person)


async def given(work: Work, person: Person, press: RectifyTo) -> None:
    await rectifying.give(work, person, press.staff)


async def owners_turned(work: Work, person: Person, press: RectifyToPage) -> None:
    await rectifying.owners(work, person, press.view, press.page)


async def turned(work: Work, person: Person, press: RectifyPage) -> None:
    await rectifying.turn(work, person, press.view, press.page)


def on_owners(said: RectifyOwners, facts: Facts) -> Keyboard:
    listed = [
        Button("rectify_owner", RectifyTo(staff=one.id), words={"name": one.name}) for one in facts["listed"]
    ]
    return [*listed, *turns(said.page, said.pages, lambda n: RectifyToPage(view=said.view, page=n))]


def on_list(said: RectifyList, facts: Facts) -> Keyboard:
    numbers = [
        Button(
            "queue_number", CaseDo(verb=Verb.CARD, case=one["case"].id), words={"number": one["case"].number}
        )
        for one in facts["listed"]
    ]
    further = turns(said.page, said.pages, lambda n: RectifyPage(view=said.view, page=n))
    return [Button("rectify_new", RectifyNew()), *numbers, *further]


def on_made(said: RectifyMade, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.command("rectify", asked)
    to.press(RectifyNew, begun)
    to.press(RectifyTo, given)
    to.press(RectifyToPage, owners_turned)
    to.press(RectifyPage, turned)
    to.text(Rectifying, rectifying.typed)
    to.text(AskingRectified, rectified.typed)
    to.shows(RectifyOwners, on_owners)
    to.shows(RectifyList, on_list)
    to.shows(RectifyMade, on_made)
