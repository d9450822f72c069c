"""Whole messages that mean one thing: acted on, never guessed at."""

from actions import asks, conversation, identity, mine
from actions.work import Work
from models.messages.general import LanguageChoice
from models.person import Person
from models.steps import Hat
from rules import Intent

ALWAYS = frozenset({Intent.STOP, Intent.HELP, Intent.CANCEL})


async def act(work: Work, person: Person, text: str) -> bool:
    """While a question waits for text, only a way out of it is understood as such; 「确认」 answers none."""
    intent = work.rules.intents.match(text)
    if intent is None or not _meant(person, intent):
        return False
    match intent:
        case Intent.STOP:
            await mine.stop(work, person)
        case Intent.HELP:
            await mine.help_(work, person)
        case Intent.CANCEL:
            await conversation.cancel(work, person)
        case Intent.LANGUAGE:
            work.say(person, LanguageChoice())
        case Intent.MY:
            await mine.show(work, person)
        case Intent.CONFIRM:
            return await _cards(work, person)
    return True


def _meant(person: Person, intent: Intent) -> bool:
    step = person.step()
    if step is None or intent in ALWAYS:
        return True
    return intent is Intent.CONFIRM and step.hat is Hat.GRADUATE


async def _cards(work: Work, person: Person) -> bool:
    """「确认」 typed shows the card again: only a press confirms."""
    bound = await identity.bindings(work, person)
    for _, graduate in bound:
        await asks.card(work, person, graduate)
    return bool(bound)
