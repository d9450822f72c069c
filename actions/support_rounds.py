"""Once a day, page by page through the cohorts at hand: who is to be helped, and by somebody still here."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from actions import routing, supports
from actions.work import Work
from models.graduate import Destination, Graduate
from models.staff import Duty
from models.support import Support, SupportHelper
from models.unit import Unit

PEOPLE = 300
NEW_AT_ONCE = 30
DAY, PLACE = "support_day", "support_place"


async def look(work: Work) -> bool:
    """One page; where it came to is kept, so that a restart goes on from there."""
    local = work.rules.calendar.local(work.now)
    today = local.date()
    if local.time() < work.rules.support.looked_through_from or await work.kept(DAY) == today.isoformat():
        return False
    cohort, after = await _reached(work, today)
    if cohort is None:
        await work.keep(DAY, today.isoformat())
        return False
    rows = await _page(work, cohort, after)
    last = await _through(work, rows)
    if last is not None:
        await work.keep(PLACE, f"{today.isoformat()} {cohort} {last.hex}")
    else:
        await work.keep(PLACE, f"{today.isoformat()} {cohort - 1} -")
    return True


async def _reached(work: Work, today: date) -> tuple[int | None, UUID | None]:
    """From the newest cohort to the last that is looked through; none when all are."""
    newest: int | None = (await work.session.exec(select(func.max(Graduate.cohort)))).one()
    if newest is None:
        return None, None
    day, _, place = (await work.kept(PLACE) or "").partition(" ")
    if day != today.isoformat():
        return newest, None
    cohort, _, after = place.partition(" ")
    if int(cohort) <= newest - work.rules.support.cohorts:
        return None, None
    return int(cohort), None if after == "-" else UUID(after)


async def _page(
    work: Work, cohort: int, after: UUID | None
) -> Sequence[tuple[Graduate, Destination | None, Support | None]]:
    """By id, which the addition keeps the database at; held, as by whoever answers meanwhile."""
    query = (
        select(Graduate, Destination, Support)
        .outerjoin(
            Destination,
            and_(
                col(Destination.graduate_id) == col(Graduate.id),
                col(Destination.number) == col(Graduate.version),
            ),
        )
        .outerjoin(
            Support, and_(col(Support.graduate_id) == col(Graduate.id), col(Support.ended_at).is_(None))
        )
        .where(col(Graduate.cohort) + 0 == cohort)
        .order_by(col(Graduate.id))
        .limit(PEOPLE)
        .with_for_update(of=Graduate)
    )
    if after is not None:
        query = query.where(col(Graduate.id) > after)
    return (await work.session.exec(query)).all()


async def _through(
    work: Work, rows: Sequence[tuple[Graduate, Destination | None, Support | None]]
) -> UUID | None:
    """Where it came to; who is new costs more, so that only so many are taken at once."""
    missing = await _without_helper(work, [support.id for _, _, support in rows if support])
    last, new = None, 0
    for graduate, destination, support in rows:
        if new == NEW_AT_ONCE:
            break
        last = graduate.id
        groups = supports.groups_of(work, graduate, destination)
        if graduate.removed_at is not None:
            await _over(work, support)
        elif support is not None:
            await supports.place(work, support, graduate, groups)
            if support.id in missing:
                await _helped_again(work, support, graduate)
        elif groups:
            await supports.open_one(work, graduate, groups)
            new += 1
    return last


async def _over(work: Work, support: Support | None) -> None:
    if support is not None:
        support.ended_at, support.next_check_at = work.now, None
        work.record("support_over", subject=support.id, graduate=support.graduate_id)


async def _without_helper(work: Work, ids: Sequence[UUID]) -> set[UUID]:
    """Nobody who helps has a duty over the graduate's unit any more."""
    if not ids:
        return set()
    here, over = aliased(Unit), aliased(Unit)
    rows = await work.session.exec(
        select(SupportHelper.support_id)
        .join(Support, col(Support.id) == col(SupportHelper.support_id))
        .join(Graduate, col(Graduate.id) == col(Support.graduate_id))
        .join(here, col(here.id) == col(Graduate.unit_id))
        .join(Duty, and_(col(Duty.staff_id) == col(SupportHelper.staff_id), col(Duty.ended_at).is_(None)))
        .join(over, col(over.id) == col(Duty.unit_id))
        .where(
            col(SupportHelper.support_id).in_(ids),
            col(SupportHelper.ended_at).is_(None),
            col(here.path).startswith(col(over.path)),
        )
    )
    return set(ids) - set(rows)


async def _helped_again(work: Work, support: Support, graduate: Graduate) -> None:
    """Those who left are no helpers any more; the class counselor of now is."""
    for staff in (await routing.counselors_of(work, graduate))[:1]:
        gone = select(SupportHelper).where(
            SupportHelper.support_id == support.id, col(SupportHelper.ended_at).is_(None)
        )
        for one in (await work.session.exec(gone)).all():
            one.ended_at = work.now
        await work.session.flush()
        await supports.helped_by(work, support, staff)
