"""What became of a queued message: still wanted or not, and then accepted, refused, later or unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import defer
from sqlmodel import col

from actions import calling, gone, pace
from actions.ladder_next import plan_next, steps_of
from actions.work import Work
from actions.written import keep_the_gap
from models.ask import Ask, AskState
from models.base import Value
from models.campaign import Campaign, CampaignState
from models.event import Incident
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Person, Unreachable

# `quxiang pause --all`: while this setting is "1" nothing leaves but replies to what people did themselves.
KILL_SWITCH = "paused"
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 1800, 3600))
TRIES = 30
OPEN_ENDED = (Sending.CLAIMED, Sending.DUE, Sending.UNKNOWN)
# Somebody who wants no reminders is still told how their own case ended.
STILL_ALERTED = (Unreachable.OPTED_OUT, Unreachable.BAD_REQUEST)
GONE = (CampaignState.CANCELLED, CampaignState.FINISHED)
TOLD_BY = select(
    col(Outgoing.id),
    col(Outgoing.state),
    col(Outgoing.claimed_by),
    col(Outgoing.person_id),
    col(Outgoing.lane),
    col(Outgoing.ask_id),
    col(Outgoing.step),
)
ACCEPT = (
    update(Outgoing)
    .where(col(Outgoing.id) == bindparam("row"))
    .values(
        state=Sending.ACCEPTED,
        reason=None,
        claimed_by=None,
        lease_until=None,
        settled_at=bindparam("at"),
        message_id=bindparam("number"),
    )
)
FIRST_ASKED = (
    update(Graduate).where(col(Graduate.id) == bindparam("graduate")).values(asked_at=bindparam("at"))
)


class Result(StrEnum):
    """RETURNED was never sent and counts as no attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"
    RETURNED = "returned"


class Outcome(Value):
    """What became of one row and when; it may wait in a journal until the database can take it."""

    row_id: int
    result: Result
    at: datetime
    by: str
    message_id: int | None = None
    why: Unreachable | None = None
    reason: str | None = None
    incident: str | None = None
    resumes_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A due row and what decides whether it is still wanted; `chat` is the address of its person's."""

    row: Outgoing
    person: Person
    chat: int | None
    ask: Ask | None
    campaign: Campaign | None


def unwanted(found: Found, now: datetime) -> tuple[Sending, str] | None:
    """Why this row must not be sent any more; what is only paused or too early is never claimed."""
    row, ask = found.row, found.ask
    if found.chat is None:
        return Sending.UNREACHABLE, Unreachable.NOT_ENROLLED.value
    # An ask that was answered while it waited is not asked again, in whichever lane.
    if row.step and ask and ask.state is not _wants(row):
        return Sending.CANCELLED, f"ask_{ask.state.value}"
    match row.lane:
        case Lane.REPLY:
            return None
        case Lane.ALERT:
            why = found.person.unreachable
            return (Sending.UNREACHABLE, why.value) if why and why not in STILL_ALERTED else None
        case Lane.CAMPAIGN:
            return not_to_be_asked(found.person) or _over(found, now)


def _wants(row: Outgoing) -> AskState:
    return AskState.ANSWERED if row.message.after_answer else AskState.OPEN


def not_to_be_asked(person: Person) -> tuple[Sending, str] | None:
    why = person.unreachable
    if person.stopped_at or why is Unreachable.OPTED_OUT:
        return Sending.SKIPPED, Unreachable.OPTED_OUT.value
    if why and why is not Unreachable.BAD_REQUEST:
        return Sending.UNREACHABLE, why.value
    return None


def _over(found: Found, now: datetime) -> tuple[Sending, str] | None:
    if found.campaign and found.campaign.state in GONE:
        return Sending.CANCELLED, f"campaign_{found.campaign.state.value}"
    if (ask := found.ask) is None:
        return None
    if ask.state is not _wants(found.row):
        return Sending.CANCELLED, f"ask_{ask.state.value}"
    if ask.deadline_at < now:
        return Sending.SKIPPED, "past_deadline"
    if ask.snoozed_until and ask.snoozed_until > now:
        return Sending.SKIPPED, "snoozed"
    return None


