"""A promised day has passed: whoever disputed hears from us, once, that it is not finished yet."""

from sqlmodel import col, exists, select

from actions import doors
from actions.dispute_rows import listener
from actions.work import Work
from models.case import Case, CaseState
from models.dispute import Dispute
from models.event import Event
from models.messages.dispute import DisputeLate

BATCH = 50
LATE = "dispute_answer_late"
UNFINISHED = (CaseState.OPEN, CaseState.WORKING, CaseState.AWAITING_REVIEW)


async def look(work: Work) -> bool:
    """One bounded batch; a dispute that is given a new day begins anew."""
    said = exists().where(
        col(Event.subject_id) == col(Dispute.id), col(Event.kind) == LATE, col(Event.at) >= col(Case.due_at)
    )
    rows = await work.session.exec(
        select(Dispute, Case)
        .join(Case, col(Case.id) == col(Dispute.case_id))
        .where(
            col(Dispute.closed_at).is_(None),
            col(Case.state).in_(UNFINISHED),
            col(Case.due_at) < work.now,
            ~said,
        )
        .order_by(col(Case.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    late = rows.all()
    for dispute, case in late:
        work.record(LATE, subject=dispute.id, graduate=dispute.graduate_id)
        person = await listener(work, dispute)
        if person is not None:
            by_page = not doors.reached(person)
            work.say(person, DisputeLate(dispute=dispute.id, case=case.id, by_page=by_page))
    return len(late) == BATCH
