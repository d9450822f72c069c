"""What leaves by another door than the chat: a line of the school's SMS list, the gateway, an e-mail."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Index, String, and_, case, cast, literal, select, text
from sqlalchemy.orm import Mapped
from sqlmodel import Field, SQLModel, col

from models.base import UUID, Choice, Id, Instant, Key, datetime
from models.outgoing import Sending


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"


class DispatchState(StrEnum):
    """A list's line is prepared, then exported; what we send ourselves is queued, then sending.

    Of an exported line nothing is known until the platform says so; a cancelled one was never sent."""

    PREPARED = "prepared"
    EXPORTED = "exported"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Failure(StrEnum):
    """Why it did not arrive; a dead number or address rules the door out, as does a number that refuses."""

    DEAD = "dead"
    OFF = "off"
    REFUSED = "refused"
    BLACKLISTED = "blacklisted"
    OTHER = "other"


LIVE = text("state <> 'cancelled'")
QUEUED, SENDING, OURS = text("state = 'queued'"), text("state = 'sending'"), text("batch IS NULL")
DEAD_ADDRESS = "dead_address"
ARRIVED = (DispatchState.SENT, DispatchState.DELIVERED)
FINAL = (DispatchState.DELIVERED, DispatchState.FAILED, DispatchState.CANCELLED)


class Dispatch(SQLModel, table=True):
    """One step of one ask, so that no step is said twice by whichever door; never the number itself.

    `left_at`: exported or handed over; `settled_at`: when the latest word about it came. What we send
    ourselves is `due_at`, then claimed by one process until its lease runs out; `attempts` got nowhere."""

    __table_args__ = (
        Index("uq_dispatch_step", "ask_id", "step", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_dispatch_campaign", "campaign_id", "channel", "state"),
        Index("ix_dispatch_address", "address_digest", "left_at"),
        Index("ix_dispatch_queued", "channel", "due_at", sqlite_where=QUEUED, postgresql_where=QUEUED),
        Index("ix_dispatch_settled", "campaign_id", "settled_at", sqlite_where=OURS, postgresql_where=OURS),
        Index("ix_dispatch_sending", "lease_until", sqlite_where=SENDING, postgresql_where=SENDING),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    campaign_id: UUID = Key("campaign", index=False)
    ask_id: UUID = Key("ask")
    step: str = Field(max_length=40)
    invitation_id: UUID | None = Key("invitation", nullable=True, index=False)
    channel: Channel = Choice(Channel)
    address_digest: str = Field(max_length=64)
    batch: UUID | None = Field(default=None, index=True)
    state: DispatchState = Choice(DispatchState)
    reason: Failure | None = Choice(Failure, nullable=True)
    provider_id: str | None = Field(default=None, max_length=80, index=True)
    created_at: datetime = Instant()
    left_at: datetime | None = Instant(nullable=True)
    settled_at: datetime | None = Instant(nullable=True)
    due_at: datetime | None = Instant(nullable=True)
    attempts: int | None = None
    claimed_by: str | None = Field(default=None, max_length=60)
    lease_until: datetime | None = Instant(nullable=True)

    def heard(self, state: DispatchState, reason: Failure | None, at: datetime) -> bool:
        """What the platform says of it; whether that was news. What is final stays as it is."""
        if self.state in FINAL or self.state is state:
            return False
        self.state, self.reason, self.settled_at = state, reason, at
        if state is not DispatchState.FAILED:
            self.left_at = at
        return True


class Unsubscribed(SQLModel, table=True):
    """Who wants no more e-mail: this graduate, and whoever else is registered with the same address.

    `ended_at`: they want it again."""

    __table_args__ = (
        Index(
            "uq_unsubscribed_live",
            "graduate_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate", index=False)
    address_digest: str = Field(max_length=64, index=True)
    dispatch_id: UUID = Key("dispatch", index=False)
    at: datetime = Instant()
    ended_at: datetime | None = Instant(nullable=True)


def as_sending() -> ColumnElement[str]:
    """The same outcome in the words of a campaign's equation."""
    state = col(Dispatch.state)
    return case(
        (state.in_((DispatchState.PREPARED, DispatchState.QUEUED)), _word(Sending.DUE)),
        (state == DispatchState.SENDING, _word(Sending.CLAIMED)),
        (state.in_((DispatchState.SENT, DispatchState.DELIVERED)), _word(Sending.ACCEPTED)),
        (and_(state == DispatchState.FAILED, _is_dead()), _word(Sending.UNREACHABLE)),
        (state == DispatchState.FAILED, _word(Sending.REFUSED)),
        (state == DispatchState.CANCELLED, _word(Sending.CANCELLED)),
        else_=_word(Sending.UNKNOWN),
    )


def _word(state: Sending) -> ColumnElement[str]:
    return literal(state.value, String)


def _is_dead() -> ColumnElement[bool]:
    return col(Dispatch.reason) == Failure.DEAD


def said_why() -> ColumnElement[str]:
    """The reason as a word; a mailbox that is not there is no dead telephone."""
    dead_address = and_(col(Dispatch.channel) == Channel.EMAIL, _is_dead())
    return case((dead_address, literal(DEAD_ADDRESS, String)), else_=cast(col(Dispatch.reason), String))


def last_failed_dead(
    graduate_id: Mapped[UUID], number: Mapped[str | None], channel: Channel = Channel.SMS
) -> ColumnElement[bool]:
    """The latest word about a text to this number, or a mail to this address, is that nobody has it."""
    return _last_failed(_is_dead(), number, channel, col(Dispatch.graduate_id) == graduate_id)


def takes_no_texts(number: Mapped[str | None]) -> ColumnElement[bool]:
    """The latest word about a text to this number, whomever it was for: its holder or the network refuses."""
    refuses = col(Dispatch.reason).in_((Failure.REFUSED, Failure.BLACKLISTED))
    return _last_failed(refuses, number, Channel.SMS)


def _last_failed(
    so: ColumnElement[bool], number: Mapped[str | None], channel: Channel, *of: ColumnElement[bool]
) -> ColumnElement[bool]:
    latest = (
        select(and_(col(Dispatch.state) == DispatchState.FAILED, so))
        .where(
            *of,
            col(Dispatch.channel) == channel,
            col(Dispatch.address_digest) == number,
            col(Dispatch.state).in_((DispatchState.SENT, DispatchState.DELIVERED, DispatchState.FAILED)),
        )
        .order_by(col(Dispatch.settled_at).desc(), col(Dispatch.id).desc())
        .limit(1)
        .correlate_except(Dispatch)
        .scalar_subquery()
    )
    return latest.is_(True)
