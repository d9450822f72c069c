"""A case in chat: /case N and every button of its card."""

from collections.abc import Iterable
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import (
    casecalls,
    casetexts,
    casework,
    desk,
    evidence_desk,
    lookinto,
    questions,
    rectifying,
    reviewing,
    settling,
)
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small
from models.case import Method, Outcome
from models.messages.cases import (
    CaseAlert,
    CaseAsIs,
    CaseCard,
    CaseColleagues,
    CaseGoesOn,
    CaseHandedOver,
    CaseHandNoteAsked,
    CaseHistory,
    CaseLetterSent,
    CaseMethodAsked,
    CaseOutcomeAsked,
    CasePhones,
    CaseReturned,
    CaseReviewAlert,
    CaseReviewLate,
    CaseTaken,
    Verb,
)
from models.person import Person
from models.steps.cases import (
    AskingCaseLetter,
    AskingCaseNote,
    AskingFinding,
    AskingHandNote,
    AskingReturnReason,
)
from reports import history as _history  # noqa: F401  their questions answer what the cards show
from reports import queue as _questions  # noqa: F401


class CaseDo(CallbackData, prefix="cs"):
    verb: Verb
    case: UUID


class CaseHistoryPage(CallbackData, prefix="csy"):
    case: UUID
    page: Small


class CaseMethod(CallbackData, prefix="csm"):
    method: Method
    case: UUID


class CaseOutcome(CallbackData, prefix="cso"):
    outcome: Outcome
    case: UUID


class CaseTo(CallbackData, prefix="cst"):
    """Two ids do not fit into 64 bytes: the case goes by its number."""

    number: Small
    staff: UUID


class CaseToNow(CallbackData, prefix="csn"):
    number: Small
    staff: UUID


VERBS = {
    Verb.CLAIM: settling.claim,
    Verb.NOTE: casework.begin_note,
    Verb.CONTACT: casework.contact,
    Verb.CALL: casecalls.begin,
    Verb.LOOK_INTO: lookinto.begin,
    Verb.WRITE: questions.begin_letter,
    Verb.ASK: questions.begin,
    Verb.HAND_OVER: casework.begin_hand_over,
    Verb.ESCALATE: casework.escalate,
    Verb.CLOSE: settling.begin_closing,
    Verb.APPROVE: reviewing.approve,
    Verb.RETURN: reviewing.begin_return,
    Verb.VERIFY: reviewing.verify,
    Verb.REJECT: reviewing.reject,
    Verb.HISTORY: desk.history,
    Verb.CARD: desk.open_card,
    Verb.RECTIFY: rectifying.begin,
    Verb.EVIDENCE: evidence_desk.link,
}


async def asked(work: Work, person: Person, argument: str) -> None:
    await desk.open_number(work, person, argument)


async def pressed(work: Work, person: Person, press: CaseDo) -> None:
    await VERBS[press.verb](work, person, press.case)


async def history_turned(work: Work, person: Person, press: CaseHistoryPage) -> None:
    await desk.history(work, person, press.case, press.page)


async def method_chosen(work: Work, person: Person, press: CaseMethod) -> None:
    await settling.method(work, person, press.case, press.method)


async def outcome_chosen(work: Work, person: Person, press: CaseOutcome) -> None:
    await settling.outcome(work, person, press.case, press.outcome)


async def colleague_chosen(work: Work, person: Person, press: CaseTo) -> None:
    await casework.choose_colleague(work, person, press.number, press.staff)


async def handed_over_now(work: Work, person: Person, press: CaseToNow) -> None:
    await casework.hand_over(work, person, press.number, press.staff)


def doing(case: UUID, verbs: Iterable[Verb]) -> list[Button]:
    return [Button(f"case_{verb.value}", CaseDo(verb=verb, case=case)) for verb in verbs]


def on_card(said: CaseCard, facts: Facts) -> Keyboard:
    return [] if facts["elsewhere"] else doing(said.case, said.verbs)


def on_alert(said: CaseAlert | CaseHandedOver, facts: Facts) -> Keyboard:
    return [] if facts.get("elsewhere") else doing(said.case, [Verb.CLAIM, Verb.CARD])


def on_news(
    said: CaseReviewAlert
    | CaseReviewLate
    | CaseReturned
    | CaseGoesOn
    | CaseTaken
    | CaseAsIs
    | CaseLetterSent,
    _: Facts,
) -> Keyboard:
    return doing(said.case, [Verb.CARD])


def on_history(said: CaseHistory, facts: Facts) -> Keyboard:
    more = said.page + 1 < facts["pages"]
    after = [Button("queue_after", CaseHistoryPage(case=said.case, page=said.page + 1))] if more else []
    return [*after, *doing(said.case, [Verb.CARD])]


def on_phones(said: CasePhones, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.WRITE, Verb.CARD] if said.by_bot else [Verb.CARD])


def on_methods(said: CaseMethodAsked, _: Facts) -> Keyboard:
    return [Button(f"case_method_{one.value}", CaseMethod(method=one, case=said.case)) for one in Method]


def on_outcomes(said: CaseOutcomeAsked, _: Facts) -> Keyboard:
    return [
        Button(f"case_outcome_{one.value}", CaseOutcome(outcome=one, case=said.case)) for one in said.outcomes
    ]


def on_colleagues(said: CaseColleagues, facts: Facts) -> Keyboard:
    number = facts["case"].number
    colleagues = [
        Button("case_colleague", CaseTo(number=number, staff=one.id), words={"name": one.name})
        for one in facts["listed"]
    ]
    return [*colleagues, *doing(said.case, [Verb.CARD])]


def on_hand_note(said: CaseHandNoteAsked, facts: Facts) -> Keyboard:
    return [Button("case_hand_now", CaseToNow(number=facts["case"].number, staff=said.staff))]


def routes(to: Routes) -> None:
    to.command("case", asked)
    to.press(CaseDo, pressed)
    to.press(CaseHistoryPage, history_turned)
    to.press(CaseMethod, method_chosen)
    to.press(CaseOutcome, outcome_chosen)
    to.press(CaseTo, colleague_chosen)
    to.press(CaseToNow, handed_over_now)
    to.text(AskingCaseNote, casetexts.note)
    to.text(AskingCaseLetter, casetexts.letter)
    to.text(AskingFinding, casetexts.finding)
    to.text(AskingReturnReason, casetexts.reason)
    to.text(AskingHandNote, casetexts.hand_note)
    _cards(to)


def _cards(to: Routes) -> None:
    to.shows(CaseCard, on_card)
    to.shows(CaseAlert, on_alert)
    to.shows(CaseHandedOver, on_alert)
    to.shows(CaseReviewAlert, on_news)
    to.shows(CaseReviewLate, on_news)
    to.shows(CaseReturned, on_news)
    to.shows(CaseGoesOn, on_news)
    to.shows(CaseHistory, on_history)
    to.shows(CaseTaken, on_news)
    to.shows(CaseAsIs, on_news)
    to.shows(CaseLetterSent, on_news)
    to.shows(CasePhones, on_phones)
    to.shows(CaseMethodAsked, on_methods)
    to.shows(CaseOutcomeAsked, on_outcomes)
    to.shows(CaseColleagues, on_colleagues)
    to.shows(CaseHandNoteAsked, on_hand_note)
