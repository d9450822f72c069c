"""What office and colleagues look at: the numbers, the people behind them, and how far their units are."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import col, select

from actions import campaigns, paging, reach, rights
from actions.ladder_next import USUAL
from actions.rights import Colleague
from actions.units import school
from actions.work import Refusal, Work
from models import kept
from models.answer import AnswerKind
from models.equation import reached, silent, under_dispute, within
from models.graduate import Destination, Graduate
from models.messages.general import Outdated
from models.messages.office import (
    BroadcastSample,
    Listed,
    OfficeReport,
    ProgressCard,
    StatusCard,
    StatusList,
)
from models.person import Binding, OutOfReach, Person
from models.reach import out_of_reach
from models.staff import Role
from models.unit import Unit, UnitKind

PAGE = 10
ROWS = 15
EVERY_UNIT = 2000
SAMPLES = 20
ABOVE_COLLEGE = (UnitKind.SCHOOL, UnitKind.PROVINCE)
COLLEGES = (UnitKind.COLLEGE, UnitKind.RESIDENTIAL)


async def status(work: Work, person: Person) -> None:
    """/status."""
    _, unit = await _over_all(work, person)
    work.say(person, StatusCard(unit=unit.id, reader=person.id))


async def people(work: Work, person: Person, listed: Listed) -> None:
    await turn(work, person, uuid4(), listed, 0)


async def turn(work: Work, person: Person, view: UUID, listed: Listed, page: int) -> None:
    """Names, a page at a time; each of them is told of the look in /my."""
    who, unit = await _over_all(work, person)
    which = and_(col(Graduate.removed_at).is_(None), _under(unit), _listed(listed), ~kept_from(who))
    total = (await work.session.exec(select(func.count()).select_from(Graduate).where(which))).one()
    page, pages = paging.within(page, total, PAGE)
    query = select(Graduate.id).where(which).order_by(col(Graduate.student_no), col(Graduate.id))
    ids = tuple((await work.session.exec(query.offset(page * PAGE).limit(PAGE))).all())
    for one in ids:
        viewed(work, who, one)
    said = StatusList(
        view=view, unit=unit.id, listed=listed, graduates=ids, total=total, page=page, pages=pages
    )
    work.say(person, said, replaces=f"status:{view}")


def _listed(listed: Listed) -> ColumnElement[bool]:
    """The same people as the number beside the button."""
    counted = and_(col(Graduate.answer).is_not(None), col(Graduate.answer_verified).is_not(False))
    match listed:
        case Listed.AWAITING:
            return and_(col(Graduate.asked_at).is_not(None), ~counted)
        case Listed.NOT_ENROLLED:
            return out_of_reach() == OutOfReach.NOT_ENROLLED.value
        case _:
            return and_(counted, col(Graduate.answer) == AnswerKind(listed.value))


def kept_from(who: Colleague) -> ColumnElement[bool]:
    """Somebody's dispute is not learned of by a name in a list, or by its absence from the others."""
    if who.staff is None:
        return false()
    classes = [over for role, over in who.duties if role is Role.COUNSELOR]
    return kept.kept_from(who.staff.id, classes)


async def progress(work: Work, person: Person) -> None:
    await turn_progress(work, person, uuid4(), 0)


async def turn_progress(work: Work, person: Person, view: UUID, page: int) -> None:
    """Own classes, the college's classes, or the colleges; by name, nobody above anybody."""
    who = await rights.colleague(work, person)
    units = await units_shown(work, who)
    page, pages = paging.within(page, len(units), ROWS)
    ids = tuple(unit.id for unit in units[page * ROWS : (page + 1) * ROWS])
    said = ProgressCard(view=view, units=ids, page=page, pages=pages, reach=bool(reach.units_of(work, who)))
    work.say(person, said, replaces=f"progress:{view}")


async def units_shown(work: Work, who: Colleague) -> Sequence[Unit]:
    duties = [over for _, over in who.duties] or [await school(work.session)]
    ways = [and_(col(Unit.path).startswith(over.path), col(Unit.kind).in_(_shown(over))) for over in duties]
    alone = [over.id for over in duties]
    query = select(Unit).where(or_(*ways)).order_by(col(Unit.name), col(Unit.path)).limit(EVERY_UNIT)
    found = (await work.session.exec(query)).all()
    if found:
        return found
    return (await work.session.exec(select(Unit).where(col(Unit.id).in_(alone)))).all()


def _shown(over: Unit) -> tuple[UnitKind, ...]:
    return COLLEGES if over.kind in ABOVE_COLLEGE else (UnitKind.CLASS,)


async def broadcast(work: Work, person: Person) -> None:
    """The check of the rules, looked at first."""
    _, unit = await _over_all(work, person)
    await campaigns.preview(work, person, USUAL, await campaigns.newest_cohort(work), unit)


async def samples(work: Work, person: Person, unit_id: UUID, cohort: int) -> None:
    await turn_samples(work, person, new_view(), unit_id, cohort, 0)


async def turn_samples(
    work: Work, person: Person, view: int, unit_id: UUID, cohort: int, number: int
) -> None:
    """What the first few would read, one in the place of the other and without its buttons."""
    who, unit = await _over_all(work, person)
    if (asked := await work.session.get(Unit, unit_id)) is None or not unit.covers(asked):
        raise Refusal(Outdated())
    found = await _first(work, asked, cohort)
    if not found:
        raise Refusal(Outdated())
    number = max(0, min(number, len(found) - 1))
    graduate_id, registered_id = found[number]
    viewed(work, who, graduate_id)
    verified = await work.session.exec(
        select(Binding.verified).where(
            Binding.graduate_id == graduate_id, col(Binding.ended_at).is_(None), col(Binding.verified)
        )
    )
    said = BroadcastSample(
        view=view,
        over=asked.id,
        cohort=cohort,
        graduate=graduate_id,
        destination=registered_id,
        verified=verified.first() is not None,
        number=number,
        numbers=len(found),
    )
    work.say(person, said, replaces=f"samples:{asked.id.hex}:{view}")


def new_view() -> int:
    """Names a message that paging edits where a button has no room for a second id."""
    return uuid4().int % 1_000_000


async def _first(work: Work, unit: Unit, cohort: int) -> Sequence[tuple[UUID, UUID]]:
    """Whom a launch now would write to, in the order of the roster, with what is registered."""
    rows = await work.session.exec(
        select(Graduate.id, Destination.id)
        .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
        .where(
            col(Destination.number) == col(Graduate.version),
            *within(cohort, unit),
            silent(),
            ~under_dispute(),
            reached(),
        )
        .order_by(col(Graduate.student_no), col(Graduate.id))
        .limit(SAMPLES)
    )
    return rows.all()


async def report(work: Work, person: Person) -> None:
    await _over_all(work, person)
    work.say(person, OfficeReport())


async def _over_all(work: Work, person: Person) -> tuple[Colleague, Unit]:
    unit = await school(work.session)
    return await rights.must(work, person, (Role.OFFICE,), unit), unit


def viewed(work: Work, who: Colleague, graduate: UUID) -> None:
    """The graduate finds it in /my: which role looked, and when."""
    role = Role.OFFICE if who.has(Role.OFFICE) else Role.ADMIN
    work.record("viewed", by=who.person, subject=graduate, graduate=graduate, role=role.value)


def _under(unit: Unit) -> ColumnElement[bool]:
    under = select(Unit.id).where(col(Unit.path).startswith(unit.path))
    return col(Graduate.unit_id).in_(under)
