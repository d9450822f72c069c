"""Who answers for what: counselors of a class, holders of a role up the tree, and who may touch a dispute."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from actions import presence
from actions.rights import Colleague
from actions.work import Work
from models.case import PRESSURE, Case, CaseKind
from models.dispute import Dispute
from models.followup import CallRecord
from models.graduate import Destination, Graduate
from models.lead import LEADS, hands_in
from models.rectification import Rectification
from models.staff import Duty, Role, Staff
from models.unit import Unit, UnitKind
from rules import Act
from rules.parts import bare

CALL_OBJECTED = "call_objected"
MANY = 200
ABOVE_COLLEGE = (UnitKind.SCHOOL, UnitKind.PROVINCE)


async def counselors_of(work: Work, graduate: Graduate) -> list[Staff]:
    """The class counselors: those the roster names, where they hold the duty, else all who hold it."""
    unit = await work.session.get_one(Unit, graduate.unit_id)
    nearest = await _at_nearest(work, Role.COUNSELOR, unit)
    named = {one.id for one in nearest if _is(one, graduate.counselor_no, graduate.counselor)}
    return [one for one in nearest if one.id in named] or nearest


async def holders(work: Work, roles: Iterable[Role | str], unit: Unit) -> list[Staff]:
    """Who holds one of the roles over this unit, the nearest unit first, then in the roles' order."""
    order = [Role(role) for role in roles]
    rows = await _over(work, order, unit)
    rows.sort(key=lambda row: (-len(row[2].path), order.index(row[1].role), *_seniority(row)))
    return list({staff.id: staff for staff, _, _ in rows}.values())


async def one_by_one(work: Work, roles: Iterable[Role | str], unit: Unit) -> list[Staff]:
    """Role after role, and of each the nearest unit first."""
    found = [staff for role in roles for staff in await holders(work, [role], unit)]
    return list({staff.id: staff for staff in found}.values())


async def owner_for(
    work: Work, roles: str | Iterable[Role | str], unit: Unit, *, besides: Collection[UUID] = ()
) -> Staff | None:
    """The first of the role, or of the roles in their order, who is here and is not left out."""
    order = [roles] if isinstance(roles, str) else roles
    return presence.nearest(work, await one_by_one(work, order, unit), besides)


async def implicated(work: Work, destination: Destination) -> set[UUID]:
    """Who had a hand in this version, or is the class counselor and cannot be shown to have had none."""
    found = await _acted(work, destination)
    if not _shows_all_hands(destination):
        graduate = await work.session.get_one(Graduate, destination.graduate_id)
        found |= {one.id for one in await counselors_of(work, graduate)}
    return found


async def dispute_owner(
    work: Work,
    graduate: Graduate,
    destination: Destination,
    *,
    without_counselor: bool,
    besides: Collection[UUID] = (),
    filed: Dispute | None = None,
) -> tuple[Staff | None, bool]:
    """Who looks into a dispute, and whether the class counselor counts as implicated in it."""
    hands = await implicated(work, destination) | (filed.had_hands if filed else set())
    counselors = await counselors_of(work, graduate)
    counted = not _shows_all_hands(destination) or any(one.id in hands for one in counselors)
    eligible = [] if without_counselor else presence.able(counselors, hands | set(besides))
    if present := presence.here(work, eligible):
        return present[0], counted
    out = hands | {one.id for one in counselors} | set(besides) | (filed.were_counselors if filed else set())
    unit = await work.session.get_one(Unit, graduate.unit_id)
    # With nobody independent at all, a counselor who is away is still somebody.
    return await _independent(work, unit, out) or next(iter(eligible), None), counted


async def reader_of_pressure(work: Work, dispute: Dispute, unit: Unit) -> Staff | None:
    """Who is told that somebody was pressed: never a counselor, never anybody implicated."""
    out = await left_out(work, dispute)
    return await owner_for(work, work.rules.routing.pressure_to, unit, besides=out)


