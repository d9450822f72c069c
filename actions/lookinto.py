"""`记录核实情况`: who or what was asked, how, and what was seen; nothing grave is settled without it."""

from uuid import UUID

from sqlmodel import col, func, select

from actions import cases, casework, clocks, desk, rights
from actions.work import Refusal, Work
from models.case import Asked, Case, Method, Note, NoteKind
from models.messages.cases import Verb
from models.messages.lookinto import LookHowAsked, LookMissing, LookSeenAsked, LookWhomAsked
from models.person import Person
from models.steps.lookinto import AskingSeen

# What was found before one of these was not enough, or is doubted.
ROUNDS = (NoteKind.REOPENED, NoteKind.RETURNED)


class NotLookedInto(Refusal):
    def __init__(self, case: Case) -> None:
        super().__init__(LookMissing(case=case.id))


async def begin(work: Work, person: Person, case_id: UUID) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.LOOK_INTO)
    work.say(person, LookWhomAsked(case=case.id))


async def whom(work: Work, person: Person, case_id: UUID, asked: Asked) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.LOOK_INTO)
    work.say(person, LookHowAsked(case=case.id, asked=asked))


async def how(work: Work, person: Person, case_id: UUID, asked: Asked, method: Method) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.LOOK_INTO)
    person.ask_for(AskingSeen(case=case.id, asked=asked, method=method))
    work.say(person, LookSeenAsked(case=case.id, asked=asked, method=method))


async def seen(work: Work, person: Person, case: Case, step: AskingSeen, text: str) -> None:
    who = await rights.colleague(work, person)
    casework.begun(case)
    clocks.stepped(work, case)
    line = await cases.note(
        work, case, NoteKind.LOOKED_INTO, staff=who.me, text=text, asked=step.asked, method=step.method
    )
    facts = {"asked": step.asked.value, "method": step.method.value}
    work.record("case_looked_into", by=person, subject=line.id, graduate=case.graduate_id, **facts)
    person.close_step(AskingSeen.hat)
    await desk.card(work, who, case)


async def must_be_written(work: Work, case: Case) -> None:
    """Of this round: what a second person or the graduate did not accept does not count again."""
    if not cases.rule_of(work, case).looked_into:
        return
    await work.session.flush()
    begun = select(func.max(Note.at)).where(Note.case_id == case.id, col(Note.kind).in_(ROUNDS))
    since = (await work.session.exec(begun)).one()
    query = select(Note.id).where(Note.case_id == case.id, Note.kind == NoteKind.LOOKED_INTO)
    if since is not None:
        query = query.where(col(Note.at) > since)
    if (await work.session.exec(query.limit(1))).first() is None:
        raise NotLookedInto(case)
