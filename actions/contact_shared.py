"""A contact shared in chat: an answer to an open question, or a new one: is this your number now?"""

from actions import contacts, identity, mine, rights
from actions.heard import STAFF, STRANGER, keep
from actions.shared_number import is_number, normal_forms
from actions.work import Refusal, Work
from models.answer import ContactKind, Heard
from models.base import UUID
from models.messages.contact import (
    ContactForeign,
    ContactIsItNew,
    ContactNotTaken,
    ContactSame,
    ContactWaiting,
    Flaw,
)
from models.messages.general import Outdated
from models.messages.heard import HeardStaff, HeardStranger
from models.person import Person
from models.steps.contact import AskingContactName, AskingContactNumber, AskingOwnPhone, AskingParentPhone

OWN, FOREIGN, WAITING, TAKEN = "own_contact", "foreign_contact", "contact_waiting", "contact_taken"


async def shared(work: Work, person: Person, number: str, *, own: bool) -> None:
    step = person.graduate_step
    match step:
        case AskingOwnPhone():
            await _own(work, person, step, number, own=own)
        case AskingParentPhone() | AskingContactNumber():
            graduate, _ = await mine.held(work, person, step.graduate)
            which, name = contacts.WHICH[type(step)], contacts.name_of(step)
            await contacts.save(work, person, graduate, which, normal_forms(number)[0], name=name)
        case AskingContactName():
            await _card_of_employer(work, person, step, number)
        case _:
            await _unasked(work, person, number, own=own)


async def accept(work: Work, person: Person, heard_id: UUID, *, new: bool) -> None:
    """「是，换成这个号码」 or 「不是」; pressed once."""
    kept = await work.session.get(Heard, heard_id, with_for_update=True)
    if kept is None or kept.person_id != person.id or kept.graduate_id is None or kept.routed != OWN:
        raise Refusal(Outdated())
    graduate, verified = await mine.held(work, person, kept.graduate_id)
    if not verified:
        work.say(person, ContactWaiting())
        return
    kept.routed = TAKEN
    number = work.open(kept.text)
    if new and number:
        await contacts.save(work, person, graduate, ContactKind.OWN_PHONE, number, proven=True)
    else:
        work.say(person, ContactNotTaken())


async def _own(work: Work, person: Person, step: AskingOwnPhone, number: str, *, own: bool) -> None:
    """Proven by Telegram only when it is the sender's own, not forwarded."""
    graduate, _ = await mine.held(work, person, step.graduate)
    if own:
        which, normal = ContactKind.OWN_PHONE, normal_forms(number)[0]
        await contacts.save(work, person, graduate, which, normal, proven=True)
    else:
        await contacts.refuse(work, person, graduate, ContactKind.OWN_PHONE, number, Flaw.NOT_OWN)


async def _card_of_employer(work: Work, person: Person, step: AskingContactName, number: str) -> None:
    """A business card instead of a name: the number is taken, the person stays as registered."""
    graduate, _ = await mine.held(work, person, step.graduate)
    await contacts.save(work, person, graduate, ContactKind.EMPLOYER_CONTACT, normal_forms(number)[0])


async def _unasked(work: Work, person: Person, number: str, *, own: bool) -> None:
    bound = await identity.bindings(work, person)
    normal = normal_forms(number)[0]
    if not bound:
        staff = await rights.is_staff(work, person)
        keep(work, person, None, normal, routed=STAFF if staff else STRANGER)
        work.say(person, HeardStaff() if staff else HeardStranger())
        return
    binding, graduate = bound[0]
    if not binding.verified:
        keep(work, person, graduate, normal, routed=WAITING)
        work.say(person, ContactWaiting())
    elif not own:
        keep(work, person, graduate, normal, routed=FOREIGN)
        work.say(person, ContactForeign(graduate=graduate.id))
    elif is_number(work, number, graduate.phone_digest):
        work.record("contact_same", by=person, graduate=graduate.id, contact=ContactKind.OWN_PHONE.value)
        work.say(person, ContactSame(which=ContactKind.OWN_PHONE))
    else:
        kept = keep(work, person, graduate, normal, routed=OWN)
        work.say(person, ContactIsItNew(graduate=graduate.id, heard=kept.id))
