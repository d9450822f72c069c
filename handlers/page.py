"""Between page and chat: a browser that waits for a word, and what was answered there by somebody else."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import knocking, pages
from actions.work import Work
from handlers.mine import AnswerAgain, Disown
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.page import PageAnswered, PageOpened, PageWaits
from models.person import Person


class LetIn(CallbackData, prefix="pgl"):
    session: UUID


class Shut(CallbackData, prefix="pgs"):
    graduate: UUID


class GoIn(CallbackData, prefix="pgi"):
    graduate: UUID


class WithoutChat(CallbackData, prefix="pgw"):
    pass


async def let_in(work: Work, person: Person, press: LetIn) -> None:
    await knocking.let_in(work, person, press.session)


async def shut(work: Work, person: Person, press: Shut) -> None:
    await pages.shut(work, person, press.graduate)


async def go_in(work: Work, person: Person, press: GoIn) -> None:
    await knocking.go_in(work, person, press.graduate)


async def without_chat(work: Work, person: Person, _: WithoutChat) -> None:
    await knocking.without_chat(work, person)


def opened(message: PageOpened, _: Facts) -> Keyboard:
    return [
        Button("page_mine", LetIn(session=message.session)),
        Button("page_shut", Shut(graduate=message.graduate)),
    ]


def waits(message: PageWaits, _: Facts) -> Keyboard:
    return [
        Button("page_go_in", GoIn(graduate=message.graduate)),
        Button("page_without_chat", WithoutChat()),
    ]


def answered(message: PageAnswered, _: Facts) -> Keyboard:
    return [
        Button("my_change_answer", AnswerAgain(graduate=message.graduate)),
        Button("page_disown", Disown(graduate=message.graduate)),
    ]


def routes(to: Routes) -> None:
    to.press(LetIn, let_in)
    to.press(Shut, shut)
    to.press(GoIn, go_in)
    to.press(WithoutChat, without_chat)
    to.shows(PageOpened, opened)
    to.shows(PageWaits, waits)
    to.shows(PageAnswered, answered)