async def left_out(work: Work, dispute: Dispute) -> set[UUID]:
    """Those who may neither read, own, close nor review what a dispute says: as it was filed, and now."""
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    counselors = {one.id for one in await counselors_of(work, graduate)}
    return await hands(work, dispute) | counselors | dispute.were_counselors


async def hands(work: Work, dispute: Dispute) -> set[UUID]:
    """A duty that ended since, or a name that was corrected, takes nobody's hand out of the record."""
    destination = await work.session.get_one(Destination, dispute.destination_id)
    return await implicated(work, destination) | dispute.had_hands


async def around(work: Work, graduate: Graduate) -> set[UUID]:
    """Who had a hand in what is registered now or was disputed last, and the class counselors."""
    found = {one.id for one in await counselors_of(work, graduate)}
    current = select(Destination).where(
        Destination.graduate_id == graduate.id, Destination.number == graduate.version
    )
    if destination := (await work.session.exec(current)).first():
        found |= await implicated(work, destination)
    latest = select(Dispute).where(Dispute.graduate_id == graduate.id).order_by(col(Dispute.filed_at).desc())
    if dispute := (await work.session.exec(latest.limit(1))).first():
        found |= await left_out(work, dispute)
    return found


async def kept_from(work: Work, case: Case) -> set[UUID]:
    """Those a case may never be given to, shown to, or told to from above."""
    found = await wrote_what_is_objected_to(work, case) | await kept_from_lead(work, case)
    if case.kind is CaseKind.RECTIFICATION and case.parent_id is not None:
        return found | await kept_from(work, await work.session.get_one(Case, case.parent_id))
    if dispute := await dispute_of(work, case) or await dispute_behind(work, case):
        return found | await left_out(work, dispute)
    if case.graduate_id is not None and guarded(work, case):
        found |= await around(work, await work.session.get_one(Graduate, case.graduate_id))
    return found


async def kept_from_lead(work: Work, case: Case) -> set[UUID]:
    """Whom a complaint is about, and who had a hand in the record when it came."""
    if case.kind not in LEADS:
        return set()
    return (await kept_from_leads(work, [case.id]))[case.id]


async def kept_from_leads(work: Work, cases: Collection[UUID]) -> dict[UUID, set[UUID]]:
    kept: dict[UUID, set[UUID]] = {one: set() for one in cases}
    for case_id, hands in (await work.session.execute(hands_in(cases))).all():
        kept[case_id] |= {UUID(one) for one in hands}
    return kept


def may_know(work: Work, case: Case) -> tuple[Role, ...]:
    """Of a guarded case: who may own it, take it, or hear of it from above."""
    return tuple(map(Role, work.rules.routing.pressure_to)) if case.for_few else independent(work)


def pool_of(work: Work, kind: CaseKind, reason: str) -> tuple[Role, ...]:
    """Who sees and may take what nobody owns."""
    rules = work.rules.routing
    if kind is not CaseKind.DISPUTE and reason == PRESSURE:
        return tuple(map(Role, rules.pressure_to))
    return tuple(map(Role, rules.pool(role_of(work, kind, reason).value)))


def guarded(work: Work, case: Case) -> bool:
    """What may concern colleagues themselves is not for everybody along the unit tree."""
    if case.kind in (CaseKind.DISPUTE, CaseKind.REGISTER_CHANGE):
        return True
    return role_of(work, case.kind, case.reason) in independent(work)


def independent(work: Work) -> tuple[Role, ...]:
    return tuple(map(Role, work.rules.routing.independent))


def role_of(work: Work, kind: CaseKind, reason: str) -> Role:
    rules = work.rules.routing
    known = kind is not CaseKind.DISPUTE and reason in rules.owners
    return Role(rules.owner_role(reason if known else kind.value))


