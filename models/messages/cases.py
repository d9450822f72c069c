"""What is said about one case: to whoever has to settle it, and to the graduate it is about."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.case import CaseKind, CaseState, Method, NoteKind, Outcome
from models.messages.base import Lane, Say
from models.staff import Role


class Verb(StrEnum):
    """What can be done with a case; the short values travel in buttons."""

    CLAIM = "claim"
    NOTE = "note"
    CONTACT = "contact"
    CALL = "call"
    LOOK_INTO = "look"
    WRITE = "write"
    ASK = "ask"
    HAND_OVER = "hand"
    ESCALATE = "up"
    CLOSE = "close"
    APPROVE = "approve"
    RETURN = "return"
    VERIFY = "verify"
    REJECT = "reject"
    HISTORY = "history"
    CARD = "card"
    RECTIFY = "rectify"
    EVIDENCE = "files"


class CaseAlert(Say):
    """A new case for its owner, or for everybody of its pool."""

    kind: Literal["case_alert"] = "case_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None
    mine: bool
    reader: UUID | None = None


class CaseReviewAlert(Say):
    """A dispute was closed; a second person looks at it."""

    kind: Literal["case_review_alert"] = "case_review_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None


class CaseReviewLate(Say):
    """Nobody has reviewed it in time: to those who may, and a while later to somebody above them."""

    kind: Literal["case_review_late"] = "case_review_late"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None
    escalated: bool = False


class CaseGoesOn(Say):
    """To the owner: the graduate who was asked has not answered in the time we wait for them."""

    kind: Literal["case_goes_on"] = "case_goes_on"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None


class CaseReturned(Say):
    """To the owner: the second person sent it back; the reason is in the note."""

    kind: Literal["case_returned"] = "case_returned"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    note: UUID
    reader: UUID | None = None


class CaseHandedOver(Say):
    """To whoever has it now."""

    kind: Literal["case_handed_over"] = "case_handed_over"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID | None = None
    how: NoteKind
    note: UUID
    reader: UUID | None = None


class CaseHandedOn(Say):
    """To whoever gave it away."""

    kind: Literal["case_handed_on"] = "case_handed_on"
    case: UUID
    staff: UUID


class CaseCard(Say):
    """What this colleague may do and read was worked out when it was said."""

    kind: Literal["case_card"] = "case_card"
    case: UUID
    graduate: UUID | None = None
    verbs: tuple[Verb, ...]
    reads: bool
    reads_pressure: bool = False
    reader: UUID | None = None


class CaseHistory(Say):
    """`views`: who looked at it is among the lines."""

    kind: Literal["case_history"] = "case_history"
    case: UUID
    reads: bool
    views: bool = False
    page: int = 0
    reader: UUID | None = None


class CaseNeutral(Say):
    """All that a counselor who does not own it hears of a dispute."""

    kind: Literal["case_neutral"] = "case_neutral"
    closed: bool = False


class CaseNotFound(Say):
    kind: Literal["case_not_found"] = "case_not_found"


class CaseWhich(Say):
    """/case without a number."""

    kind: Literal["case_which"] = "case_which"


class CaseTaken(Say):
    """Somebody else has it by now."""

    kind: Literal["case_taken"] = "case_taken"
    case: UUID
    staff: UUID


class CaseAsIs(Say):
    """The press came too late for what it meant; this is how the case stands."""

    kind: Literal["case_as_is"] = "case_as_is"
    case: UUID
    state: CaseState


class CaseNoteAsked(Say):
    kind: Literal["case_note_asked"] = "case_note_asked"
    case: UUID


class CaseTextTooLong(Say):
    kind: Literal["case_text_too_long"] = "case_text_too_long"
    most: int


class CaseTextEmpty(Say):
    kind: Literal["case_text_empty"] = "case_text_empty"


class CasePhones(Say):
    """The numbers are opened when this is rendered and are not copied into the message."""

    kind: Literal["case_phones"] = "case_phones"
    case: UUID
    graduate: UUID
    by_bot: bool
    reader: UUID | None = None


class CaseLetterAsked(Say):
    kind: Literal["case_letter_asked"] = "case_letter_asked"
    case: UUID
    graduate: UUID


class CaseLetter(Say):
    """To the graduate: what a colleague wrote; the words are in the note."""

    kind: Literal["case_letter"] = "case_letter"
    case: UUID
    note: UUID
    role: Role


class CaseLetterSent(Say):
    """`waits`: it was a question."""

    kind: Literal["case_letter_sent"] = "case_letter_sent"
    case: UUID
    waits: bool = False


class CaseColleagues(Say):
    """To whom it may go; `view` names the message that paging edits."""

    kind: Literal["case_colleagues"] = "case_colleagues"
    case: UUID
    colleagues: tuple[UUID, ...]


class CaseNobodyElse(Say):
    kind: Literal["case_nobody_else"] = "case_nobody_else"
    case: UUID


class CaseHandNoteAsked(Say):
    kind: Literal["case_hand_note_asked"] = "case_hand_note_asked"
    case: UUID
    staff: UUID


class CaseMethodAsked(Say):
    kind: Literal["case_method_asked"] = "case_method_asked"
    case: UUID


class CaseFindingAsked(Say):
    kind: Literal["case_finding_asked"] = "case_finding_asked"
    case: UUID
    method: Method


class CaseOutcomeAsked(Say):
    kind: Literal["case_outcome_asked"] = "case_outcome_asked"
    case: UUID
    case_kind: CaseKind
    outcomes: tuple[Outcome, ...] = ()


class CaseSettled(Say):
    """To whoever closed it; `by_phone`: what they found cannot be sent to the graduate."""

    kind: Literal["case_settled"] = "case_settled"
    case: UUID
    awaiting: bool
    by_phone: bool = False


class CaseReasonAsked(Say):
    kind: Literal["case_reason_asked"] = "case_reason_asked"
    case: UUID


class CaseReviewed(Say):
    """To the second person, and to whoever had closed it, who telephones what cannot be sent."""

    kind: Literal["case_reviewed"] = "case_reviewed"
    case: UUID
    approved: bool
    by_phone: bool = False


class CaseOutcomeTold(Say):
    """To the graduate: their own request was looked at."""

    kind: Literal["case_outcome_told"] = "case_outcome_told"
    case: UUID
    outcome: Outcome


class CaseBindingDone(Say):
    kind: Literal["case_binding_done"] = "case_binding_done"
    case: UUID
    approved: bool
