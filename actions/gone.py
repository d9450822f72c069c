"""An account that takes no messages any more: somebody looks for another way, until it is back."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from actions import calling, cases
from actions.work import Work
from models.ask import Ask
from models.case import Case, CaseKind, CaseState, NoteKind
from models.graduate import Graduate
from models.person import Binding, Person, Unreachable

REASONS = (Unreachable.BLOCKED, Unreachable.DEACTIVATED, Unreachable.CHAT_NOT_FOUND)


async def hold(work: Work, people: Collection[UUID], ask_ids: Collection[UUID]) -> list[Graduate]:
    """Every graduate a batch is about, locked in one order before anything else is taken."""
    asked = select(Ask.graduate_id).where(col(Ask.id).in_(ask_ids))
    answered_for = select(Binding.graduate_id).where(*_bound(people))
    ids = col(Graduate.id)
    wanted = select(Graduate).where(ids.in_(asked) | ids.in_(answered_for)).order_by(ids)
    return list((await work.session.exec(wanted.with_for_update())).all())


async def lost(work: Work, person: Person, why: Unreachable) -> None:
    """One open case per graduate, whatever it was opened for."""
    wanted = select(Graduate).join(Binding).where(*_bound([person.id]), col(Graduate.removed_at).is_(None))
    rows = await work.session.exec(wanted.order_by(col(Graduate.id)).with_for_update(of=Graduate))
    for graduate in rows.all():
        if not await _open(work, [graduate.id]):
            await cases.open_unreachable(work, graduate, why.value)
        await calling.failed(work, graduate)


async def back(work: Work, person: Person) -> None:
    """The case stays with whoever has it; its history says that a message arrives again."""
    found = await work.session.exec(select(Binding.graduate_id).where(*_bound([person.id])))
    for case in await _open(work, found.all()):
        if case.reason in REASONS:
            await cases.note(work, case, NoteKind.REACHABLE)


def _bound(people: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    """Only a verified account speaks for a graduate."""
    return (
        col(Binding.person_id).in_(people),
        col(Binding.verified).is_(True),
        col(Binding.ended_at).is_(None),
    )


async def _open(work: Work, graduates: Collection[UUID | None]) -> list[Case]:
    query = select(Case).where(
        col(Case.graduate_id).in_(graduates),
        Case.kind == CaseKind.UNREACHABLE,
        Case.state != CaseState.CLOSED,
    )
    return list((await work.session.exec(query.order_by(col(Case.number)))).all())
