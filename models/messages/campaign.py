"""What a campaign says: the first card, the reminders of its ladder, and the consent of a second person."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say

# Which ladder a card belongs to: in August it also says who else writes.
Climbed = Literal["confirm", "august"]


class CampaignState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class Alarm(StrEnum):
    """What made it stop by itself: too many refused, or too many who say it is not them."""

    REFUSED = "refused"
    NOT_ME = "not_me"


class Number(StrEnum):
    """queued = accepted + refused + unreachable + skipped + cancelled + unknown, once nothing waits."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why somebody stands behind a number; what Telegram said about one message is in its row."""

    NOT_ENROLLED = "not_enrolled"
    DECLINED = "declined"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    CHAT_NOT_FOUND = "chat_not_found"
    BAD_REQUEST = "bad_request"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    ASKED_BEFORE = "asked_before"
    ASK_CLOSED = "ask_closed"
    CAMPAIGN_OVER = "campaign_over"
    PAST_DEADLINE = "past_deadline"
    SNOOZED = "snoozed"
    PASSED = "passed"
    MAXIMUM = "maximum"
    OFFICIAL = "official"
    DISPUTED = "disputed"
    REMOVED = "removed"
    UNVERIFIED = "unverified"
    SAME_ACCOUNT = "same_account"
    NO_LONGER = "no_longer"
    REPLACED = "replaced"
    GIVEN_UP = "given_up"
    NO_OUTCOME = "no_outcome"
    DEAD_NUMBER = "dead_number"
    DEAD_ADDRESS = "dead_address"
    WAITING = "waiting"


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
    ladder: Climbed = "confirm"
    changes: bool = True


class CampaignReminder(Say):
    """The same card and buttons under another first line; the last one names the day.

    `number` is its place on its ladder; `changes`: corrections are still made the regular way."""

    kind: Literal["campaign_reminder"] = "campaign_reminder"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    destination: UUID
    ask: UUID
    verified: bool
    several: bool
    number: int
    last: bool
    ladder: Climbed = "confirm"
    changes: bool = True


class RegisterPointer(Say):
    """After an answer: the confirmation that counts is in the national register; the second is the last."""

    kind: Literal["register_pointer"] = "register_pointer"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    after_answer: ClassVar[bool] = True
    graduate: UUID
    destination: UUID
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
    """How a campaign stands: after every press, and moving along with it for whoever launched it.

    Two of them that are equal read alike; `ends_at` is None where nothing is being sent, and `starts_at`
    where it has begun."""

    kind: Literal["campaign_as_it_is"] = "campaign_as_it_is"
    campaign: UUID
    state: CampaignState
    alarm: Alarm | None
    all_paused: bool
    finished: bool
    queued: int
    waiting: int
    accepted: int
    refused: int
    unreachable: int
    skipped: int
    cancelled: int
    unknown: int
    ends_at: datetime | None
    starts_at: datetime | None = None


class CampaignPeople(Say):
    """One page of the names behind a number; `view` is the message that paging edits."""

    kind: Literal["campaign_people"] = "campaign_people"
    view: int
    campaign: UUID
    number: Number
    graduates: tuple[UUID, ...]
    reasons: tuple[Why | None, ...]
    total: int
    page: int
    pages: int


class CampaignStopped(Say):
    """To the office: it has stopped by itself, why, and the way to go on."""

    kind: Literal["campaign_stopped"] = "campaign_stopped"
    lane: ClassVar[Lane] = Lane.ALERT
    campaign: UUID
    alarm: Alarm
    count: int
    of: int


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
