"""By which door beside the chat each of a batch is better reached: what the rules prefer, what is open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_
from sqlmodel import col, select

from actions.work import Work
from models.answer import OWN_WORDS, Answer, Source
from models.base import UUID, InstantType
from models.dispatch import (
    Channel,
    Dispatch,
    DispatchState,
    Unsubscribed,
    last_failed_dead,
    takes_no_texts,
)
from models.equation import bound_to, under_dispute
from models.event import Event
from models.graduate import Graduate
from models.person import Binding, OutOfReach, Person, Unreachable
from models.reach import stands
from rules import Door, Rules

if TYPE_CHECKING:
    from actions.recipients import Recipient

HEARD_BY_NOBODY = (DispatchState.CANCELLED, DispatchState.FAILED)
DOORS = {Door.SMS: Channel.SMS, Door.EMAIL: Channel.EMAIL}


@dataclass(frozen=True)
class Way:
    """`last_at`: when something went to the same number or address last; two records may share it."""

    channel: Channel
    digest: str
    last_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What decides which doors are open to a graduate, and which comes first.

    `came_by`: the door of the link they opened last; of another link, a printed one say, it is not known."""

    source: Source | None
    came_by: Channel | None
    opted_out: bool
    wrong_person: bool
    disputed: bool
    dead_number: bool
    takes_no_texts: bool
    dead_address: bool
    unsubscribed: bool


def channels(rules: Rules) -> tuple[Channel, ...]:
    """Those that the school has; none as it is shipped."""
    here = ((Channel.SMS, rules.sms.gateway), (Channel.EMAIL, rules.mail.sender))
    return tuple(channel for channel, given in here if given is not None)


def pauses(rules: Rules, channel: Channel) -> list[timedelta]:
    """After each try that certainly did not get through."""
    gateway = rules.sms.gateway
    if channel is Channel.SMS:
        minutes = gateway.retry_minutes if gateway else ()
    else:
        minutes = rules.mail.retry_minutes
    return [timedelta(minutes=one) for one in minutes]


async def ways(
    work: Work, graduates: Sequence[Graduate], chats: Mapping[UUID, "Recipient"]
) -> dict[UUID, Way]:
    """Whom the next step reaches by another door than the chat; nobody where the school has no other."""
    if not channels(work.rules) or not graduates:
        return {}
    standings = await standings_of(work, [one.id for one in graduates])
    found = {}
    for graduate in graduates:
        to = chats.get(graduate.id)
        way = _first(work, graduate, standings[graduate.id], chat=to is not None and to.wants_reminders)
        if way is not None:
            found[graduate.id] = way
    last = await last_to(work, [way.digest for way in found.values()])
    return {key: Way(way.channel, way.digest, last.get(way.digest)) for key, way in found.items()}


def _first(work: Work, graduate: Graduate, standing: Standing, *, chat: bool) -> Way | None:
    for door in _order(work, standing):
        if (channel := DOORS.get(door)) is None:
            if chat:
                return None
        elif channel in channels(work.rules) and (at := address(work, graduate, standing, channel)):
            return Way(channel, at[0])
    return None


def _order(work: Work, standing: Standing) -> Sequence[Door]:
    """Who answered on the page is led there again the way they came."""
    order = work.rules.doors.after(standing.source)
    if standing.source is not Source.PAGE or standing.came_by is None:
        return order
    return sorted(order, key=lambda door: DOORS.get(door) is not standing.came_by)


def address(work: Work, graduate: Graduate, standing: Standing, channel: Channel) -> tuple[str, str] | None:
    """Its digest and itself, while something may be sent there."""
    if standing.opted_out or standing.wrong_person:
        return None
    if channel is Channel.SMS:
        closed = standing.dead_number or standing.takes_no_texts
        digest, plain = graduate.phone_digest, mobile(work.open(graduate.phone))
    else:
        closed = standing.dead_address or standing.unsubscribed
        digest, plain = graduate.email_digest, work.open(graduate.email)
    return None if closed or digest is None or plain is None else (digest, plain)


async def standings_of(work: Work, graduates: Collection[UUID]) -> dict[UUID, Standing]:
    """One question for all of them; an account that nobody checked opts out for itself alone."""
    stopped = or_(col(Person.stopped_at).is_not(None), col(Person.unreachable) == Unreachable.OPTED_OUT)
    query: Any = select(  # type: ignore[call-overload]
        Graduate.id,
        _latest_source(),
        _came_by(),
        bound_to(and_(stopped, col(Binding.verified))),
        stands(OutOfReach.WRONG_PERSON),
        under_dispute(),
        stands(OutOfReach.DEAD_NUMBER),
        takes_no_texts(col(Graduate.phone_digest)),
        last_failed_dead(col(Graduate.id), col(Graduate.email_digest), Channel.EMAIL),
        _unsubscribed(),
    ).where(col(Graduate.id).in_(graduates))
    rows = await work.session.exec(query)
    return {key: Standing(source, came_by, *map(bool, rest)) for key, source, came_by, *rest in rows}


def _latest_source() -> Any:
    """Where they answered last with words of their own."""
    return (
        select(Answer.source)
        .where(
            col(Answer.graduate_id) == col(Graduate.id),
            col(Answer.source).in_(OWN_WORDS),
            col(Answer.verified),
        )
        .order_by(col(Answer.said_at).desc(), col(Answer.id).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )


def _came_by() -> Any:
    """By which door the link left that was opened last."""
    theirs = and_(
        col(Dispatch.graduate_id) == col(Graduate.id), col(Dispatch.invitation_id) == col(Event.subject_id)
    )
    return (
        select(Dispatch.channel)
        .select_from(Event)
        .outerjoin(Dispatch, theirs)
        # `+ ""`: else SQLite would go through every page that anybody ever opened.
        .where(col(Event.graduate_id) == col(Graduate.id), col(Event.kind) + "" == "page_opened")
        .order_by(col(Event.id).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )


def _unsubscribed() -> ColumnElement[bool]:
    return exists().where(
        col(Unsubscribed.ended_at).is_(None),
        or_(
            col(Unsubscribed.graduate_id) == col(Graduate.id),
            col(Unsubscribed.address_digest) == col(Graduate.email_digest),
        ),
    )


async def last_to(
    work: Work, digests: Collection[str | None], *, but: Collection[DispatchState] = HEARD_BY_NOBODY
) -> dict[str, datetime]:
    """When the last text went to each number, or goes just now: two records may share one telephone."""
    left_at = func.coalesce(col(Dispatch.left_at), col(Dispatch.created_at))
    now = literal(work.now, InstantType())
    last = func.max(case((col(Dispatch.state) == DispatchState.SENDING, now), else_=left_at))
    query = select(Dispatch.address_digest, last).where(
        col(Dispatch.address_digest).in_(digests), col(Dispatch.state).not_in(but)
    )
    return dict((await work.session.exec(query.group_by(col(Dispatch.address_digest)))).all())


def mobile(phone: str | None) -> str | None:
    """As the platforms want it: eleven digits of a mobile of the mainland."""
    number = (phone or "").removeprefix("+86")
    return number if number.isdigit() and len(number) == 11 and number.startswith("1") else None
