"""What is shown of support: whose it is, what was done, to how many help was offered; not what came of it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.graduate import Graduate
from models.messages.support import (
    SupportCard,
    SupportColleagues,
    SupportCoverage,
    SupportDraft,
    SupportList,
    SupportPicked,
    SupportSaved,
)
from models.staff import Duty, Staff
from models.support import Group, Support, SupportEntry, SupportSync, counted, helpers_of
from models.unit import Unit
from reports.facts import About, asks
from reports.queue import in_order

TAIL = 5


@asks(SupportList)
async def _list(about: About, said: SupportList) -> dict[str, Any]:
    days = about.rules.anomalies["A31"].numbers["after_days"]
    return {"people": await _people(about, said.supports, said.reader), "days": days}


@asks(SupportPicked)
async def _picked(about: About, said: SupportPicked) -> dict[str, Any]:
    return {"people": await _people(about, said.supports, said.reader)}


async def _people(about: About, ids: Sequence[UUID], reader: UUID) -> list[dict[str, Any]]:
    """In the order given; whom the reader may not see any more is left out."""
    rows = await about.session.exec(
        select(Support, Graduate, Unit)
        .join(Graduate, col(Graduate.id) == col(Support.graduate_id))
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(col(Support.id).in_(ids))
    )
    lasts = await _lasts(about.session, ids)
    found = {
        support.id: {
            "support": support,
            "graduate": graduate,
            "unit": unit,
            "last": lasts.get(support.id),
            "overdue": support.next_check_at is not None and support.next_check_at <= about.now,
        }
        for support, graduate, unit in rows
        if await _sees(about, support, unit, reader)
    }
    return [found[one] for one in ids if one in found]


async def _lasts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    query = select(SupportEntry.support_id, func.max(SupportEntry.at))
    rows = await session.exec(
        query.where(col(SupportEntry.support_id).in_(ids)).group_by(col(SupportEntry.support_id))
    )
    return dict(rows.all())


async def _sees(about: About, support: Support, unit: Unit, reader: UUID) -> bool:
    """Still a helper with a duty here, or in a role that looks after it."""
    held = await about.session.exec(
        select(Duty.role)
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(Duty.staff_id == reader, col(Duty.ended_at).is_(None), col(Unit.path).in_(unit.paths_above))
    )
    roles = set(held.all())
    if roles & set(about.rules.support.may_look):
        return True
    return bool(roles) and any(one.id == reader for one in await helpers(about.session, support.id))


async def helpers(session: AsyncSession, support_id: UUID) -> Sequence[Staff]:
    return (await session.exec(helpers_of(support_id))).all()


@asks(SupportCard)
async def _card(about: About, said: SupportCard) -> dict[str, Any]:
    session = about.session
    support = await session.get_one(Support, said.support)
    graduate = await session.get_one(Graduate, said.graduate)
    unit = await session.get_one(Unit, graduate.unit_id)
    synced = select(func.max(SupportSync.at)).where(SupportSync.support_id == support.id)
    return {
        "support": support,
        "sees": await _sees(about, support, unit, said.reader),
        "helpers": await helpers(session, support.id),
        "tail": await _tail(session, support.id),
        "synced": (await session.exec(synced)).one(),
        "overdue": support.next_check_at is not None and support.next_check_at <= about.now,
    }


async def _tail(session: AsyncSession, support_id: UUID) -> list[tuple[SupportEntry, Staff]]:
    """The newest, in the order they were written."""
    rows = await session.exec(
        select(SupportEntry, Staff)
        .join(Staff, col(Staff.id) == col(SupportEntry.staff_id))
        .where(SupportEntry.support_id == support_id)
        .order_by(col(SupportEntry.at).desc(), col(SupportEntry.id))
        .limit(TAIL)
    )
    return list(rows)[::-1]


@asks(SupportDraft)
async def _draft(about: About, said: SupportDraft) -> dict[str, Any]:
    return {"most": about.rules.support.text_max}


@asks(SupportSaved)
async def _saved(about: About, said: SupportSaved) -> dict[str, Any]:
    return {"support": await about.session.get_one(Support, said.support)}


@asks(SupportColleagues)
async def _colleagues(about: About, said: SupportColleagues) -> dict[str, Any]:
    return {"listed": await in_order(about.session, Staff, said.colleagues)}


@asks(SupportCoverage)
async def _coverage(about: About, said: SupportCoverage) -> dict[str, Any]:
    units = await in_order(about.session, Unit, said.units)
    return {"lines": [(unit, await coverage(about.session, unit)) for unit in units]}


async def coverage(session: AsyncSession, unit: Unit) -> dict[str, Any]:
    """To how many of whom it is for help was offered, and by whom something was written down."""
    logged = select(SupportEntry.id).where(SupportEntry.support_id == Support.id).correlate(Support).exists()
    offered = col(Support.offered_at).is_not(None)
    query = select(
        _many(counted()),
        _many(counted() & offered),
        _many(counted() & col(Support.declined_at).is_not(None)),
        _many(counted() & logged),
        *(_many(which) for group in Group for which in _of(group, offered)),
    )
    query = query.select_from(Support).join(Graduate).join(Unit)
    row = (
        await session.execute(
            query.where(col(Unit.path).startswith(unit.path), col(Support.ended_at).is_(None))
        )
    ).one()
    everybody, were, declined, written, *groups = (int(n) for n in row)
    pairs = iter(groups)
    return {
        "in_groups": everybody,
        "offered": were,
        "declined": declined,
        "logged": written,
        "groups": {group.value: {"in": next(pairs), "offered": next(pairs)} for group in Group},
    }


def _of(group: Group, offered: Any) -> Iterable[Any]:
    member = col(getattr(Support, group.value))
    return member, member & offered


def _many(which: Any) -> Any:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)
