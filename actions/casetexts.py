"""What a colleague types about a case: checked against the rules, kept, handed to the verb that asked."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from actions import casework, desk, lookinto, questions, reviewing, settling
from actions.work import Refusal, Work
from models.answer import Heard
from models.case import Case
from models.messages.cases import CaseTextEmpty, CaseTextTooLong, Verb
from models.person import Person
from models.steps import Hat
from models.steps.asking import AskingQuestion
from models.steps.cases import (
    AskingCaseLetter,
    AskingCaseNote,
    AskingFinding,
    AskingHandNote,
    AskingReturnReason,
)
from models.steps.lookinto import AskingSeen

Take = Callable[[Work, Person, Case, str], Awaitable[None]]


async def note(work: Work, person: Person, step: AskingCaseNote, text: str) -> None:
    await _take(work, person, step.case, text, Verb.NOTE, casework.add_note)


async def letter(work: Work, person: Person, step: AskingCaseLetter, text: str) -> None:
    await _take(work, person, step.case, text, Verb.CONTACT, questions.write)


async def question(work: Work, person: Person, step: AskingQuestion, text: str) -> None:
    await _take(work, person, step.case, text, Verb.ASK, questions.ask)


async def finding(work: Work, person: Person, step: AskingFinding, text: str) -> None:
    await _take(work, person, step.case, text, Verb.CLOSE, settling.finding)


async def reason(work: Work, person: Person, step: AskingReturnReason, text: str) -> None:
    await _take(work, person, step.case, text, Verb.RETURN, reviewing.give_back)


async def hand_note(work: Work, person: Person, step: AskingHandNote, text: str) -> None:
    async def take(work: Work, person: Person, case: Case, words: str) -> None:
        await casework.hand_over(work, person, case.number, step.staff, words)

    await _take(work, person, step.case, text, Verb.HAND_OVER, take)


async def seen(work: Work, person: Person, step: AskingSeen, text: str) -> None:
    async def take(work: Work, person: Person, case: Case, words: str) -> None:
        await lookinto.seen(work, person, case, step, words)

    await _take(work, person, step.case, text, Verb.LOOK_INTO, take)


async def _take(work: Work, person: Person, case_id: UUID, text: str, verb: Verb, take: Take) -> None:
    """What does not fit is kept, said so, and the question stays open."""
    words, most = text.strip(), work.rules.privacy.text_max.note
    if not words:
        work.say(person, CaseTextEmpty())
        return
    if len(words) > most:
        _keep(work, person, case_id, words, "staff_too_long")
        work.say(person, CaseTextTooLong(most=most))
        return
    try:
        _, case = await desk.doing(work, person, case_id, verb)
        await take(work, person, case, words)
    except Refusal as refusal:
        _keep(work, person, case_id, words, "staff_too_late")
        person.close_step(Hat.STAFF)
        work.say(person, refusal.said)


def _keep(work: Work, person: Person, case_id: UUID, words: str, why: str) -> None:
    work.session.add(Heard(person_id=person.id, text=work.seal(words), routed=why, said_at=work.now))
    work.record(why, by=person, subject=case_id)
