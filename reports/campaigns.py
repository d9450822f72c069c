"""What a campaign would do, and what became of everything it meant to send."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import AnswerKind
from models.ask import Ask
from models.base import UUID
from models.campaign import Campaign, CampaignState
from models.dispute import Dispute
from models.graduate import Destination, Graduate, unanswered
from models.messages.campaign import CampaignAsItIs, CampaignConsent, CampaignUncovered
from models.messages.office import BroadcastPreview, BroadcastSecond
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person, Unreachable
from models.staff import Staff
from models.unit import Unit, UnitKind
from reports.facts import About, asks
from rules import Campaign as Plan
from rules import Rules

SAMPLES = 20
NAMED = 20
TO_ASK = "to_ask"
SKIPPED = ("answered", "disputed", "opted_out")
UNREACHED = tuple(one.value for one in Unreachable if one is not Unreachable.OPTED_OUT)
STILL_RUNNING = (CampaignState.WAITING, CampaignState.RUNNING, CampaignState.PAUSED)
COUNTED = {
    Sending.ACCEPTED: "accepted",
    Sending.REFUSED: "refused",
    Sending.UNREACHABLE: "unreachable",
    Sending.SKIPPED: "skipped",
    # Gave way to a newer message to the same place before it left.
    Sending.SUPERSEDED: "skipped",
    Sending.CANCELLED: "cancelled",
    Sending.UNKNOWN: "unknown",
}
KEYS = ("queued", "accepted", "refused", "unreachable", "skipped", "cancelled", "unknown")


async def numbers(session: AsyncSession, campaign: Campaign) -> dict[str, int | bool]:
    """`queued` is all it ever meant to send: each message, and everybody in scope it found no way to."""
    counts = dict.fromkeys(KEYS, 0)
    rows = await session.execute(
        select(col(Outgoing.state), func.count())
        .where(col(Outgoing.campaign_id) == campaign.id)
        .group_by(col(Outgoing.state))
    )
    for state, count in rows:
        counts["queued"] += count
        if state in COUNTED:
            counts[COUNTED[state]] += count
    not_enrolled, still_to_ask = await _without_an_ask(session, campaign)
    counts["unreachable"] += not_enrolled
    counts["queued"] += not_enrolled + still_to_ask
    spread = campaign.spread_done_at is not None or campaign.state not in STILL_RUNNING
    settled = sum(counts[key] for key in KEYS[1:])
    return {**counts, "balanced": spread and counts["queued"] == settled}


async def _without_an_ask(session: AsyncSession, campaign: Campaign) -> tuple[int, int]:
    """Not enrolled while it ran; and enrolled, but the campaign has not come to them yet."""
    unit = await session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    asked = exists().where(col(Ask.graduate_id) == col(Graduate.id), col(Ask.campaign_id) == campaign.id)
    bound = exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None) if campaign.finished_at is None else _bound_by(campaign.finished_at),
    )
    disputed = _disputed()
    where = (*_scope(campaign.cohort, unit), _silent(), ~asked, ~disputed)
    query = select(bound, func.count()).select_from(Graduate).where(*where).group_by(bound)
    found = {bool(is_bound): count for is_bound, count in (await session.execute(query))}
    to_come = campaign.spread_done_at is None and campaign.state in STILL_RUNNING
    return found.get(False, 0), found.get(True, 0) if to_come else 0


def _bound_by(at: datetime) -> ColumnElement[bool]:
    return col(Binding.bound_at) <= at


async def preview(
    session: AsyncSession, rules: Rules, name: str, cohort: int, unit: Unit | None, now: datetime
) -> dict[str, Any]:
    """Counted, nothing written."""
    plan = rules.campaigns[name]
    counts = await _sorted_out(session, cohort, unit)
    to_ask = counts.get(TO_ASK, 0)
    people = sum(counts.values()) - counts.get("answered", 0)
    return {
        "name": name,
        "cohort": cohort,
        "unit": unit.name if unit else "",
        "in_scope": sum(counts.values()),
        "to_ask": to_ask,
        "channel": "telegram",
        "skipped": {key: counts.get(key, 0) for key in SKIPPED},
        "unreachable": {key: counts.get(key, 0) for key in UNREACHED},
        "starts_at": rules.quiet.next_allowed(now).isoformat(),
        "ends_at": ends_at(plan, to_ask, now).isoformat(),
        "deadline_at": plan.deadline(now, rules.calendar.update_deadline(None, cohort)).isoformat(),
        "second_person": people > plan.values.second_person_over,
    }


def ends_at(plan: Plan, messages: int, now: datetime) -> datetime:
    """By pace, over as many days as the quiet hours leave."""
    left = timedelta(seconds=messages / plan.values.messages_per_second)
    at = plan.quiet.next_allowed(now)
    while (closes := _closes(plan, at)) is not None and at + left > closes:
        left -= closes - at
        at = plan.quiet.next_allowed(closes)
    return at + left


def _closes(plan: Plan, at: datetime) -> datetime | None:
    quiet = plan.quiet
    if quiet.starts == quiet.ends:
        return None
    local = at.astimezone(quiet.zone)
    closes = datetime.combine(local.date(), quiet.starts or clock_time.min, quiet.zone)
    return closes if closes > local else closes + timedelta(days=1)


async def samples(
    session: AsyncSession, cohort: int, unit: Unit, most: int = SAMPLES
) -> Sequence[tuple[Graduate, Destination, bool]]:
    """The first people it would ask, and whether their account is verified."""
    verified = exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None),
        col(Binding.verified),
    )
    query = (
        select(Graduate, Destination, verified)
        .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
        .where(col(Destination.number) == col(Graduate.version))
        .where(*_scope(cohort, unit), _fate() == TO_ASK)
        .order_by(col(Graduate.student_no), col(Graduate.id))
        .limit(most)
    )
    return [(one, registered, bool(is_)) for one, registered, is_ in (await session.execute(query))]


async def _sorted_out(session: AsyncSession, cohort: int, unit: Unit | None) -> dict[str, int]:
    fate = _fate()
    query = select(fate, func.count()).select_from(Graduate).where(*_scope(cohort, unit)).group_by(fate)
    return {str(what): count for what, count in (await session.execute(query))}


def _fate() -> ColumnElement[str]:
    """What a launch now would do about each graduate."""
    gone = [(_bound(col(Person.unreachable) == one), literal(one.value)) for one in Unreachable]
    reached = or_(col(Person.unreachable).is_(None), col(Person.unreachable) == Unreachable.BAD_REQUEST)
    return case(
        (~_silent(), literal("answered")),
        (_disputed(), literal("disputed")),
        (_bound(and_(reached, col(Person.stopped_at).is_(None))), literal(TO_ASK)),
        (_bound(col(Person.stopped_at).is_not(None)), literal("opted_out")),
        *gone,
        else_=literal("not_enrolled"),
    )


def _bound(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None),
        col(Person.id) == col(Binding.person_id),
        which,
    )


def _silent() -> ColumnElement[bool]:
    return or_(unanswered(), col(Graduate.answer) == AnswerKind.NOT_ME)


def _disputed() -> ColumnElement[bool]:
    return exists().where(col(Dispute.graduate_id) == col(Graduate.id), col(Dispute.closed_at).is_(None))


def _scope(cohort: int, unit: Unit | None) -> tuple[ColumnElement[bool], ...]:
    here: tuple[ColumnElement[bool], ...] = (
        col(Graduate.cohort) == cohort,
        col(Graduate.removed_at).is_(None),
    )
    if unit is None:
        return here
    under = select(col(Unit.id)).where(col(Unit.path).startswith(unit.path))
    return (*here, col(Graduate.unit_id).in_(under))


async def listed(session: AsyncSession, states: Sequence[CampaignState] = ()) -> Sequence[Campaign]:
    query = select(Campaign).order_by(col(Campaign.launched_at).desc()).limit(NAMED)
    if states:
        query = query.where(col(Campaign.state).in_(states))
    return (await session.execute(query)).scalars().all()


async def latest(session: AsyncSession, name: str, cohort: int | None) -> Campaign | None:
    query = select(Campaign).where(col(Campaign.name) == name)
    if cohort is not None:
        query = query.where(col(Campaign.cohort) == cohort)
    return (
        await session.execute(query.order_by(col(Campaign.launched_at).desc()).limit(1))
    ).scalar_one_or_none()


@asks(CampaignAsItIs)
async def _as_it_is(about: About, said: CampaignAsItIs) -> dict[str, Any]:
    campaign = await about.session.get_one(Campaign, said.campaign)
    second = await about.session.get(Staff, campaign.second_staff_id) if campaign.second_staff_id else None
    over = await _over(about, campaign)
    return {"numbers": await numbers(about.session, campaign), "second": second, "over": over}


@asks(CampaignConsent)
async def _consent(about: About, said: CampaignConsent) -> dict[str, Any]:
    campaign = await about.session.get_one(Campaign, said.campaign)
    unit = await about.session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    facts = await preview(about.session, about.rules, campaign.name, campaign.cohort, unit, about.now)
    return {"preview": facts, "over": await _over(about, campaign), "ends": _instant(facts["ends_at"])}


@asks(BroadcastPreview)
async def _preview(about: About, said: BroadcastPreview) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    facts = await preview(about.session, about.rules, said.name, said.cohort, unit, about.now)
    return {
        "preview": facts,
        "over": None if unit.kind is UnitKind.SCHOOL else unit,
        "ends": _instant(facts["ends_at"]),
        "deadline": _instant(facts["deadline_at"]),
        "gaps": await _units(about.session, said.uncovered),
    }


@asks(CampaignUncovered)
async def _uncovered(about: About, said: CampaignUncovered) -> dict[str, Any]:
    return {"gaps": await _units(about.session, said.units)}


@asks(BroadcastSecond)
async def _second(about: About, said: BroadcastSecond) -> dict[str, Any]:
    rows = await about.session.execute(select(Staff).where(col(Staff.id).in_(said.colleagues)))
    found = {one.id: one for one in rows.scalars()}
    return {"people": [found[one] for one in said.colleagues if one in found]}


async def _over(about: About, campaign: Campaign) -> Unit | None:
    """The unit it is limited to; None for the whole school."""
    unit = await about.session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    return unit if unit and unit.kind is not UnitKind.SCHOOL else None


async def _units(session: AsyncSession, ids: Sequence[UUID]) -> list[Unit]:
    rows = await session.execute(select(Unit).where(col(Unit.id).in_(ids)).order_by(col(Unit.name)))
    return list(rows.scalars())


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
