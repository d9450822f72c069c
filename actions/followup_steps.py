"""What each step of a chain does: tell, look whether somebody has checked, ask, offer help, make a case."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false
from sqlmodel import and_, col, func, or_, select

from actions import asks, cases, followup_ends, ladder_next, presence, rights, routing, supports
from actions.followup_ends import case_of
from actions.work import Work
from actions.written import ON_ITS_WAY, the_gap, written
from models.ask import AskState
from models.campaign import HELD, Campaign
from models.case import Case, CaseKind
from models.followup import FollowUp
from models.graduate import Graduate
from models.messages import Lane
from models.messages.contact import FollowupHelpOffer, FollowupRecheck, FollowupUnverified
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person
from models.staff import Staff
from models.unit import Unit
from rules import Chain, Does, Moment

UNVERIFIED = "unverified"
CHECKED, NOT_REACHED = "checked", "not_reached"
OWNER = "owner"
FEW = 20


@dataclass(frozen=True)
class Skipped:
    """Why a step was passed over; `ends`: the chain with it, and how."""

    why: str
    ends: str | None = None


async def _check(work: Work, followup: FollowUp, graduate: Graduate, _: Moment) -> Skipped | None:
    """Unchecked for as long as the rules allow: the owner hears of it, or a case is opened."""
    if await followup_ends.checked(work, followup):
        return Skipped(CHECKED)
    await to_case(work, followup, graduate)
    return None


async def _ask(work: Work, followup: FollowUp, graduate: Graduate, moment: Moment) -> Skipped | None:
    """Whoever cannot be asked becomes a case at once."""
    person = await _reached(work, graduate)
    if person is None:
        await to_case(work, followup, graduate)
        return Skipped(NOT_REACHED, ends=UNVERIFIED)
    question = FollowupRecheck(
        followup=followup.id,
        graduate=graduate.id,
        about=followup.kind,
        contact=followup.contact_change_id,
    )
    await _say(work, followup, graduate, person, question, moment)
    return None


async def _offer_help(work: Work, followup: FollowUp, graduate: Graduate, moment: Moment) -> Skipped | None:
    person = await _reached(work, graduate)
    if person is None:
        return Skipped(NOT_REACHED)
    await supports.offered(work, graduate)
    offer = FollowupHelpOffer(followup=followup.id, graduate=graduate.id)
    await _say(work, followup, graduate, person, offer, moment)
    return None


async def _say(
    work: Work,
    followup: FollowUp,
    graduate: Graduate,
    person: Person,
    message: FollowupRecheck | FollowupHelpOffer,
    moment: Moment,
) -> None:
    """An earlier one that never left gives way to it."""
    await take_back(work, followup, graduate, Sending.SUPERSEDED, "later_step")
    work.record("followup_asked", subject=followup.id, graduate=graduate.id, followup=followup.kind.value)
    which = f"{moment.step.key}:{moment.round}"
    work.say(person, message, replaces=f"{_place(followup)}{which}", step=f"{followup.kind.value}:{which}")


async def may_be_said(work: Work, followup: FollowUp, graduate: Graduate) -> datetime:
    """Outside the quiet hours, and after the gap since whatever they were sent last, by whichever door.

    What is still on its way to them counts as taken just now; but an earlier one of its own gives way."""
    at, person = work.now, await _reached(work, graduate)
    if person is not None:
        last_at = (await written(work, {person.id}, [])).last_at(person.id)
        if await _on_its_way(work, followup, person):
            last_at = work.now
        at = max(last_at + the_gap(work), at) if last_at else at
    return work.rules.quiet.next_allowed(at)


async def _on_its_way(work: Work, followup: FollowUp, person: Person) -> bool:
    """Of a campaign that is held back nobody knows when it leaves; the postman keeps the gap then."""
    own = col(Outgoing.replaces).startswith(_place(followup))
    query = select(Outgoing.id).outerjoin(Campaign, col(Campaign.id) == col(Outgoing.campaign_id))
    query = query.where(
        Outgoing.person_id == person.id,
        col(Outgoing.state).in_(ON_ITS_WAY),
        col(Outgoing.lane) == Lane.CAMPAIGN,
        or_(col(Campaign.id).is_(None), col(Campaign.state).not_in(HELD)),
        ~and_(Outgoing.state == Sending.DUE, func.coalesce(own, false())),
    )
    return (await work.session.exec(query.limit(1))).first() is not None


async def _case(work: Work, followup: FollowUp, graduate: Graduate, _: Moment) -> Skipped | None:
    await to_case(work, followup, graduate)
    return None


async def _tell(work: Work, followup: FollowUp, graduate: Graduate, moment: Moment) -> Skipped | None:
    """The first of those named that there is; with nothing open any more it becomes a case."""
    case = await case_of(work, followup)
    if case is None or case.closed_at is not None:
        await to_case(work, followup, graduate)
        return None
    for staff in await _hearers(work, graduate, case, moment.step.to):
        await rights.tell(
            work, staff, FollowupUnverified(followup=followup.id, graduate=graduate.id, case=case.id)
        )
    return None


async def _ladder(work: Work, _: FollowUp, graduate: Graduate, __: Moment) -> Skipped | None:
    """A snooze went by without an answer: the reminders that are left come at their own time."""
    ask = await asks.latest(work, graduate)
    if ask is not None and ask.state is AskState.OPEN and ask.next_at is None:
        await ladder_next.plan_next(work, ask)
    return None


TAKES: dict[Does, Callable[[Work, FollowUp, Graduate, Moment], Awaitable[Skipped | None]]] = {
    Does.CHECK: _check,
    Does.ASK: _ask,
    Does.CASE: _case,
    Does.TELL: _tell,
    Does.OFFER_HELP: _offer_help,
    Does.LADDER: _ladder,
}


async def to_case(work: Work, followup: FollowUp, graduate: Graduate) -> None:
    """One open case is enough: whoever has it is told; otherwise a new one is opened."""
    work.record(
        "followup_unverified", subject=followup.id, graduate=graduate.id, followup=followup.kind.value
    )
    case = await case_of(work, followup)
    if case is None or case.closed_at is not None:
        kind = _case_kind(work.rules.followups.chains[followup.kind.value])
        case = await cases.open_case(
            work, kind, unit_id=graduate.unit_id, graduate=graduate, reason=UNVERIFIED
        )
        followup.case_id = case.id
        return
    owner = await cases.owner_of(work, case)
    if owner is not None:
        said = FollowupUnverified(followup=followup.id, graduate=graduate.id, case=case.id)
        await rights.tell(work, owner, said)


def _case_kind(chain: Chain) -> CaseKind:
    """What is no kind of its own is a change request."""
    return next((kind for kind in CaseKind if kind.value == chain.case), CaseKind.CHANGE_REQUEST)


async def _reached(work: Work, graduate: Graduate) -> Person | None:
    """By an account that somebody vouches for, and that takes and wants such messages."""
    query = select(Person).join(Binding, col(Binding.person_id) == col(Person.id))
    live = (Binding.graduate_id == graduate.id, col(Binding.ended_at).is_(None), col(Binding.verified))
    person = (await work.session.exec(query.where(*live))).first()
    return None if person is None or person.stopped_at or person.unreachable else person


async def _hearers(work: Work, graduate: Graduate, case: Case, names: Sequence[str]) -> Sequence[Staff]:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    for name in names:
        if name == OWNER:
            owner = await cases.owner_of(work, case)
            found = [owner] if owner else []
        elif name in work.rules.routing.class_roles:
            found = list(await routing.counselors_of(work, graduate))
        else:
            found = list(await routing.holders(work, [name], unit))
        if told := presence.hearers(work, found):
            return told[:FEW]
    return []


def _place(followup: FollowUp) -> str:
    return f"followup:{followup.id}:"


async def take_back(work: Work, followup: FollowUp, graduate: Graduate, state: Sending, reason: str) -> None:
    """What this chain has said and has not left yet; nothing was said before its first step."""
    if followup.last_at is None:
        return
    bound = select(Binding.person_id).where(Binding.graduate_id == graduate.id)
    rows = await work.session.exec(
        select(Outgoing)
        .where(
            col(Outgoing.person_id).in_(bound),
            col(Outgoing.replaces).startswith(_place(followup)),
            Outgoing.state == Sending.DUE,
        )
        .with_for_update()
    )
    for row in rows:
        row.state, row.reason, row.settled_at = state, reason, work.now
