"""A re-check: does what was said before still hold?"""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import followups
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.cases import Verb
from models.messages.contact import FollowupAlert, FollowupRecheck, FollowupUnverified
from models.person import Person


class Still(CallbackData, prefix="fy"):
    followup: UUID


class ChangedAgain(CallbackData, prefix="fn"):
    followup: UUID


async def still(work: Work, person: Person, press: Still) -> None:
    await followups.still(work, person, press.followup)


async def changed(work: Work, person: Person, press: ChangedAgain) -> None:
    await followups.changed(work, person, press.followup)


def recheck(message: FollowupRecheck, _: Facts) -> Keyboard:
    about = "contact" if message.about in followups.CONTACTS else "destination"
    return [
        Button(f"followup_{about}_still", Still(followup=message.followup)),
        Button(f"followup_{about}_changed", ChangedAgain(followup=message.followup)),
    ]


def on_alert(message: FollowupAlert | FollowupUnverified, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD]) if message.case else None


def routes(to: Routes) -> None:
    to.press(Still, still)
    to.press(ChangedAgain, changed)
    to.shows(FollowupRecheck, recheck)
    to.shows(FollowupAlert, on_alert)
    to.shows(FollowupUnverified, on_alert)
