"""What a graduate adds to a dispute: words, a withdrawal, whether somebody pressed them; all of it stays."""

from sqlmodel import col, select

from actions import cases, clocks, doors, owning, pressure, rights
from actions.dispute_rows import Held, held, open_of
from actions.work import Work
from models.base import UUID
from models.case import WORKED_ON, Case, NoteKind
from models.dispute import Pressure, Statement, StatementKind
from models.graduate import Graduate
from models.messages.dispute import (
    DisputeAdded,
    DisputePressureNoted,
    DisputeStatementAsked,
    DisputeStatementKept,
    DisputeStatementTooLong,
    DisputeWithdrawalAlert,
    DisputeWithdrawn,
)
from models.person import Person
from models.staff import Staff
from models.steps.dispute import AddingStatement
from models.steps.leads import TellingPressure


async def add_more(work: Work, person: Person, dispute_id: UUID) -> None:
    """「补充说明」: what is typed next goes there."""
    found = await held(work, person, dispute_id)
    person.ask_for(AddingStatement(dispute=dispute_id))
    work.say(person, DisputeStatementAsked(dispute=dispute_id, case=found.case.id))


async def add_statement(
    work: Work, person: Person, dispute_id: UUID, text: str, *, objection: bool = False
) -> None:
    """Kept word for word, at any time; a text over the limit is kept too, and the rest may follow."""
    found = await held(work, person, dispute_id)
    if not text.strip():
        work.say(person, DisputeStatementAsked(dispute=dispute_id, case=found.case.id))
        return
    kind = StatementKind.OBJECTION if objection else StatementKind.STATEMENT
    statement = await _append(work, person, found, kind, text)
    clocks.go_on(work, found.case)
    await _tell_words(work, found, statement)
    person.close_step(AddingStatement.hat)
    most = work.rules.privacy.text_max.statement
    kept = DisputeStatementKept(dispute=dispute_id, case=found.case.id)
    work.say(person, DisputeStatementTooLong(most=most) if len(text) > most else kept)


async def text_for_open_dispute(work: Work, person: Person, graduate: Graduate, text: str) -> bool:
    """With an open dispute, free text goes to its owner and to nobody else."""
    dispute = await open_of(work, person, graduate)
    if dispute is None:
        return False
    await add_statement(work, person, dispute.id, text)
    return True


async def withdraw(work: Work, person: Person, dispute_id: UUID) -> None:
    """Added, never undone: the case goes on, and a second person looks at the withdrawal too."""
    found = await held(work, person, dispute_id)
    dispute = found.dispute
    if dispute.withdrawn_at is None and dispute.closed_at is None:
        await _append(work, person, found, StatementKind.WITHDRAWAL, None)
        dispute.withdrawn_at = work.now
        await cases.note(work, found.case, NoteKind.WITHDRAWN)
        await _tell_withdrawal(work, found)
    by_page = not doors.reached(person)
    work.say(person, DisputeWithdrawn(dispute=dispute.id, case=found.case.id, by_page=by_page))


async def press_pressure(work: Work, person: Person, dispute_id: UUID, said: Pressure) -> None:
    """「有」 is never taken back by a later press: what else is said later stands beside it.

    What is typed next goes with it: the owner of the dispute may be who pressed them."""
    found = await held(work, person, dispute_id)
    dispute, before = found.dispute, await _said_of_pressure(work, found)
    if said is not before:
        await _append(work, person, found, StatementKind.PRESSURE, said.value)
        if dispute.pressure is Pressure.YES:
            await pressure.changed(work, found)
        else:
            dispute.pressure = said
    if said is Pressure.YES:
        await pressure.reported(work, found)
        person.ask_for(TellingPressure(dispute=dispute.id))
    noted = DisputePressureNoted(said=said, dispute=dispute.id)
    work.say(person, noted, replaces=f"pressure:{dispute.id}")


async def _said_of_pressure(work: Work, found: Held) -> Pressure | None:
    query = select(Statement).where(
        Statement.dispute_id == found.dispute.id, Statement.kind == StatementKind.PRESSURE
    )
    latest = (await work.session.exec(query.order_by(col(Statement.said_at).desc()).limit(1))).first()
    text = work.open(latest.text) if latest else None
    return Pressure(text) if text else None


async def _append(
    work: Work, person: Person, found: Held, kind: StatementKind, text: str | None
) -> Statement:
    statement = Statement(dispute=found.dispute, kind=kind, text=work.seal(text), said_at=work.now)
    work.session.add(statement)
    await work.session.flush()
    what = "pressure" if kind is StatementKind.PRESSURE else kind.value
    work.record("dispute_added", by=person, subject=found.dispute.id, graduate=found.graduate.id, what=what)
    return statement


async def _owner(work: Work, case: Case) -> Staff | None:
    """Who turns out to have had a hand in it reads nothing more of it: it goes on to whoever is next."""
    if case.owner_id is not None and not await owning.may_own(work, case, case.owner_id):
        if case.state not in WORKED_ON:
            return None
        await owning.set_aside(work, case)
        if case.owner_id is None or not await owning.may_own(work, case, case.owner_id):
            return None
    return await cases.owner_of(work, case)


async def _tell_words(work: Work, found: Held, statement: Statement) -> None:
    owner = await _owner(work, found.case)
    if owner is not None:
        added = DisputeAdded(
            case=found.case.id, graduate=found.graduate.id, statement=statement.id, reader=owner.id
        )
        await rights.tell(work, owner, added)


async def _tell_withdrawal(work: Work, found: Held) -> None:
    owner, reader = (
        await _owner(work, found.case),
        await pressure.reader_of(work, found.dispute, found.case),
    )
    for staff in {one.id: one for one in (owner, reader) if one}.values():
        message = DisputeWithdrawalAlert(case=found.case.id, graduate=found.graduate.id, reader=staff.id)
        await rights.tell(work, staff, message)