async def record(work: Work, outcomes: Sequence[Outcome]) -> None:
    """A batch; recorded twice, or after somebody else took the row over, it does no harm."""
    held = await _held(work, [outcome.row_id for outcome in outcomes])
    due = [one for one in outcomes if one.row_id in held and _applies(one, held[one.row_id])]
    taken = [(one, held[one.row_id]) for one in due if one.result is Result.ACCEPTED]
    rest = [one for one in due if one.result is not Result.ACCEPTED]
    lost = {held[one.row_id].person_id for one in rest if one.why in gone.REASONS}
    # Held here, for a session alone would let go of what it has loaded.
    _graduates = await gone.hold(work, lost, [row.ask_id for _, row in taken if row.ask_id]) if lost else ()
    await _accepted(work, taken)
    await _the_rest(work, rest)
    for outcome in outcomes:
        if outcome.resumes_at:
            await throttled(work, outcome.resumes_at)
        elif outcome.incident:
            await incident_once(work, outcome.incident, outcome.reason or "")
    written_to = {row.person_id: one.at for one, row in taken if row.ask_id or row.lane is Lane.CAMPAIGN}
    if written_to:
        await keep_the_gap(work, written_to, max(written_to.values()))


async def unrecorded(work: Work, outcome: Outcome) -> None:
    """What keeps it from being recorded would do so every time: by the row alone, so that it is over."""
    await work.session.execute(
        update(Outgoing)
        .where(col(Outgoing.id) == outcome.row_id, col(Outgoing.state).in_((Sending.CLAIMED, Sending.DUE)))
        .values(
            state=Sending.UNKNOWN,
            reason=f"unrecorded_{outcome.result.value}",
            settled_at=outcome.at,
            claimed_by=None,
            lease_until=None,
        ),
        execution_options={"synchronize_session": False},
    )


async def _held(work: Work, row_ids: Sequence[int]) -> dict[int, Any]:
    """Locked, and of each what tells whether an outcome is for it: whole rows of so many cost a second."""
    wanted = TOLD_BY.where(col(Outgoing.id).in_(row_ids)).order_by(col(Outgoing.id))
    found = await work.session.execute(wanted.with_for_update())
    return {one.id: one for one in found}


async def _accepted(work: Work, taken: Sequence[tuple[Outcome, Any]]) -> None:
    """Nearly all of a campaign's: one statement for the messages, one for whom they were about."""
    if not taken:
        return
    connection = await work.session.connection()
    told = [{"row": one.row_id, "at": one.at, "number": one.message_id} for one, _ in taken]
    await connection.execute(ACCEPT, told)
    if not (ask_ids := [row.ask_id for _, row in taken if row.ask_id]):
        return
    asked = await _asked(work, ask_ids)
    _campaigns = await _campaigns_of(work, [ask for ask, _ in asked.values()])
    steps = await steps_of(work, ask_ids)
    first: dict[UUID, datetime] = {}
    for outcome, row in taken:
        if row.ask_id not in asked:
            continue
        ask, first_at = asked[row.ask_id]
        ask.asked_at = ask.asked_at or outcome.at
        ask.sent_count += 1
        ask.last_sent_at = outcome.at
        done = steps.get(ask.id, ())
        if row.step is not None:
            calling.note_step(work, ask, len(done), outcome.at)
        await plan_next(work, ask, done)
        if first_at is None:
            first.setdefault(ask.graduate_id, outcome.at)
    if first:
        await connection.execute(FIRST_ASKED, [{"graduate": one, "at": at} for one, at in first.items()])


async def _asked(work: Work, ask_ids: Sequence[UUID]) -> dict[UUID | None, tuple[Ask, datetime | None]]:
    """Each ask, and when its graduate was first asked; held with their graduates, in one order."""
    wanted = select(Ask, col(Graduate.asked_at)).join(Graduate, col(Graduate.id) == col(Ask.graduate_id))
    wanted = wanted.where(col(Ask.id).in_(ask_ids)).order_by(col(Graduate.id))
    found = await work.session.execute(wanted.with_for_update())
    return {ask.id: (ask, first_at) for ask, first_at in found}


