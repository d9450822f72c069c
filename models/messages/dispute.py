"""What is said of a dispute: to the graduate, to its owner, and to those who may know only that it is."""

from typing import ClassVar, Literal
from uuid import UUID

from models.dispute import Pressure
from models.messages.base import Lane, Say


class DisputeScreen(Say):
    """The one screen before a dispute is filed; an unverified account is shown nothing of the record."""

    kind: Literal["dispute_screen"] = "dispute_screen"
    graduate: UUID
    destination: UUID
    verified: bool


class DisputeFiled(Say):
    """The number and the time limit; again when somebody asks how it stands.

    `by_page`: the outcome cannot be sent to them; they look here, and are telephoned."""

    kind: Literal["dispute_filed"] = "dispute_filed"
    dispute: UUID
    case: UUID
    again: bool = False
    by_page: bool = False


class DisputePressure(Say):
    """Asked gently, after filing; no answer is an answer."""

    kind: Literal["dispute_pressure"] = "dispute_pressure"
    dispute: UUID


class DisputePressureNoted(Say):
    kind: Literal["dispute_pressure_noted"] = "dispute_pressure_noted"
    said: Pressure
    dispute: UUID | None = None


class DisputeStatementAsked(Say):
    kind: Literal["dispute_statement_asked"] = "dispute_statement_asked"
    dispute: UUID
    case: UUID


class DisputeStatementKept(Say):
    kind: Literal["dispute_statement_kept"] = "dispute_statement_kept"
    dispute: UUID
    case: UUID


class DisputeStatementTooLong(Say):
    """Kept whole nevertheless; the rest may follow in another message."""

    kind: Literal["dispute_statement_too_long"] = "dispute_statement_too_long"
    most: int


class DisputeWithdrawn(Say):
    kind: Literal["dispute_withdrawn"] = "dispute_withdrawn"
    dispute: UUID
    case: UUID
    by_page: bool = False


class DisputeLate(Say):
    """The promised day has passed: said once, by us, before anybody has to ask."""

    kind: Literal["dispute_late"] = "dispute_late"
    lane: ClassVar[Lane] = Lane.ALERT
    dispute: UUID
    case: UUID
    by_page: bool = False


class DisputeOutcome(Say):
    """What was found, in the words of the outcome, with the two answers to it."""

    kind: Literal["dispute_outcome"] = "dispute_outcome"
    dispute: UUID
    case: UUID


class DisputeAgreed(Say):
    kind: Literal["dispute_agreed"] = "dispute_agreed"
    dispute: UUID
    case: UUID


class DisputeReopened(Say):
    kind: Literal["dispute_reopened"] = "dispute_reopened"
    dispute: UUID
    case: UUID
    by_page: bool = False


class DisputeAlert(Say):
    """To the owner: who, which case, until when."""

    kind: Literal["dispute_alert"] = "dispute_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    case: UUID
    graduate: UUID
    dispute: UUID
    again: bool = False
    reader: UUID | None = None


class DisputeElsewhere(Say):
    """To a class counselor who does not own it: no name, no number, nothing to do."""

    kind: Literal["dispute_elsewhere"] = "dispute_elsewhere"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID


class DisputeAdded(Say):
    """To the owner: the words are opened when this is rendered, and only if the case is still theirs."""

    kind: Literal["dispute_added"] = "dispute_added"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    case: UUID
    graduate: UUID
    statement: UUID
    reader: UUID


class DisputeWithdrawalAlert(Say):
    """To the owner and to the reviewer: a withdrawal may itself be a sign of pressure."""

    kind: Literal["dispute_withdrawal_alert"] = "dispute_withdrawal_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    case: UUID
    graduate: UUID
    reader: UUID | None = None


class DisputePressureAlert(Say):
    """To one reviewer or the discipline office, and to nobody else."""

    kind: Literal["dispute_pressure_alert"] = "dispute_pressure_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    urgent: ClassVar[bool] = True
    case: UUID
    graduate: UUID
    complaint: UUID | None = None
    reader: UUID | None = None
