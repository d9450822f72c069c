"""What is said of complaints from outside: to whoever writes one down, and to whoever looks into it."""

from typing import ClassVar, Literal
from uuid import UUID

from models.case import Channel
from models.messages.base import Lane, Say
from models.steps.leads import LeadPart


class LeadChannelAsked(Say):
    """/complaint: through which door did it come."""

    kind: Literal["lead_channel_asked"] = "lead_channel_asked"


class LeadPartAsked(Say):
    """The next thing to know; everything but the words may be left out."""

    kind: Literal["lead_part_asked"] = "lead_part_asked"
    part: LeadPart
    channel: Channel


class LeadWhich(Say):
    """Several fit what was typed."""

    kind: Literal["lead_which"] = "lead_which"
    part: LeadPart
    graduates: tuple[UUID, ...] = ()
    units: tuple[UUID, ...] = ()
    colleagues: tuple[UUID, ...] = ()


class LeadNotFound(Say):
    kind: Literal["lead_not_found"] = "lead_not_found"
    part: LeadPart


class LeadFiled(Say):
    """To whoever wrote it down: the number, and that it is in hand; nothing else, now or later.

    `hidden`: to whom it is kept from, not even the number, nor whether it was known before."""

    kind: Literal["lead_filed"] = "lead_filed"
    case: UUID
    again: bool = False
    hidden: bool = False


class LeadNews(Say):
    """To the owner: the graduate has said more, or something else."""

    kind: Literal["lead_news"] = "lead_news"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    reader: UUID


class PressureWordsAsked(Say):
    kind: Literal["pressure_words_asked"] = "pressure_words_asked"
    dispute: UUID


class PressureWordsKept(Say):
    kind: Literal["pressure_words_kept"] = "pressure_words_kept"
    dispute: UUID


class AugustCard(Say):
    """What the ministry asks in August, counted when this is rendered."""

    kind: Literal["august_card"] = "august_card"
    unit: UUID
