"""The owner says what was done; somebody who neither did nor asked for it passes it or sends it back."""

from uuid import UUID

from sqlmodel import select

from actions import desk, settling
from actions.work import Work
from models.case import Case, CaseKind, Method, Outcome
from models.messages.cases import Verb
from models.messages.rectify import RectifyDoneAsked, RectifyTooLong
from models.person import Person
from models.rectification import Rectification
from models.staff import Staff
from models.steps.rectify import AskingRectified


async def begin(work: Work, person: Person, case: Case) -> None:
    """「办结」 of such a case asks only for words."""
    person.ask_for(AskingRectified(case=case.id))
    work.say(person, RectifyDoneAsked(case=case.id))


async def typed(work: Work, person: Person, step: AskingRectified, text: str) -> None:
    words, most = text.strip(), work.rules.rectify.text_max
    if not words or len(words) > most:
        work.say(person, RectifyTooLong(most=most))
        return
    _, case = await desk.doing(work, person, step.case, Verb.CLOSE)
    case.method, case.finding = Method.OTHER, work.seal(words)
    person.close_step(AskingRectified.hat)
    task = await of(work, case.id)
    if task is not None:
        task.done_at = work.now
    await settling.outcome(work, person, case.id, Outcome.DONE)


async def checked(work: Work, case: Case, by: Staff, *, passed: bool) -> None:
    """Looked at by the second person; what is complete stays so."""
    task = await of(work, case.id) if case.kind is CaseKind.RECTIFICATION else None
    if task is None:
        return
    task.checked_by_id, task.checked_at = by.id, work.now
    task.done_at = (task.done_at or case.settled_at) if passed else None
    task.completed_at = work.now if passed else None
    work.record("rectification_checked", subject=case.id, passed=passed)


async def of(work: Work, case_id: UUID) -> Rectification | None:
    query = select(Rectification).where(Rectification.case_id == case_id)
    return (await work.session.exec(query.with_for_update())).first()
