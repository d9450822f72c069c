"""What a campaign says: the first card, the reminders of its ladder, and the consent of a second person."""

from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class CampaignAsk(Say):
    """The first card; `verified` false shows nothing of the record."""

    kind: Literal["campaign_ask"] = "campaign_ask"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    destination: UUID
    ask: UUID | None = None
    verified: bool
    several: bool
    why: Literal["asked"] = "asked"
    late: bool = False


class CampaignReminder(Say):
    """The same card and buttons under another first line; the last one names the day."""

    kind: Literal["campaign_reminder"] = "campaign_reminder"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    destination: UUID
    ask: UUID
    verified: bool
    several: bool
    number: int
    last: bool


class CampaignSnoozed(Say):
    """At the moment the graduate chose."""

    kind: Literal["campaign_snoozed"] = "campaign_snoozed"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    destination: UUID
    ask: UUID
    verified: bool
    several: bool


class CampaignConsent(Say):
    """To the second person: how many, until when, who began it."""

    kind: Literal["campaign_consent"] = "campaign_consent"
    lane: ClassVar[Lane] = Lane.ALERT
    campaign: UUID


class CampaignAsItIs(Say):
    """How a campaign stands now: after every press, and for an old button."""

    kind: Literal["campaign_as_it_is"] = "campaign_as_it_is"
    campaign: UUID


class CampaignAgreed(Say):
    """To whoever launched it: the second person has agreed."""

    kind: Literal["campaign_agreed"] = "campaign_agreed"
    lane: ClassVar[Lane] = Lane.ALERT
    campaign: UUID


class CampaignUncovered(Say):
    """Refused: a dispute in these units would have nobody to look into it and nobody to review."""

    kind: Literal["campaign_uncovered"] = "campaign_uncovered"
    units: tuple[UUID, ...]
    more: int


class CampaignNobody(Say):
    """Refused: there is nobody in scope."""

    kind: Literal["campaign_nobody"] = "campaign_nobody"


class CampaignNoSecond(Say):
    """Refused: the second person is not known here, has no right to it, or is the one who launches."""

    kind: Literal["campaign_no_second"] = "campaign_no_second"
