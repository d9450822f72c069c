"""What is said when a colleague asks the graduate inside a case, and when the answer comes back into it."""

from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say
from models.staff import Role


class CaseQuestionAsked(Say):
    """To the colleague: write the question, or choose one that is laid down."""

    kind: Literal["case_question_asked"] = "case_question_asked"
    case: UUID
    graduate: UUID


class CaseReplyShown(Say):
    """The chosen wording as the graduate would read it; nothing is sent by looking."""

    kind: Literal["case_reply_shown"] = "case_reply_shown"
    case: UUID
    graduate: UUID
    key: str
    english: bool
    waits: bool


class CaseQuestion(Say):
    """To the graduate: the words are in the note; it names the office, never the colleague."""

    kind: Literal["case_question"] = "case_question"
    case: UUID
    note: UUID
    role: Role


class CaseReplyAsked(Say):
    """`again`: what was typed was too long and is kept."""

    kind: Literal["case_reply_asked"] = "case_reply_asked"
    case: UUID
    most: int
    again: bool = False


class CaseReplyLater(Say):
    kind: Literal["case_reply_later"] = "case_reply_later"
    case: UUID


class CaseReplyKept(Say):
    """To the graduate: it stands in the case, which may be closed by now."""

    kind: Literal["case_reply_kept"] = "case_reply_kept"
    case: UUID


class CaseReplyMoved(Say):
    """To the graduate: the case they were asked about is closed; `case` is where their words went."""

    kind: Literal["case_reply_moved"] = "case_reply_moved"
    case: UUID
    asked_in: UUID


class CaseReplied(Say):
    """To the owner: the graduate has answered; the first lines are read when this is sent."""

    kind: Literal["case_replied"] = "case_replied"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID
    note: UUID
    reader: UUID | None = None
