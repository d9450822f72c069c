"""What was looked into, in chat: whom or what, how, and the words for what was seen."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import casetexts, lookinto
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.case import Asked, Method
from models.messages.cases import Verb
from models.messages.lookinto import LookHowAsked, LookMissing, LookSeenAsked, LookWhomAsked
from models.person import Person
from models.steps.lookinto import AskingSeen


class LookWhom(CallbackData, prefix="lw"):
    asked: Asked
    case: UUID


class LookHow(CallbackData, prefix="lh"):
    asked: Asked
    method: Method
    case: UUID


async def whom(work: Work, person: Person, press: LookWhom) -> None:
    await lookinto.whom(work, person, press.case, press.asked)


async def how(work: Work, person: Person, press: LookHow) -> None:
    await lookinto.how(work, person, press.case, press.asked, press.method)


def on_whom(said: LookWhomAsked, _: Facts) -> Keyboard:
    return [Button(f"look_asked_{one.value}", LookWhom(asked=one, case=said.case)) for one in Asked]


def on_how(said: LookHowAsked, _: Facts) -> Keyboard:
    return [
        Button(f"case_method_{one.value}", LookHow(asked=said.asked, method=one, case=said.case))
        for one in Method
    ]


def on_seen(said: LookSeenAsked, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.CARD])


def on_missing(said: LookMissing, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.LOOK_INTO, Verb.CARD])


def routes(to: Routes) -> None:
    to.press(LookWhom, whom)
    to.press(LookHow, how)
    to.text(AskingSeen, casetexts.seen)
    to.shows(LookWhomAsked, on_whom)
    to.shows(LookHowAsked, on_how)
    to.shows(LookSeenAsked, on_seen)
    to.shows(LookMissing, on_missing)
