"""A question of a chain: does what was said before still hold; and an offer of help."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import followup_answers
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.followup import FollowUpKind
from models.messages.cases import Verb
from models.messages.contact import FollowupAlert, FollowupHelpOffer, FollowupRecheck, FollowupUnverified
from models.person import Person


class Still(CallbackData, prefix="fy"):
    followup: UUID


class ChangedAgain(CallbackData, prefix="fn"):
    followup: UUID


class HelpWanted(CallbackData, prefix="fhw"):
    followup: UUID


class HelpDeclined(CallbackData, prefix="fhd"):
    followup: UUID


class HelpFound(CallbackData, prefix="fhf"):
    followup: UUID


async def still(work: Work, person: Person, press: Still) -> None:
    await followup_answers.still(work, person, press.followup)


async def changed(work: Work, person: Person, press: ChangedAgain) -> None:
    await followup_answers.changed(work, person, press.followup)


async def help_wanted(work: Work, person: Person, press: HelpWanted) -> None:
    await followup_answers.help_wanted(work, person, press.followup)


async def help_declined(work: Work, person: Person, press: HelpDeclined) -> None:
    await followup_answers.declined(work, person, press.followup)


async def help_found(work: Work, person: Person, press: HelpFound) -> None:
    await followup_answers.found(work, person, press.followup)


def recheck(message: FollowupRecheck, _: Facts) -> Keyboard:
    about = "contact" if message.about in followup_answers.CONTACTS else "destination"
    if message.about is FollowUpKind.NEEDS_HELP:
        about = "help"
    return [
        Button(f"followup_{about}_still", Still(followup=message.followup)),
        Button(f"followup_{about}_changed", ChangedAgain(followup=message.followup)),
    ]


def offer(message: FollowupHelpOffer, _: Facts) -> Keyboard:
    return [
        Button("followup_help_wanted", HelpWanted(followup=message.followup)),
        Button("followup_help_declined", HelpDeclined(followup=message.followup)),
        Button("followup_help_found", HelpFound(followup=message.followup)),
    ]


def on_alert(message: FollowupAlert | FollowupUnverified, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD]) if message.case else None


def routes(to: Routes) -> None:
    to.press(Still, still)
    to.press(ChangedAgain, changed)
    to.press(HelpWanted, help_wanted)
    to.press(HelpDeclined, help_declined)
    to.press(HelpFound, help_found)
    to.shows(FollowupRecheck, recheck)
    to.shows(FollowupHelpOffer, offer)
    to.shows(FollowupAlert, on_alert)
    to.shows(FollowupUnverified, on_alert)
