"""A term that has passed: the owner is told, and a while later the next above; each only once."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists
from sqlmodel import col, select

from actions import cases, desk, rights, routing, settling
from actions.work import Work
from models.case import Case, CaseState, NoteKind
from models.event import Event
from models.messages import Say
from models.messages.cases import CaseReviewLate
from models.messages.office import OfficeEscalated, OfficeOverdue
from models.staff import Staff
from models.unit import Unit

BATCH = 50
REVIEW = "dispute_review"


class Term(StrEnum):
    """What waits: the first contact, the settling, or the second person's look at what was settled."""

    CONTACT = "contact"
    SETTLE = "settle"
    REVIEW = "review"


STATES = {
    Term.CONTACT: (CaseState.OPEN, CaseState.WORKING),
    Term.SETTLE: (CaseState.OPEN, CaseState.WORKING),
    Term.REVIEW: (CaseState.AWAITING_REVIEW,),
}
# A review's term is counted from here; the others have an instant of their own.
SINCE = {
    Term.CONTACT: col(Case.first_contact_by),
    Term.SETTLE: col(Case.due_at),
    Term.REVIEW: col(Case.settled_at),
}


async def look(work: Work) -> bool:
    """One bounded batch of each; the events say what was said already."""
    more = False
    for term in Term:
        for case in (late := await _late(work, term, _overdue(term))):
            await _remind(work, case, term)
        for case in (reminded := await _late(work, term, _escalated(term), waited=True)):
            await _escalate(work, case, term)
        more = more or len(late) == BATCH or len(reminded) == BATCH
    return more


def _overdue(term: Term) -> str:
    return f"overdue_{term.value}"


def _escalated(term: Term) -> str:
    return f"escalated_{term.value}"


async def _late(work: Work, term: Term, kind: str, *, waited: bool = False) -> Sequence[Case]:
    """Past its term, and nothing said since the term was set; a case that is given a new term begins anew."""
    since = SINCE[term]
    query = select(Case).where(col(Case.state).in_(STATES[term]), since < work.now, ~_said(kind, since))
    if term is Term.CONTACT:
        query = query.where(col(Case.first_contact_at).is_(None))
    if waited:
        query = query.where(_said(_overdue(term), since))
    rows = await work.session.exec(query.order_by(since).limit(BATCH).with_for_update(skip_locked=True))
    return [case for case in rows.all() if _due(work, case, term, waited=waited) <= work.now]


def _due(work: Work, case: Case, term: Term, *, waited: bool) -> datetime:
    sla = work.rules.sla
    match term:
        case Term.CONTACT:
            due = case.first_contact_by
        case Term.SETTLE:
            due = case.due_at
        case Term.REVIEW:
            due = sla.settle_by(REVIEW, case.settled_at or case.opened_at)
    return sla.escalated_at(due) if waited else due


def _said(kind: str, since: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return exists().where(
        col(Event.subject_id) == col(Case.id), col(Event.kind) == kind, col(Event.at) >= since
    )


async def _remind(work: Work, case: Case, term: Term) -> None:
    work.record(_overdue(term), subject=case.id, graduate=case.graduate_id)
    if term is Term.REVIEW:
        for person in await settling.second_persons(work, case):
            work.say(person, CaseReviewLate(case=case.id, graduate=case.graduate_id))
        return
    owner = await work.session.get(Staff, case.owner_id) if case.owner_id else None
    if owner is not None:
        await rights.tell(work, owner, OfficeOverdue(case=case.id, first_contact=term is Term.CONTACT))


async def _escalate(work: Work, case: Case, term: Term) -> None:
    """The owner stays the owner; somebody above knows that it waits."""
    work.record(_escalated(term), subject=case.id, graduate=case.graduate_id)
    above = await _next_above(work, case, term)
    if above is None:
        await work.incident("overdue_without_anybody_above", f"case {case.number} ({case.kind})")
        return
    await cases.note(work, case, NoteKind.ESCALATED)
    if term is Term.REVIEW:
        said: Say = CaseReviewLate(case=case.id, graduate=case.graduate_id, escalated=True)
    else:
        said = OfficeEscalated(case=case.id, first_contact=term is Term.CONTACT)
    await rights.tell(work, above, said)


async def _next_above(work: Work, case: Case, term: Term) -> Staff | None:
    """Around a dispute only somebody who had no hand in the record; above the reviewers their fallback."""
    unit = await work.session.get_one(Unit, case.unit_id)
    out, rules = await routing.kept_from(work, case) | {case.owner_id, case.closer_id}, work.rules.routing
    guarded = rules.dispute_fallback if term is Term.REVIEW else rules.independent
    for role in guarded if desk.guarded(work, case) else rules.overdue_to:
        for staff in await routing.holders(work, [role], unit):
            if staff.person_id is not None and staff.id not in out:
                return staff
    return None
