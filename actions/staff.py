"""Colleagues: invited with their duties, let in by a single-use link, and where nobody is yet."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import again, identity, invitations, owning, rights
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.enrol import (
    EnrolLinkUsed,
    StaffDataEntryHeld,
    StaffGraduateAccount,
    StaffHelp,
    StaffMoved,
    StaffNumberNeeded,
    StaffOtherAccount,
    StaffWelcome,
)
from models.person import Person
from models.staff import Duty, Invitation, Role, Staff
from models.steps import Hat
from models.unit import Unit
from rules.parts import bare

MANY_UNITS = 50_000
INVITERS = (Role.OFFICE,)


class DataEntryHeld(Refusal):
    """A unit has one person for data entry."""

    def __init__(self, holder: Staff, unit: Unit) -> None:
        super().__init__(StaffDataEntryHeld(staff=holder.id, unit=unit.id))
        # Names, for the rows are gone once the work is undone.
        self.holder, self.unit = holder.name, unit.name


class NumberNeeded(Refusal):
    """A colleague of this name is known: a link for them must not go to a namesake."""

    def __init__(self) -> None:
        super().__init__(StaffNumberNeeded())


async def invite(
    work: Work,
    by: Person,
    name: str,
    number: str | None,
    duties: Sequence[tuple[Role, Unit]],
    *,
    known: Staff | None = None,
) -> str:
    """The colleague, `known` or found, their duties, and the code of a new single-use link."""
    staff = known or await _known_or_new(work, name, number)
    await assign(work, by, staff, duties)
    code = invitations.make(work, staff=staff)
    work.record("staff_invited", by=by, subject=staff.id)
    return code


async def assign(work: Work, by: Person, staff: Staff, duties: Sequence[tuple[Role, Unit]]) -> None:
    for role, unit in duties:
        # Whoever could hand out admin would hold every right.
        await rights.must(work, by, () if role is Role.ADMIN else INVITERS, unit)
        await _give(work, by, staff, role, unit)


async def duty_of(work: Work, number: str, role: Role, unit: Unit) -> Duty | None:
    """The live one of the colleague with this 工号."""
    query = (
        select(Duty)
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(
            Staff.number == number, Duty.role == role, Duty.unit_id == unit.id, col(Duty.ended_at).is_(None)
        )
    )
    return (await work.session.exec(query)).first()


async def end_duty(work: Work, by: Person, duty_id: UUID) -> None:
    """Ended, never deleted; what they had on their desk there goes to others."""
    duty = await work.session.get_one(Duty, duty_id, with_for_update=True)
    unit = await work.session.get_one(Unit, duty.unit_id)
    await rights.must(work, by, () if duty.role is Role.ADMIN else INVITERS, unit)
    if duty.ended_at is not None:
        return
    duty.ended_at = work.now
    work.record("duty_ended", by=by, subject=duty.staff_id, role=duty.role.value, unit=str(unit.id))
    await work.session.flush()
    await again.under(work, unit)
    await owning.give_back(work, await work.session.get_one(Staff, duty.staff_id), unit)


async def find(work: Work, name: str, number: str | None) -> Staff | None:
    """By 工号 where given, else by exact normalised name."""
    key = col(Staff.name_key).in_({name, bare(name) or name})
    wanted = select(Staff).where(col(Staff.number) == number if number else key)
    found = (await work.session.exec(wanted.order_by(col(Staff.created_at)).limit(1))).first()
    if found is None and number:
        unnumbered = select(Staff).where(key, col(Staff.number).is_(None))
        found = (await work.session.exec(unnumbered.limit(1))).first()
    return found


async def join(work: Work, person: Person, invitation: Invitation) -> None:
    """A colleague opens their link; a second account, or a graduate's, is refused."""
    staff = await work.session.get_one(Staff, invitation.staff_id, with_for_update=True)
    if invitation.used_at is not None and invitation.used_by_id != person.id:
        await _conflict(work, person, staff, "staff_link_used")
        work.say(person, EnrolLinkUsed())
    elif invitation.used_at is not None and staff.person_id == person.id:
        work.say(person, StaffHelp(staff=staff.id))
    elif (over := invitations.over(work, invitation)) is not None:
        work.say(person, over)
    elif await _is_another(work, person, staff):
        await _conflict(work, person, staff, "staff_link_other_colleague")
        work.say(person, StaffOtherAccount())
    elif await identity.bindings(work, person):
        await _conflict(work, person, staff, "staff_link_graduate_account")
        work.say(person, StaffGraduateAccount())
    else:
        await _let_in(work, person, staff, invitation)


