"""「不是我本人答复的」: what was answered on the page counts no more, and the right person is asked."""

from sqlmodel import col, or_, select

from actions import asks, bindings, cases, conflicts, invitations, mine, owning, page_sessions, rights
from actions.work import Refusal, Work
from models.answer import Answer, Source
from models.base import UUID
from models.case import Case, CaseKind, CaseState, NoteKind
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.leads import LeadNews
from models.messages.page import PageAnswered, PageDisowned
from models.person import Person

BROUGHT = (CaseKind.DISPUTE, CaseKind.CHANGE_REQUEST, CaseKind.CONTACT_CHANGE)
FEW = 20


async def tell(work: Work, person: Person, graduate: Graduate) -> None:
    """To whoever has just proved who they are, where the answer that stands came from the page."""
    answer = await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    if answer is not None and answer.source is Source.PAGE:
        work.say(person, PageAnswered(graduate=graduate.id, answer=answer.id))


async def disown(work: Work, person: Person, graduate_id: UUID) -> None:
    """Other browsers are out; from the chat, which stays, the links as well. They are asked as before."""
    _, verified = await mine.held(work, person, graduate_id)
    if not verified:
        raise Refusal(Outdated())
    graduate = await work.session.get_one(Graduate, graduate_id, with_for_update=True)
    standing = await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    if standing is not None and standing.source is Source.PAGE:
        await bindings.stand_again(
            work, graduate, col(Answer.source) != Source.PAGE, col(Answer.verified).is_(True)
        )
    work.record("answer_disowned", by=person, graduate=graduate.id)
    await _tell_owners(work, person, graduate)
    await page_sessions.end_all(work, person.id, but=work.page)
    if work.page is None:
        await invitations.revoke_all(work, graduate)
    await conflicts.raise_case(work, person, graduate, conflicts.STRANGER_ON_PAGE)
    work.say(person, PageDisowned(graduate=graduate.id))
    await (asks.card if graduate.answered else asks.ask_now)(work, person, graduate)


async def _tell_owners(work: Work, person: Person, graduate: Graduate) -> None:
    """Whoever works on what was brought by the page is not left to believe it; nothing is closed by it."""
    brought = await work.session.exec(
        select(Case)
        .outerjoin(Answer, col(Answer.id) == col(Case.answer_id))
        .where(
            Case.graduate_id == graduate.id,
            col(Case.kind).in_(BROUGHT),
            col(Case.state) != CaseState.CLOSED,
            or_(col(Answer.source) == Source.PAGE, col(Case.answer_id).is_(None)),
        )
        .order_by(col(Case.number))
        .limit(FEW)
    )
    for case in brought.all():
        await cases.note(work, case, NoteKind.ANSWERED)
        work.record("case_disowned", by=person, subject=case.id, graduate=graduate.id)
        owner = await cases.owner_of(work, case)
        if owner is not None and await owning.may_own(work, case, owner.id):
            await rights.tell(work, owner, LeadNews(case=case.id, reader=owner.id))
