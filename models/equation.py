"""What a campaign meant to send, as questions: counted by outcome, and by name behind every number."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine
from sqlmodel import col

from models.answer import Answer, AnswerKind
from models.ask import Ask, AskState
from models.base import choice_type
from models.campaign import OVER, Campaign, LeftOut
from models.case import DISPUTE_FALSE, TO_BE_CHANGED, Case, CaseKind, CaseState, Outcome
from models.dispatch import Channel, Dispatch, DispatchState, Failure, as_sending, said_why
from models.dispute import Dispute
from models.event import STALE, Event
from models.graduate import Destination, Graduate, unanswered
from models.messages.campaign import Number, Why
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person, Unreachable
from models.unit import Unit

COUNTED = {
    Sending.ACCEPTED: Number.ACCEPTED,
    Sending.REFUSED: Number.REFUSED,
    Sending.UNREACHABLE: Number.UNREACHABLE,
    Sending.SKIPPED: Number.SKIPPED,
    # Gave way to a newer message to the same place before it left.
    Sending.SUPERSEDED: Number.SKIPPED,
    Sending.CANCELLED: Number.CANCELLED,
    Sending.UNKNOWN: Number.UNKNOWN,
}
WAITING = (Sending.DUE, Sending.CLAIMED)
ALWAYS = {Sending.UNKNOWN: Why.NO_OUTCOME, Sending.SUPERSEDED: Why.REPLACED}


def states_of(number: Number) -> list[Sending]:
    if number is Number.QUEUED:
        return list(Sending)
    return [state for state, counted in COUNTED.items() if counted is number]


def why(state: Sending, reason: str | None) -> Why | None:
    """The word for a row's reason; None where there is nothing to explain."""
    if state in WAITING:
        return Why.WAITING
    if state is Sending.ACCEPTED:
        return None
    if state in ALWAYS:
        return ALWAYS[state]
    word = (reason or "").partition(":")[0]
    if word.startswith("campaign_"):
        return Why.CAMPAIGN_OVER
    if word.startswith("ask_"):
        return Why.ASK_CLOSED
    if word == Failure.DEAD:
        return Why.DEAD_NUMBER
    return Why(word) if word in set(Why) else None


def of_messages(campaign: Campaign) -> Select[Sending, int]:
    counted = select(col(Outgoing.state), func.count()).where(col(Outgoing.campaign_id) == campaign.id)
    return counted.group_by(col(Outgoing.state))


def of_left_out(campaign: Campaign) -> Select[Sending, int]:
    counted = select(col(LeftOut.state), func.count()).where(col(LeftOut.campaign_id) == campaign.id)
    return counted.group_by(col(LeftOut.state))


def of_dispatches(campaign: Campaign, *channels: Channel) -> Select[Sending, int]:
    """By the other doors; by one of them alone, or by all."""
    outcome: TypeEngine[Any] = choice_type(Sending)
    state: ColumnElement[Sending] = type_coerce(as_sending(), outcome)
    counted = select(state, func.count()).where(col(Dispatch.campaign_id) == campaign.id)
    if channels:
        counted = counted.where(col(Dispatch.channel).in_(channels))
    return counted.group_by(state)


def behind(campaign: Campaign, unit: Unit | None, states: Collection[Sending]) -> CompoundSelect[Any]:
    """Every message and everybody without one, under these outcomes: graduate, state, step, reason."""
    sent = (
        _told(campaign, states)
        if campaign.only_tells
        else select(col(Ask.graduate_id), col(Outgoing.state), col(Outgoing.step), col(Outgoing.reason))
        .join(Ask, col(Ask.id) == col(Outgoing.ask_id))
        .where(col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state).in_(states))
    )
    left = select(col(LeftOut.graduate_id), col(LeftOut.state), null(), col(LeftOut.reason)).where(
        col(LeftOut.campaign_id) == campaign.id, col(LeftOut.state).in_(states)
    )
    parts: list[Select[*tuple[Any, ...]]] = [sent, left, _elsewhere(campaign, states)]
    if campaign.finished_at is None:
        parts += [
            select(col(Graduate.id), literal(state.value), null(), literal(reason)).where(
                *without_message(campaign, unit), which
            )
            for state, reason, which in (
                (Sending.UNREACHABLE, "not_enrolled", ~enrolled()),
                (Sending.DUE, "waiting", to_come(campaign)),
            )
            if state in states
        ]
    return union_all(*parts)


