"""Questions inside a case: the colleague's buttons, and the graduate's."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import casetexts, questions, replying
from actions.work import Work
from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.asking import CaseQuestion, CaseQuestionAsked, CaseReplied, CaseReplyShown
from models.messages.cases import CaseLetter, CaseLetterAsked, Verb
from models.person import Person
from models.steps.asking import AskingQuestion, ReplyingToCase
from reports import questions as _questions  # noqa: F401  its questions answer what the texts show


class ReplyChosen(CallbackData, prefix="rpc"):
    key: str
    case: UUID


class ReplySend(CallbackData, prefix="rps"):
    key: str
    case: UUID


class ReplyTo(CallbackData, prefix="rpt"):
    note: UUID


class ReplyLater(CallbackData, prefix="rpl"):
    note: UUID


async def chosen(work: Work, person: Person, press: ReplyChosen) -> None:
    await questions.choose(work, person, press.case, press.key)


async def sent(work: Work, person: Person, press: ReplySend) -> None:
    await questions.send_chosen(work, person, press.case, press.key)


async def replying_to(work: Work, person: Person, press: ReplyTo) -> None:
    await replying.begin(work, person, press.note)


async def put_off(work: Work, person: Person, press: ReplyLater) -> None:
    await replying.later(work, person, press.note)


def on_asked(said: CaseQuestionAsked | CaseLetterAsked, facts: Facts) -> Keyboard:
    asks, case = isinstance(said, CaseQuestionAsked), facts["case"]
    offered = facts["rules"].replies.for_kind(case.kind.value, asks=asks)
    return [
        Button(
            "case_reply",
            ReplyChosen(key=one.key, case=said.case),
            words={"title": one.titled(facts["locale"])},
        )
        for one in offered
    ]


def on_shown(said: CaseReplyShown, facts: Facts) -> Keyboard:
    again = Verb.ASK if said.waits else Verb.WRITE
    if not facts["wording"]:
        return doing(said.case, [again])
    return [Button("case_reply_send", ReplySend(key=said.key, case=said.case)), *doing(said.case, [again])]


def on_question(said: CaseQuestion, _: Facts) -> Keyboard:
    return [
        Button("case_reply_to", ReplyTo(note=said.note)),
        Button("case_reply_later", ReplyLater(note=said.note)),
    ]


def on_letter(said: CaseLetter, _: Facts) -> Keyboard:
    return [Button("case_reply_to", ReplyTo(note=said.note))]


def on_replied(said: CaseReplied, facts: Facts) -> Keyboard:
    return [] if facts["elsewhere"] else doing(said.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.press(ReplyChosen, chosen)
    to.press(ReplySend, sent)
    to.press(ReplyTo, replying_to)
    to.press(ReplyLater, put_off)
    to.text(AskingQuestion, casetexts.question)
    to.text(ReplyingToCase, replying.typed)
    to.shows(CaseQuestionAsked, on_asked)
    to.shows(CaseLetterAsked, on_asked)
    to.shows(CaseReplyShown, on_shown)
    to.shows(CaseQuestion, on_question)
    to.shows(CaseLetter, on_letter)
    to.shows(CaseReplied, on_replied)
