"""What became of what we sent ourselves: taken, failed, tried again later, or unknown; one row at a time."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import select

from actions import invitations, receipts
from actions.delivery import incident_once
from actions.recipients import bound_to
from actions.ways import pauses
from actions.work import Work
from actions.written import keep_the_gap
from models.dispatch import Dispatch, DispatchState, Failure
from models.graduate import Graduate


class Result(StrEnum):
    """LATER was tried and certainly not sent; RETURNED was not even tried."""

    TAKEN = "taken"
    FAILED = "failed"
    LATER = "later"
    UNKNOWN = "unknown"
    RETURNED = "returned"


@dataclass(frozen=True)
class Outcome:
    """`halts`: the fault is ours or the server's, not this person's; somebody has to know."""

    result: Result
    reason: Failure | None = None
    provider_id: str | None = None
    halts: str | None = None


async def record(work: Work, dispatch_id: UUID, by: str, outcome: Outcome) -> None:
    """While the claim holds; what is known stands against a guess, and the word of a receipt stays."""
    dispatch, graduate = await _held(work, dispatch_id)
    if outcome.halts:
        await work.alone_at(f"halted.{dispatch.channel.value}")
        await incident_once(work, f"{dispatch.channel.value}_halted", outcome.halts)
    mine = dispatch.state is DispatchState.SENDING and dispatch.claimed_by == by
    guessed = dispatch.state is DispatchState.UNKNOWN and outcome.result in (Result.TAKEN, Result.FAILED)
    if not mine and not guessed:
        dispatch.provider_id = dispatch.provider_id or outcome.provider_id
        return
    dispatch.claimed_by = dispatch.lease_until = None
    match outcome.result:
        case Result.TAKEN:
            await _heard(work, dispatch, graduate, DispatchState.SENT, outcome)
            await _others_wait(work, graduate)
        case Result.FAILED:
            await _heard(work, dispatch, graduate, DispatchState.FAILED, outcome)
        case Result.UNKNOWN:
            dispatch.state, dispatch.left_at, dispatch.settled_at = DispatchState.UNKNOWN, work.now, work.now
            await _others_wait(work, graduate)
        case Result.LATER:
            await _later(work, dispatch, graduate, outcome)
        case Result.RETURNED:
            await _back(work, dispatch)


async def _held(work: Work, dispatch_id: UUID) -> tuple[Dispatch, Graduate]:
    about = select(Dispatch.graduate_id).where(Dispatch.id == dispatch_id)
    graduate_id = (await work.session.exec(about)).one()
    graduate = await work.session.get_one(Graduate, graduate_id, with_for_update=True)
    dispatch = await work.session.get_one(Dispatch, dispatch_id, with_for_update=True)
    return dispatch, graduate


async def _heard(
    work: Work, dispatch: Dispatch, graduate: Graduate, state: DispatchState, outcome: Outcome
) -> None:
    said = receipts.Receipt(dispatch.address_digest, state, outcome.reason, None, outcome.provider_id)
    await receipts.hear(work, dispatch, graduate, said)


async def _others_wait(work: Work, graduate: Graduate) -> None:
    """It reached them, or may have."""
    people = {one.person_id for one in (await bound_to(work, [graduate.id])).values()}
    await keep_the_gap(work, people, work.now)


async def _later(work: Work, dispatch: Dispatch, graduate: Graduate, outcome: Outcome) -> None:
    """After the last pause that the rules know it counts as failed."""
    waits, tried = pauses(work.rules, dispatch.channel), dispatch.attempts or 0
    if tried >= len(waits):
        failed = Outcome(Result.FAILED, outcome.reason or Failure.OTHER)
        await _heard(work, dispatch, graduate, DispatchState.FAILED, failed)
        return
    dispatch.attempts = tried + 1
    await _back(work, dispatch)
    dispatch.due_at = work.now + waits[tried]


async def _back(work: Work, dispatch: Dispatch) -> None:
    """Its link was shown to nobody."""
    if dispatch.invitation_id is not None:
        await invitations.revoke(work, [dispatch.invitation_id])
    dispatch.state, dispatch.invitation_id = DispatchState.QUEUED, None
