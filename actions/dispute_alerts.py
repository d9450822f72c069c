"""Who hears of a dispute and how much: its owner by name, a counselor who does not own it next to nothing."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from actions import rights, routing
from actions.work import Work
from models.case import Case
from models.dispute import Dispute
from models.graduate import Graduate
from models.messages.dispute import DisputeAlert, DisputeElsewhere
from models.person import Person
from models.staff import Staff

BATCH = 100


async def tell_owner(
    work: Work, owner: Staff | None, case: Case, graduate: Graduate, dispute: Dispute, *, again: bool = False
) -> None:
    """Nobody eligible is no reason for silence: the operator finds an incident."""
    if owner is None:
        await work.incident("dispute_without_owner", f"case {case.number}")
        return
    message = DisputeAlert(
        case=case.id, graduate=graduate.id, dispute=dispute.id, again=again, reader=owner.id
    )
    await rights.tell(work, owner, message)


async def tell_counselors(
    work: Work, owner: Staff | None, case: Case, graduate: Graduate, dispute: Dispute
) -> None:
    """Always, and after 「不经辅导员处理」 not before the next daily digest."""
    at = next_digest(work) if dispute.without_counselor else None
    for counselor in await routing.counselors_of(work, graduate):
        if counselor.person_id is None or (owner is not None and counselor.id == owner.id):
            continue
        person = await work.session.get_one(Person, counselor.person_id)
        work.say(person, DisputeElsewhere(case=case.id), at=at)


def next_digest(work: Work) -> datetime:
    """When the working day begins tomorrow."""
    calendar = work.rules.calendar
    tomorrow = calendar.local(work.now).date() + timedelta(days=1)
    return calendar.at(tomorrow, work.rules.sla.values.working_hours.starts)


async def reveal(work: Work) -> bool:
    """From the digest on the counselor's queue shows the neutral line too; True when there may be more."""
    due = await work.session.exec(
        select(Case, Dispute)
        .join(Dispute, col(Dispute.case_id) == col(Case.id))
        .where(col(Dispute.quiet_until) <= work.now)
        .order_by(col(Dispute.quiet_until))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = due.all()
    for case, dispute in rows:
        case.counselor_may_see, dispute.quiet_until = True, None
    return len(rows) == BATCH
