"""What /my shows of one record: the answers given, the cases, and who looked when in which role."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from models.answer import Answer
from models.base import UUID, datetime
from models.case import Case, CaseKind, CaseState, Note, NoteKind
from models.dispute import Dispute
from models.event import EVIDENCE, EVIDENCE_LIST, Event
from models.graduate import Destination
from models.messages.mine import MyRecord
from reports.facts import About, asks

ANSWERS, CASES, LOOKS, LOOKS_READ = 5, 6, 6, 60
# Each look at a paper was promised to be seen: cards that are opened often push none of them away.
PAPER_LOOKS, PAPER_LOOKS_READ = 30, 1000
QUESTIONS = 3
SHOWN = (
    CaseKind.DISPUTE,
    CaseKind.CONTACT_CHANGE,
    CaseKind.CHANGE_REQUEST,
    CaseKind.MESSAGE,
    CaseKind.EVIDENCE_PENDING,
)


@asks(MyRecord)
async def my_record(about: About, message: MyRecord) -> dict[str, Any]:
    answers = await _answers(about, message.graduate)
    disputes = await _disputes(about, message.graduate)
    return {
        "answers": answers,
        "cases": await _cases(about, message.graduate),
        "looks": _by_day(about, await _looks(about, message.graduate, papers=False), LOOKS),
        "paper_looks": _by_day(about, await _looks(about, message.graduate, papers=True), PAPER_LOOKS),
        "open_dispute": next((one for one in disputes if one.closed_at is None), None),
        "closed_dispute": next((one for one in disputes if one.closed_at is not None), None),
        "questions": await _questions(about, message.graduate),
        "disowned_at": await _disowned_at(about, message.graduate),
    }


async def _answers(about: About, graduate: UUID) -> Sequence[tuple[Answer, int]]:
    """With the number of the version each was given about."""
    found = await about.session.exec(
        select(Answer, Destination.number)
        .join(Destination, col(Destination.id) == col(Answer.destination_id))
        .where(Answer.graduate_id == graduate)
        .order_by(col(Answer.said_at).desc())
        .limit(ANSWERS)
    )
    return found.all()


async def _cases(about: About, graduate: UUID) -> Sequence[Case]:
    """The open ones first, then the latest."""
    found = await about.session.exec(
        select(Case)
        .where(Case.graduate_id == graduate, col(Case.kind).in_(SHOWN))
        .order_by(col(Case.closed_at).is_not(None), col(Case.opened_at).desc())
        .limit(CASES)
    )
    return found.all()


async def _disputes(about: About, graduate: UUID) -> Sequence[Dispute]:
    found = await about.session.exec(
        select(Dispute)
        .where(Dispute.graduate_id == graduate)
        .order_by(col(Dispute.filed_at).desc())
        .limit(CASES)
    )
    return found.all()


async def _questions(about: About, graduate: UUID) -> Sequence[tuple[Note, Case]]:
    """The last question in each case that goes on: it may be answered, and added to."""
    found = await about.session.exec(
        select(Note, Case)
        .join(Case, col(Case.id) == col(Note.case_id))
        .where(
            Case.graduate_id == graduate,
            col(Case.state) != CaseState.CLOSED,
            Note.kind == NoteKind.ASKED,
            col(Note.text).is_not(None),
        )
        .order_by(col(Note.at).desc())
        .limit(CASES)
    )
    last = {case.id: (note, case) for note, case in reversed(found.all())}
    return list(last.values())[-QUESTIONS:]


async def _disowned_at(about: About, graduate: UUID) -> datetime | None:
    """What was answered on the page until then was somebody else's, they say."""
    query = select(Event.at).where(Event.graduate_id == graduate, Event.kind == "answer_disowned")
    return (await about.session.exec(query.order_by(col(Event.id).desc()).limit(1))).first()


async def _looks(about: About, graduate: UUID, *, papers: bool) -> Sequence[Event]:
    what = func.coalesce(col(Event.facts)["what"].as_string(), "")
    at_papers = what.in_((EVIDENCE, EVIDENCE_LIST))
    found = await about.session.exec(
        select(Event)
        .where(Event.graduate_id == graduate, Event.kind == "viewed", at_papers if papers else ~at_papers)
        .order_by(col(Event.id).desc())
        .limit(PAPER_LOOKS_READ if papers else LOOKS_READ)
    )
    return found.all()


def _by_day(about: About, events: Sequence[Event], most: int) -> list[dict[str, Any]]:
    """One line per role, day and what was looked at, the latest first, and how often."""
    lines: dict[tuple[str, Any, Any], dict[str, Any]] = {}
    for event in events:
        role = str(event.facts.get("role", "operator"))
        day = about.rules.calendar.local(event.at).date()
        what = event.facts.get("what")
        line = lines.setdefault((role, day, what), {"role": role, "at": event.at, "what": what, "times": 0})
        line["times"] += 1
    return list(lines.values())[:most]
