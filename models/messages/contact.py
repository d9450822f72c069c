"""What is said about changed contacts and follow-ups: questions, what was kept or wrong, the re-checks."""

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from models.answer import ContactKind
from models.followup import FollowUpKind
from models.messages.base import Lane, Say


class Flaw(StrEnum):
    """What is wrong with what was typed or shared."""

    NO_NUMBER = "no_number"
    NO_NAME = "no_name"
    TOO_LONG = "too_long"
    NOT_OWN = "not_own"


class ContactMenu(Say):
    """「联系方式变了」: which of them."""

    kind: Literal["contact_menu"] = "contact_menu"
    graduate: UUID


class ContactWaiting(Say):
    """The account itself has to be checked first; what was sent is kept."""

    kind: Literal["contact_waiting"] = "contact_waiting"


class ContactOwnAsked(Say):
    """The new number, shared or typed."""

    kind: Literal["contact_own_asked"] = "contact_own_asked"
    graduate: UUID


class ContactParentAsked(Say):
    kind: Literal["contact_parent_asked"] = "contact_parent_asked"
    graduate: UUID


class ContactNameAsked(Say):
    """Who the contact person at the employer is now."""

    kind: Literal["contact_name_asked"] = "contact_name_asked"
    graduate: UUID


class ContactNumberAsked(Say):
    """And under which number; `named` when a new person was given just before."""

    kind: Literal["contact_number_asked"] = "contact_number_asked"
    graduate: UUID
    named: bool


class ContactRefused(Say):
    """Kept, but it cannot be right; it may be given again or, where it can be, kept as it is."""

    kind: Literal["contact_refused"] = "contact_refused"
    graduate: UUID
    which: ContactKind
    flaw: Flaw
    heard: UUID | None = None


class ContactIsItNew(Say):
    """A number shared without having been asked for."""

    kind: Literal["contact_is_it_new"] = "contact_is_it_new"
    graduate: UUID
    heard: UUID


class ContactNotTaken(Say):
    """It was not a new number of theirs; nothing is changed."""

    kind: Literal["contact_not_taken"] = "contact_not_taken"


class ContactForeign(Say):
    """A contact of somebody else, shared without having been asked for."""

    kind: Literal["contact_foreign"] = "contact_foreign"
    graduate: UUID


class ContactSame(Say):
    """This number is the registered one already."""

    kind: Literal["contact_same"] = "contact_same"
    which: ContactKind


class ContactKept(Say):
    """Recorded with its case; the register is changed only after somebody has checked."""

    kind: Literal["contact_kept"] = "contact_kept"
    graduate: UUID
    contact: UUID
    case: UUID


class ContactAgain(Say):
    """To the owner of an open case: another number has been given since."""

    kind: Literal["contact_again"] = "contact_again"
    lane: ClassVar[Lane] = Lane.ALERT
    case: UUID
    graduate: UUID


class FollowupAlert(Say):
    """To the class counselor: something about this graduate has changed; ids only."""

    kind: Literal["followup_alert"] = "followup_alert"
    lane: ClassVar[Lane] = Lane.ALERT
    followup: UUID
    graduate: UUID
    case: UUID | None = None


class FollowupUnverified(Say):
    """To whoever owns the open case: unchecked for as long as the rules allow."""

    kind: Literal["followup_unverified"] = "followup_unverified"
    lane: ClassVar[Lane] = Lane.ALERT
    followup: UUID
    graduate: UUID
    case: UUID


class FollowupRecheck(Say):
    """To the graduate: does it still hold? A reminder like any other, so /stop ends it."""

    kind: Literal["followup_recheck"] = "followup_recheck"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    followup: UUID
    graduate: UUID
    about: FollowUpKind
    contact: UUID | None = None


class FollowupHelpOffer(Say):
    """To whoever said that they are still looking: help is there. Nothing is asked, and /stop ends it."""

    kind: Literal["followup_help_offer"] = "followup_help_offer"
    lane: ClassVar[Lane] = Lane.CAMPAIGN
    followup: UUID
    graduate: UUID


class FollowupPassedOn(Say):
    """Help has not come yet: whoever has the case hears of it."""

    kind: Literal["followup_passed_on"] = "followup_passed_on"


class FollowupConfirmed(Say):
    kind: Literal["followup_confirmed"] = "followup_confirmed"
    followup: UUID


class FollowupOver(Say):
    """The question has been settled in the meantime."""

    kind: Literal["followup_over"] = "followup_over"
