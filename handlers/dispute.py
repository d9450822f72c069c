"""The dispute in chat: one screen, one press, and everything that may be added afterwards."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import disputes
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.dispute import Pressure, Verdict
from models.messages.cases import Verb
from models.messages.dispute import (
    DisputeAdded,
    DisputeAlert,
    DisputeFiled,
    DisputeLate,
    DisputeOutcome,
    DisputePressure,
    DisputeReopened,
    DisputeScreen,
    DisputeStatementKept,
    DisputeWithdrawalAlert,
)
from models.person import Person
from models.steps.dispute import AddingStatement
from reports import disputes as _questions  # noqa: F401  attaches what the texts ask


class Open(CallbackData, prefix="dp"):
    """The card's third button; `fresh` where it was offered below something else than the card."""

    destination: UUID
    fresh: bool = False


class Back(CallbackData, prefix="dpb"):
    destination: UUID


class File(CallbackData, prefix="dpf"):
    """`alone`: without the counselor."""

    destination: UUID
    alone: bool


class Show(CallbackData, prefix="dpi"):
    dispute: UUID


class Add(CallbackData, prefix="dps"):
    dispute: UUID


class Withdraw(CallbackData, prefix="dpw"):
    dispute: UUID


class Pressed(CallbackData, prefix="dpp"):
    dispute: UUID
    said: Pressure


class Judge(CallbackData, prefix="dpv"):
    dispute: UUID
    verdict: Verdict


async def opened(work: Work, person: Person, press: Open) -> None:
    await disputes.open_screen(work, person, press.destination, fresh=press.fresh)


async def back(work: Work, person: Person, press: Back) -> None:
    await disputes.back(work, person, press.destination)


async def filed(work: Work, person: Person, press: File) -> None:
    await disputes.press_file(work, person, press.destination, alone=press.alone)


async def shown(work: Work, person: Person, press: Show) -> None:
    await disputes.show(work, person, press.dispute)


async def adding(work: Work, person: Person, press: Add) -> None:
    await disputes.add_more(work, person, press.dispute)


async def said(work: Work, person: Person, step: AddingStatement, text: str) -> None:
    await disputes.add_statement(work, person, step.dispute, text, objection=step.objection)


async def withdrawn(work: Work, person: Person, press: Withdraw) -> None:
    await disputes.withdraw(work, person, press.dispute)


async def pressed(work: Work, person: Person, press: Pressed) -> None:
    await disputes.press_pressure(work, person, press.dispute, press.said)


async def judged(work: Work, person: Person, press: Judge) -> None:
    await disputes.judge(work, person, press.dispute, press.verdict)


def choices(message: DisputeScreen, _: Facts) -> Keyboard:
    return [
        Button("dispute_file", File(destination=message.destination, alone=False)),
        Button("dispute_file_alone", File(destination=message.destination, alone=True)),
        Button("dispute_back", Back(destination=message.destination)),
    ]


def additions(
    message: DisputeFiled | DisputeLate | DisputeReopened | DisputeStatementKept, facts: Facts
) -> Keyboard:
    dispute = facts["dispute"]
    add = Button("dispute_add", Add(dispute=message.dispute))
    if dispute.withdrawn_at or dispute.closed_at:
        return [add]
    return [add, Button("dispute_withdraw", Withdraw(dispute=message.dispute))]


def pressures(message: DisputePressure, _: Facts) -> Keyboard:
    return [
        Button(f"dispute_pressure_{one.value}", Pressed(dispute=message.dispute, said=one))
        for one in Pressure
    ]


def verdicts(message: DisputeOutcome, facts: Facts) -> Keyboard:
    """What was agreed to already is not asked again; it may still be objected to, while it stands."""
    if facts["dispute"].closed_at is None:
        return []
    judged = facts["dispute"].verdict
    return [
        Button(f"dispute_{one.value}", Judge(dispute=message.dispute, verdict=one))
        for one in Verdict
        if one is not Verdict.AGREED or judged is not Verdict.AGREED
    ]


def on_alert(message: DisputeAlert, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CLAIM, Verb.HISTORY])


def on_words(message: DisputeAdded, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD, Verb.HISTORY])


def on_news(message: DisputeWithdrawalAlert, _: Facts) -> Keyboard:
    return doing(message.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.press(Open, opened)
    to.press(Back, back)
    to.press(File, filed)
    to.press(Show, shown)
    to.press(Add, adding)
    to.press(Withdraw, withdrawn)
    to.press(Pressed, pressed)
    to.press(Judge, judged)
    to.text(AddingStatement, said)
    to.shows(DisputeScreen, choices)
    to.shows(DisputeFiled, additions)
    to.shows(DisputeStatementKept, additions)
    to.shows(DisputeReopened, additions)
    to.shows(DisputeLate, additions)
    to.shows(DisputePressure, pressures)
    to.shows(DisputeOutcome, verdicts)
    to.shows(DisputeAlert, on_alert)
    to.shows(DisputeAdded, on_words)
    to.shows(DisputeWithdrawalAlert, on_news)
