"""「信息有变或有误」: what exactly is different, by press and by typing."""

from enum import StrEnum
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import changes, claiming
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.change import (
    Asked,
    ChangeAsked,
    ChangeClasses,
    ChangeFields,
    ChangeMenu,
    ChangeRefused,
    ChangeUnfinished,
)
from models.person import Person
from models.steps.ask import (
    ClaimingEmployer,
    ClaimingField,
    ClaimingLeft,
    ClaimingName,
    ClaimingSigned,
    ClaimingUscc,
)
from rules.destinations import CorrectableField
from rules.taxonomy import DestinationClass


class Kind(StrEnum):
    MENU = "m"
    FIELDS = "f"
    EMPLOYER = "e"
    LEFT = "l"
    TERMINATED = "t"
    CLASSES = "k"
    SETTLED = "s"
    CONTACTS = "c"


class Changed(CallbackData, prefix="ch"):
    """A line of the menu."""

    destination: UUID
    kind: Kind


class Field(CallbackData, prefix="cf"):
    destination: UUID
    field: CorrectableField


class ToClass(CallbackData, prefix="ck"):
    destination: UUID
    cls: DestinationClass
    settled: bool


class Skip(CallbackData, prefix="sk"):
    destination: UUID
    asked: Asked


class Keep(CallbackData, prefix="kp"):
    destination: UUID
    asked: Asked


async def chosen(work: Work, person: Person, press: Changed) -> None:
    about = press.destination
    match press.kind:
        case Kind.MENU:
            await changes.menu(work, person, about)
        case Kind.FIELDS:
            await changes.fields(work, person, about)
        case Kind.EMPLOYER:
            await changes.employer(work, person, about)
        case Kind.LEFT:
            await changes.left(work, person, about)
        case Kind.TERMINATED:
            await changes.terminated(work, person, about)
        case Kind.CLASSES | Kind.SETTLED:
            await changes.classes(work, person, about, press.kind is Kind.SETTLED)
        case Kind.CONTACTS:
            await changes.contacts(work, person, about)


async def field_chosen(work: Work, person: Person, press: Field) -> None:
    await changes.field(work, person, press.destination, press.field)


async def class_chosen(work: Work, person: Person, press: ToClass) -> None:
    await changes.to_class(work, person, press.destination, press.cls, press.settled)


async def skipped(work: Work, person: Person, press: Skip) -> None:
    await claiming.skip(work, person, press.destination, press.asked)


async def kept(work: Work, person: Person, press: Keep) -> None:
    await claiming.keep(work, person, press.destination, press.asked)


async def typed(work: Work, person: Person, step: claiming.Claiming, text: str) -> None:
    await claiming.given(work, person, step, text)


LINES = (
    ("change_fields", Kind.FIELDS),
    ("change_employer", Kind.EMPLOYER),
    ("change_left", Kind.LEFT),
    ("change_terminated", Kind.TERMINATED),
    ("change_type", Kind.CLASSES),
    ("change_contacts", Kind.CONTACTS),
)
SETTLED = tuple(cls for cls in DestinationClass if cls.settled)
NOT_SETTLED = (DestinationClass.SEEKING, DestinationClass.NOT_SEEKING)
SKIPPABLE = frozenset({Asked.USCC, Asked.SIGNED_ON, Asked.LEFT_ON, Asked.NAME})


def menu(message: ChangeMenu, _: Facts) -> Keyboard:
    lines = [Button(label, Changed(destination=message.destination, kind=kind)) for label, kind in LINES]
    return [*lines, back(message.destination)]


def fields(message: ChangeFields, facts: Facts) -> Keyboard:
    cls = DestinationClass(facts["destination"].category)
    wrong = facts["rules"].destinations.correctable(cls)
    lines = [
        Button(f"change_field_{field}", Field(destination=message.destination, field=field))
        for field in wrong
    ]
    return [*lines, back(message.destination, Kind.MENU)]


def classes(message: ChangeClasses, facts: Facts) -> Keyboard:
    """What it is registered as already is no change; what has no destination is none either."""
    offered = SETTLED if message.settled else (*SETTLED, *NOT_SETTLED)
    lines = [
        Button(
            f"change_class_{cls.value}",
            ToClass(destination=message.destination, cls=cls, settled=message.settled),
        )
        for cls in offered
        if cls.value != facts["destination"].category or cls is DestinationClass.EMPLOYER
    ]
    return [*lines, back(message.destination, None if message.settled else Kind.MENU)]


def asked(message: ChangeAsked | ChangeUnfinished, _: Facts) -> Keyboard:
    skip = [Button("change_skip", Skip(destination=message.destination, asked=message.asked))]
    return [
        *(skip if message.asked in SKIPPABLE else []),
        back(message.destination, None if message.settled else Kind.MENU),
    ]


def refused(message: ChangeRefused, _: Facts) -> Keyboard:
    about = message.destination
    keep = [Button("change_keep", Keep(destination=about, asked=message.asked))]
    skip = [Button("change_skip", Skip(destination=about, asked=message.asked))]
    return [
        *(keep if message.keepable else []),
        *(skip if message.asked in SKIPPABLE else []),
        back(about),
    ]


def back(destination: UUID, to: Kind | None = None) -> Button:
    """「返回」: to the menu, or from the menu to the card."""
    from handlers import ask

    if to is not None:
        return Button("ask_back", Changed(destination=destination, kind=to))
    return Button("ask_back", ask.Answered(destination=destination, choice=ask.Choice.BACK))


def routes(to: Routes) -> None:
    to.press(Changed, chosen)
    to.press(Field, field_chosen)
    to.press(ToClass, class_chosen)
    to.press(Skip, skipped)
    to.press(Keep, kept)
    to.text(ClaimingField, typed)
    to.text(ClaimingEmployer, typed)
    to.text(ClaimingUscc, typed)
    to.text(ClaimingSigned, typed)
    to.text(ClaimingLeft, typed)
    to.text(ClaimingName, typed)
    to.shows(ChangeMenu, menu)
    to.shows(ChangeFields, fields)
    to.shows(ChangeClasses, classes)
    to.shows(ChangeAsked, asked)
    to.shows(ChangeUnfinished, asked)
    to.shows(ChangeRefused, refused)
