"""What is shown of calls, of whom to call, and of one graduate found; read-only."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import ContactChange
from models.case import Case
from models.followup import CallRecord, ToCall
from models.graduate import Graduate
from models.messages.cases import CasePhones
from models.messages.queue import CallRecorded, CallTold, FindCard, FindMany, TodoCard, TodoList
from models.staff import Staff
from models.unit import Unit
from reports.callrecords import told_to
from reports.facts import About, asks, current_destination
from reports.queue import college_of, in_order
from reports.readers import kept_away, reads_still, under_dispute
from reports.tasks import duties

TAIL = 3


@asks(CasePhones)
async def _phones(about: About, said: CasePhones) -> dict[str, Any]:
    away = await kept_away(about, said.graduate, said.reader)
    elsewhere = away or not await reads_still(about, said.case, said.reader)
    return await numbers(about, said.graduate) | {"elsewhere": elsewhere}


@asks(FindMany)
async def _found(about: About, said: FindMany) -> dict[str, Any]:
    return {"found": await with_units(about.session, said.graduates)}


@asks(FindCard)
async def _find_card(about: About, said: FindCard) -> dict[str, Any]:
    return {
        "calls": await _calls(about.session, said.graduate, told_to(said.reader) if said.folded else true()),
        "listed": await in_order(about.session, Case, said.cases),
    }


@asks(TodoList)
async def _todo(about: About, said: TodoList) -> dict[str, Any]:
    rows = await with_units(about.session, said.graduates)
    last = await _last_calls(about.session, said.graduates)
    why = await _why(about.session, said.graduates)
    return {
        "people": [
            (graduate, unit, *last.get(graduate.id, (0, None)), why.get(graduate.id, []))
            for graduate, unit in rows
        ],
        "duties": await duties(about, said.tasks),
    }


@asks(TodoCard)
async def _todo_card(about: About, said: TodoCard) -> dict[str, Any]:
    return await numbers(about, said.graduate) | {
        "disputed": await under_dispute(about, said.graduate),
        "calls": await _calls(about.session, said.graduate, told_to(said.reader)),
        "why": (await _why(about.session, [said.graduate])).get(said.graduate, []),
    }


@asks(CallRecorded)
async def _recorded(about: About, said: CallRecorded) -> dict[str, Any]:
    return await _case_of_call(about, said.call)


@asks(CallTold)
async def _told(about: About, said: CallTold) -> dict[str, Any]:
    graduate = await about.session.get_one(Graduate, said.graduate)
    unit = await about.session.get_one(Unit, graduate.unit_id)
    return {"college": await college_of(about.session, unit)}


async def numbers(about: About, graduate_id: UUID) -> dict[str, Any]:
    graduate = await about.session.get_one(Graduate, graduate_id)
    newest = (
        await about.session.exec(
            select(ContactChange)
            .where(ContactChange.graduate_id == graduate_id, col(ContactChange.phone).is_not(None))
            .order_by(col(ContactChange.given_at).desc())
            .limit(TAIL)
        )
    ).all()
    return {"registered": await current_destination(about.session, graduate), "given": newest}


async def _calls(
    session: AsyncSession, graduate_id: UUID, which: ColumnElement[bool]
) -> list[tuple[CallRecord, Staff]]:
    rows = await session.exec(
        select(CallRecord, Staff)
        .join(Staff, col(Staff.id) == col(CallRecord.staff_id))
        .where(CallRecord.graduate_id == graduate_id, which)
        .order_by(col(CallRecord.at).desc())
        .limit(TAIL)
    )
    return list(rows.all())


async def _last_calls(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[int, Any]]:
    rows = await session.exec(
        select(CallRecord.graduate_id, func.count(), func.max(CallRecord.at))
        .where(col(CallRecord.graduate_id).in_(ids))
        .group_by(col(CallRecord.graduate_id))
    )
    return {graduate: (count, last) for graduate, count, last in rows.all()}


async def _why(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """What put them on the list, until enough was tried."""
    found: dict[UUID, list[str]] = {}
    rows = await session.exec(
        select(ToCall)
        .join(Graduate, col(Graduate.id) == col(ToCall.graduate_id))
        .where(
            col(ToCall.graduate_id).in_(ids), col(ToCall.over_at).is_(None), col(Graduate.tried_at).is_(None)
        )
        .order_by(col(ToCall.since))
    )
    for one in rows:
        found.setdefault(one.graduate_id, []).append(one.why.value)
    return found


async def _case_of_call(about: About, call_id: UUID) -> dict[str, Any]:
    call = await about.session.get_one(CallRecord, call_id)
    return {"case": await about.session.get(Case, call.case_id) if call.case_id else None}


async def with_units(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[Graduate, Unit]]:
    rows = await session.exec(
        select(Graduate, Unit)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(col(Graduate.id).in_(ids))
    )
    found = {graduate.id: (graduate, unit) for graduate, unit in rows.all()}
    return [found[one] for one in ids if one in found]
