"""The conversation itself: its language, what is open in it, what is of another time."""

from actions.work import Work
from models.messages.general import Cancelled, LanguageChosen, NothingOpen, Outdated
from models.person import Locale, Person


async def cancel(work: Work, person: Person) -> None:
    """Closes the question that typed text would answer now; nothing said before is touched."""
    step = person.step()
    if step is None:
        work.say(person, NothingOpen())
        return
    person.close_step(step.hat)
    work.say(person, Cancelled())


async def choose_language(work: Work, person: Person, locale: Locale) -> None:
    person.locale, person.locale_chosen = locale, True
    work.say(person, LanguageChosen())


async def outdated(work: Work, person: Person) -> None:
    work.say(person, Outdated())
