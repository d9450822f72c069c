"""The conversation itself: its language, what is open in it, what is of another time."""

from actions.work import Work
from models.messages.general import Cancelled, LanguageChosen, NothingOpen, Outdated
from models.person import Locale, Person
from models.steps.enrol import AskingIdentity, AskingName, AskingNumber, ReadingNotice
from models.steps.page import WaitingForChat

PROVING = (AskingIdentity, AskingName, AskingNumber, ReadingNotice)
# Without an answer to one of these the page has nothing to show.
PROOF = (*PROVING, WaitingForChat)


async def cancel(work: Work, person: Person) -> None:
    """Closes the question that typed text would answer now; nothing said before is touched."""
    step = person.step()
    if step is None:
        work.say(person, NothingOpen())
    elif work.page is None or not isinstance(step, PROOF):
        person.close_step(step.hat)
        work.say(person, Cancelled())


async def choose_language(work: Work, person: Person, locale: Locale) -> None:
    """On the page the screen that stands there is worded anew."""
    person.locale, person.locale_chosen = locale, True
    if work.page is None:
        work.say(person, LanguageChosen())


async def outdated(work: Work, person: Person) -> None:
    work.say(person, Outdated())
