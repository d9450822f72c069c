"""What waits for one colleague: the next thing first, then how much more there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from actions import cases, desk, rights, routing
from actions.rights import Colleague
from actions.work import Work
from models.case import Case, CaseKind, CaseState
from models.graduate import Graduate
from models.messages.queue import QueueCard, QueueEmpty, QueueList
from models.person import Person
from models.staff import Duty, Role, Staff
from models.unit import Unit

LOOKED_AT = 300
PAGE = 10
NEUTRAL_SHOWN = 20
COUNTS = ("due", "working", "waiting", "reviews", "pool", "to_check", "unanswered", "untried", "unreached")
WORKED_ON = (CaseState.OPEN, CaseState.WORKING)


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for one colleague, the most urgent first."""

    all: tuple[Case, ...]
    mine: tuple[Case, ...]
    pool: tuple[Case, ...]
    reviews: tuple[Case, ...]
    overdue: int


async def show(work: Work, person: Person, _: str = "") -> None:
    """/queue."""
    who = await rights.colleague(work, person)
    waiting = await waiting_for(work, who)
    neutral = await count_elsewhere(work, who, seen=True)
    if not waiting.all:
        work.say(person, QueueEmpty(neutral=neutral))
        return
    await _next(work, who, waiting, neutral)


async def _next(work: Work, who: Colleague, waiting: Waiting, neutral: int) -> None:
    case, view = waiting.all[0], uuid4()
    standing = await desk.standing_of(work, who, case)
    if case.graduate_id is not None:
        unit = await work.session.get_one(Unit, case.unit_id)
        desk.viewed(work, who, case.graduate_id, case.id, unit)
    said = QueueCard(
        view=view,
        case=case.id,
        graduate=case.graduate_id,
        verbs=standing.verbs,
        reads=standing.reads,
        reads_pressure=standing.reads_pressure,
        reader=who.me.id,
        mine=len(waiting.mine),
        overdue=waiting.overdue,
        pool=len(waiting.pool),
        reviews=len(waiting.reviews),
        neutral=min(neutral, NEUTRAL_SHOWN),
        rest=_ids(waiting.all[1:], 0),
        pages=_pages(len(waiting.all) - 1),
    )
    work.say(who.person, said)


async def turn(work: Work, person: Person, view: UUID, page: int) -> None:
    """A further page takes the place of the page before it."""
    who = await rights.colleague(work, person)
    rest = (await waiting_for(work, who)).all[1:]
    page = max(0, min(page, _pages(len(rest)) - 1))
    said = QueueList(view=view, rest=_ids(rest, page), page=page, pages=_pages(len(rest)))
    work.say(person, said, replaces=f"queue:{view}")


async def waiting_for(work: Work, who: Colleague) -> Waiting:
    mine = await _cases(work, and_(col(Case.owner_id) == who.me.id, col(Case.state).in_(WORKED_ON)))
    pool = [case for case in await _cases(work, _pooled(work, who)) if not await desk.barred(work, who, case)]
    pool += [case for case in await _cases(work, _left_behind(who)) if await desk.may_take(work, who, case)]
    reviews = [case for case in await _reviewable(work, who) if await routing.may_review(work, who, case)]
    every = sorted([*mine, *pool, *reviews], key=lambda case: urgency(work, case))
    return Waiting(
        all=tuple(every),
        mine=tuple(mine),
        pool=tuple(pool),
        reviews=tuple(reviews),
        overdue=sum(due_of(work, case) < work.now for case in every),
    )


def due_of(work: Work, case: Case) -> datetime:
    """What is due next: the second look, the first contact, or the end."""
    if case.state is CaseState.AWAITING_REVIEW and case.settled_at is not None:
        return work.rules.sla.settle_by("dispute_review", case.settled_at)
    return case.due_at if case.first_contact_at else min(case.first_contact_by, case.due_at)


def urgency(work: Work, case: Case) -> tuple[bool, datetime, int]:
    due = due_of(work, case)
    return due >= work.now, due, case.number