def _elsewhere(campaign: Campaign, states: Collection[Sending]) -> Select[*tuple[Any, ...]]:
    state, reason = as_sending(), func.coalesce(said_why(), _why_not_sent())
    return select(col(Dispatch.graduate_id), state, col(Dispatch.step), reason).where(
        col(Dispatch.campaign_id) == campaign.id, state.in_([one.value for one in states])
    )


def _why_not_sent() -> Any:
    """Looked at once more before it left, it was not wanted; the row itself has no room for the reason."""
    return (
        select(col(Event.facts)["why"].as_string())
        .where(col(Event.subject_id) == col(Dispatch.id), col(Event.kind) == "text_not_sent")
        .limit(1)
        .correlate(Dispatch)
        .scalar_subquery()
    )


def _told(campaign: Campaign, states: Collection[Sending]) -> Select[*tuple[Any, ...]]:
    """Without an ask the message itself says whom it was about."""
    about = type_coerce(col(Outgoing.message), JSON)["graduate"].as_string()
    same = func.replace(about, "-", "") == func.replace(cast(col(Graduate.id), String), "-", "")
    return (
        select(col(Graduate.id), col(Outgoing.state), col(Outgoing.step), col(Outgoing.reason))
        .join(Outgoing, same)
        .where(
            col(Graduate.cohort) == campaign.cohort,
            col(Outgoing.campaign_id) == campaign.id,
            col(Outgoing.state).in_(states),
        )
    )


def without_message(
    campaign: Campaign, unit: Unit | None, *, in_order: bool = False
) -> tuple[ColumnElement[bool], ...]:
    """Meant to be asked, and neither asked nor noted as left out."""
    asked = exists().where(col(Ask.graduate_id) == col(Graduate.id), col(Ask.campaign_id) == campaign.id)
    noted = exists().where(
        col(LeftOut.campaign_id) == campaign.id, col(LeftOut.graduate_id) == col(Graduate.id)
    )
    here = within(campaign.cohort, unit, in_order=in_order)
    if campaign.only_tells:
        return (*here, ~noted, _beyond(campaign))
    return (*here, silent(), ~under_dispute(), ~asked, ~noted)


def _beyond(campaign: Campaign) -> ColumnElement[bool]:
    """Where it has not come yet; behind it everybody has a message or is noted."""
    if campaign.spread_done_at is not None:
        return false()
    return true() if campaign.spread_after_id is None else col(Graduate.id) > campaign.spread_after_id


def to_come(campaign: Campaign) -> ColumnElement[bool]:
    """Enrolled, but the campaign has not come to them yet."""
    if campaign.spread_done_at is not None:
        return false()
    if campaign.spread_after_id is None:
        return enrolled()
    return and_(col(Graduate.id) > campaign.spread_after_id, enrolled())


def silent() -> ColumnElement[bool]:
    """Whom nobody has heard of yet; who said that it is not them has not spoken for the graduate."""
    return or_(unanswered(), col(Graduate.answer) == AnswerKind.NOT_ME)


def looked_into() -> ColumnElement[bool]:
    return exists().where(col(Dispute.graduate_id) == col(Graduate.id), col(Dispute.closed_at).is_(None))


@cache
def under_dispute() -> ColumnElement[bool]:
    """Looked into, or found false and registered as it was: nobody is asked to confirm that."""
    # `+ ""`: else SQLite would go through all that ever became stale.
    asked_anew = exists().where(
        col(Event.graduate_id) == col(Case.graduate_id),
        col(Event.kind) + "" == STALE,
        col(Event.at) > col(Case.opened_at),
    )
    found_false = exists().where(
        col(Case.graduate_id) == col(Graduate.id),
        col(Case.kind) == CaseKind.REGISTER_CHANGE,
        col(Case.reason) == DISPUTE_FALSE,
        col(Case.state) != CaseState.CLOSED,
        ~asked_anew,
    )
    return or_(looked_into(), found_false, _corrected_elsewhere())


