"""The graduate answers what was asked inside a case, and the answer goes back into it."""

from uuid import UUID

from sqlmodel import select

from actions import cases, clocks, desk, heard, identity, owning, rights
from actions.records import NotBound
from actions.work import Refusal, Work
from models.case import Case, CaseState, Note, NoteKind
from models.graduate import Graduate
from models.messages.asking import (
    CaseReplied,
    CaseReplyAsked,
    CaseReplyKept,
    CaseReplyLater,
    CaseReplyMoved,
)
from models.messages.general import Outdated
from models.person import Person
from models.steps.asking import ReplyingToCase

ANSWERABLE = (NoteKind.ASKED, NoteKind.CONTACTED)
TOO_LONG = "reply_too_long"


async def begin(work: Work, person: Person, note_id: UUID) -> None:
    """`回复`: what is typed next goes into the case."""
    case, _ = await _asked(work, person, note_id)
    person.ask_for(ReplyingToCase(case=case.id, note=note_id))
    work.say(person, CaseReplyAsked(case=case.id, most=_most(work)))


async def later(work: Work, person: Person, note_id: UUID) -> None:
    """`稍后`: nothing is lost by it, and the question stays where it is."""
    case, _ = await _asked(work, person, note_id)
    if person.graduate_step == ReplyingToCase(case=case.id, note=note_id):
        person.close_step(ReplyingToCase.hat)
    work.say(person, CaseReplyLater(case=case.id))


async def typed(work: Work, person: Person, step: ReplyingToCase, text: str) -> None:
    case, graduate = await _asked(work, person, step.note)
    words, most = text.strip(), _most(work)
    if not words or len(words) > most:
        if words:
            heard.keep(work, person, graduate, words, routed=TOO_LONG)
        work.say(person, CaseReplyAsked(case=case.id, most=most, again=bool(words)))
        return
    person.close_step(step.hat)
    if case.state is CaseState.CLOSED and not desk.guarded(work, case):
        await _after_the_end(work, person, graduate, case, words)
    else:
        await _into(work, person, case, words)


async def _into(work: Work, person: Person, case: Case, words: str) -> None:
    """What may concern colleagues themselves stays in the case even when it is closed."""
    clocks.go_on(work, case)
    note = await cases.note(work, case, NoteKind.REPLIED, text=words)
    work.record("case_replied", by=person, subject=case.id, graduate=case.graduate_id)
    owner = await cases.owner_of(work, case)
    if owner is not None and case.graduate_id and await owning.may_own(work, case, owner.id):
        said = CaseReplied(case=case.id, graduate=case.graduate_id, note=note.id, reader=owner.id)
        await rights.tell(work, owner, said)
    elif case.state is CaseState.CLOSED:
        await work.incident("reply_without_reader", f"case {case.number}")
    work.say(person, CaseReplyKept(case=case.id))


async def _after_the_end(work: Work, person: Person, graduate: Graduate, case: Case, words: str) -> None:
    """Nothing is opened again by it: the words go the way of any other, and the graduate hears where."""
    row = heard.keep(work, person, graduate, words)
    await work.session.flush()
    moved = await heard.pass_on(work, person, graduate, [row])
    if moved is not None:
        work.say(person, CaseReplyMoved(case=moved.id, asked_in=case.id))


async def _asked(work: Work, person: Person, note_id: UUID) -> tuple[Case, Graduate]:
    """The case, locked, for the account that answers for its graduate now."""
    note = await work.session.get(Note, note_id)
    if note is None or note.kind not in ANSWERABLE or note.text is None:
        raise Refusal(Outdated())
    query = select(Case).where(Case.id == note.case_id).with_for_update()
    case = (await work.session.exec(query.execution_options(populate_existing=True))).one()
    graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    reader = await identity.person_of(work, graduate) if graduate else None
    if graduate is None or reader is None or reader.id != person.id:
        raise NotBound
    return case, graduate


def _most(work: Work) -> int:
    return work.rules.privacy.text_max.message
