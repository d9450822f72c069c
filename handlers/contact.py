"""「联系方式变了」: which of them, the new one, and a number shared unasked."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import contact_shared, contacts, proving
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Contact, Facts, Keyboard, RemoveKeyboard, Routes, ShareContact
from models.answer import ContactKind
from models.messages.cases import Verb
from models.messages.contact import (
    ContactAgain,
    ContactForeign,
    ContactIsItNew,
    ContactKept,
    ContactMenu,
    ContactNameAsked,
    ContactNumberAsked,
    ContactOwnAsked,
    ContactRefused,
    ContactSame,
)
from models.person import Person
from models.steps.contact import AskingContactName, AskingContactNumber, AskingOwnPhone, AskingParentPhone


class Changed(CallbackData, prefix="cc"):
    graduate: UUID


class Which(CallbackData, prefix="cck"):
    graduate: UUID
    contact: ContactKind


class Same(CallbackData, prefix="ccs"):
    graduate: UUID


class AsTyped(CallbackData, prefix="cct"):
    heard: UUID


class IsItNew(CallbackData, prefix="ccn"):
    heard: UUID
    new: bool


async def changed(work: Work, person: Person, press: Changed) -> None:
    await contacts.open_menu(work, person, press.graduate)


async def chosen(work: Work, person: Person, press: Which) -> None:
    await contacts.chosen(work, person, press.graduate, press.contact)


async def same(work: Work, person: Person, press: Same) -> None:
    await contacts.same(work, person, press.graduate)


async def as_typed(work: Work, person: Person, press: AsTyped) -> None:
    await contacts.as_typed(work, person, press.heard)


async def is_it_new(work: Work, person: Person, press: IsItNew) -> None:
    await contact_shared.accept(work, person, press.heard, new=press.new)


async def named(work: Work, person: Person, step: AskingContactName, text: str) -> None:
    await contacts.named(work, person, step, text)


async def numbered(work: Work, person: Person, step: contacts.AskingNumber, text: str) -> None:
    await contacts.numbered(work, person, step, text)


async def shared(work: Work, person: Person, contact: Contact) -> None:
    """Enrolling comes first: there a number proves who somebody is."""
    if not await proving.shared(work, person, contact.phone, own=contact.own):
        await contact_shared.shared(work, person, contact.phone, own=contact.own)


def which(message: ContactMenu, facts: Facts) -> Keyboard:
    """Without an employer on record there is no contact person of one."""
    destination = facts["destination"]
    kinds = [ContactKind.OWN_PHONE, ContactKind.PARENT_PHONE]
    if destination is not None and (destination.employer or destination.category == "employer"):
        kinds.append(ContactKind.EMPLOYER_CONTACT)
    return [Button(f"contact_{kind.value}", Which(graduate=message.graduate, contact=kind)) for kind in kinds]


def share(_: ContactOwnAsked, __: Facts) -> Keyboard:
    return ShareContact("contact_share")


def same_person(message: ContactNameAsked, _: Facts) -> Keyboard:
    return [Button("contact_same_person", Same(graduate=message.graduate))]


def same_number(message: ContactNumberAsked, _: Facts) -> Keyboard:
    return [Button("contact_same_number", Same(graduate=message.graduate))] if message.named else None


def keepable(message: ContactRefused, _: Facts) -> Keyboard:
    return [Button("contact_as_typed", AsTyped(heard=message.heard))] if message.heard else None


def new_number(message: ContactIsItNew, _: Facts) -> Keyboard:
    return [
        Button("contact_is_new", IsItNew(heard=message.heard, new=True)),
        Button("contact_is_not", IsItNew(heard=message.heard, new=False)),
    ]


def kept(message: ContactKept, facts: Facts) -> Keyboard:
    """One's own number was asked for with a reply keyboard, which goes now: a message has only one."""
    if facts["contact"].contact is ContactKind.OWN_PHONE:
        return RemoveKeyboard()
    return [Button("contact_more", Changed(graduate=message.graduate))]


def done(_: ContactSame, __: Facts) -> Keyboard:
    return RemoveKeyboard()


def more(message: ContactForeign, _: Facts) -> Keyboard:
    return [Button("contact_more", Changed(graduate=message.graduate))]


def on_alert(message: ContactAgain, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.press(Changed, changed)
    to.press(Which, chosen)
    to.press(Same, same)
    to.press(AsTyped, as_typed)
    to.press(IsItNew, is_it_new)
    to.text(AskingContactName, named)
    to.text(AskingOwnPhone, numbered)
    to.text(AskingParentPhone, numbered)
    to.text(AskingContactNumber, numbered)
    to.contact = shared
    to.shows(ContactMenu, which)
    to.shows(ContactOwnAsked, share)
    to.shows(ContactNameAsked, same_person)
    to.shows(ContactNumberAsked, same_number)
    to.shows(ContactRefused, keepable)
    to.shows(ContactIsItNew, new_number)
    to.shows(ContactKept, kept)
    to.shows(ContactSame, done)
    to.shows(ContactForeign, more)
    to.shows(ContactAgain, on_alert)