async def greeted(work: Work, person: Person) -> bool:
    """Whether this is a colleague, who has then been told what can be done here."""
    staff = (await work.session.exec(select(Staff).where(Staff.person_id == person.id))).first()
    if staff is None:
        return False
    work.say(person, StaffHelp(staff=staff.id))
    return True


async def classes_without_counselor(session: AsyncSession) -> list[Unit]:
    """Units with graduates over which no counselor has opened their link."""
    joined = await session.exec(
        select(Unit.path)
        .join(Duty, col(Duty.unit_id) == col(Unit.id))
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(Duty.role == Role.COUNSELOR, col(Duty.ended_at).is_(None), col(Staff.person_id).is_not(None))
        .limit(MANY_UNITS)
    )
    covered = frozenset(joined)
    holding = select(Graduate.unit_id).where(col(Graduate.removed_at).is_(None)).distinct()
    units = await session.exec(
        select(Unit).where(col(Unit.id).in_(holding)).order_by(col(Unit.path)).limit(MANY_UNITS)
    )
    return [unit for unit in units if not covered.intersection(unit.paths_above)]


async def _known_or_new(work: Work, name: str, number: str | None) -> Staff:
    staff = await find(work, name, number)
    if staff is None:
        staff = Staff(name=name, name_key=bare(name) or name, number=number, created_at=work.now)
        work.session.add(staff)
    elif number is None and (staff.number is not None or staff.person_id is not None):
        raise NumberNeeded
    elif number and staff.number is None:
        staff.number = number
    await work.session.flush()
    return staff


async def _give(work: Work, by: Person, staff: Staff, role: Role, unit: Unit) -> None:
    held = select(Duty).where(
        Duty.staff_id == staff.id, Duty.role == role, Duty.unit_id == unit.id, col(Duty.ended_at).is_(None)
    )
    if (await work.session.exec(held.limit(1))).first() is not None:
        return
    try:
        async with work.session.begin_nested():
            work.session.add(Duty(staff_id=staff.id, role=role, unit_id=unit.id, since=work.now))
    except IntegrityError as error:
        raise DataEntryHeld(await _data_entry_of(work, unit), unit) from error
    work.record("duty_given", by=by, subject=staff.id, role=role.value, unit=str(unit.id))
    if staff.person_id is not None:
        await again.under(work, unit)


async def _data_entry_of(work: Work, unit: Unit) -> Staff:
    return (
        await work.session.exec(
            select(Staff)
            .join(Duty, col(Duty.staff_id) == col(Staff.id))
            .where(Duty.role == Role.DATA_ENTRY, Duty.unit_id == unit.id, col(Duty.ended_at).is_(None))
        )
    ).one()


async def _is_another(work: Work, person: Person, staff: Staff) -> bool:
    mine = (await work.session.exec(select(Staff.id).where(Staff.person_id == person.id))).first()
    return mine is not None and mine != staff.id


async def _conflict(work: Work, person: Person, staff: Staff, why: str) -> None:
    work.record("staff_link_refused", by=person, subject=staff.id, why=why)
    await work.incident(why, f"staff {staff.id}")


async def _let_in(work: Work, person: Person, staff: Staff, invitation: Invitation) -> None:
    if staff.person_id is not None and staff.person_id != person.id:
        before = await work.session.get_one(Person, staff.person_id)
        before.close_step(Hat.STAFF)
        work.say(before, StaffMoved())
        await work.incident("staff_account_moved", f"staff {staff.id}")
    staff.person_id = person.id
    person.close_step(Hat.GRADUATE)
    invitations.use(work, invitation, person)
    await invitations.revoke_others(work, invitation)
    work.record("staff_joined", by=person, subject=staff.id)
    await again.under_duties_of(work, staff)
    work.say(person, StaffWelcome(staff=staff.id))