async def wrote_what_is_objected_to(work: Work, case: Case) -> set[UUID]:
    """Whoever wrote down the call that its graduate calls wrong."""
    if not case.reason.startswith(CALL_OBJECTED):
        return set()
    query = select(CallRecord).where(CallRecord.graduate_id == case.graduate_id)
    rows = await work.session.exec(query.order_by(col(CallRecord.at).desc()).limit(MANY))
    return {call.staff_id for call in rows if case.reason == objection_to(call)}


def objection_to(call: CallRecord) -> str:
    """The reason of the one case about this record."""
    return f"{CALL_OBJECTED}:{call.id.hex[:12]}"


async def may_close(work: Work, colleague: Colleague, case: Case) -> bool:
    """Whoever closes a dispute had no hand in the record; other cases ask nothing here."""
    dispute = await dispute_of(work, case)
    if dispute is None:
        return True
    return colleague.staff is not None and colleague.staff.id not in await kept_from_owning(work, dispute)


async def kept_from_owning(work: Work, dispute: Dispute) -> set[UUID]:
    """Those who may not own it; a class counselor who had no hand may, unless the graduate said no."""
    return await (left_out if dispute.past_class else hands)(work, dispute)


async def may_review(work: Work, colleague: Colleague, case: Case) -> bool:
    """A second person: not the closer, not left out, and in one of the roles the rules name."""
    if colleague.staff is None or colleague.staff.id == case.closer_id:
        return False
    if not is_second_person(work, colleague, case, await work.session.get_one(Unit, case.unit_id)):
        return False
    out = await kept_from(work, case)
    if case.kind is CaseKind.RECTIFICATION:
        out |= await _did_or_asked(work, case)
    return colleague.staff.id not in out


def is_second_person(work: Work, colleague: Colleague, case: Case, unit: Unit) -> bool:
    seconds = set(work.rules.routing.second_persons)
    if case.for_few:
        seconds &= set(work.rules.routing.pressure_to)
    return colleague.holds(seconds, unit)


async def _did_or_asked(work: Work, case: Case) -> set[UUID]:
    """Whoever had to put it right, and whoever said that it must be."""
    query = select(Rectification).where(Rectification.case_id == case.id)
    task = (await work.session.exec(query)).first()
    found = {task.named_id, task.maker_id} if task else set()
    return found | ({case.owner_id} if case.owner_id else set())


