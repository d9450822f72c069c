"""What is typed on the page, named by what it answers, and what a screen is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.messages import Say
from models.messages.ask import AskCard, AskRecord, AskSnooze
from models.messages.change import ChangeFields, ChangeMenu, ChangeRefused
from models.messages.contact import ContactMenu, ContactRefused
from models.messages.dispute import DisputePressure
from models.messages.enrol import (
    EnrolFourDigits,
    EnrolIdentity,
    EnrolMoved,
    EnrolNotFound,
    EnrolShareNew,
    EnrolWrongDigits,
)
from models.messages.general import LanguageChoice
from models.messages.mine import HelpGraduate, HelpStranger, MyRecord, MyWaiting, StopDone
from models.steps import Step
from models.steps.ask import (
    ClaimingEmployer,
    ClaimingField,
    ClaimingLeft,
    ClaimingName,
    ClaimingSigned,
    ClaimingUscc,
)
from models.steps.asking import ReplyingToCase
from models.steps.contact import AskingContactName, AskingContactNumber, AskingOwnPhone, AskingParentPhone
from models.steps.dispute import AddingStatement
from models.steps.enrol import AskingIdentity, AskingName, AskingNumber, ReadingNotice
from models.steps.leads import TellingPressure

LINE, DIGITS, PHONE, WORDS = "text", "numeric", "tel", ""
# A student number may have letters; a date is written in many ways.
FIELDS: dict[type[Step], tuple[str, str]] = {
    ReadingNotice: ("page_write_number", LINE),
    AskingNumber: ("page_write_number", LINE),
    AskingName: ("page_write_name", LINE),
    AskingIdentity: ("page_write_digits", DIGITS),
    ClaimingEmployer: ("page_write_new_employer", LINE),
    ClaimingUscc: ("change_field_uscc", LINE),
    ClaimingSigned: ("change_field_signed_on", LINE),
    ClaimingLeft: ("page_write_left", LINE),
    AskingOwnPhone: ("page_write_own_phone", PHONE),
    AskingParentPhone: ("contact_parent_phone", PHONE),
    AskingContactName: ("page_write_contact_name", LINE),
    AskingContactNumber: ("page_write_contact_number", PHONE),
    AddingStatement: ("page_write_statement", WORDS),
    TellingPressure: ("page_write_pressure", WORDS),
    ReplyingToCase: ("page_write_reply", WORDS),
}
WRONG = (
    ChangeRefused,
    ContactRefused,
    EnrolFourDigits,
    EnrolNotFound,
    EnrolWrongDigits,
)
# Below the question, in a message of its own, and answered by its buttons.
BESIDE = (DisputePressure, EnrolMoved)
# A title stays in the history of a telephone that others use, too: none says what was answered.
TITLES: dict[type[Say], str] = {
    AskCard: "page_title_card",
    AskRecord: "page_title_card",
    AskSnooze: "ask_snooze",
    ChangeFields: "page_title_change",
    ChangeMenu: "page_title_change",
    ContactMenu: "change_contacts",
    HelpGraduate: "page_help",
    HelpStranger: "page_help",
    LanguageChoice: "page_language",
    MyRecord: "page_my",
    MyWaiting: "page_my",
    StopDone: "page_stop",
}
Named = Callable[[str], str]


@dataclass(frozen=True)
class Field:
    """`keys`: what a telephone offers, none where there are many lines; `asked`: the message it answers."""

    name: str
    keys: str
    asked: int
    wrong: bool


def field_of(step: Step | None, said: Sequence[Say], named: Named) -> Field | None:
    """None where nothing is asked that is answered by typing."""
    found = _named(step, said)
    if found is None:
        return None
    asked = max((at for at, one in enumerate(said) if not isinstance(one, BESIDE)), default=0)
    wrong = any(isinstance(one, WRONG) for one in said)
    return Field(named(found[0]), found[1], asked, wrong)


def _named(step: Step | None, said: Sequence[Say]) -> tuple[str, str] | None:
    match step:
        case ClaimingField():
            return f"change_field_{step.field}", LINE
        case ClaimingName():
            return f"page_write_{step.cls}", LINE
        case AskingIdentity() if any(_wants_number(one) for one in said):
            return FIELDS[AskingOwnPhone]
    return FIELDS.get(type(step)) if step else None


def _wants_number(one: Say) -> bool:
    """All of it, and one from abroad begins with a sign that is no digit."""
    return isinstance(one, EnrolShareNew) or (isinstance(one, EnrolIdentity) and not one.digits)


def title_of(field: Field | None, said: Sequence[Say], named: Named) -> str:
    """Which screen it is; nothing where all that could be said is private."""
    if field is not None and field.keys:
        return field.name
    found = next((TITLES[type(one)] for one in said if type(one) in TITLES), None)
    return named(found) if found else ""
