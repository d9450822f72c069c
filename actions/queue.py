"""What waits for one colleague: the next thing first, then how much more there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions import barring, cases, clocks, desk, owning, paging, rights, routing, support_lists
from actions.dispute_rows import to_be_told
from actions.rights import Colleague
from actions.work import Work
from models.case import WORKED_ON, Case, CaseKind, CaseState, Note, NoteKind, Severity
from models.graduate import Graduate
from models.messages.queue import Only, QueueCard, QueueEmpty, QueueList
from models.person import Person
from models.staff import Duty, Role, Staff
from models.unit import Unit

LOOKED_AT = 300
PAGE = 10
NEUTRAL_SHOWN = 20
GRAVEST = tuple(Severity)
CAME = (NoteKind.OPENED, NoteKind.RELEASED)


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for one colleague, the most urgent first."""

    all: tuple[Case, ...]
    mine: tuple[Case, ...]
    pool: tuple[Case, ...]
    reviews: tuple[Case, ...]
    overdue: tuple[Case, ...]
    asked: tuple[Case, ...]
    cut: bool = False

    def of(self, only: Only | CaseKind) -> tuple[Case, ...]:
        match only:
            case Only.ALL:
                return self.all
            case Only.MINE:
                return self.mine
            case Only.POOL:
                return self.pool
            case Only.LATE:
                return self.overdue
            case Only.WAITING:
                return self.asked
            case Only.REVIEW:
                return self.reviews
            case CaseKind():
                return tuple(case for case in self.all if case.kind is only)

    def parts(self) -> dict[Only | CaseKind, int]:
        """What is worth a button of its own: some of it, and not everything."""
        sizes = {one: len(self.of(one)) for one in (*Only, *CaseKind)}
        return {one: size for one, size in sizes.items() if 0 < size < len(self.all)}


async def show(work: Work, person: Person, words: str = "") -> None:
    """/queue, and /queue 超期 for a part of it."""
    only = _meant(work, words)
    if only is not Only.ALL:
        await turn(work, person, uuid4(), only, 0)
        return
    who = await rights.colleague(work, person)
    waiting = await waiting_for(work, who)
    neutral = await count_elsewhere(work, who, seen=True)
    if not waiting.all:
        work.say(person, QueueEmpty(neutral=neutral))
        return
    await _next(work, who, waiting, neutral)


async def _next(work: Work, who: Colleague, waiting: Waiting, neutral: int) -> None:
    case, view, parts = waiting.all[0], uuid4(), waiting.parts()
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
        overdue=len(waiting.overdue),
        pool=len(waiting.pool),
        reviews=len(waiting.reviews),
        neutral=min(neutral, NEUTRAL_SHOWN),
        parts=tuple(parts),
        counts=tuple(parts.values()),
        cut_at=LOOKED_AT if waiting.cut else 0,
        rest=_ids(waiting.all[1:], 0),
        pages=paging.within(0, len(waiting.all) - 1, PAGE)[1],
    )
    work.say(who.person, said)


async def turn(work: Work, person: Person, view: UUID, only: Only | CaseKind, page: int) -> None:
    """A further page, or another part, takes the place of the page before it."""
    waiting = await waiting_for(work, await rights.colleague(work, person))
    found, parts = waiting.of(only), waiting.parts()
    rest = found[1:] if only is Only.ALL else found
    page, pages = paging.within(page, len(rest), PAGE)
    parts.pop(only, None)
    said = QueueList(
        view=view,
        only=only,
        parts=tuple(parts),
        counts=tuple(parts.values()),
        cut_at=LOOKED_AT if waiting.cut else 0,
        rest=_ids(rest, page),
        page=page,
        pages=pages,
    )
    work.say(person, said, replaces=f"queue:{view}")


def _meant(work: Work, words: str) -> Only | CaseKind:
    """Words that name no part are as good as none."""
    key = work.rules.lists.meant(words)
    return Only.ALL if key is None else Only(key) if key in list(Only) else CaseKind(key)


async def waiting_for(work: Work, who: Colleague) -> Waiting:
    """However much waits, it is asked for in a few questions."""
    theirs = col(Case.owner_id) == who.me.id
    owned = await _cases(work, and_(theirs, col(Case.state).in_(WORKED_ON)))
    ended = await _cases(work, and_(theirs, to_be_told()))
    # Who turned out to have had a hand in it tells nobody how it ended.
    telling = [case for case, _ in ended if await owning.may_own(work, case, who.me.id)]
    mine = [*telling, *(case for case, _ in owned)]
    behind = await _cases(work, _left_behind(work, who))
    left = [one for one in behind if desk.is_taker(work, who, *one) and await owning.adrift(work, one[0])]
    pooled, settled = await _cases(work, _pooled(work, who)), await _reviewable(work, who)
    pool = await barring.open_to(work, who, [case for case, _ in [*pooled, *left]])
    reviews = await barring.reviewable_by(work, who, [case for case, _ in settled])
    every = _ordered(work, [*mine, *pool, *reviews])
    return Waiting(
        all=every,
        mine=_ordered(work, mine),
        pool=_ordered(work, pool),
        reviews=_ordered(work, reviews),
        overdue=tuple(case for case in every if case.overdue(work.now)),
        asked=tuple(case for case in every if case.waiting_since is not None),
        cut=any(len(rows) == LOOKED_AT for rows in (owned, behind, pooled, settled)),
    )


