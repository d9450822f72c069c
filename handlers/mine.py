"""/my, /help and /stop: one's own record, what can be done here, and the end of reminders."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import disowning, mine
from actions.work import Work
from handlers import ask
from handlers.contact import Changed
from handlers.dispute import Add, Show, Withdraw
from handlers.question import ReplyTo
from handlers.routes import Button, Facts, Keyboard, Routes
from models.answer import Source
from models.messages.heard import FileNotTaken
from models.messages.mine import HelpGraduate, MyRecord, StopDone
from models.person import Person
from reports import mine as _questions  # noqa: F401  attaches what the texts ask
from rules.taxonomy import DestinationClass

UNSETTLED = (DestinationClass.SEEKING, DestinationClass.NOT_SEEKING)


class Mine(CallbackData, prefix="my"):
    pass


class AnswerAgain(CallbackData, prefix="mya"):
    graduate: UUID


class Disown(CallbackData, prefix="myd"):
    graduate: UUID


class Resume(CallbackData, prefix="myr"):
    pass


async def asked(work: Work, person: Person, _: str) -> None:
    await mine.show(work, person)


async def pressed(work: Work, person: Person, _: Mine) -> None:
    await mine.show(work, person)


async def answering(work: Work, person: Person, press: AnswerAgain) -> None:
    await mine.answer_again(work, person, press.graduate)


async def disowned(work: Work, person: Person, press: Disown) -> None:
    await disowning.disown(work, person, press.graduate)


async def helped(work: Work, person: Person, _: str) -> None:
    await mine.help_(work, person)


async def stopped(work: Work, person: Person, _: str) -> None:
    await mine.stop(work, person)


async def resumed(work: Work, person: Person, _: Resume) -> None:
    await mine.resume(work, person)


def record(message: MyRecord, facts: Facts) -> Keyboard:
    answered = "my_change_answer" if facts["answers"] else "my_answer_now"
    found = [Button(answered, AnswerAgain(graduate=message.graduate))]
    if dispute := facts["open_dispute"]:
        found.append(Button("my_add", Add(dispute=dispute.id)))
        if dispute.withdrawn_at is None:
            found.append(Button("my_withdraw", Withdraw(dispute=dispute.id)))
    elif closed := facts["closed_dispute"]:
        found.append(Button("my_dispute", Show(dispute=closed.id)))
    for note, case in facts["questions"]:
        found.append(Button("my_reply", ReplyTo(note=note.id), words={"number": case.number}))
    found.append(Button("my_contacts", Changed(graduate=message.graduate)))
    if any(
        one.id == facts["graduate"].answer_id and one.source is Source.PAGE for one, _ in facts["answers"]
    ):
        found.append(Button("page_disown", Disown(graduate=message.graduate)))
    return [*found, *_not_me(facts)]


def _not_me(facts: Facts) -> list[Button]:
    """A card without a destination has four answers and no place for this one."""
    destination = facts["destination"]
    if destination is None or DestinationClass(destination.category) not in UNSETTLED:
        return []
    return [ask.button("ask_not_me", destination.id, ask.Choice.NOT_ME_ELSEWHERE)]


def resumable(_: StopDone, __: Facts) -> Keyboard:
    return [Button("stop_resume", Resume())]


def again(_: FileNotTaken | HelpGraduate, __: Facts) -> Keyboard:
    return [Button("my_show", Mine())]


def routes(to: Routes) -> None:
    to.command("my", asked)
    to.command("help", helped)
    to.command("stop", stopped)
    to.press(Mine, pressed)
    to.press(AnswerAgain, answering)
    to.press(Disown, disowned)
    to.press(Resume, resumed)
    to.shows(MyRecord, record)
    to.shows(HelpGraduate, again)
    to.shows(StopDone, resumable)
