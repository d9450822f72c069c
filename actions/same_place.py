"""Several of one class who prove who they are from one connection: somebody looks, and nobody is accused."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from actions import cases, leads
from actions.work import Work
from models.case import Case, CaseKind, CaseState, Channel, NoteKind
from models.event import Event
from models.graduate import Graduate
from models.person import Person
from models.unit import Unit

PROVED, RAISED, REASON = "page_proved", "same_place_raised", "same_place"
WITHIN = timedelta(hours=24)
MANY = 500


def place_of(work: Work, address: str) -> UUID:
    """Tells one connection from another for a month; nobody without the key finds the address in it."""
    return UUID(work.keys.digest(f"place\n{work.now:%Y%m}\n{address}")[:32])


async def look(work: Work, person: Person, graduate: Graduate) -> None:
    """A class that sits together does this too: from so many on it is one case, with the names."""
    if work.place is None:
        return
    work.record(PROVED, by=person, subject=work.place, graduate=graduate.id)
    found = await _classmates(work, graduate, work.place)
    if len(found) < work.rules.privacy.page.same_place:
        return
    if (case := await _case(work, graduate, work.place)) is not None:
        await cases.note(work, case, NoteKind.NOTE, text=graduate.name)
        return
    given = leads.Given(
        kind=CaseKind.ANOMALY,
        channel=Channel.OTHER,
        unit=await work.session.get_one(Unit, graduate.unit_id),
        words="、".join(one.name for one in found),
        reason=REASON,
        key=f"{work.place.hex}{graduate.unit_id.hex}",
    )
    case, _ = await leads.take(work, person, given)
    work.record(RAISED, subject=work.place, case=str(case.id))


async def _case(work: Work, graduate: Graduate, place: UUID) -> Case | None:
    """Of this class and this very connection, while somebody still looks into it."""
    raised = await work.session.exec(
        select(Event.facts)
        .where(Event.subject_id == place, Event.kind == RAISED, col(Event.at) > work.now - WITHIN)
        .limit(MANY)
    )
    ids = [UUID(facts["case"]) for facts in raised]
    going_on = select(Case).where(
        col(Case.id).in_(ids), Case.unit_id == graduate.unit_id, Case.state != CaseState.CLOSED
    )
    return (await work.session.exec(going_on.limit(1))).first()


async def _classmates(work: Work, graduate: Graduate, place: UUID) -> Sequence[Graduate]:
    proved = select(Event.graduate_id).where(
        Event.subject_id == place, Event.kind == PROVED, col(Event.at) > work.now - WITHIN
    )
    query = select(Graduate).where(Graduate.unit_id == graduate.unit_id, col(Graduate.id).in_(proved))
    return (await work.session.exec(query.order_by(col(Graduate.student_no)).limit(MANY))).all()