def _ordered(work: Work, cases: Sequence[Case]) -> tuple[Case, ...]:
    return tuple(sorted(cases, key=lambda case: urgency(work, case)))


def urgency(work: Work, case: Case) -> tuple[bool, bool, datetime, int, int]:
    """Who waits for the graduate comes last; of what is due alike the graver first."""
    due = clocks.due_of(case)
    return case.waiting_since is not None, due >= work.now, due, GRAVEST.index(case.severity), case.number


async def anything_between(work: Work, since: datetime | None, until: datetime) -> bool:
    """Asked before whose it is: most of the time there is nothing for anybody."""
    lines = _lines((*CAME, NoteKind.EVIDENCE), since, until)
    return (await work.session.exec(lines.limit(1))).first() is not None


async def new_between(work: Work, who: Colleague, since: datetime | None, until: datetime) -> tuple[int, int]:
    """What came to me and to my pools, is still untouched and was not told at once; papers to mine."""
    came = and_(_untouched(), _noted(CAME, since, until))
    given = and_(col(Case.state).in_(WORKED_ON), _noted((NoteKind.EVIDENCE,), since, until))
    mine = await _cases(work, and_(col(Case.owner_id) == who.me.id, or_(came, given)))
    pool = await _cases(work, and_(_pooled(work, who), came))
    open_to_me = await barring.open_to(work, who, _unannounced(work, pool))
    return len(_unannounced(work, mine)), len(await _my_turn(work, who, open_to_me))


def _noted(kinds: Sequence[NoteKind], since: datetime | None, until: datetime) -> ColumnElement[bool]:
    return _lines(kinds, since, until).where(col(Note.case_id) == col(Case.id)).exists()


def _lines(kinds: Sequence[NoteKind], since: datetime | None, until: datetime) -> SelectOfScalar[UUID]:
    lines = select(Note.id).where(col(Note.kind).in_(kinds), col(Note.at) <= until)
    return lines.where(col(Note.at) > since) if since else lines


def _unannounced(work: Work, rows: Sequence[tuple[Case, Unit]]) -> list[Case]:
    return [case for case, _ in rows if cases.rule_of(work, case).alert == "digest"]


async def _my_turn(work: Work, who: Colleague, pool: Sequence[Case]) -> list[Case]:
    """Stand-ins find it in their queue and hear of it only where nobody stands before them."""
    known: dict[tuple[Role, UUID, UUID | None], bool] = {}
    found = []
    for case in pool:
        role = cases.role_of(work, case.kind, case.reason)
        of_one = routing.guarded(work, case) or role in work.rules.routing.class_roles
        key = (role, case.unit_id, case.graduate_id if of_one else None)
        if key not in known:
            known[key] = any(one.id == who.me.id for one in await cases.first_in_line(work, case))
        found += [case] if known[key] else []
    return found


def _untouched() -> ColumnElement[bool]:
    return and_(col(Case.state) == CaseState.OPEN, col(Case.first_contact_at).is_(None))


async def digest_counts(work: Work, who: Colleague) -> dict[str, int]:
    """For the morning message; a dispute its reader may not see is one more 待核实 among theirs."""
    from actions import todo  # todo shows the queue's numbers too

    waiting, calendar = await waiting_for(work, who), work.rules.calendar
    tonight = calendar.end_of_day(calendar.local(work.now).date())
    to_check = sum(case.first_contact_at is None for case in waiting.mine)
    unanswered, _, untried = await todo.counts(work, who)
    return {
        "due": sum(case.next_due is not None and case.next_due <= tonight for case in waiting.all),
        "working": len(waiting.mine),
        "waiting": len(waiting.asked),
        "reviews": len(waiting.reviews),
        "pool": len(waiting.pool),
        "to_check": to_check + await count_elsewhere(work, who, seen=False),
        "unanswered": unanswered,
        "untried": untried,
        "unreached": await todo.unreached(work, who),
        "support": await support_lists.due(work, who),
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


def _left_behind(work: Work, who: Colleague) -> ColumnElement[bool]:
    """Under one of my units, of somebody who has no duty there any more, or is away."""
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
    away = select(Staff.id).where(col(Staff.away_until) > work.now)
    gone = or_(~still_here.exists(), col(Case.owner_id).in_(away))
    return and_(owned, col(Case.state).in_(WORKED_ON), or_(False, *mine), gone)


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


async def _reviewable(work: Work, who: Colleague) -> Sequence[tuple[Case, Unit]]:
    seconds = tuple(Role(name) for name in work.rules.routing.second_persons)
    under = _under(who, seconds)
    if under is None:
        return []
    return await _cases(work, and_(col(Case.state) == CaseState.AWAITING_REVIEW, under))


async def _cases(work: Work, which: ColumnElement[bool]) -> Sequence[tuple[Case, Unit]]:
    query = select(Case, Unit).join(Unit, col(Unit.id) == col(Case.unit_id)).where(which)
    query = query.order_by(col(Case.due_at), col(Case.number)).limit(LOOKED_AT)
    return (await work.session.exec(query)).all()


def _under(who: Colleague, roles: tuple[Role, ...]) -> ColumnElement[bool] | None:
    ways = [col(Unit.path).startswith(unit.path) for role, unit in who.duties if role in roles]
    return or_(*ways) if ways else None


def _ids(cases: Sequence[Case], page: int) -> tuple[UUID, ...]:
    return tuple(case.id for case in cases[page * PAGE : (page + 1) * PAGE])
