"""/todo: my graduates to be called, one after the other: for a reason first, then never tried."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, case, exists, func, or_
from sqlmodel import col, select

from actions import desk, paging, rights, support_lists, tasks
from actions.rights import Colleague
from actions.work import Work
from models.equation import reached, under_dispute
from models.followup import CallRecord
from models.graduate import Graduate
from models.messages.queue import TodoAnswered, TodoCard, TodoDone, TodoList
from models.person import Person
from models.reach import awaited, marked, to_be_tried
from models.unit import Unit

PAGE = 8


async def show(work: Work, person: Person, _: str = "") -> None:
    await turn(work, person, uuid4(), 0)


async def turn(work: Work, person: Person, view: UUID, page: int) -> None:
    """Pages take each other's place; every /todo begins a message of its own."""
    who = await rights.colleague(work, person)
    unanswered, total, _ = await counts(work, who)
    page, pages = paging.within(page, total, PAGE)
    duties, more = await tasks.open_for(work, who) if page == 0 else ((), 0)
    helping = await support_lists.due(work, who)
    if total == 0 and not duties and not helping:
        work.say(person, TodoDone(left=unanswered))
        return
    ids = tuple(await to_call(work, who, page * PAGE, PAGE))
    said = TodoList(
        view=view,
        tasks=tuple(duties),
        more=more,
        graduates=ids,
        total=total,
        unanswered=unanswered,
        support=helping,
        page=page,
        pages=pages,
    )
    work.say(person, said, replaces=f"todo:{view}")


async def open_one(work: Work, person: Person, graduate_id: UUID) -> None:
    who, graduate = await callee(work, person, graduate_id)
    if graduate.answered or await disputed(work, graduate):
        work.say(person, TodoAnswered(graduate=graduate.id))
        return
    await card(work, who, graduate)


async def begin(work: Work, person: Person) -> None:
    """`开始联系`: whoever stands first in the list."""
    await next_one(work, await rights.colleague(work, person))


async def next_one(work: Work, who: Colleague) -> None:
    """Nobody is called twice on one day by following the list."""
    left, total, untried = await counts(work, who)
    ids = await to_call(work, who, 0, 1) if untried else []
    graduate = await work.session.get(Graduate, ids[0]) if ids else None
    if graduate is None:
        work.say(who.person, TodoDone(left=left, total=total))
    else:
        await card(work, who, graduate)


async def card(work: Work, who: Colleague, graduate: Graduate) -> None:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    desk.viewed(work, who, graduate.id, graduate.id, unit)
    left, _, _ = await counts(work, who)
    attempts = await attempts_of(work, graduate)
    said = TodoCard(graduate=graduate.id, attempts=attempts, left=left, reader=who.me.id)
    work.say(who.person, said, replaces=call_key(graduate.id, attempts))


def call_key(graduate_id: UUID, attempts: int) -> str:
    """One attempt is one message: the card, then the question, then what was written down."""
    return f"call:{graduate_id}:{attempts}"


async def callee(work: Work, person: Person, graduate_id: UUID) -> tuple[Colleague, Graduate]:
    """The graduate, locked, if it is this colleague's to call them."""
    who = await rights.colleague(work, person)
    query = select(Graduate, Unit).join(Unit, col(Unit.id) == col(Graduate.unit_id))
    query = query.where(Graduate.id == graduate_id).with_for_update(of=Graduate)
    found = (await work.session.exec(query)).first()
    if found is None or not may_call(work, who, found[1]):
        raise rights.NotYours
    return who, found[0]


def may_call(work: Work, who: Colleague, unit: Unit) -> bool:
    return any(role in work.rules.routing.may_call and over.covers(unit) for role, over in who.duties)


async def attempts_of(work: Work, graduate: Graduate) -> int:
    query = select(func.count()).select_from(CallRecord).where(CallRecord.graduate_id == graduate.id)
    return (await work.session.exec(query)).one()


async def disputed(work: Work, graduate: Graduate) -> bool:
    query = select(Graduate.id).where(Graduate.id == graduate.id, under_dispute())
    return (await work.session.exec(query)).first() is not None


async def counts(work: Work, who: Colleague) -> tuple[int, int, int]:
    """How many have not answered, how many of them are to be called, and whom of these nobody tried today."""
    mine = _mine(work, who)
    if mine is None:
        return 0, 0, 0
    today = col(CallRecord.at) >= _midnight(work)
    tried = exists().where(col(CallRecord.graduate_id) == col(Graduate.id), today)
    base = select(func.count()).select_from(Graduate).join(Unit, col(Unit.id) == col(Graduate.unit_id))
    base = base.where(mine)
    asked = (base.where(awaited()), base.where(to_be_tried()), base.where(to_be_tried(), ~tried))
    unanswered, total, untried = [(await work.session.exec(one)).one() for one in asked]
    return unanswered, total, untried


def _midnight(work: Work) -> datetime:
    return work.rules.calendar.start_of_day(work.rules.calendar.local(work.now).date())


async def unreached(work: Work, who: Colleague) -> int:
    """Of those to be called, whom no message of ours comes to."""
    mine = _mine(work, who)
    if mine is None:
        return 0
    query = select(func.count()).select_from(Graduate).join(Unit, col(Unit.id) == col(Graduate.unit_id))
    return (await work.session.exec(query.where(mine, to_be_tried(), ~reached()))).one()


async def to_call(work: Work, who: Colleague, offset: int, limit: int) -> Sequence[UUID]:
    mine = _mine(work, who)
    if mine is None:
        return []
    last, waits = func.max(CallRecord.at), case((marked(), 0), else_=1)
    tried_today = case((last >= _midnight(work), 1), else_=0)
    rows = await work.session.exec(
        select(Graduate.id)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .outerjoin(CallRecord, col(CallRecord.graduate_id) == col(Graduate.id))
        .where(mine, to_be_tried())
        .group_by(col(Graduate.id), col(Graduate.student_no))
        .order_by(tried_today, waits, last.is_not(None), last, col(Graduate.student_no), col(Graduate.id))
        .offset(offset)
        .limit(limit)
    )
    return rows.all()


def _mine(work: Work, who: Colleague) -> ColumnElement[bool] | None:
    """Of the classes that are a colleague's to call."""
    listed = work.rules.routing.call_list
    ways = [col(Unit.path).startswith(over.path) for role, over in who.duties if role in listed]
    if not ways:
        return None
    return or_(*ways)
