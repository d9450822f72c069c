"""What ends a chain before its last step: asked each time before it says or does anything."""

from collections.abc import Awaitable, Callable

from sqlmodel import col, select

from actions import asks, destinations, identity
from actions.work import Work
from models.answer import Answer, AnswerKind, ContactChange, HelpClaim
from models.ask import AskState
from models.case import Case, CaseKind, Method, Outcome
from models.dispute import Dispute
from models.followup import FollowUp, FollowUpKind
from models.graduate import Destination, Graduate
from models.official import Official
from models.person import Binding, Unreachable
from rules import Chain, Ends

HELD_GOOD = (Outcome.DONE, Outcome.REGISTER_CORRECTED)
Holds = Callable[[Work, FollowUp, Graduate], Awaitable[bool]]


async def over(work: Work, followup: FollowUp, graduate: Graduate, chain: Chain) -> str | None:
    """Why nothing more is to be done; the first reason of the rules that is true."""
    for one in chain.ends:
        if await HOLDS[one](work, followup, graduate):
            return one.value
    return None


async def checked(work: Work, followup: FollowUp) -> bool:
    """Somebody has looked: at the contact itself, or at the case there is."""
    if followup.contact_change_id is not None:
        change = await work.session.get_one(ContactChange, followup.contact_change_id)
        return change.verified_at is not None
    return await _case_closed(work, followup, None)


async def case_of(work: Work, followup: FollowUp) -> Case | None:
    return await work.session.get(Case, followup.case_id) if followup.case_id else None


async def _removed(_: Work, __: FollowUp, graduate: Graduate) -> bool:
    return graduate.removed_at is not None


async def _verified(work: Work, followup: FollowUp, graduate: Graduate) -> bool:
    if followup.kind is not FollowUpKind.UNVERIFIED_PHONE:
        return followup.contact_change_id is not None and await checked(work, followup)
    unchecked = select(Binding.id).where(
        Binding.graduate_id == graduate.id, col(Binding.verified).is_(False), col(Binding.ended_at).is_(None)
    )
    return (await work.session.exec(unchecked.limit(1))).first() is None


async def _case_closed(work: Work, followup: FollowUp, _: Graduate | None) -> bool:
    case = await case_of(work, followup)
    return case is not None and case.closed_at is not None


async def _material(work: Work, followup: FollowUp, graduate: Graduate) -> bool:
    """The change was settled by its material, or what was announced in the chat has come in since."""
    case = await case_of(work, followup)
    if case and case.closed_at and case.method is Method.MATERIAL_CHECK and case.outcome in HELD_GOOD:
        return True
    came = select(Case.id).where(
        Case.graduate_id == graduate.id,
        Case.kind == CaseKind.EVIDENCE_PENDING,
        col(Case.closed_at) >= followup.opened_at,
        col(Case.outcome).in_(HELD_GOOD),
    )
    return (await work.session.exec(came.limit(1))).first() is not None


async def _registered(work: Work, followup: FollowUp, graduate: Graduate) -> bool:
    """The register has taken it up: another line that matters, or the official list's 已变更."""
    if graduate.official is Official.CHANGED and (graduate.official_at or work.now) > followup.opened_at:
        return graduate.official_at is not None
    versions = select(Destination).where(
        Destination.graduate_id == graduate.id, col(Destination.registered_at) <= followup.opened_at
    )
    before = (await work.session.exec(versions.order_by(col(Destination.number).desc()).limit(1))).first()
    now = await destinations.current(work, graduate)
    return before is not None and before.id != now.id and bool(destinations.differs(work, before, now))


async def _disputed(work: Work, _: FollowUp, graduate: Graduate) -> bool:
    found = select(Dispute.id).where(Dispute.graduate_id == graduate.id, col(Dispute.closed_at).is_(None))
    return (await work.session.exec(found.limit(1))).first() is not None


async def _answered(work: Work, followup: FollowUp, graduate: Graduate) -> bool:
    """A newer answer says more than asking again; "still seeking" once more is no news to its own chain."""
    latest = await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    if latest is None or latest.said_at <= followup.opened_at:
        return False
    helped = isinstance(latest.claim, HelpClaim) and latest.claim.wanted
    again = followup.kind is FollowUpKind.STILL_SEEKING and latest.kind is AnswerKind.SEEKING
    return helped or not again


async def _ask_closed(work: Work, _: FollowUp, graduate: Graduate) -> bool:
    ask = await asks.latest(work, graduate)
    return ask is None or ask.state is not AskState.OPEN


async def _opted_out(work: Work, _: FollowUp, graduate: Graduate) -> bool:
    person = await identity.person_of(work, graduate)
    stopped = person is not None and person.stopped_at is not None
    return stopped or (person is not None and person.unreachable is Unreachable.OPTED_OUT)


HOLDS: dict[Ends, Holds] = {
    Ends.REMOVED: _removed,
    Ends.VERIFIED: _verified,
    Ends.CASE_CLOSED: _case_closed,
    Ends.MATERIAL: _material,
    Ends.REGISTERED: _registered,
    Ends.DISPUTED: _disputed,
    Ends.ANSWERED: _answered,
    Ends.ASK_CLOSED: _ask_closed,
    Ends.OPTED_OUT: _opted_out,
}
