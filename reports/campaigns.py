"""What a campaign would do, and what became of everything it meant to send."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models import broadcast
from models.base import UUID
from models.broadcast import text_of
from models.calendar import days_of
from models.campaign import SURVEY, Campaign, CampaignState
from models.dispatch import Channel
from models.equation import (
    COUNTED,
    asked_before,
    bound_to,
    enrolled,
    of_dispatches,
    of_left_out,
    of_messages,
    reached,
    silent,
    states_of,
    to_be_checked,
    to_come,
    under_dispute,
    within,
    without_message,
)
from models.graduate import Destination, Graduate
from models.messages.campaign import (
    CampaignAsItIs,
    CampaignConsent,
    CampaignPeople,
    CampaignUncovered,
    Number,
    Why,
)
from models.messages.office import BroadcastPreview, BroadcastSecond
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person, Unreachable
from models.staff import Staff
from models.unit import Unit, UnitKind
from reports.broadcasts import text_facts
from reports.facts import About, asks
from reports.readers import kept_of
from rules import Rules

SAMPLES = 20
NAMED = 20
TO_ASK = "to_ask"
ASKED_BEFORE, UNVERIFIED = Why.ASKED_BEFORE.value, Why.UNVERIFIED.value
SKIPPED = ("answered", "disputed", "opted_out", ASKED_BEFORE, UNVERIFIED)
UNREACHED = tuple(one.value for one in Unreachable if one is not Unreachable.OPTED_OUT)


async def numbers(session: AsyncSession, campaign: Campaign) -> dict[str, int | bool]:
    """`queued` is all it ever meant to send: each message by whichever door, and everybody in scope it found
    no way to."""
    counts = await _counted(session, of_messages(campaign), of_left_out(campaign), of_dispatches(campaign))
    return await _whole(session, campaign, counts)


async def by_channel(session: AsyncSession, campaign: Campaign) -> dict[str, dict[str, int | bool]]:
    """Each balances by itself; their sums are `numbers`. Whom no door was found to stand with Telegram."""
    told = await _counted(session, of_messages(campaign), of_left_out(campaign))
    found = {"telegram": await _whole(session, campaign, told)}
    for channel in Channel:
        counts = await _counted(session, of_dispatches(campaign, channel))
        found[channel.value] = {**counts, "balanced": counts["queued"] == _settled(counts)}
    return found


async def _counted(session: AsyncSession, *questions: Select[Sending, int]) -> dict[str, int]:
    counts = {number.value: 0 for number in Number}
    for question in questions:
        for state, count in await session.execute(question):
            counts["queued"] += count
            if state in COUNTED:
                counts[COUNTED[state].value] += count
    return counts


def _settled(counts: dict[str, int]) -> int:
    return sum(counts.values()) - counts["queued"]


async def _whole(session: AsyncSession, campaign: Campaign, counts: dict[str, int]) -> dict[str, int | bool]:
    if campaign.finished_at is None:
        not_enrolled, coming = await _without_a_message(session, campaign)
        counts["unreachable"] += not_enrolled
        counts["queued"] += not_enrolled + coming
    done = campaign.finished_at is not None or (campaign.spread_done_at is not None and not campaign.over)
    return {**counts, "balanced": done and counts["queued"] == _settled(counts)}


async def _without_a_message(session: AsyncSession, campaign: Campaign) -> tuple[int, int]:
    """Not enrolled so far; and enrolled, but the campaign has not come to them yet."""
    unit = await session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    if (text := await text_of(session, campaign)) is not None:
        # Who is not enrolled is noted when it comes to them.
        query = select(func.count()).select_from(Graduate)
        return 0, (await session.execute(query.where(*broadcast.to_come(campaign, text, unit)))).scalar_one()
    fate = case((~enrolled(), "absent"), (to_come(campaign), "to_come"), else_="passed")
    query = select(fate, func.count()).select_from(Graduate).where(*without_message(campaign, unit))
    rows = (await session.execute(query.group_by(fate))).all()
    found = {row[0]: row[1] for row in rows}
    return found.get("absent", 0), found.get("to_come", 0)


async def names(
    session: AsyncSession, campaign: Campaign, number: Number
) -> AsyncIterator[tuple[Graduate, Unit, str, str | None, str | None]]:
    """Everybody behind a number with the outcome, the step and the reason; streamed, a cohort may be long."""
    over = await session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    found = (await broadcast.behind(session, campaign, over, states_of(number))).subquery()
    query = (
        select(Graduate, Unit, found.c.state, found.c.step, found.c.reason)
        .join(Graduate, col(Graduate.id) == found.c.graduate_id)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .order_by(col(Graduate.student_no), col(Graduate.id), found.c.step)
    )
    async for graduate, unit, state, step, reason in await session.stream(query):
        yield graduate, unit, state.value, step, reason


async def preview(
    session: AsyncSession,
    rules: Rules,
    name: str,
    cohort: int,
    unit: Unit | None,
    now: datetime,
    reader: UUID | None = None,
) -> dict[str, Any]:
    """Counted, nothing written."""
    plan = rules.campaigns[name]
    fate = _fate(tells=name == SURVEY, kept=await kept_of(session, reader))
    counts = await _sorted_out(session, cohort, unit, fate)
    ends = rules.calendar.update_deadline(None, cohort, await days_of(session, cohort))
    to_ask = counts.get(TO_ASK, 0)
    lately = await _written_to_lately(session, (*within(cohort, unit), fate == TO_ASK), now, plan.gap)
    people = sum(counts.values()) - counts.get("answered", 0) - counts.get("disputed", 0)
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
        "ends_at": max(plan.ends_at(to_ask, now), plan.ends_at(*lately)).isoformat(),
        "deadline_at": plan.deadline(now, ends).isoformat(),
        "second_person": people > plan.values.second_person_over,
    }


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
        .where(*within(cohort, unit), _fate() == TO_ASK)
        .order_by(col(Graduate.student_no), col(Graduate.id))
        .limit(most)
    )
    return [(one, registered, bool(is_)) for one, registered, is_ in (await session.execute(query))]


async def _written_to_lately(
    session: AsyncSession, who: Sequence[ColumnElement[bool]], now: datetime, gap: timedelta
) -> tuple[int, datetime]:
    """How many have to wait, and until when the last of them; by campaign, which an index finds."""
    lately = (
        select(
            col(Binding.graduate_id), col(Outgoing.person_id), func.max(col(Outgoing.settled_at)).label("at")
        )
        .join(Binding, col(Binding.person_id) == col(Outgoing.person_id))
        .where(
            col(Outgoing.campaign_id).in_(select(col(Campaign.id))),
            col(Outgoing.state).in_((Sending.ACCEPTED, Sending.UNKNOWN)),
            col(Outgoing.settled_at) > now - gap,
            col(Binding.ended_at).is_(None),
        )
        # Gathered first, which no planner turns round: else all of the cohort is asked about once more.
        .group_by(col(Binding.graduate_id), col(Outgoing.person_id))
        .subquery()
    )
    query = (
        select(func.count(lately.c.person_id.distinct()), func.max(lately.c.at))
        .join(Graduate, col(Graduate.id) == lately.c.graduate_id)
        .where(*who)
    )
    count, last = (await session.execute(query)).one()
    return count, last + gap if last else now


async def _sorted_out(
    session: AsyncSession, cohort: int, unit: Unit | None, fate: ColumnElement[str]
) -> dict[str, int]:
    query = select(fate, func.count()).select_from(Graduate).where(*within(cohort, unit)).group_by(fate)
    return {str(what): count for what, count in (await session.execute(query))}


def _fate(*, tells: bool = False, kept: ColumnElement[bool] | None = None) -> ColumnElement[str]:
    """What a launch now would do about each graduate; one that only tells does not ask who has answered.

    To whoever is `kept` from a dispute it is one more that has answered."""
    gone = [(bound_to(col(Person.unreachable) == one), literal(one.value)) for one in Unreachable]
    spared = [
        (under_dispute(), literal("disputed")),
        (~silent(), literal("answered")),
        (and_(reached(), to_be_checked()), literal(UNVERIFIED)),
        (and_(reached(), asked_before()), literal(ASKED_BEFORE)),
    ]
    if kept is not None:
        spared.insert(0, (and_(under_dispute(), kept), literal("answered")))
    return case(
        *([] if tells else spared),
        (reached(), literal(TO_ASK)),
        (bound_to(col(Person.stopped_at).is_not(None)), literal("opted_out")),
        *gone,
        else_=literal("not_enrolled"),
    )


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
    counts = {one: getattr(said, one) for one in Number if getattr(said, one)}
    return {"second": second, "over": await _over(about, campaign), "counts": counts}


@asks(CampaignPeople)
async def _people(about: About, said: CampaignPeople) -> dict[str, Any]:
    rows = await about.session.execute(
        select(Graduate, Unit)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(col(Graduate.id).in_(said.graduates))
    )
    found = {graduate.id: (graduate, unit) for graduate, unit in rows}
    listed = zip(said.graduates, said.reasons, strict=True)
    return {"people": [(*found[one], reason) for one, reason in listed if one in found]}


@asks(CampaignConsent)
async def _consent(about: About, said: CampaignConsent) -> dict[str, Any]:
    campaign = await about.session.get_one(Campaign, said.campaign)
    second = await about.session.get(Staff, campaign.second_staff_id) if campaign.second_staff_id else None
    reader = second.person_id if second else None
    if (text := await text_of(about.session, campaign)) is not None:
        return await text_facts(about, text, reader)
    unit = await about.session.get(Unit, campaign.unit_id) if campaign.unit_id else None
    facts = await preview(about.session, about.rules, campaign.name, campaign.cohort, unit, about.now, reader)
    return {"preview": facts, "over": await _over(about, campaign), "ends": _instant(facts["ends_at"])}


@asks(BroadcastPreview)
async def _preview(about: About, said: BroadcastPreview) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    facts = await preview(about.session, about.rules, said.name, said.cohort, unit, about.now, said.reader)
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
