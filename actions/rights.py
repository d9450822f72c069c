"""Who may do what where: role × unit, checked by actions so that no entrance can disagree."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select

from actions.work import Refusal, Work
from models.messages import Say
from models.messages.general import NotYours as NotYoursSaid
from models.person import Person
from models.staff import Duty, Role, Staff
from models.unit import Unit


class NotYours(Refusal):
    def __init__(self) -> None:
        super().__init__(NotYoursSaid())


@dataclass(frozen=True)
class Colleague:
    """A person in their staff hat; the operator at the command line holds every right."""

    person: Person
    staff: Staff | None
    duties: tuple[tuple[Role, Unit], ...]

    def may(self, roles: Collection[Role], unit: Unit) -> bool:
        if self.person.operator:
            return True
        wanted = {*roles, Role.ADMIN}
        return any(role in wanted and over.covers(unit) for role, over in self.duties)

    def holds(self, roles: Collection[str], unit: Unit) -> bool:
        """One of these very roles over the unit: neither the operator nor an admin stands in for it."""
        return any(role in roles and over.covers(unit) for role, over in self.duties)

    def has(self, *roles: Role) -> bool:
        return bool(self.person.operator) or any(role in roles for role, _ in self.duties)

    @property
    def me(self) -> Staff:
        """The operator has no desk of their own: work on cases needs somebody with a name."""
        if self.staff is None:
            raise NotYours
        return self.staff


async def colleague(work: Work, person: Person) -> Colleague:
    """The staff behind a person; a graduate is refused."""
    rows = (
        await work.session.exec(
            select(Staff, Duty, Unit)
            .join(Duty, col(Duty.staff_id) == col(Staff.id))
            .join(Unit, col(Unit.id) == col(Duty.unit_id))
            .where(Staff.person_id == person.id, col(Duty.ended_at).is_(None))
        )
    ).all()
    if not rows and not person.operator:
        raise NotYours
    staff = rows[0][0] if rows else None
    return Colleague(person, staff, tuple((duty.role, unit) for _, duty, unit in rows))


async def must(work: Work, person: Person, roles: Collection[Role], unit: Unit) -> Colleague:
    """Refuses unless one of the roles, or admin, is held over the unit."""
    found = await colleague(work, person)
    if not found.may(roles, unit):
        raise NotYours
    return found


async def is_staff(work: Work, person: Person) -> bool:
    found = await work.session.exec(
        select(Duty.id)
        .join(Staff, col(Staff.id) == col(Duty.staff_id))
        .where(Staff.person_id == person.id, col(Duty.ended_at).is_(None))
        .limit(1)
    )
    return found.first() is not None


async def tell(work: Work, staff: Staff, message: Say, *, replaces: str | None = None) -> bool:
    """Say something to a colleague; False when they have not opened their link yet."""
    if staff.person_id is None:
        return False
    person = await work.session.get(Person, staff.person_id)
    if person is None:
        return False
    work.say(person, message, replaces=replaces)
    return True
