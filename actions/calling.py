"""Who has to be telephoned and why: marked once for each reason, until enough was tried."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, text, update
from sqlmodel import col, select

from actions import attempts
from actions.work import Work
from models.answer import Answer
from models.ask import Ask
from models.base import UUID
from models.dispatch import ARRIVED, Dispatch
from models.equation import under_dispute
from models.followup import CallAnsweredBy, CallRecord, CallWhy, ToCall
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person, Unreachable
from models.reach import dead_number, declined

BATCH = 50
# A literal, since with a bound value neither database would use its partial index.
WAITED_FOR = text("ask.state IN ('open', 'expired')")
# The account itself turns us away; who opted out still could be written to.
GONE = (Unreachable.BLOCKED, Unreachable.DEACTIVATED, Unreachable.CHAT_NOT_FOUND, Unreachable.DECLINED)


def note_step(work: Work, ask: Ask, steps: int, at: datetime) -> None:
    """A step was accepted: an answer is waited for a while, which a later step does not begin anew."""
    rules = work.rules.followups.call_list
    if steps >= rules.steps_unanswered and ask.call_at is None:
        ask.call_at = at + rules.after.span


async def look(work: Work) -> bool:
    """One bounded batch of asks whose last step went without an answer for as long as the rules say.

    The last day may come before that: the silence is one all the same."""
    late = select(Ask).where(WAITED_FOR, col(Ask.call_at) <= work.now)
    waiting = (await work.session.exec(late.order_by(col(Ask.call_at)).limit(BATCH))).all()
    people = select(Graduate).where(col(Graduate.id).in_([one.graduate_id for one in waiting]))
    held = await work.session.exec(people.order_by(col(Graduate.id)).with_for_update(skip_locked=True))
    graduates = {one.id: one for one in held}
    mine = late.where(col(Ask.id).in_([one.id for one in waiting]), col(Ask.graduate_id).in_(graduates))
    free = mine.order_by(col(Ask.id)).with_for_update(skip_locked=True)
    rows = (await work.session.exec(free.execution_options(populate_existing=True))).all()
    for ask in rows:
        await _look_at(work, ask, graduates[ask.graduate_id])
    return bool(rows) and len(waiting) == BATCH


async def _look_at(work: Work, ask: Ask, graduate: Graduate) -> None:
    """Whoever chose a later moment is waited for; whoever cannot be written to is no silence of theirs."""
    rules = work.rules.followups.call_list
    if ask.snoozed_until is not None and ask.snoozed_until > work.now:
        ask.call_at = ask.snoozed_until + rules.after.span
        return
    ask.call_at = None
    if await _accepted(work, ask) < rules.steps_unanswered or await _said(work, ask):
        return
    if not await _asked_of_another(work, ask):
        await listed(work, graduate, CallWhy.UNANSWERED)


async def _accepted(work: Work, ask: Ask) -> int:
    """Steps of the ladder, by whichever door; what they chose to be sent later is none."""
    query = select(func.count()).select_from(Outgoing)
    query = query.where(
        Outgoing.ask_id == ask.id, col(Outgoing.step).is_not(None), Outgoing.state == Sending.ACCEPTED
    )
    elsewhere = select(func.count()).select_from(Dispatch)
    elsewhere = elsewhere.where(Dispatch.ask_id == ask.id, col(Dispatch.state).in_(ARRIVED))
    return (await work.session.exec(query)).one() + (await work.session.exec(elsewhere)).one()


async def _said(work: Work, ask: Ask) -> bool:
    """An account that answered and waits to be checked is not silent."""
    query = select(Answer.id).where(Answer.ask_id == ask.id).limit(1)
    return (await work.session.exec(query)).first() is not None


async def _asked_of_another(work: Work, ask: Ask) -> bool:
    """A version that does not matter asks nothing anew, and this silence is about it too."""
    later = select(Ask.id).where(Ask.graduate_id == ask.graduate_id, col(Ask.version) > ask.version)
    return (await work.session.exec(later.limit(1))).first() is not None


async def failed(work: Work, graduate: Graduate) -> None:
    """The account or the number has just failed: with enough of them somebody has to find another way."""
    rules = work.rules.followups.call_list
    account, telephone = await _account_gone(work, graduate), await _number_dead(work, graduate)
    twice = max(await _refused_calls(work, graduate), await _refused_messages(work, graduate))
    if account + telephone >= rules.channels_failed or twice >= rules.refusals:
        await listed(work, graduate, CallWhy.CHANNELS)


async def _account_gone(work: Work, graduate: Graduate) -> bool:
    live = (Binding.graduate_id == graduate.id, col(Binding.ended_at).is_(None))
    query = select(Person.unreachable).join(Binding, col(Binding.person_id) == col(Person.id)).where(*live)
    found = (await work.session.exec(query)).all()
    if found:
        return all(one in GONE for one in found)
    return await _holds(work, graduate, declined())


async def _number_dead(work: Work, graduate: Graduate) -> bool:
    return await _holds(work, graduate, dead_number())


async def _holds(work: Work, graduate: Graduate, what: ColumnElement[bool]) -> bool:
    query = select(Graduate.id).where(Graduate.id == graduate.id, what)
    return (await work.session.exec(query)).first() is not None


async def _refused_calls(work: Work, graduate: Graduate) -> int:
    query = select(func.count()).select_from(CallRecord)
    query = query.where(
        CallRecord.graduate_id == graduate.id, CallRecord.answered_by == CallAnsweredBy.REFUSED
    )
    return (await work.session.exec(query)).one()


async def _refused_messages(work: Work, graduate: Graduate) -> int:
    """By the account that answers for them now; a bad request was a fault of ours."""
    live = select(Binding.person_id).where(
        Binding.graduate_id == graduate.id, col(Binding.ended_at).is_(None)
    )
    query = select(func.count()).select_from(Outgoing)
    query = query.where(
        col(Outgoing.person_id).in_(live),
        Outgoing.state == Sending.REFUSED,
        ~col(Outgoing.reason).startswith(Unreachable.BAD_REQUEST.value),
    )
    return (await work.session.exec(query)).one()


async def listed(work: Work, graduate: Graduate, why: CallWhy) -> None:
    """Once for each reason, until they are asked anew; what was tried before it is not enough for it."""
    if graduate.answered or graduate.removed_at is not None or await _holds(work, graduate, under_dispute()):
        return
    await work.session.flush()
    if any(one.why is why for one in await _live(work, graduate.id)):
        return
    made = ToCall(graduate_id=graduate.id, why=why, since=work.now)
    work.session.add(made)
    graduate.tried_at = None
    await work.session.flush()
    work.record("call_wanted", subject=made.id, graduate=graduate.id, why=why.value)
    await tried(work, graduate)


async def tried(work: Work, graduate: Graduate) -> None:
    """A call or another attempt was written down: it counts, whatever came of it."""
    await work.session.flush()
    if graduate.tried_at is None and await attempts.enough_now(work, graduate):
        graduate.tried_at = work.now
        work.record("call_tried", subject=graduate.id, graduate=graduate.id)


async def objected(work: Work, graduate: Graduate) -> None:
    """One of the calls is said to be none: what is left may not be enough."""
    graduate.tried_at = None
    await tried(work, graduate)


async def asked_anew(work: Work, graduate: Graduate) -> None:
    """Another version is asked about: what was not answered before says nothing of it."""
    graduate.tried_at = None
    await work.session.execute(
        update(ToCall)
        .where(col(ToCall.graduate_id) == graduate.id, col(ToCall.over_at).is_(None))
        .values(over_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def _live(work: Work, graduate_id: UUID) -> Sequence[ToCall]:
    query = select(ToCall).where(ToCall.graduate_id == graduate_id, col(ToCall.over_at).is_(None))
    return (await work.session.exec(query.order_by(col(ToCall.since)).with_for_update())).all()
