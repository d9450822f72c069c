"""What is said while somebody enrols: the notice, the proof of who they are, what became of their link."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from models.messages.base import Lane, Say


class EnrolNotice(Say):
    """Who asks, why, what is kept and how long; before anything else is said."""

    kind: Literal["enrol_notice"] = "enrol_notice"
    invitation: UUID | None = None


class EnrolDeclined(Say):
    """They would rather not use this way; page or telephone instead, and the way back."""

    kind: Literal["enrol_declined"] = "enrol_declined"
    invitation: UUID | None = None


class EnrolNumberAsked(Say):
    kind: Literal["enrol_number_asked"] = "enrol_number_asked"


class EnrolNameAsked(Say):
    kind: Literal["enrol_name_asked"] = "enrol_name_asked"


class EnrolNotFound(Say):
    """The same words whether the number or the name is wrong."""

    kind: Literal["enrol_not_found"] = "enrol_not_found"
    left: int


class EnrolIdentity(Say):
    """The proof: the sender's own number shared, or its last four digits."""

    kind: Literal["enrol_identity"] = "enrol_identity"
    digits: bool = True


class EnrolMoved(Say):
    """Carries the button for whoever has another number now: a message has one keyboard only."""

    kind: Literal["enrol_moved"] = "enrol_moved"


class EnrolShareNew(Say):
    kind: Literal["enrol_share_new"] = "enrol_share_new"


class EnrolNotOwn(Say):
    """A contact that was forwarded, or is somebody else's."""

    kind: Literal["enrol_not_own"] = "enrol_not_own"


class EnrolFourDigits(Say):
    """What was typed cannot be the last four digits; no try is counted."""

    kind: Literal["enrol_four_digits"] = "enrol_four_digits"


class EnrolWrongDigits(Say):
    kind: Literal["enrol_wrong_digits"] = "enrol_wrong_digits"
    left: int


class EnrolLocked(Say):
    kind: Literal["enrol_locked"] = "enrol_locked"
    until: datetime


class EnrolDigitsLocked(Say):
    """Too many wrong tries at this record, from whichever accounts."""

    kind: Literal["enrol_digits_locked"] = "enrol_digits_locked"
    until: datetime


class EnrolWaiting(Say):
    """Somebody is to check this account already: digits prove nothing more."""

    kind: Literal["enrol_waiting"] = "enrol_waiting"


class EnrolDone(Say):
    kind: Literal["enrol_done"] = "enrol_done"
    graduate: UUID


class EnrolUnverified(Say):
    """Enrolled, and somebody has to check first; nothing personal is shown."""

    kind: Literal["enrol_unverified"] = "enrol_unverified"


class EnrolVerified(Say):
    """Somebody has checked that this account is the graduate's."""

    kind: Literal["enrol_verified"] = "enrol_verified"
    lane: ClassVar[Lane] = Lane.ALERT


class EnrolRejected(Say):
    """The check came to the other result."""

    kind: Literal["enrol_rejected"] = "enrol_rejected"
    lane: ClassVar[Lane] = Lane.ALERT


class EnrolEnded(Say):
    """The graduate is answered for from another account now."""

    kind: Literal["enrol_ended"] = "enrol_ended"
    lane: ClassVar[Lane] = Lane.ALERT


class EnrolLinkUnknown(Say):
    kind: Literal["enrol_link_unknown"] = "enrol_link_unknown"


class EnrolLinkUsed(Say):
    kind: Literal["enrol_link_used"] = "enrol_link_used"


class EnrolLinkExpired(Say):
    kind: Literal["enrol_link_expired"] = "enrol_link_expired"


class EnrolLinkRevoked(Say):
    kind: Literal["enrol_link_revoked"] = "enrol_link_revoked"


class EnrolOtherGraduate(Say):
    """This account answers for another graduate already."""

    kind: Literal["enrol_other_graduate"] = "enrol_other_graduate"


class EnrolStaffAccount(Say):
    """This account is a colleague's."""

    kind: Literal["enrol_staff_account"] = "enrol_staff_account"


class StaffWelcome(Say):
    """A colleague's first greeting: name, duties, what can be done here."""

    kind: Literal["staff_welcome"] = "staff_welcome"
    staff: UUID


class StaffHelp(Say):
    kind: Literal["staff_help"] = "staff_help"
    staff: UUID


class StaffGraduateAccount(Say):
    """A staff link opened from an account that answers for a graduate."""

    kind: Literal["staff_graduate_account"] = "staff_graduate_account"


class StaffOtherAccount(Say):
    """A staff link opened from the account of another colleague."""

    kind: Literal["staff_other_account"] = "staff_other_account"


class StaffMoved(Say):
    """The colleague has opened a newer link from another account."""

    kind: Literal["staff_moved"] = "staff_moved"
    lane: ClassVar[Lane] = Lane.ALERT


class StaffNumberNeeded(Say):
    """A colleague of this name is known already: the number tells which one is meant."""

    kind: Literal["staff_number_needed"] = "staff_number_needed"


class StaffDataEntryHeld(Say):
    """A unit has one person for data entry, and this is who."""

    kind: Literal["staff_data_entry_held"] = "staff_data_entry_held"
    staff: UUID
    unit: UUID
