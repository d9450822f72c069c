"""A call about a case, in chat: who answered, and what they said."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import casecalls
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes, Small
from models.followup import CallAnsweredBy, CallFinding
from models.messages.casecalls import CaseCall, CaseCallFinding
from models.messages.cases import Verb
from models.person import Person
from reports import casecalls as _questions  # noqa: F401  attaches what the texts ask


class CaseCallBy(CallbackData, prefix="cca"):
    """`attempts` tells a second press on the same card from the next call."""

    by: CallAnsweredBy
    case: UUID
    attempts: Small


class CaseCallFound(CallbackData, prefix="ccf"):
    by: CallAnsweredBy
    finding: CallFinding
    case: UUID
    attempts: Small


async def answered(work: Work, person: Person, press: CaseCallBy) -> None:
    await casecalls.answered(work, person, press.case, press.by, press.attempts)


async def found(work: Work, person: Person, press: CaseCallFound) -> None:
    await casecalls.found(work, person, press.case, press.by, press.finding, press.attempts)


def on_call(said: CaseCall, facts: Facts) -> Keyboard:
    if facts["elsewhere"]:
        return []
    answers = [
        Button(f"call_{by.value}", CaseCallBy(by=by, case=said.case, attempts=said.attempts))
        for by in CallAnsweredBy
    ]
    return [*answers, *doing(said.case, [Verb.CARD])]


def on_finding(said: CaseCallFinding, _: Facts) -> Keyboard:
    return [
        Button(
            f"call_{one.value}",
            CaseCallFound(by=said.answered_by, finding=one, case=said.case, attempts=said.attempts),
        )
        for one in CallFinding
    ]


def routes(to: Routes) -> None:
    to.press(CaseCallBy, answered)
    to.press(CaseCallFound, found)
    to.shows(CaseCall, on_call)
    to.shows(CaseCallFinding, on_finding)
