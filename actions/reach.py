"""Whom no message reaches, looked at by whoever may call them: the numbers, and the names behind each."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import col, select

from actions import desk, paging, rights
from actions.rights import Colleague
from actions.work import Work
from models.graduate import Graduate
from models.messages.office import ReachCard, ReachList
from models.person import OutOfReach, Person
from models.reach import behind
from models.staff import Role
from models.unit import Unit

PAGE = 10


async def show(work: Work, person: Person) -> None:
    _, units = await _over(work, person)
    work.say(person, ReachCard(units=tuple(unit.id for unit in units)))


async def people(work: Work, person: Person, reason: OutOfReach) -> None:
    await turn(work, person, uuid4(), reason, 0)


async def turn(work: Work, person: Person, view: UUID, reason: OutOfReach, page: int) -> None:
    """Names, a page at a time. Nobody is kept from it: no reason says whether or what they answered,

    and somebody missing from it would say that there is a dispute."""
    who, units = await _over(work, person)
    which = behind(units, reason)
    total = (await work.session.exec(select(func.count()).select_from(Graduate).where(*which))).one()
    page, pages = paging.within(page, total, PAGE)
    query = select(Graduate.id, Unit).join(Unit, col(Unit.id) == col(Graduate.unit_id)).where(*which)
    query = query.order_by(col(Graduate.student_no), col(Graduate.id))
    rows = (await work.session.exec(query.offset(page * PAGE).limit(PAGE))).all()
    for one, unit in rows:
        desk.viewed(work, who, one, one, unit)
    ids = tuple(one for one, _ in rows)
    said = ReachList(view=view, reason=reason, graduates=ids, total=total, page=page, pages=pages)
    work.say(person, said, replaces=f"reach:{view}")


async def _over(work: Work, person: Person) -> tuple[Colleague, Sequence[Unit]]:
    """Every unit where this colleague may call people, but for what lies under another of them."""
    who = await rights.colleague(work, person)
    units = units_of(work, who)
    if not units:
        raise rights.NotYours
    return who, units


def units_of(work: Work, who: Colleague) -> Sequence[Unit]:
    roles = {*work.rules.routing.may_call, Role.ADMIN}
    held = {over.id: over for role, over in who.duties if role in roles}.values()
    return [one for one in held if not any(other.covers(one) for other in held if other.id != one.id)]