async def _the_rest(work: Work, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    wanted = select(Outgoing).where(col(Outgoing.id).in_([one.row_id for one in outcomes]))
    wanted = wanted.options(defer(Outgoing.message))  # type: ignore[arg-type]
    rows = {row.id: row for row in (await work.session.execute(wanted)).scalars()}
    for outcome in outcomes:
        await _apply(work, rows[outcome.row_id], outcome)


def _applies(outcome: Outcome, row: Any) -> bool:
    """What Telegram said stands against any guess; the rest is for the process that holds the row."""
    if outcome.result in (Result.ACCEPTED, Result.REFUSED):
        return row.state in OPEN_ENDED
    return row.state is Sending.CLAIMED and row.claimed_by == outcome.by


async def _campaigns_of(work: Work, asks: Iterable[Ask]) -> Sequence[Campaign]:
    """Loaded together, so that what plans each ask's next step finds its own."""
    ids = {ask.campaign_id for ask in asks if ask.campaign_id}
    if not ids:
        return []
    return (await work.session.execute(select(Campaign).where(col(Campaign.id).in_(ids)))).scalars().all()


async def _apply(work: Work, row: Outgoing, outcome: Outcome) -> None:
    match outcome.result:
        case Result.REFUSED:
            await refused(work, row, outcome.why or Unreachable.BAD_REQUEST, outcome.reason or "")
        case Result.LATER:
            later(work, row, next_try(row, outcome.at), outcome.reason)
        case Result.UNKNOWN:
            unknown(work, row, outcome.reason or "")
        case Result.RETURNED:
            _back_to_due(row)


async def refused(work: Work, row: Outgoing, why: Unreachable, description: str) -> None:
    """A bad request is our own fault: it is looked into, and the person stays reachable."""
    settle(row, Sending.REFUSED, f"{why.value}: {description}" if description else why.value, work.now)
    if why is Unreachable.BAD_REQUEST:
        await work.session.refresh(row, ["message"])
        # An older release may have sent what this one does not know any more.
        kind = getattr(row.message, "kind", "unreadable")
        await incident_once(work, "bad_request", f"{kind}: {description}")
    else:
        await unreachable(work, await work.session.get_one(Person, row.person_id), why)


async def unreachable(work: Work, person: Person, why: Unreachable) -> None:
    if person.unreachable is why:
        return
    person.unreachable, person.unreachable_at = why, work.now
    work.record("person_unreachable", subject=person.id, why=why.value)
    if why in gone.REASONS:
        await gone.lost(work, person, why)


async def reachable(work: Work, person: Person) -> None:
    """They wrote or unblocked us: what the channel said before no longer holds."""
    if person.unreachable in gone.REASONS:
        person.unreachable, person.unreachable_at = None, None
        work.record("reachable", by=person, subject=person.id)
        await gone.back(work, person)


def later(work: Work, row: Outgoing, at: datetime, reason: str | None = None) -> None:
    """Tried again after a pause that grows; a day of it is enough."""
    row.attempts += 1
    if row.attempts >= TRIES:
        settle(row, Sending.SKIPPED, f"given_up: {reason}", work.now)
        return
    _back_to_due(row)
    row.due_at, row.reason = at, _short(reason)


def next_try(row: Outgoing, at: datetime) -> datetime:
    return at + PAUSES[min(row.attempts, len(PAUSES) - 1)]


def unknown(work: Work, row: Outgoing, reason: str) -> None:
    settle(row, Sending.UNKNOWN, reason, work.now)


def settle(row: Outgoing, state: Sending, reason: str | None, at: datetime) -> None:
    row.state, row.settled_at = state, at
    row.reason = _short(reason)
    row.claimed_by = row.lease_until = None


def _short(reason: str | None) -> str | None:
    return reason[:200] if reason else None


def _back_to_due(row: Outgoing) -> None:
    row.state = Sending.DUE
    row.claimed_by = row.lease_until = None


async def throttled(work: Work, resumes_at: datetime) -> None:
    """Shut out for long: somebody should know."""
    if await pace.first_to_report(work, resumes_at):
        await work.incident(
            "throttled", f"Telegram takes nothing until {resumes_at.isoformat(timespec='seconds')}"
        )


async def incident_once(work: Work, kind: str, detail: str) -> None:
    """Ten thousand messages with one fault are one incident."""
    same = select(Incident).where(
        col(Incident.kind) == kind, col(Incident.detail) == detail[:2000], col(Incident.settled_at).is_(None)
    )
    if (await work.session.execute(same.limit(1))).first() is None:
        await work.incident(kind, detail)
