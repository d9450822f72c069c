"""The first minutes: /start with a link or without, the notice, and the proof of who somebody is."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import enrolment, proving
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, RemoveKeyboard, Routes, ShareContact
from models.messages.enrol import (
    EnrolDeclined,
    EnrolDone,
    EnrolFourDigits,
    EnrolIdentity,
    EnrolMoved,
    EnrolNotice,
    EnrolShareNew,
    EnrolUnverified,
    EnrolWrongDigits,
)
from models.person import Person
from models.steps.enrol import AskingIdentity, AskingName, AskingNumber, ReadingNotice
from reports import duties


class Continue(CallbackData, prefix="enc"):
    invitation: UUID | None = None


class Decline(CallbackData, prefix="end"):
    invitation: UUID | None = None


class Moved(CallbackData, prefix="enm"):
    pass


async def started(work: Work, person: Person, code: str) -> None:
    await enrolment.start(work, person, code)


async def continued(work: Work, person: Person, press: Continue) -> None:
    await enrolment.continued(work, person, press.invitation)


async def declined(work: Work, person: Person, press: Decline) -> None:
    await enrolment.declined(work, person, press.invitation)


async def moved(work: Work, person: Person, _: Moved) -> None:
    await proving.moved(work, person)


async def typed_under_notice(work: Work, person: Person, step: ReadingNotice, text: str) -> None:
    await enrolment.notice_again(work, person, step, text)


async def number_given(work: Work, person: Person, _: AskingNumber, text: str) -> None:
    await enrolment.number_given(work, person, text)


async def name_given(work: Work, person: Person, step: AskingName, text: str) -> None:
    await enrolment.name_given(work, person, step, text)


async def digits_given(work: Work, person: Person, step: AskingIdentity, text: str) -> None:
    await proving.digits(work, person, step, text)


def notice(message: EnrolNotice, _: Facts) -> Keyboard:
    return [
        Button("enrol_continue", Continue(invitation=message.invitation)),
        Button("enrol_decline", Decline(invitation=message.invitation)),
    ]


def way_back(message: EnrolDeclined, _: Facts) -> Keyboard:
    return [Button("enrol_continue", Continue(invitation=message.invitation))]


def share(_: EnrolIdentity | EnrolShareNew, __: Facts) -> Keyboard:
    return ShareContact("enrol_share")


def bound(_: EnrolDone | EnrolUnverified, __: Facts) -> Keyboard:
    return RemoveKeyboard()


def has_moved(_: EnrolMoved | EnrolFourDigits | EnrolWrongDigits, __: Facts) -> Keyboard:
    return [Button("enrol_moved", Moved())]


def routes(to: Routes) -> None:
    to.command("start", started)
    to.press(Continue, continued)
    to.press(Decline, declined)
    to.press(Moved, moved)
    to.text(ReadingNotice, typed_under_notice)
    to.text(AskingNumber, number_given)
    to.text(AskingName, name_given)
    to.text(AskingIdentity, digits_given)
    to.shows(EnrolNotice, notice)
    to.shows(EnrolDeclined, way_back)
    to.shows(EnrolIdentity, share)
    to.shows(EnrolShareNew, share)
    to.shows(EnrolDone, bound)
    to.shows(EnrolUnverified, bound)
    to.shows(EnrolMoved, has_moved)
    to.shows(EnrolFourDigits, has_moved)
    to.shows(EnrolWrongDigits, has_moved)


__all__ = ["duties", "routes"]
