"""「不是我本人答复的」: what was answered on the page counts no more, and the right person is asked."""

from sqlmodel import col

from actions import asks, bindings, conflicts, invitations, mine, page_sessions
from actions.work import Refusal, Work
from models.answer import Answer, Source
from models.base import UUID
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.page import PageAnswered, PageDisowned
from models.person import Person


async def tell(work: Work, person: Person, graduate: Graduate) -> None:
    """To whoever has just proved who they are, where the answer that stands came from the page."""
    answer = await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    if answer is not None and answer.source is Source.PAGE:
        work.say(person, PageAnswered(graduate=graduate.id, answer=answer.id))


async def disown(work: Work, person: Person, graduate_id: UUID) -> None:
    """Other browsers are out; from the chat, which stays, the links as well."""
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
    await page_sessions.end_all(work, person.id, but=work.page)
    if work.page is None:
        await invitations.revoke_all(work, graduate)
    await conflicts.raise_case(work, person, graduate, conflicts.STRANGER_ON_PAGE)
    work.say(person, PageDisowned(graduate=graduate.id))
    await asks.card(work, person, graduate)