def _corrected_elsewhere() -> ColumnElement[bool]:
    """The national register has it changed; what we have is the false one until the next roster."""
    task, behind, newer = aliased(Case), aliased(Case), aliased(Destination)
    came = exists().where(
        col(newer.graduate_id) == col(task.graduate_id), col(newer.registered_at) >= col(task.settled_at)
    )
    return exists().where(
        col(task.graduate_id) == col(Graduate.id),
        col(task.kind) == CaseKind.REGISTER_CHANGE,
        col(task.reason) == DISPUTE_FALSE,
        col(task.outcome) == Outcome.REGISTER_CORRECTED,
        col(behind.id) == col(task.parent_id),
        col(behind.outcome).in_(TO_BE_CHANGED),
        ~came,
    )


def bound() -> ColumnElement[bool]:
    """By an account of whichever door; one that only the page knows has no chat."""
    return exists().where(col(Binding.graduate_id) == col(Graduate.id), col(Binding.ended_at).is_(None))


def enrolled() -> ColumnElement[bool]:
    """By an account that has, or had, a chat: a campaign has a message for it."""
    return bound_to(col(Person.unreachable).is_distinct_from(Unreachable.NOT_ENROLLED))


def reached() -> ColumnElement[bool]:
    """By an account that takes our messages and wants them; a bad request was a fault of ours."""
    takes = or_(col(Person.unreachable).is_(None), col(Person.unreachable) == Unreachable.BAD_REQUEST)
    return bound_to(and_(takes, col(Person.stopped_at).is_(None)))


def asked_before() -> ColumnElement[bool]:
    """Their open ask was said already, by whichever door: its reminders go on, and no card comes again."""
    over = exists().where(col(Campaign.id) == col(Ask.campaign_id), col(Campaign.state).in_(OVER))
    in_chat = exists().where(col(Outgoing.ask_id) == col(Ask.id), col(Outgoing.step).is_not(None))
    elsewhere = exists().where(
        col(Dispatch.ask_id) == col(Ask.id), col(Dispatch.state) != DispatchState.CANCELLED
    )
    return exists().where(
        col(Ask.graduate_id) == col(Graduate.id),
        col(Ask.state) == AskState.OPEN,
        ~over,
        or_(in_chat, elsewhere),
    )


def to_be_checked() -> ColumnElement[bool]:
    """The account that would be asked has answered already, and waits to be verified."""
    theirs = (
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None),
        col(Person.id) == col(Binding.person_id),
        col(Person.unreachable).is_distinct_from(Unreachable.NOT_ENROLLED),
    )
    latest = (
        select(col(Binding.person_id))
        .where(*theirs)
        .order_by(col(Binding.bound_at).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )
    said = exists().where(col(Answer.id) == col(Graduate.answer_id), col(Answer.person_id) == latest)
    return and_(said, ~exists().where(*theirs, col(Binding.verified)))


def bound_to(person: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.ended_at).is_(None),
        col(Person.id) == col(Binding.person_id),
        person,
    )


def within(cohort: int, unit: Unit | None, *, in_order: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Of this cohort and under this unit; `in_order` for whoever walks the roster by its ids."""
    return (*of_cohort(cohort, unit, in_order=in_order), col(Graduate.removed_at).is_(None))


def of_cohort(cohort: int, unit: Unit | None, *, in_order: bool = False) -> tuple[ColumnElement[bool], ...]:
    """The same, and those who were removed from the roster since."""
    # `+ 0`: else SQLite would find the whole cohort by its index and sort it, for every few of them.
    of = col(Graduate.cohort) + 0 if in_order else col(Graduate.cohort)
    return (of == cohort, *([] if unit is None else [_under(unit)]))


def _under(unit: Unit) -> ColumnElement[bool]:
    return exists().where(col(Unit.id) == col(Graduate.unit_id), col(Unit.path).startswith(unit.path))