async def digest_counts(work: Work, staff: Staff) -> dict[str, int]:
    """For the morning message; a dispute its reader may not see is one more 待核实 among theirs."""
    person = await work.session.get(Person, staff.person_id) if staff.person_id else None
    if person is None:
        return dict.fromkeys(COUNTS, 0)
    from actions import todo  # todo shows the queue's numbers too

    who = await rights.colleague(work, person)
    waiting = await waiting_for(work, who)
    to_check = sum(case.first_contact_at is None for case in waiting.mine)
    unanswered, untried = await todo.counts(work, who)
    return {
        "due": waiting.overdue,
        "working": len(waiting.mine),
        "waiting": sum(case.first_contact_at is not None for case in waiting.mine),
        "reviews": len(waiting.reviews),
        "pool": len(waiting.pool),
        "to_check": to_check + await count_elsewhere(work, who, seen=False),
        "unanswered": unanswered,
        "untried": untried,
        "unreached": await todo.unreached(work, who),
    }


async def count_elsewhere(work: Work, who: Colleague, *, seen: bool) -> int:
    """Open disputes of a counselor's own classes that somebody else has."""
    under = _under(who, (Role.COUNSELOR,))
    if under is None:
        return 0
    query = (
        select(func.count())
        .select_from(Case)
        .join(Graduate, col(Graduate.id) == col(Case.graduate_id))
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(
            Case.kind == CaseKind.DISPUTE,
            Case.state != CaseState.CLOSED,
            or_(col(Case.owner_id).is_(None), col(Case.owner_id) != who.me.id),
            under,
        )
    )
    return (await work.session.exec(query.where(col(Case.counselor_may_see)) if seen else query)).one()


def _pooled(work: Work, who: Colleague) -> ColumnElement[bool]:
    """Unowned, under one of my units, of a kind one of my roles may take."""
    ways = [
        and_(col(Unit.path).startswith(unit.path), _of_kind(work, role))
        for role, unit in who.duties
        if _kinds(work, role) or _reasons(work, role)
    ]
    return and_(col(Case.owner_id).is_(None), col(Case.state).in_(WORKED_ON), or_(False, *ways))


def _left_behind(who: Colleague) -> ColumnElement[bool]:
    """Under one of my units, of somebody who has no duty there any more."""
    over = aliased(Unit)
    still_here = (
        select(Duty.id)
        .join(over, col(over.id) == col(Duty.unit_id))
        .where(
            col(Duty.staff_id) == col(Case.owner_id),
            col(Duty.ended_at).is_(None),
            col(Unit.path).startswith(col(over.path)),
        )
    )
    mine = [col(Unit.path).startswith(unit.path) for _, unit in who.duties]
    owned = and_(col(Case.owner_id).is_not(None), col(Case.owner_id) != who.me.id)
    return and_(owned, col(Case.state).in_(WORKED_ON), or_(False, *mine), ~still_here.exists())


def _of_kind(work: Work, role: Role) -> ColumnElement[bool]:
    known = col(Case.reason).in_(list(work.rules.routing.owners))
    by_kind = and_(col(Case.kind).in_(_kinds(work, role)), or_(~known, col(Case.kind) == CaseKind.DISPUTE))
    by_reason = and_(col(Case.reason).in_(_reasons(work, role)), col(Case.kind) != CaseKind.DISPUTE)
    return or_(by_kind, by_reason)


def _kinds(work: Work, role: Role) -> list[CaseKind]:
    return [kind for kind in CaseKind if role in cases.pool_roles(work, kind, "")]


def _reasons(work: Work, role: Role) -> list[str]:
    owners = work.rules.routing.owners
    return [reason for reason in owners if role in cases.pool_roles(work, CaseKind.RECORD_PROBLEM, reason)]


async def _reviewable(work: Work, who: Colleague) -> Sequence[Case]:
    seconds = tuple(Role(name) for name in work.rules.routing.second_persons)
    under = _under(who, seconds)
    if under is None:
        return []
    return await _cases(work, and_(col(Case.state) == CaseState.AWAITING_REVIEW, under))


async def _cases(work: Work, which: ColumnElement[bool]) -> Sequence[Case]:
    query = select(Case).join(Unit, col(Unit.id) == col(Case.unit_id)).where(which)
    return (
        await work.session.exec(query.order_by(col(Case.due_at), col(Case.number)).limit(LOOKED_AT))
    ).all()


def _under(who: Colleague, roles: tuple[Role, ...]) -> ColumnElement[bool] | None:
    ways = [col(Unit.path).startswith(unit.path) for role, unit in who.duties if role in roles]
    return or_(*ways) if ways else None


def _ids(cases: Sequence[Case], page: int) -> tuple[UUID, ...]:
    return tuple(case.id for case in cases[page * PAGE : (page + 1) * PAGE])


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE))
