"""What is said to staff about the whole: numbers, names, coverage, the switch, the digest, what is late."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.case import Clock
from models.messages.base import Lane, Say
from models.person import OutOfReach


class Listed(StrEnum):
    """Which people a list of /status names."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DISPUTED = "disputed"
    NOT_ME = "not_me"
    SEEKING = "seeking"
    SETTLED = "settled"
    FURTHER_STUDY = "further_study"
    NOT_SEEKING = "not_seeking"
    NOT_ENROLLED = "not_enrolled"


class StatusCard(Say):
    """The numbers of `quxiang status`, counted when this is rendered."""

    kind: Literal["status_card"] = "status_card"
    unit: UUID
    reader: UUID | None = None


class StatusList(Say):
    """One page of names; `view` is the message that paging edits."""

    kind: Literal["status_list"] = "status_list"
    view: UUID
    unit: UUID
    listed: Listed
    graduates: tuple[UUID, ...]
    total: int
    page: int
    pages: int


class ReachCard(Say):
    """Whom no message reaches under these units, by reason, and what to do next; counted when rendered."""

    kind: Literal["reach_card"] = "reach_card"
    units: tuple[UUID, ...]


class ReachList(Say):
    """One page of the names behind a reason; `view` is the message that paging edits."""

    kind: Literal["reach_list"] = "reach_list"
    view: UUID
    reason: OutOfReach
    graduates: tuple[UUID, ...]
    total: int
    page: int
    pages: int


class ProgressCard(Say):
    """Coverage of these units, in the order of the roster; no rate, no ranking.

    `reach`: the reader may see whom no message reaches."""

    kind: Literal["progress_card"] = "progress_card"
    view: UUID
    reach: bool = False
    units: tuple[UUID, ...]
    page: int
    pages: int


class OfficeSwitch(Say):
    """What can be paused, or resumed, and how everything stands."""

    kind: Literal["office_switch"] = "office_switch"
    resuming: bool


class OfficeReport(Say):
    """Files with personal data go by command line: how."""

    kind: Literal["office_report"] = "office_report"


class BroadcastPreview(Say):
    """Whom a campaign would reach, whom not and why, and until when; nothing is sent by looking."""

    kind: Literal["broadcast_preview"] = "broadcast_preview"
    name: str
    cohort: int
    unit: UUID
    uncovered: tuple[UUID, ...]
    reader: UUID | None = None


class BroadcastSample(Say):
    """What one graduate would read; to be looked at only. `view` is the message that paging edits."""

    kind: Literal["broadcast_sample"] = "broadcast_sample"
    view: int
    over: UUID
    cohort: int
    number: int
    numbers: int
    graduate: UUID
    destination: UUID
    ask: None = None
    verified: bool
    several: bool = False
    why: Literal["asked"] = "asked"
    late: bool = False
    ladder: Literal["confirm", "august"] = "confirm"
    changes: bool = True


class BroadcastSecond(Say):
    """Many would be written to: who of these agrees to it."""

    kind: Literal["broadcast_second"] = "broadcast_second"
    campaign: UUID
    colleagues: tuple[UUID, ...]


class DigestCard(Say):
    """今日待办: what is due, and who has not been called."""

    kind: Literal["digest_card"] = "digest_card"
    lane: ClassVar[Lane] = Lane.ALERT
    due: int
    working: int
    waiting: int
    to_check: int
    unanswered: int
    untried: int
    unreached: int = 0
    support: int = 0
    new: int = 0


class NewsCard(Say):
    """What has come into a colleague's queue since they were told last."""

    kind: Literal["news_card"] = "news_card"
    lane: ClassVar[Lane] = Lane.ALERT
    new: int
    mine: int
    pool: int


class ClassNotice(Say):
    """Words for a class group: nobody is named, and no number says how far the class is."""

    kind: Literal["class_notice"] = "class_notice"
    cohort: int
    ends_at: datetime


class OfficeOverdue(Say):
    """To the owner: this term has passed; said once."""

    kind: Literal["office_overdue"] = "office_overdue"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    clock: Clock


class OfficeEscalated(Say):
    """To the next above: this case has been waiting beyond its term."""

    kind: Literal["office_escalated"] = "office_escalated"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    clock: Clock


class UpdatesStopped(Say):
    """To the office: for some minutes nothing that people do has come in; `number` is the incident's."""

    kind: Literal["updates_stopped"] = "updates_stopped"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    since: datetime
    number: int


class UpdatesBack(Say):
    """In its place: they come in again."""

    kind: Literal["updates_back"] = "updates_back"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    since: datetime
    until: datetime
    number: int
