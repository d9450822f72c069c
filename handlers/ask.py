"""The ask card: what is registered, and one press for each thing that can be true of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import cast
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import answers, asks, helping, not_me, records, snoozing
from actions.work import Work
from handlers import change, dispute
from handlers.routes import Button, Facts, Keyboard, Routes
from models.answer import AnswerKind
from models.messages.ask import (
    AskAnswered,
    AskCard,
    AskClaimRegistered,
    AskConfirmed,
    AskHelp,
    AskItsMe,
    AskNoReminder,
    AskNotMe,
    AskRecord,
    AskSnooze,
    AskSnoozed,
    AskUnverified,
    AskWelcome,
)
from models.messages.change import ChangeFiled
from models.person import Person
from rules.snooze import SnoozeKey
from rules.taxonomy import DestinationClass


class Choice(StrEnum):
    """Presses that lead from one screen to another, or record one thing."""

    CONFIRM = "y"
    SNOOZE = "s"
    NOT_ME = "n"
    NOT_ME_ELSEWHERE = "nf"
    REALLY_NOT_ME = "nn"
    ITS_ME = "nm"
    BACK = "b"
    CHANGE_ANSWER = "e"
    SHOW = "v"
    CONTACTS_SAME = "cs"
    REGISTER_CONFIRMED = "rc"
    HELP = "h"
    NO_HELP = "nh"


class Answered(CallbackData, prefix="as"):
    """A press on the card of one version."""

    destination: UUID
    choice: Choice


class Status(CallbackData, prefix="st"):
    """A record without an employer or school: what is true now."""

    destination: UUID
    answer: AnswerKind


class Snoozed(CallbackData, prefix="sn"):
    destination: UUID
    key: SnoozeKey


async def chosen(work: Work, person: Person, press: Answered) -> None:
    about = press.destination
    match press.choice:
        case Choice.CONFIRM:
            await answers.confirm(work, person, about)
        case Choice.SNOOZE:
            await snoozing.offer(work, person, about)
        case Choice.NOT_ME | Choice.NOT_ME_ELSEWHERE:
            elsewhere = press.choice is Choice.NOT_ME_ELSEWHERE
            await not_me.suspect(work, person, about, fresh=elsewhere)
        case Choice.REALLY_NOT_ME:
            await not_me.confirmed(work, person, about)
        case Choice.ITS_ME:
            await not_me.its_me(work, person, about)
        case Choice.BACK:
            await asks.back(work, person, about)
        case Choice.CHANGE_ANSWER:
            await asks.card_again(work, person, about)
        case Choice.SHOW:
            await answers.show(work, person, about)
        case Choice.CONTACTS_SAME:
            await answers.contacts_unchanged(work, person, about)
        case Choice.REGISTER_CONFIRMED:
            await answers.register_confirmed(work, person, about)
        case Choice.HELP | Choice.NO_HELP:
            await helping.said(work, person, about, press.choice is Choice.HELP)


async def status_said(work: Work, person: Person, press: Status) -> None:
    await answers.status(work, person, press.destination, press.answer)


async def snoozed(work: Work, person: Person, press: Snoozed) -> None:
    await snoozing.choose(work, person, press.destination, press.key)


async def read_ahead(work: Work, presses: Sequence[tuple[Person, CallbackData]]) -> None:
    """Every press that names a version asks for the same rows first."""
    wanted = [
        (person.id, about)
        for person, press in presses
        if isinstance(about := getattr(press, "destination", None), UUID)
    ]
    if wanted:
        await records.read_ahead(work, wanted)


def button(label: str, destination: UUID, choice: Choice) -> Button:
    return Button(label, Answered(destination=destination, choice=choice))


def changed(label: str, destination: UUID, kind: change.Kind) -> Button:
    return Button(label, change.Changed(destination=destination, kind=kind))


def card(message: AskCard, facts: Facts) -> Keyboard:
    """Every answer is a button of its own, and none comes before its place in the contract."""
    return answers_to(message.destination, facts)


def answers_to(about: UUID, facts: Facts) -> list[Button]:
    """The answers to what is registered; reminders carry the same."""
    cls = DestinationClass(facts["destination"].category)
    if cls in (DestinationClass.SEEKING, DestinationClass.NOT_SEEKING):
        return statuses(about)
    return [
        button("ask_confirm", about, Choice.CONFIRM),
        changed("ask_change", about, change.Kind.MENU),
        *disputable(about, facts),
        button("ask_snooze", about, Choice.SNOOZE),
        button("ask_not_me", about, Choice.NOT_ME),
    ]


def disputable(about: UUID, facts: Facts) -> list[Button]:
    """One label whatever the class is; its own sentence stands on the screen that follows."""
    cls = DestinationClass(facts["destination"].category)
    if not facts["rules"].disputes.button(cls):
        return []
    return [Button("ask_dispute", dispute.Open(destination=about))]


def statuses(about: UUID) -> list[Button]:
    return [
        Button("ask_seeking", Status(destination=about, answer=AnswerKind.SEEKING)),
        changed("ask_settled", about, change.Kind.SETTLED),
        Button("ask_further_study", Status(destination=about, answer=AnswerKind.FURTHER_STUDY)),
        Button("ask_not_seeking", Status(destination=about, answer=AnswerKind.NOT_SEEKING)),
    ]


def unverified(message: AskUnverified, _: Facts) -> Keyboard:
    return [*statuses(message.destination), button("ask_not_me", message.destination, Choice.NOT_ME)]


def confirmed(message: AskConfirmed, facts: Facts) -> Keyboard:
    about = message.destination
    return [
        button("ask_contacts_same", about, Choice.CONTACTS_SAME),
        changed("change_contacts", about, change.Kind.CONTACTS),
        button("ask_change_answer", about, Choice.CHANGE_ANSWER),
        button("ask_show", about, Choice.SHOW),
        button("ask_register_confirmed", about, Choice.REGISTER_CONFIRMED),
    ]


def answered(message: AskAnswered, _: Facts) -> Keyboard:
    """Help with finding work is offered, never assumed."""
    about = message.destination
    offered = [button("ask_help", about, Choice.HELP), button("ask_no_help", about, Choice.NO_HELP)]
    return [
        *(offered if message.said is AnswerKind.SEEKING else []),
        button("ask_change_answer", about, Choice.CHANGE_ANSWER),
    ]


def helped(message: AskHelp, _: Facts) -> Keyboard:
    return [button("ask_change_answer", message.destination, Choice.CHANGE_ANSWER)]


def filed(message: ChangeFiled, _: Facts) -> Keyboard:
    about = message.destination
    return [button("ask_change_answer", about, Choice.CHANGE_ANSWER), button("ask_show", about, Choice.SHOW)]


def moments(message: AskSnooze, _: Facts) -> Keyboard:
    about = message.destination
    offered = [
        Button(f"ask_snooze_{key}", Snoozed(destination=about, key=cast(SnoozeKey, key)))
        for key in message.options
    ]
    return [*offered, button("ask_back", about, Choice.BACK)]


def nothing_to_snooze(message: AskNoReminder, _: Facts) -> Keyboard:
    return [button("ask_show", message.destination, Choice.SHOW)]


def snooze_set(message: AskSnoozed, _: Facts) -> Keyboard:
    return [button("ask_answer_now", message.destination, Choice.CHANGE_ANSWER)]


def suspected(message: AskNotMe, _: Facts) -> Keyboard:
    about = message.destination
    return [
        button("ask_really_not_me", about, Choice.REALLY_NOT_ME),
        button("ask_its_me", about, Choice.ITS_ME),
        button("ask_back", about, Choice.BACK),
    ]


def its_me(message: AskItsMe, facts: Facts) -> Keyboard:
    about = message.destination
    return [
        changed("ask_change", about, change.Kind.MENU),
        *disputable(about, facts),
        button("ask_back", about, Choice.BACK),
    ]


def record_shown(message: AskRecord, _: Facts) -> Keyboard:
    label = "ask_change_answer" if message.answer else "ask_answer_now"
    return [button(label, message.destination, Choice.CHANGE_ANSWER)]


def welcome(message: AskWelcome, _: Facts) -> Keyboard:
    return [button("ask_show", message.destination, Choice.SHOW)]


def registered(message: AskClaimRegistered, _: Facts) -> Keyboard:
    return [button("ask_show", message.destination, Choice.SHOW)]


def routes(to: Routes) -> None:
    to.reads_ahead = read_ahead
    to.press(Answered, chosen)
    to.press(Status, status_said)
    to.press(Snoozed, snoozed)
    to.shows(AskCard, card)
    to.shows(AskUnverified, unverified)
    to.shows(AskConfirmed, confirmed)
    to.shows(AskAnswered, answered)
    to.shows(AskHelp, helped)
    to.shows(AskSnooze, moments)
    to.shows(AskNoReminder, nothing_to_snooze)
    to.shows(AskSnoozed, snooze_set)
    to.shows(AskNotMe, suspected)
    to.shows(AskItsMe, its_me)
    to.shows(AskRecord, record_shown)
    to.shows(AskWelcome, welcome)
    to.shows(AskClaimRegistered, registered)
    to.shows(ChangeFiled, filed)
