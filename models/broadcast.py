"""A text of the office's own words: kept once, for part of a cohort, and to whom it was written."""

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    UniqueConstraint,
    and_,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from models import equation
from models.answer import Answer, AnswerKind
from models.base import UUID, Id, Instant, Key, Tagged, Typed, datetime
from models.campaign import Campaign, LeftOut
from models.case import Case, CaseKind
from models.equation import of_cohort, silent
from models.graduate import Destination, Graduate
from models.official import Official
from models.outgoing import Outgoing, Sending
from models.unit import Unit


class Audience(Tagged):
    """Whom a text is for; kept as it was chosen, whatever the rules call it later."""

    kind: str


class Segment(Audience):
    """A segment of the rules: everybody to whom all that it says applies."""

    kind: Literal["segment"] = "segment"
    key: str
    silent: bool = False
    official: tuple[Official, ...] = ()
    changed_since: bool = False
    classes: tuple[str, ...] = ()
    case_kind: CaseKind | None = None


class Broadcast(SQLModel, table=True):
    """Never changed: other words are another row. It has a campaign once it is to be sent."""

    id: UUID = Id()
    campaign_id: UUID | None = Key("campaign", nullable=True, index=False, unique=True)
    cohort: int
    unit_id: UUID = Key("unit")
    audience: Audience = Typed(Audience)
    text: str = Field(sa_type=Text)
    written_by_id: UUID = Key("person")
    written_at: datetime = Instant()
    starts_at: datetime | None = Instant(nullable=True)

    @property
    def segment(self) -> Segment | None:
        """None of a release that knew others: then it is for nobody."""
        return self.audience if isinstance(self.audience, Segment) else None


class Addressed(SQLModel, table=True):
    """Whom a text was written to, and about which of their records: each at most once."""

    __table_args__ = (UniqueConstraint("campaign_id", "graduate_id", name="uq_addressed_graduate"),)

    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    graduate_id: UUID = Key("graduate")


def members(text: Broadcast, unit: Unit | None, *, in_order: bool = False) -> tuple[ColumnElement[bool], ...]:
    """All it is meant for, those it may not be sent to among them; `in_order` as in `within`."""
    return (*of_cohort(text.cohort, unit, in_order=in_order), *meant(text))


def meant(text: Broadcast) -> tuple[ColumnElement[bool], ...]:
    """What its segment asks of a graduate, wherever they study."""
    if (segment := text.segment) is None:
        return (false(),)
    asked: list[ColumnElement[bool]] = []
    if segment.silent:
        asked.append(silent())
    if segment.official:
        asked.append(col(Graduate.official).in_(segment.official))
    if segment.changed_since:
        asked.append(_changed_since())
    if segment.classes:
        asked.append(_registered_as(segment.classes))
    if segment.case_kind:
        asked.append(_has_open(segment.case_kind))
    return tuple(asked)


def begins_later(now: datetime) -> ColumnElement[bool]:
    """A text whose moment has yet to come; never a campaign of the rules."""
    return exists().where(col(Broadcast.campaign_id) == col(Campaign.id), col(Broadcast.starts_at) > now)


def beyond(campaign: Campaign) -> ColumnElement[bool]:
    """Whom it has not come to yet."""
    if campaign.spread_done_at is not None:
        return false()
    if campaign.spread_after_id is None:
        return true()
    return col(Graduate.id) > campaign.spread_after_id


def _changed_since() -> ColumnElement[bool]:
    """The register waits for them again, or what they confirmed here is not what is registered now."""
    confirmed = exists().where(
        col(Answer.graduate_id) == col(Graduate.id), col(Answer.kind) == AnswerKind.CONFIRMED
    )
    stale = and_(col(Graduate.answer).is_(None), confirmed)
    return or_(col(Graduate.official) == Official.CHANGED, stale)


def _registered_as(classes: tuple[str, ...]) -> ColumnElement[bool]:
    return exists().where(
        col(Destination.graduate_id) == col(Graduate.id),
        col(Destination.number) == col(Graduate.version),
        col(Destination.category).in_(classes),
    )


def _has_open(kind: CaseKind) -> ColumnElement[bool]:
    return exists().where(
        col(Case.graduate_id) == col(Graduate.id), col(Case.kind) == kind, col(Case.closed_at).is_(None)
    )


async def text_of(session: AsyncSession, campaign: Campaign) -> Broadcast | None:
    """Its words, where it is a text at all."""
    if campaign.number is None:
        return None
    found = await session.execute(select(Broadcast).where(col(Broadcast.campaign_id) == campaign.id))
    text: Broadcast = found.scalar_one()
    return text


async def behind(
    session: AsyncSession, campaign: Campaign, unit: Unit | None, states: Collection[Sending]
) -> CompoundSelect[Any]:
    """Every message and everybody without one, under these outcomes, of whichever campaign."""
    text = await text_of(session, campaign)
    return equation.behind(campaign, unit, states) if text is None else _behind(campaign, text, unit, states)


def _behind(
    campaign: Campaign, text: Broadcast, unit: Unit | None, states: Collection[Sending]
) -> CompoundSelect[Any]:
    """Who was left out is noted when it comes to them, so that only those it has not come to are to come."""
    to_whom = and_(
        col(Addressed.campaign_id) == col(Outgoing.campaign_id),
        col(Addressed.person_id) == col(Outgoing.person_id),
    )
    sent = (
        select(col(Addressed.graduate_id), col(Outgoing.state), col(Outgoing.step), col(Outgoing.reason))
        .join(Addressed, to_whom)
        .where(col(Outgoing.campaign_id) == campaign.id, col(Outgoing.state).in_(states))
    )
    left = select(col(LeftOut.graduate_id), col(LeftOut.state), null(), col(LeftOut.reason)).where(
        col(LeftOut.campaign_id) == campaign.id, col(LeftOut.state).in_(states)
    )
    parts: list[Select[*tuple[Any, ...]]] = [sent, left]
    if campaign.finished_at is None and Sending.DUE in states:
        coming = select(col(Graduate.id), literal(Sending.DUE.value), null(), literal("waiting"))
        parts.append(coming.where(*to_come(campaign, text, unit)))
    return union_all(*parts)


def to_come(
    campaign: Campaign, text: Broadcast, unit: Unit | None, *, in_order: bool = False
) -> tuple[ColumnElement[bool], ...]:
    noted = exists().where(
        col(LeftOut.campaign_id) == campaign.id, col(LeftOut.graduate_id) == col(Graduate.id)
    )
    return (*members(text, unit, in_order=in_order), beyond(campaign), ~noted)