async def dispute_of(work: Work, case: Case) -> Dispute | None:
    return (await work.session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()


async def dispute_behind(work: Work, case: Case) -> Dispute | None:
    """Whose outcome the register has yet to show."""
    if case.kind is not CaseKind.REGISTER_CHANGE or case.parent_id is None:
        return None
    return (await work.session.exec(select(Dispute).where(Dispute.case_id == case.parent_id))).first()


async def register_owner(work: Work, dispute: Dispute) -> Staff | None:
    """Who changes the register: enters data, else stands in for it, and had no hand in what is false."""
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    unit, rules = await work.session.get_one(Unit, graduate.unit_id), work.rules.routing
    out = await left_out(work, dispute)
    first = rules.owner_role(CaseKind.REGISTER_CHANGE.value)
    return await owner_for(work, (*rules.pool(first), *rules.dispute_fallback), unit, besides=out)


async def may_reach(work: Work, staff_id: UUID, graduate_id: UUID) -> bool:
    """Neither number nor message for whoever is kept from an open dispute of this graduate's."""
    query = select(Dispute).where(Dispute.graduate_id == graduate_id, col(Dispute.closed_at).is_(None))
    for dispute in (await work.session.exec(query)).all():
        if staff_id in await kept_from_owning(work, dispute):
            return False
    return True


async def _independent(work: Work, unit: Unit, out: Collection[UUID]) -> Staff | None:
    """The first eligible up the tree, then the fallback in its order."""
    routing = work.rules.routing
    found = await holders(work, routing.dispute_owners, unit)
    found += await one_by_one(work, routing.dispute_fallback, unit)
    return presence.nearest(work, found, out)


async def _acted(work: Work, destination: Destination) -> set[UUID]:
    """Staff behind the acts that implicate, as the record's columns name them."""
    acts = work.rules.routing.implicating_acts
    found: set[UUID] = set()
    if Act.CREATED in acts and destination.creator_staff_id:
        found.add(destination.creator_staff_id)
    if Act.ENTERED in acts:
        found |= await _named(work, destination.enterer_no, destination.enterer)
    if Act.SIGNED in acts or Act.APPROVED in acts:
        signers = await _named(work, destination.signer_no, destination.signer)
        found |= signers
        if work.rules.routing.countersignature_above_college == "unit":
            found |= await _beside(work, signers)
    return found


def acted_in(work: Work, staff: Staff, destination: Destination) -> bool:
    """Whether one colleague is among those behind the acts; units above the college not looked at."""
    acts = work.rules.routing.implicating_acts
    return any(
        (
            Act.CREATED in acts and destination.creator_staff_id == staff.id,
            Act.ENTERED in acts and _may_be(staff, destination.enterer_no, destination.enterer),
            (Act.SIGNED in acts or Act.APPROVED in acts)
            and _may_be(staff, destination.signer_no, destination.signer),
        )
    )


def _may_be(staff: Staff, number: str | None, name: str | None) -> bool:
    """As `_named` finds them."""
    if number and staff.number == number:
        return True
    same = bool(name) and staff.name_key in {name, bare(name or "")}
    return same and (staff.number is None or not number)


async def _beside(work: Work, signers: set[UUID]) -> set[UUID]:
    """Everybody of the units above the college in which a signer has a duty."""
    units = (
        select(Duty.unit_id)
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(
            col(Duty.staff_id).in_(signers),
            col(Duty.ended_at).is_(None),
            col(Unit.kind).in_(ABOVE_COLLEGE),
        )
    )
    wanted = select(Duty.staff_id).where(col(Duty.unit_id).in_(units), col(Duty.ended_at).is_(None))
    return set((await work.session.exec(wanted.limit(MANY))).all())


async def _named(work: Work, number: str | None, name: str | None) -> set[UUID]:
    """By 工号 where given on both sides, else by exact normalised name; several of one name all count."""
    ways: list[ColumnElement[bool]] = []
    if number:
        ways.append(col(Staff.number) == number)
    if name:
        same = col(Staff.name_key).in_({name, bare(name)})
        ways.append(and_(same, col(Staff.number).is_(None)) if number else same)
    if not ways:
        return set()
    return set((await work.session.exec(select(Staff.id).where(or_(*ways)).limit(MANY))).all())


def _is(staff: Staff, number: str | None, name: str | None) -> bool:
    if number and staff.number:
        return staff.number == number
    key = bare(name or "")
    return bool(key) and bare(staff.name) == key


def _shows_all_hands(destination: Destination) -> bool:
    entered = destination.enterer_no or destination.enterer
    signed = destination.signer_no or destination.signer
    return bool(entered and signed)


async def _at_nearest(work: Work, role: Role, unit: Unit) -> list[Staff]:
    rows = await _over(work, [role], unit)
    deepest = max((len(over.path) for _, _, over in rows), default=0)
    rows.sort(key=_seniority)
    return list({staff.id: staff for staff, _, over in rows if len(over.path) == deepest}.values())


async def _over(work: Work, roles: Sequence[Role], unit: Unit) -> list[tuple[Staff, Duty, Unit]]:
    rows = await work.session.exec(
        select(Staff, Duty, Unit)
        .join(Duty, col(Duty.staff_id) == col(Staff.id))
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(_live(roles), col(Unit.path).in_(unit.paths_above))
        .limit(MANY)
    )
    return list(rows.all())


def _seniority(row: tuple[Staff, Duty, Unit]) -> tuple[datetime, str, str]:
    staff, duty, _ = row
    return duty.since, staff.number or "", duty.id.hex


def _live(roles: Collection[Role | str]) -> ColumnElement[bool]:
    return and_(col(Duty.role).in_([Role(role) for role in roles]), col(Duty.ended_at).is_(None))
