"""What a graduate presses under a question of a chain: it holds, it has changed, help is wanted or not."""

from actions import asks, contacts, destinations, followups, helping, mine, supports
from actions.followup_steps import to_case
from actions.work import Refusal, Work
from models.answer import ContactKind
from models.base import UUID
from models.followup import FollowUp, FollowUpKind
from models.graduate import Graduate
from models.messages.contact import FollowupConfirmed, FollowupOver, FollowupPassedOn
from models.messages.general import Outdated
from models.person import Person

CONTACTS = frozenset(FollowUpKind(one.value) for one in ContactKind)
CONFIRMED, CHANGED, NOT_HELPED = "confirmed", "changed", "not_helped"
HELP_WANTED, DECLINED = "help_wanted", "declined"


async def still(work: Work, person: Person, followup_id: UUID) -> None:
    """「是的」: what was said before still holds, or help has come."""
    followup, graduate = await _held(work, person, followup_id)
    if followup is not None:
        await followups.done(work, followup, graduate, CONFIRMED, by=person)
        work.say(person, FollowupConfirmed(followup=followup.id))


async def changed(work: Work, person: Person, followup_id: UUID) -> None:
    """「又变了」: a contact is asked for anew, else the card is shown; missing help is told again."""
    followup, graduate = await _held(work, person, followup_id)
    if followup is None:
        return
    helping = followup.kind is FollowUpKind.NEEDS_HELP
    await followups.done(work, followup, graduate, NOT_HELPED if helping else CHANGED, by=person)
    if helping:
        await to_case(work, followup, graduate)
        work.say(person, FollowupPassedOn())
    elif followup.kind in CONTACTS:
        await contacts.ask(work, person, graduate, ContactKind(followup.kind.value))
    else:
        await asks.card(work, person, graduate)


async def help_wanted(work: Work, person: Person, followup_id: UUID) -> None:
    """「需要就业帮助」 counts as long as the offer can be seen, whether or not the chain has ended."""
    followup, graduate = await _offered(work, person, followup_id)
    if followup.done_at is None:
        await followups.done(work, followup, graduate, HELP_WANTED, by=person)
    now = await destinations.current(work, graduate)
    await helping.said(work, person, now.id, True)


async def declined(work: Work, person: Person, followup_id: UUID) -> None:
    """「暂时不需要」: no answer is made of it, and nothing more is offered."""
    followup, graduate = await _offered(work, person, followup_id)
    if followup.done_at is None:
        await followups.done(work, followup, graduate, DECLINED, by=person)
    await supports.declined(work, graduate)
    work.say(person, FollowupConfirmed(followup=followup.id))


async def found(work: Work, person: Person, followup_id: UUID) -> None:
    """「去向有变化，更新一下」: the card, whose answer ends the chain."""
    _, graduate = await _offered(work, person, followup_id)
    await asks.card(work, person, graduate)


async def _held(
    work: Work, person: Person, followup_id: UUID
) -> tuple[FollowUp, Graduate] | tuple[None, Graduate]:
    """Locked; none once it has been settled another way, which is said."""
    followup, graduate = await _offered(work, person, followup_id)
    _, verified = await mine.held(work, person, graduate.id)
    if followup.done_at is not None or not verified:
        work.say(person, FollowupOver())
        return None, graduate
    return followup, graduate


async def _offered(work: Work, person: Person, followup_id: UUID) -> tuple[FollowUp, Graduate]:
    followup = await work.session.get(FollowUp, followup_id)
    if followup is None:
        raise Refusal(Outdated())
    await mine.held(work, person, followup.graduate_id)
    graduate = await work.session.get_one(Graduate, followup.graduate_id, with_for_update=True)
    await work.session.refresh(followup, with_for_update=True)
    return followup, graduate
