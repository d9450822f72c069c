"""What is said about 帮扶: to whoever helps or looks after it; to the graduate at most an offer."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say
from models.support import Content, Progress


class Part(StrEnum):
    """The texts of an entry, each of them optional."""

    TEXT = "text"
    WISH = "wish"
    RECOMMENDED = "recommended"
    NEXT_STEP = "next_step"
    FEEDBACK = "feedback"


class SupportVerb(StrEnum):
    """What can be done with one; the short values travel in buttons."""

    LOG = "log"
    OFFER = "offer"
    ADD = "add"
    LEAVE = "leave"
    SYNC = "sync"
    CARD = "card"


class Listing(StrEnum):
    MINE = "mine"
    QUIET = "quiet"


class SupportList(Say):
    """`due` of `total` wait to be looked after; `quiet` have had no entry for long, where that is seen."""

    kind: Literal["support_list"] = "support_list"
    view: UUID
    listing: Listing
    supports: tuple[UUID, ...]
    total: int
    due: int = 0
    quiet: int | None = None
    inspects: bool = False
    page: int = 0
    pages: int = 1
    reader: UUID


class SupportCard(Say):
    """Who may read it is asked again when it is sent."""

    kind: Literal["support_card"] = "support_card"
    support: UUID
    graduate: UUID
    verbs: tuple[SupportVerb, ...]
    reader: UUID


class SupportNotFound(Say):
    kind: Literal["support_not_found"] = "support_not_found"


class SupportContentAsked(Say):
    kind: Literal["support_content_asked"] = "support_content_asked"
    support: UUID
    graduate: UUID


class SupportProgressAsked(Say):
    kind: Literal["support_progress_asked"] = "support_progress_asked"
    support: UUID
    graduate: UUID


class SupportCheckAsked(Say):
    kind: Literal["support_check_asked"] = "support_check_asked"
    support: UUID
    graduate: UUID


class SupportDraft(Say):
    """What was typed stands in the step; here only which texts there are."""

    kind: Literal["support_draft"] = "support_draft"
    support: UUID
    graduate: UUID
    contents: tuple[Content, ...]
    progress: Progress
    days: int
    written: tuple[Part, ...]
    part: Part


class SupportTextTooLong(Say):
    kind: Literal["support_text_too_long"] = "support_text_too_long"
    most: int


class SupportSaved(Say):
    kind: Literal["support_saved"] = "support_saved"
    support: UUID
    graduate: UUID


class SupportColleagues(Say):
    kind: Literal["support_colleagues"] = "support_colleagues"
    view: UUID
    support: UUID
    colleagues: tuple[UUID, ...]
    page: int = 0
    pages: int = 1


class SupportHelperAdded(Say):
    """To whoever added them."""

    kind: Literal["support_helper_added"] = "support_helper_added"
    support: UUID
    graduate: UUID
    staff: UUID


class SupportYours(Say):
    """To the new helper."""

    kind: Literal["support_yours"] = "support_yours"
    lane: ClassVar[Lane] = Lane.ALERT
    support: UUID
    graduate: UUID
    staff: UUID


class SupportLeft(Say):
    kind: Literal["support_left"] = "support_left"
    support: UUID
    graduate: UUID


class SupportLastHelper(Say):
    """Somebody stays: another is added first."""

    kind: Literal["support_last_helper"] = "support_last_helper"
    support: UUID


class SupportSynced(Say):
    kind: Literal["support_synced"] = "support_synced"
    support: UUID
    graduate: UUID


class SupportOffer(Say):
    """To the graduate, once."""

    kind: Literal["support_offer"] = "support_offer"
    support: UUID
    graduate: UUID


class SupportOffered(Say):
    """To the helper; `told` where the graduate is reached by messages."""

    kind: Literal["support_offered"] = "support_offered"
    support: UUID
    graduate: UUID
    told: bool


class SupportAnswered(Say):
    """To the graduate."""

    kind: Literal["support_answered"] = "support_answered"
    support: UUID
    case: UUID | None = None
    wanted: bool


class SupportCoverage(Say):
    """「帮扶覆盖」: to how many help was offered, by unit."""

    kind: Literal["support_coverage"] = "support_coverage"
    view: UUID
    units: tuple[UUID, ...]
    page: int
    pages: int


class SupportPicked(Say):
    """Logs drawn by lot for an inspection; the number is in the audit and draws the same again."""

    kind: Literal["support_picked"] = "support_picked"
    supports: tuple[UUID, ...]
    seed: int
    reader: UUID
