"""Whom a whole list of cases keeps out, asked of the database in a few questions however long it is.

`routing.kept_from` says it of one case; here it is asked about one colleague and many cases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import SQLModel, col, func, select

from actions import routing
from actions.rights import Colleague
from actions.work import Work
from models.case import Case, CaseKind
from models.dispute import Dispute
from models.followup import CallRecord
from models.graduate import Destination, Graduate
from models.lead import LEADS
from models.staff import Role
from models.unit import Unit

R = TypeVar("R", bound=SQLModel)


@dataclass
class Known:
    """What the cases are about, read once and held; `latest` by graduate, `disputes` by case."""

    disputes: dict[UUID, Dispute] = field(default_factory=dict)
    latest: dict[UUID, Dispute] = field(default_factory=dict)
    graduates: dict[UUID, Graduate] = field(default_factory=dict)
    units: dict[UUID, Unit] = field(default_factory=dict)
    destinations: dict[UUID, Destination] = field(default_factory=dict)
    current: dict[UUID, Destination] = field(default_factory=dict)
    leads: dict[UUID, set[UUID]] = field(default_factory=dict)
    objections: set[str] = field(default_factory=set)
    counsels: dict[tuple[UUID, str | None, str | None], bool] = field(default_factory=dict)


async def open_to(work: Work, who: Colleague, cases: Sequence[Case]) -> list[Case]:
    """Those from which this colleague is not kept."""
    if work.rules.routing.countersignature_above_college == "unit":
        return [case for case in cases if who.me.id not in await routing.kept_from(work, case)]
    known = await _known(work, who, cases)
    return [case for case in cases if not await _kept_out(work, who, case, known)]


async def reviewable_by(work: Work, who: Colleague, cases: Sequence[Case]) -> list[Case]:
    """Those another has closed and this colleague may pass or send back."""
    others = [case for case in cases if case.closer_id != who.me.id]
    units = await _by_id(work, Unit, {case.unit_id for case in others})
    fit = [case for case in others if routing.is_second_person(work, who, case, units[case.unit_id])]
    # What was to be put right is not passed by whoever had to, nor by whoever asked for it.
    named = {one.id for one in fit if one.kind is CaseKind.RECTIFICATION}
    fit = [one for one in fit if one.id not in named or await routing.may_review(work, who, one)]
    return await open_to(work, who, fit)


async def _kept_out(work: Work, who: Colleague, case: Case, known: Known) -> bool:
    """What another case made is as close as that one: there are few, and each is asked by itself."""
    if case.parent_id is not None:
        return who.me.id in await routing.kept_from(work, case)
    if case.reason in known.objections:
        return True
    if case.id in known.leads and who.me.id in known.leads[case.id]:
        return True
    if dispute := known.disputes.get(case.id):
        return await _left_out(work, who, dispute, known)
    if case.graduate_id is None or not routing.guarded(work, case):
        return False
    return await _around(work, who, known.graduates[case.graduate_id], known)


async def _around(work: Work, who: Colleague, graduate: Graduate, known: Known) -> bool:
    registered, dispute = known.current.get(graduate.id), known.latest.get(graduate.id)
    if await _counsels(work, who, graduate, known):
        return True
    if registered is not None and routing.acted_in(work, who.me, registered):
        return True
    return dispute is not None and await _left_out(work, who, dispute, known)


async def _left_out(work: Work, who: Colleague, dispute: Dispute, known: Known) -> bool:
    """Whoever cannot be shown to have had no hand is a class counselor, and out for that already."""
    if who.me.id in dispute.had_hands | dispute.were_counselors:
        return True
    if routing.acted_in(work, who.me, known.destinations[dispute.destination_id]):
        return True
    return await _counsels(work, who, known.graduates[dispute.graduate_id], known)


async def _counsels(work: Work, who: Colleague, graduate: Graduate, known: Known) -> bool:
    """Asked once for each class of this colleague's own, and for nobody else's."""
    unit = known.units[graduate.unit_id]
    if not any(role is Role.COUNSELOR and over.covers(unit) for role, over in who.duties):
        return False
    key = (graduate.unit_id, graduate.counselor_no, graduate.counselor)
    if key not in known.counsels:
        counselors = await routing.counselors_of(work, graduate)
        known.counsels[key] = any(one.id == who.me.id for one in counselors)
    return known.counsels[key]


async def _known(work: Work, who: Colleague, cases: Sequence[Case]) -> Known:
    known = Known()
    if objected := [case for case in cases if case.reason.startswith(routing.CALL_OBJECTED)]:
        known.objections = await _objections(work, who, objected)
    if named := [case.id for case in cases if case.kind in LEADS]:
        known.leads = await routing.kept_from_leads(work, named)
    guarded = [case for case in cases if routing.guarded(work, case)]
    if not guarded:
        return known
    people = {case.graduate_id for case in guarded if case.graduate_id}
    about = select(Dispute).where(col(Dispute.case_id).in_([case.id for case in guarded]))
    known.disputes = {one.case_id: one for one in (await work.session.exec(about)).all()}
    known.latest = await _latest(work, people)
    every = [*known.disputes.values(), *known.latest.values()]
    known.graduates = await _by_id(work, Graduate, people)
    known.units = await _by_id(work, Unit, {one.unit_id for one in known.graduates.values()})
    known.destinations = await _by_id(work, Destination, {one.destination_id for one in every})
    known.current = await _current(work, people)
    return known


async def _objections(work: Work, who: Colleague, cases: Sequence[Case]) -> set[str]:
    """The reasons of cases about calls this colleague wrote down."""
    people = {case.graduate_id for case in cases if case.graduate_id}
    mine = select(CallRecord).where(CallRecord.staff_id == who.me.id, col(CallRecord.graduate_id).in_(people))
    return {routing.objection_to(call) for call in (await work.session.exec(mine)).all()}


async def _latest(work: Work, people: Collection[UUID]) -> dict[UUID, Dispute]:
    newest = (
        select(Dispute.graduate_id, func.max(Dispute.filed_at).label("filed_at"))
        .where(col(Dispute.graduate_id).in_(people))
        .group_by(col(Dispute.graduate_id))
        .subquery()
    )
    same = and_(col(Dispute.graduate_id) == newest.c.graduate_id, col(Dispute.filed_at) == newest.c.filed_at)
    rows = await work.session.exec(select(Dispute).join(newest, same))
    return {one.graduate_id: one for one in rows.all()}


async def _current(work: Work, people: Collection[UUID]) -> dict[UUID, Destination]:
    rows = await work.session.exec(
        select(Destination)
        .join(Graduate, col(Graduate.id) == col(Destination.graduate_id))
        .where(col(Graduate.id).in_(people), col(Destination.number) == col(Graduate.version))
    )
    return {one.graduate_id: one for one in rows.all()}


async def _by_id(work: Work, row: type[R], ids: Collection[UUID]) -> dict[UUID, R]:
    found = await work.session.exec(select(row).where(row.id.in_(ids)))  # type: ignore[attr-defined]
    return {one.id: one for one in found.all()}  # type: ignore[attr-defined]
