"""What anybody may say at any time: /cancel, /language, and everything nobody else takes."""

from aiogram.filters.callback_data import CallbackData

from actions import conversation
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, RemoveKeyboard, Routes
from models.messages.general import Cancelled, LanguageChoice
from models.person import Locale, Person


class Language(CallbackData, prefix="lang"):
    locale: Locale


async def cancelled(work: Work, person: Person, _: str) -> None:
    await conversation.cancel(work, person)


async def language_asked(work: Work, person: Person, _: str) -> None:
    work.say(person, LanguageChoice())


async def language_chosen(work: Work, person: Person, press: Language) -> None:
    await conversation.choose_language(work, person, press.locale)


async def outdated(work: Work, person: Person, _: str) -> None:
    await conversation.outdated(work, person)


def languages(_: LanguageChoice, __: Facts) -> Keyboard:
    return [Button(f"language_{locale.value}", Language(locale=locale)) for locale in Locale]


def closed(_: Cancelled, __: Facts) -> Keyboard:
    return RemoveKeyboard()


def routes(to: Routes) -> None:
    to.command("cancel", cancelled)
    to.command("language", language_asked)
    to.press(Language, language_chosen)
    to.shows(LanguageChoice, languages)
    to.shows(Cancelled, closed)
    to.outdated = outdated
