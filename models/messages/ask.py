"""What is said around the ask card: the record as it stands, the answers to it, what follows each."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.answer import AnswerKind
from models.messages.base import Lane, Say


class Why(StrEnum):
    """Why a card is shown: it was asked for, or the register says something else now."""

    ASKED = "asked"
    AGAIN = "again"
    CHANGED = "changed"


class AskCard(Say):
    """What is registered, and the answers; `late` when the deadline has passed."""

    kind: Literal["ask_card"] = "ask_card"
    graduate: UUID
    destination: UUID
    ask: UUID | None = None
    why: Why = Why.ASKED
    late: bool = False
    several: bool = False
    ladder: Literal["confirm", "august"] = "confirm"
    changes: bool = True


class AskUnverified(Say):
    """Nothing of the record is shown before somebody has checked who this is."""

    kind: Literal["ask_unverified"] = "ask_unverified"
    graduate: UUID
    destination: UUID
    ask: UUID | None = None


class AskWelcome(Say):
    """Enrolled while nothing is being asked."""

    kind: Literal["ask_welcome"] = "ask_welcome"
    graduate: UUID
    destination: UUID


class AskNotBound(Say):
    """A button of a record this account does not answer for."""

    kind: Literal["ask_not_bound"] = "ask_not_bound"


class AskRecord(Say):
    """The whole registered line, the official state and the answer, side by side."""

    kind: Literal["ask_record"] = "ask_record"
    graduate: UUID
    destination: UUID
    answer: UUID | None = None


class AskConfirmed(Say):
    kind: Literal["ask_confirmed"] = "ask_confirmed"
    graduate: UUID
    destination: UUID
    answer: UUID


class AskAnswered(Say):
    """Thanks for one of the answers about a record without an employer or school."""

    kind: Literal["ask_answered"] = "ask_answered"
    graduate: UUID
    destination: UUID
    answer: UUID
    said: AnswerKind


class AskNothingChanged(Say):
    """The contacts stand as they are."""

    kind: Literal["ask_nothing_changed"] = "ask_nothing_changed"


class AskRegisterConfirmed(Say):
    """The graduate says the national register is confirmed too; kept as a claim."""

    kind: Literal["ask_register_confirmed"] = "ask_register_confirmed"
    graduate: UUID


class AskHelp(Say):
    """Whether help with finding work was wanted."""

    kind: Literal["ask_help"] = "ask_help"
    graduate: UUID
    destination: UUID
    answer: UUID
    case: UUID | None = None


class AskSnooze(Say):
    """When to be reminded: only what the deadline and the quiet hours leave."""

    kind: Literal["ask_snooze"] = "ask_snooze"
    graduate: UUID
    destination: UUID
    ask: UUID
    options: tuple[str, ...]


class AskSnoozed(Say):
    """`reminds`: there is a chat to be reminded in; who has none comes back by the link."""

    kind: Literal["ask_snoozed"] = "ask_snoozed"
    graduate: UUID
    destination: UUID
    ask: UUID
    reminds: bool = True


class AskNoReminder(Say):
    """Nothing is waiting for an answer, so there is nothing to be reminded of."""

    kind: Literal["ask_no_reminder"] = "ask_no_reminder"
    graduate: UUID
    destination: UUID


class AskNotMe(Say):
    """Whether this is somebody else; the name alone, and not even that before the account is verified."""

    kind: Literal["ask_not_me"] = "ask_not_me"
    graduate: UUID
    destination: UUID
    named: bool


class AskItsMe(Say):
    """It is they, and the record is wrong."""

    kind: Literal["ask_its_me"] = "ask_its_me"
    graduate: UUID
    destination: UUID


class AskUnbound(Say):
    """This account is let go; nothing personal is said."""

    kind: Literal["ask_unbound"] = "ask_unbound"


class AskClaimRegistered(Say):
    """The register now says what the graduate had asked for."""

    kind: Literal["ask_claim_registered"] = "ask_claim_registered"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    graduate: UUID
    destination: UUID
