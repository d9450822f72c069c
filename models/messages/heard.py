"""What is said about words nobody asked for: who may read them, where they went, what cannot be taken."""

from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class HeardAsked(Say):
    """Kept; now the graduate says who may read it."""

    kind: Literal["heard_asked"] = "heard_asked"
    graduate: UUID
    heard: UUID
    waiting: int
    counselor: bool
    dispute: bool
    too_long: bool


class HeardRouted(Say):
    kind: Literal["heard_routed"] = "heard_routed"
    case: UUID
    counselor: bool


class HeardPassedOn(Say):
    """No choice was made within the time the rules give."""

    kind: Literal["heard_passed_on"] = "heard_passed_on"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID


class HeardKept(Say):
    """「只保存」: nobody reads it."""

    kind: Literal["heard_kept"] = "heard_kept"


class HeardSettled(Say):
    """The choice has been made before."""

    kind: Literal["heard_settled"] = "heard_settled"


class HeardAnother(Say):
    """To the owner of an open message: another one has come."""

    kind: Literal["heard_another"] = "heard_another"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID


class HeardStranger(Say):
    """Bound to nothing: kept, and how to enrol or whom to call."""

    kind: Literal["heard_stranger"] = "heard_stranger"


class HeardStaff(Say):
    """A colleague's words without a question before them."""

    kind: Literal["heard_staff"] = "heard_staff"


class HeardNoWords(Say):
    """A sticker, a voice message, a video: only words can be taken here."""

    kind: Literal["heard_no_words"] = "heard_no_words"


class FileNotTaken(Say):
    """Photos and documents are not taken in chat; the case remembers that something is to come."""

    kind: Literal["file_not_taken"] = "file_not_taken"
    graduate: UUID
    case: UUID


class FileTaken(Say):
    """Where the school allows it."""

    kind: Literal["file_taken"] = "file_taken"
    graduate: UUID
    case: UUID


class FileNotExpected(Say):
    """From somebody bound to nothing."""

    kind: Literal["file_not_expected"] = "file_not_expected"


class FileStaff(Say):
    """Files with personal data go by command line and page."""

    kind: Literal["file_staff"] = "file_staff"
