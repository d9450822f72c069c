"""A dispute as its graduate reaches it, and the accounts that are told of it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select

from actions.records import NotBound
from actions.work import Work
from models.answer import Answer
from models.base import UUID
from models.case import Case, CaseState
from models.dispute import Dispute
from models.event import Event
from models.graduate import Destination, Graduate
from models.person import Binding, Person

TELLING_TRIED = "telling_tried"


@dataclass(frozen=True)
class Held:
    dispute: Dispute
    case: Case
    graduate: Graduate


async def held(work: Work, person: Person, dispute_id: UUID) -> Held:
    """Locked, for the verified account or the one that filed it; everybody else is refused."""
    found = (
        await work.session.exec(
            select(Dispute, Case, Graduate)
            .join(Case, col(Case.id) == col(Dispute.case_id))
            .join(Graduate, col(Graduate.id) == col(Dispute.graduate_id))
            .join(Binding, col(Binding.graduate_id) == col(Graduate.id))
            .join(Answer, col(Answer.id) == col(Dispute.answer_id), isouter=True)
            .where(
                Dispute.id == dispute_id,
                Binding.person_id == person.id,
                col(Binding.ended_at).is_(None),
                or_(col(Binding.verified), col(Answer.person_id) == person.id),
            )
            .limit(1)
            .with_for_update(of=(Case, Graduate, Dispute))
        )
    ).first()
    if found is None:
        raise NotBound
    return Held(*found)


async def open_on(work: Work, destination: Destination) -> Dispute | None:
    """The one that is open about this version."""
    return (
        await work.session.exec(
            select(Dispute).where(Dispute.destination_id == destination.id, col(Dispute.closed_at).is_(None))
        )
    ).first()


async def untold(work: Work, case: Case) -> Dispute | None:
    """Closed, and its graduate has not heard the outcome."""
    return (
        await work.session.exec(
            select(Dispute).where(
                Dispute.case_id == case.id,
                col(Dispute.closed_at).is_not(None),
                col(Dispute.told_at).is_(None),
            )
        )
    ).first()


def to_be_told() -> ColumnElement[bool]:
    """Of a case: as `untold`, and not tried often enough since; few are, so they are looked for first."""
    waiting = select(Dispute.case_id).where(
        col(Dispute.closed_at).is_not(None), col(Dispute.told_at).is_(None)
    )
    tried = select(Event.id).where(
        col(Event.subject_id) == col(Case.id),
        Event.kind == TELLING_TRIED,
        col(Event.at) >= col(Case.closed_at),
    )
    return and_(col(Case.state) == CaseState.CLOSED, col(Case.id).in_(waiting), ~tried.exists())


async def open_of(work: Work, person: Person, graduate: Graduate) -> Dispute | None:
    """The latest open one of a graduate that this account may add to."""
    return (
        await work.session.exec(
            select(Dispute)
            .join(Binding, col(Binding.graduate_id) == col(Dispute.graduate_id))
            .join(Answer, col(Answer.id) == col(Dispute.answer_id), isouter=True)
            .where(
                Dispute.graduate_id == graduate.id,
                col(Dispute.closed_at).is_(None),
                Binding.person_id == person.id,
                col(Binding.ended_at).is_(None),
                or_(col(Binding.verified), col(Answer.person_id) == person.id),
            )
            .order_by(col(Dispute.filed_at).desc())
            .limit(1)
        )
    ).first()


async def listener(work: Work, dispute: Dispute) -> Person | None:
    """Whom the outcome is told: the account that filed it while it is bound, else the verified one."""
    return (
        await work.session.exec(
            select(Person)
            .join(Binding, col(Binding.person_id) == col(Person.id))
            .join(Answer, col(Answer.id) == dispute.answer_id, isouter=True)
            .where(
                Binding.graduate_id == dispute.graduate_id,
                col(Binding.ended_at).is_(None),
                or_(col(Binding.verified), col(Answer.person_id) == col(Binding.person_id)),
            )
            .order_by(col(Binding.verified).desc())
            .limit(1)
        )
    ).first()
