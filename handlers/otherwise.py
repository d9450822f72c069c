"""What answers no question: words, files, and whole messages that mean one thing."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import files, heard, intents
from actions.heard import Way
from actions.work import Work
from handlers.case import doing
from handlers.dispute import Open
from handlers.mine import again
from handlers.routes import Button, Facts, File, Keyboard, Routes
from models.messages.cases import Verb
from models.messages.heard import FileNotTaken, HeardAnother, HeardAsked
from models.person import Person


class Choose(CallbackData, prefix="hr"):
    heard: UUID
    way: Way


async def other_text(work: Work, person: Person, text: str) -> None:
    await heard.heard(work, person, text)


async def file_sent(work: Work, person: Person, file: File) -> None:
    await files.sent(work, person, file.kind, file.file_id, file.caption)


async def intent(work: Work, person: Person, text: str) -> bool:
    return await intents.act(work, person, text)


async def chosen(work: Work, person: Person, press: Choose) -> None:
    await heard.choose(work, person, press.heard, press.way)


def ways(message: HeardAsked, facts: Facts) -> Keyboard:
    open_to = [Way.COUNSELOR, Way.OFFICE, Way.KEEP] if message.counselor else [Way.OFFICE, Way.KEEP]
    found = [Button(f"heard_{way.value}", Choose(heard=message.heard, way=way)) for way in open_to]
    if message.dispute:
        found.append(Button("heard_dispute", Open(destination=facts["destination"].id, fresh=True)))
    return found


def on_alert(message: HeardAnother, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.other_text = other_text
    to.file = file_sent
    to.intent = intent
    to.press(Choose, chosen)
    to.shows(HeardAsked, ways)
    to.shows(HeardAnother, on_alert)
    to.shows(FileNotTaken, again)
