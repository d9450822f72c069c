"""What a graduate presses under an offer of help: wanted or not; neither is an answer to the ask."""

from uuid import UUID

from actions import helping, mine, supports
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.support import SupportAnswered
from models.person import Person
from models.support import Support


async def said(work: Work, person: Person, support_id: UUID, *, wanted: bool) -> None:
    support = await work.session.get(Support, support_id)
    if support is None:
        raise Refusal(Outdated())
    _, verified = await mine.held(work, person, support.graduate_id)
    if not verified:
        raise Refusal(Outdated())
    graduate = await work.session.get_one(Graduate, support.graduate_id, with_for_update=True)
    case = await helping.open_help(work, graduate)
    if not wanted:
        await supports.declined(work, graduate)
        case = None
    else:
        case = case or await helping.opened(work, graduate)
        await supports.asked_for(work, graduate, case)
    answered = SupportAnswered(support=support.id, case=case.id if case else None, wanted=wanted)
    work.say(person, answered, replaces=f"support_offer:{support.id}")
