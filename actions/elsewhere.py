"""A step of a ladder by another door than the chat: queued here, as a row that one process will claim."""

from uuid import UUID

from sqlmodel import col, select

from actions import stepping
from actions.ladder_next import Climb
from actions.ways import Way
from actions.work import Work
from actions.written import keep_the_gap
from models.ask import Ask
from models.dispatch import Dispatch, DispatchState
from models.graduate import Graduate
from rules import Due

IN_HAND = (DispatchState.PREPARED, DispatchState.QUEUED, DispatchState.SENDING)


async def say(
    work: Work, ask: Ask, graduate: Graduate, climb: Climb, step: Due, way: Way, person_id: UUID | None
) -> None:
    """Ask and step together are unique, by whichever door; the link is made when it leaves, not before."""
    assert ask.campaign_id is not None
    if stepping.done_there(climb, step, graduate) or await _said(work, ask, step):
        return
    work.session.add(
        Dispatch(
            graduate_id=graduate.id,
            campaign_id=ask.campaign_id,
            ask_id=ask.id,
            step=step.step_key,
            channel=way.channel,
            address_digest=way.digest,
            state=DispatchState.QUEUED,
            created_at=work.now,
            due_at=max(step.at, work.now),
        )
    )
    ask.last_step, ask.last_sent_at = step.step_key, work.now
    by = way.channel.value
    work.record("reminded", subject=ask.id, graduate=graduate.id, step=step.step_key, channel=by)
    if person_id is not None:
        await keep_the_gap(work, [person_id], work.now)
    work.spoke = True


async def _said(work: Work, ask: Ask, step: Due) -> bool:
    query = select(Dispatch.id).where(
        Dispatch.ask_id == ask.id,
        Dispatch.step == step.step_key,
        col(Dispatch.state) != DispatchState.CANCELLED,
    )
    return (await work.session.exec(query)).first() is not None


async def gives_way(work: Work, ask: Ask) -> bool:
    """An earlier one that has not left does; what is being sent, or stands in a list, does not."""
    query = select(Dispatch).where(Dispatch.ask_id == ask.id, col(Dispatch.state).in_(IN_HAND))
    waiting = (await work.session.exec(query.order_by(col(Dispatch.id)).with_for_update())).all()
    if any(one.state is not DispatchState.QUEUED for one in waiting):
        return False
    for one in waiting:
        one.state, one.settled_at = DispatchState.CANCELLED, work.now
    return True
