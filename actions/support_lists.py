"""/support: whom I help, the one who waits longest first; where nothing was written; coverage; the lot."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from heapq import nsmallest
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, false, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import oversight, paging, rights
from actions.rights import Colleague, NotYours
from actions.work import Work
from models.graduate import Graduate
from models.messages.support import Listing, SupportCoverage, SupportList, SupportPicked
from models.person import Person
from models.support import Support, SupportHelper, counted, wanted
from models.unit import Unit

PAGE = 8
ROWS = 15
WITHOUT_ENTRY = "A31"
STREAMED = 1000
SEEDS = 2**31


async def show(work: Work, person: Person, _: str = "") -> None:
    await turn(work, person, uuid4(), Listing.MINE, 0)


async def listed(work: Work, person: Person, listing: Listing) -> None:
    await turn(work, person, uuid4(), listing, 0)


async def turn(work: Work, person: Person, view: UUID, listing: Listing, page: int) -> None:
    """Pages take each other's place; every /support begins a message of its own."""
    who = await rights.colleague(work, person)
    which = _mine(who) if listing is Listing.MINE else _quiet(work, who)
    total = await _count(work, which)
    page, pages = paging.within(page, total, PAGE)
    said = SupportList(
        view=view,
        listing=listing,
        supports=tuple(await _page(work, which, page)),
        total=total,
        due=await due(work, who) if listing is Listing.MINE else 0,
        quiet=await _count(work, _quiet(work, who)) if _over(work, who) else None,
        inspects=bool(_inspected(work, who)),
        page=page,
        pages=pages,
        reader=who.me.id,
    )
    work.say(person, said, replaces=f"support:{view}")


async def due(work: Work, who: Colleague) -> int:
    """How many of mine were to be looked after again by now."""
    return await _count(work, and_(_mine(who), col(Support.next_check_at) <= work.now))


def _mine(who: Colleague) -> ColumnElement[bool]:
    """Where I help, and still have a duty."""
    helping = exists().where(
        col(SupportHelper.support_id) == col(Support.id),
        col(SupportHelper.staff_id) == who.me.id,
        col(SupportHelper.ended_at).is_(None),
    )
    return and_(helping, _under(over for _, over in who.duties))


def _quiet(work: Work, who: Colleague) -> ColumnElement[bool]:
    """A31: hardship, unsettled, and nothing written for so long; who declined is left alone."""
    days = work.rules.anomalies[WITHOUT_ENTRY].numbers["after_days"]
    return and_(
        _under(_over(work, who)),
        or_(col(Support.hard), col(Support.poor)),
        col(Support.unsettled),
        col(Support.declined_at).is_(None),
        col(Support.logged_at) <= work.now - timedelta(days=days),
    )


def _over(work: Work, who: Colleague) -> list[Unit]:
    return [over for role, over in who.duties if role in work.rules.support.oversees]


def _inspected(work: Work, who: Colleague) -> list[Unit]:
    return [over for role, over in who.duties if role in work.rules.support.may_inspect]


def _under(units: Iterable[Unit]) -> ColumnElement[bool]:
    return or_(false(), *(col(Unit.path).startswith(unit.path) for unit in units))


async def _count(work: Work, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Support).join(Graduate).join(Unit)
    return (await work.session.exec(query.where(which, col(Support.ended_at).is_(None), wanted()))).one()


async def _page(work: Work, which: ColumnElement[bool], page: int) -> Sequence[UUID]:
    """The longest due first; then who has no day, by the longest silence."""
    query = select(Support.id).join(Graduate).join(Unit)
    query = query.where(which, col(Support.ended_at).is_(None), wanted())
    no_day = col(Support.next_check_at).is_(None)
    order = (
        no_day,
        col(Support.next_check_at),
        col(Support.logged_at),
        col(Graduate.student_no),
        col(Support.id),
    )
    return (await work.session.exec(query.order_by(*order).offset(page * PAGE).limit(PAGE))).all()


async def coverage(work: Work, person: Person) -> None:
    await turn_coverage(work, person, uuid4(), 0)


async def turn_coverage(work: Work, person: Person, view: UUID, page: int) -> None:
    """By name, nobody above anybody; the units are those of /progress that this colleague may look at."""
    who = await rights.colleague(work, person)
    looking = [over for role, over in who.duties if role in work.rules.support.may_look]
    units = [
        one for one in await oversight.units_shown(work, who) if any(over.covers(one) for over in looking)
    ]
    if not units:
        raise NotYours
    page, pages = paging.within(page, len(units), ROWS)
    ids = tuple(unit.id for unit in units[page * ROWS : (page + 1) * ROWS])
    said = SupportCoverage(view=view, units=ids, page=page, pages=pages)
    work.say(person, said, replaces=f"support_coverage:{view}")


async def pick(work: Work, person: Person) -> None:
    """「随机抽查」: as many as the rules say, of the inspector's own unit."""
    who = await rights.colleague(work, person)
    units = _inspected(work, who)
    if not units:
        raise NotYours
    seed = secrets.randbelow(SEEDS)
    picked = await lot(work.session, units[0], work.rules.support.picked, seed)
    drawn(work, person, units[0], picked, seed)
    work.say(person, SupportPicked(supports=tuple(picked), seed=seed, reader=who.me.id))


async def lot(session: AsyncSession, unit: Unit, count: int, seed: int) -> list[UUID]:
    """The same seed draws the same again, as long as the same are there."""

    def place(one: UUID) -> bytes:
        return sha256(f"{seed}:{one.hex}".encode()).digest()

    found: list[UUID] = []
    after: UUID | None = None
    while some := await _ids(session, unit, after):
        found, after = nsmallest(count, [*found, *some], key=place), some[-1]
    return found


def drawn(work: Work, by: Person, unit: Unit, found: Sequence[UUID], seed: int) -> None:
    """Which logs somebody drew is on record before they read them."""
    work.record("support_picked", by=by, subject=unit.id, seed=seed, count=len(found))
    for one in found:
        work.record("support_drawn", by=by, subject=one, seed=seed)


async def _ids(session: AsyncSession, unit: Unit, after: UUID | None) -> Sequence[UUID]:
    query = select(Support.id).join(Graduate).join(Unit)
    query = query.where(col(Unit.path).startswith(unit.path), col(Support.ended_at).is_(None), counted())
    if after is not None:
        query = query.where(col(Support.id) > after)
    return (await session.exec(query.order_by(col(Support.id)).limit(STREAMED))).all()
