"""What a text of the office's own words would do, and what the office is shown while it writes one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import UUID
from models.broadcast import Broadcast, members
from models.campaign import Campaign
from models.equation import bound, bound_to, looked_into
from models.graduate import Graduate
from models.messages.broadcast import (
    BroadcastCases,
    BroadcastDraft,
    BroadcastMenu,
    BroadcastRefused,
    BroadcastSegments,
    BroadcastUnits,
    BroadcastWriting,
)
from models.messages.campaign import Why
from models.person import Binding, Person, Unreachable
from models.unit import Unit, UnitKind
from reports.facts import About, asks
from reports.readers import kept_of
from rules import Rules

TO_SEND = "to_send"
SKIPPED = tuple(why.value for why in (Why.DISPUTED, Why.OPTED_OUT, Why.UNVERIFIED, Why.REMOVED))
UNREACHED = tuple(one.value for one in Unreachable if one is not Unreachable.OPTED_OUT)


async def preview(
    session: AsyncSession, rules: Rules, text: Broadcast, now: datetime, reader: UUID | None = None
) -> dict[str, Any]:
    """Counted, nothing written; everybody it is for is in one of the numbers."""
    unit = await session.get_one(Unit, text.unit_id)
    fate = _fate(await kept_of(session, reader))
    query = select(fate, func.count()).select_from(Graduate).where(*members(text, unit)).group_by(fate)
    counts = {str(what): count for what, count in (await session.execute(query))}
    begins = rules.quiet.next_allowed(max(now, text.starts_at or now))
    to_send, plan = counts.get(TO_SEND, 0), rules.broadcasts
    people = sum(counts.values()) - counts.get(Why.DISPUTED, 0) - counts.get(Why.REMOVED, 0)
    return {
        "cohort": text.cohort,
        "unit": unit.name,
        "segment": text.segment.key if text.segment else "",
        "in_scope": sum(counts.values()),
        "to_send": to_send,
        "channel": "telegram",
        "skipped": {key: counts.get(key, 0) for key in SKIPPED},
        "unreachable": {key: counts.get(key, 0) for key in UNREACHED},
        "starts_at": begins.isoformat(),
        "ends_at": plan.ends_at(to_send, begins).isoformat(),
        "deadline_at": plan.deadline(begins).isoformat(),
        "second_person": people > plan.values.second_person_over,
    }


def _fate(kept: ColumnElement[bool]) -> ColumnElement[str]:
    """What would become of each, in the order in which it is asked when it comes to them.

    To whoever may not know of a dispute it is one more that is to be checked."""
    takes = or_(col(Person.unreachable).is_(None), col(Person.unreachable) == Unreachable.BAD_REQUEST)
    gone = [(_proven(col(Person.unreachable) == one), literal(one.value)) for one in Unreachable]
    return case(
        (col(Graduate.removed_at).is_not(None), literal(Why.REMOVED.value)),
        (and_(looked_into(), kept), literal(Why.UNVERIFIED.value)),
        (looked_into(), literal(Why.DISPUTED.value)),
        (_proven(and_(takes, col(Person.stopped_at).is_(None))), literal(TO_SEND)),
        (_proven(col(Person.stopped_at).is_not(None)), literal(Why.OPTED_OUT.value)),
        *gone,
        (bound(), literal(Why.UNVERIFIED.value)),
        else_=literal(Why.NOT_ENROLLED.value),
    )


def _proven(person: ColumnElement[bool]) -> ColumnElement[bool]:
    return bound_to(and_(col(Binding.verified), person))


async def text_facts(about: About, text: Broadcast, reader: UUID | None) -> dict[str, Any]:
    """The words, whom they are for by name, and the numbers."""
    unit = await about.session.get_one(Unit, text.unit_id)
    counts = await preview(about.session, about.rules, text, about.now, reader)
    return {
        "broadcast": text,
        "segment": about.rules.broadcasts.segment(counts["segment"]),
        "case_kind": text.segment.case_kind if text.segment else None,
        "over": None if unit.kind is UnitKind.SCHOOL else unit,
        "preview": counts,
        "begins": datetime.fromisoformat(counts["starts_at"]),
        "ends": datetime.fromisoformat(counts["ends_at"]),
    }


@asks(BroadcastDraft)
async def _draft(about: About, said: BroadcastDraft) -> dict[str, Any]:
    text = await about.session.get_one(Broadcast, said.broadcast)
    plan, zone = about.rules.broadcasts, about.rules.quiet.zone
    offered = [(days, at.astimezone(zone)) for days, at in plan.moments(about.now)]
    return {
        **await text_facts(about, text, text.written_by_id),
        "moments": offered,
        "gap": plan.values.gap_hours,
    }


@asks(BroadcastMenu)
async def _menu(about: About, said: BroadcastMenu) -> dict[str, Any]:
    rows = await about.session.execute(
        select(Campaign, Broadcast)
        .join(Broadcast, col(Broadcast.campaign_id) == col(Campaign.id))
        .where(col(Campaign.id).in_(said.texts))
    )
    found = {campaign.id: (campaign, text) for campaign, text in rows}
    return {"listed": [found[one] for one in said.texts if one in found]}


@asks(BroadcastSegments)
async def _segments(about: About, _: BroadcastSegments) -> dict[str, Any]:
    return {"segments": about.rules.broadcasts.values.segments}


@asks(BroadcastCases)
async def _cases(about: About, said: BroadcastCases) -> dict[str, Any]:
    return {"segment": about.rules.broadcasts.segment(said.segment)}


@asks(BroadcastUnits)
async def _units(about: About, said: BroadcastUnits) -> dict[str, Any]:
    segment = about.rules.broadcasts.segment(said.segment)
    return {"segment": segment, "units": await _in_order(about.session, said.units)}


@asks(BroadcastWriting)
async def _writing(about: About, said: BroadcastWriting) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    segment = about.rules.broadcasts.segment(said.segment)
    return {"segment": segment, "over": None if unit.kind is UnitKind.SCHOOL else unit}


@asks(BroadcastRefused)
async def _refused(about: About, said: BroadcastRefused) -> dict[str, Any]:
    return {"group": about.rules.phrases.group(said.phrase)}


async def _in_order(session: AsyncSession, ids: Sequence[UUID]) -> list[Unit]:
    rows = await session.execute(select(Unit).where(col(Unit.id).in_(ids)))
    found = {one.id: one for one in rows.scalars()}
    return [found[one] for one in ids if one in found]
