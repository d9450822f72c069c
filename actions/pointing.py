"""After an answer in chat: at most two short pointers to the national register, until it is confirmed."""

from sqlmodel import col, select

from actions import ladder_next
from actions.answers import ENDS_POINTING
from actions.ladder_next import POINTERS
from actions.recipients import Recipient
from actions.work import Work
from actions.written import Written
from models.answer import Answer, RegisterConfirmedClaim
from models.ask import Ask
from models.graduate import Graduate
from models.messages.campaign import RegisterPointer
from models.official import Official
from models.outgoing import Sending

CLAIMS_READ = 50


async def take(work: Work, ask: Ask, graduate: Graduate, to: Recipient | None, before: Written) -> None:
    """The latest that is due; one that nobody looked at in time is recorded as passed."""
    number = _due(work, ask)
    if to is None or not await _wanted(work, ask, graduate, to):
        ask.next_step = ask.next_at = None
        return
    last_at = before.last_at(to.person.id)
    free_at = last_at + ladder_next.usual(work, None).gap if last_at else work.now
    at = work.rules.quiet.next_allowed(max(free_at, work.now))
    if at > work.now:
        ask.next_at = at
        return
    told = before.ever(graduate.id)
    for earlier in POINTERS[:number]:
        if earlier not in told:
            work.leave_out(
                to.person,
                _pointer(work, to, POINTERS.index(earlier)),
                (Sending.SKIPPED, "passed"),
                ask_id=ask.id,
                campaign_id=ask.campaign_id,
                step=earlier,
            )
    if POINTERS[number] not in told:
        work.say(
            to.person,
            _pointer(work, to, number),
            ask_id=ask.id,
            campaign_id=ask.campaign_id,
            step=POINTERS[number],
        )
        work.record("register_pointed", subject=ask.id, graduate=graduate.id, step=POINTERS[number])
    ladder_next.schedule_pointer(work, ask, number + 1)


def _due(work: Work, ask: Ask) -> int:
    """By now it may be the second that is due, and the first never was said."""
    number = POINTERS.index(ask.next_step) if ask.next_step in POINTERS else 0
    waits = work.rules.nudges.pointer.after_days
    since = (work.now - (ask.closed_at or work.now)).days
    return max([number, *(place for place, days in enumerate(waits) if since >= days)])


async def _wanted(work: Work, ask: Ask, graduate: Graduate, to: Recipient) -> bool:
    open_still = graduate.removed_at is None and work.now <= ask.deadline_at
    answered = graduate.answered and graduate.answer not in ENDS_POINTING
    if not open_still or not answered or graduate.official is Official.CONFIRMED or not to.wants_reminders:
        return False
    return to.verified and not await _claimed(work, to)


async def _claimed(work: Work, to: Recipient) -> bool:
    """「我已在全国系统确认」 was said about what is registered now."""
    found = await work.session.exec(
        select(Answer)
        .where(Answer.destination_id == to.destination.id, col(Answer.claim).is_not(None))
        .order_by(col(Answer.said_at).desc())
        .limit(CLAIMS_READ)
    )
    return any(isinstance(answer.claim, RegisterConfirmedClaim) for answer in found)


def _pointer(work: Work, to: Recipient, number: int) -> RegisterPointer:
    return RegisterPointer(
        graduate=to.graduate.id,
        destination=to.destination.id,
        several=to.several,
        number=number,
        last=number + 1 == len(work.rules.nudges.pointer.after_days),
    )
