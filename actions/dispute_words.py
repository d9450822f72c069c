"""What a graduate adds to a dispute: words, a withdrawal, whether somebody pressed them; all of it stays."""

from actions import rights, routing
from actions.dispute_rows import Held, held, open_of
from actions.work import Work
from models.base import UUID
from models.case import Case
from models.dispute import Dispute, Pressure, Statement, StatementKind
from models.graduate import Graduate
from models.messages.dispute import (
    DisputeAdded,
    DisputePressureAlert,
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
from models.unit import Unit


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
        await _tell_withdrawal(work, found)
    work.say(person, DisputeWithdrawn(dispute=dispute.id, case=found.case.id))


async def press_pressure(work: Work, person: Person, dispute_id: UUID, said: Pressure) -> None:
    """「有」 is never taken back by a later press, and is told once, to one reader outside the class."""
    found = await held(work, person, dispute_id)
    dispute = found.dispute
    if dispute.pressure is None or (said is Pressure.YES and dispute.pressure is not Pressure.YES):
        dispute.pressure = said
        await _append(work, person, found, StatementKind.PRESSURE, said.value)
        if said is Pressure.YES:
            await _tell_pressure(work, found)
    noted = DisputePressureNoted(said=dispute.pressure)
    work.say(person, noted, replaces=f"pressure:{dispute.id}")


async def _append(
    work: Work, person: Person, found: Held, kind: StatementKind, text: str | None
) -> Statement:
    statement = Statement(dispute=found.dispute, kind=kind, text=work.seal(text), said_at=work.now)
    work.session.add(statement)
    await work.session.flush()
    what = "pressure" if kind is StatementKind.PRESSURE else kind.value
    work.record("dispute_added", by=person, subject=found.dispute.id, graduate=found.graduate.id, what=what)
    return statement


async def _tell_words(work: Work, found: Held, statement: Statement) -> None:
    owner = await _owner(work, found.case)
    if owner is not None:
        added = DisputeAdded(
            case=found.case.id, graduate=found.graduate.id, statement=statement.id, reader=owner.id
        )
        await rights.tell(work, owner, added)


async def _tell_withdrawal(work: Work, found: Held) -> None:
    message = DisputeWithdrawalAlert(case=found.case.id, graduate=found.graduate.id)
    owner, reader = await _owner(work, found.case), await _reader(work, found.dispute, found.case)
    for staff in {one.id: one for one in (owner, reader) if one}.values():
        await rights.tell(work, staff, message)


async def _tell_pressure(work: Work, found: Held) -> None:
    message = DisputePressureAlert(case=found.case.id, graduate=found.graduate.id)
    reader = await _reader(work, found.dispute, found.case)
    if reader is None:
        await work.incident("pressure_without_reader", f"case {found.case.number}")
    else:
        await rights.tell(work, reader, message)


async def _reader(work: Work, dispute: Dispute, case: Case) -> Staff | None:
    """The owner where they are in such a role, so that no more people know than need to."""
    unit = await work.session.get_one(Unit, case.unit_id)
    out = await routing.left_out(work, dispute)
    readers = await routing.holders(work, work.rules.routing.pressure_to, unit)
    if any(one.id == case.owner_id and one.id not in out for one in readers):
        return await _owner(work, case)
    return await routing.reader_of_pressure(work, dispute, unit)


async def _owner(work: Work, case: Case) -> Staff | None:
    return await work.session.get(Staff, case.owner_id) if case.owner_id else None
