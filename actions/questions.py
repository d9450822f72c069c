"""Asking the graduate inside a case, or writing to them: in a colleague's words, or in ones laid down."""

from uuid import UUID

from actions import cases, casework, clocks, desk
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.case import Asked, Case, Note, NoteKind
from models.messages.asking import CaseQuestion, CaseQuestionAsked, CaseReplyShown
from models.messages.cases import CaseLetter, CaseLetterAsked, CaseLetterSent, Verb
from models.messages.general import Outdated
from models.person import Locale, Person
from models.steps import Hat
from models.steps.asking import AskingQuestion
from models.steps.cases import AskingCaseLetter
from models.unit import Unit
from rules import Reply


async def begin(work: Work, person: Person, case_id: UUID) -> None:
    """`问毕业生`."""
    _, case = await desk.doing(work, person, case_id, Verb.ASK)
    await _reader(work, case)
    person.ask_for(AskingQuestion(case=case.id))
    work.say(person, CaseQuestionAsked(case=case.id, graduate=_about(case)))


async def begin_letter(work: Work, person: Person, case_id: UUID) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.CONTACT)
    await _reader(work, case)
    person.ask_for(AskingCaseLetter(case=case.id))
    work.say(person, CaseLetterAsked(case=case.id, graduate=_about(case)))


async def choose(work: Work, person: Person, case_id: UUID, key: str) -> None:
    """Shown first, in the graduate's language; words typed under it go in its place."""
    reply = work.rules.replies.get(key)
    if reply is None:
        raise Refusal(Outdated())
    _, case = await desk.doing(work, person, case_id, _verb(reply))
    reader = await _reader(work, case)
    person.ask_for(_step(case, reply))
    said = CaseReplyShown(
        case=case.id,
        graduate=_about(case),
        key=key,
        english=reader.locale is Locale.EN,
        waits=reply.asks,
    )
    work.say(person, said)


async def send_chosen(work: Work, person: Person, case_id: UUID, key: str) -> None:
    """Pressed twice it is sent once: the second press finds nothing chosen."""
    reply = work.rules.replies.get(key)
    if reply is None:
        raise Refusal(Outdated())
    who, case = await desk.doing(work, person, case_id, _verb(reply))
    if person.staff_step != _step(case, reply):
        await desk.card(work, who, case)
        return
    reader = await _reader(work, case)
    await (_ask if reply.asks else _write)(work, who, case, reply.worded(reader.locale.value))


async def ask(work: Work, person: Person, case: Case, text: str) -> None:
    who, _ = await desk.doing(work, person, case.id, Verb.ASK)
    await _ask(work, who, case, text)


async def write(work: Work, person: Person, case: Case, text: str) -> None:
    who, _ = await desk.doing(work, person, case.id, Verb.CONTACT)
    await _write(work, who, case, text)


async def _ask(work: Work, who: Colleague, case: Case, text: str) -> None:
    """From here on the case waits for the graduate, and no clock of the colleague's runs."""
    casework.begun(case)
    clocks.wait(work, case)
    note = await cases.note(work, case, NoteKind.ASKED, staff=who.me, text=text, asked=Asked.GRADUATE)
    work.record("case_asked", by=who.person, subject=case.id, graduate=case.graduate_id)
    await _send(work, who, case, note)


async def _write(work: Work, who: Colleague, case: Case, text: str) -> None:
    await _send(work, who, case, await casework.contacted(work, who, case, text))


async def _send(work: Work, who: Colleague, case: Case, note: Note) -> None:
    """The graduate reads which office writes, never which colleague; nobody is written to at night."""
    reader, asks = await _reader(work, case), note.kind is NoteKind.ASKED
    role = desk.role_over(who, await work.session.get_one(Unit, case.unit_id))
    said = (CaseQuestion if asks else CaseLetter)(case=case.id, note=note.id, role=role)
    work.say(reader, said, at=work.rules.quiet.next_allowed(work.now))
    who.person.close_step(Hat.STAFF)
    work.say(who.person, CaseLetterSent(case=case.id, waits=asks))


async def _reader(work: Work, case: Case) -> Person:
    reader = await desk.reached_by_bot(work, case)
    if reader is None:
        raise Refusal(Outdated())
    return reader


def _about(case: Case) -> UUID:
    if case.graduate_id is None:
        raise Refusal(Outdated())
    return case.graduate_id


def _verb(reply: Reply) -> Verb:
    return Verb.ASK if reply.asks else Verb.CONTACT


def _step(case: Case, reply: Reply) -> AskingQuestion | AskingCaseLetter:
    if case.kind.value not in reply.kinds and reply.kinds:
        raise Refusal(Outdated())
    return (AskingQuestion if reply.asks else AskingCaseLetter)(case=case.id, reply=reply.key)
