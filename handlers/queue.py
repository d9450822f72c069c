"""/queue and /find: what to do next, and one graduate by name or number."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import finding, queue
from actions.work import Work
from handlers.case import CaseDo, doing
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from handlers.todo import TodoOpen
from models.case import CaseKind
from models.messages.cases import CaseBindingDone, CaseHandedOn, CaseReviewed, CaseSettled, Verb
from models.messages.queue import FindCard, FindMany, Only, QueueCard, QueueList
from models.person import Person
from models.steps.cases import AskingWhom


class QueuePart(CallbackData, prefix="qo"):
    view: UUID
    only: Only | CaseKind
    page: Small


class FindOpen(CallbackData, prefix="fd"):
    graduate: UUID


class QueueOpen(CallbackData, prefix="qu"):
    pass


async def asked(work: Work, person: Person, argument: str) -> None:
    await queue.show(work, person, argument)


async def opened(work: Work, person: Person, _: QueueOpen) -> None:
    await queue.show(work, person)


async def turned(work: Work, person: Person, press: QueuePart) -> None:
    await queue.turn(work, person, press.view, press.only, press.page)


async def sought(work: Work, person: Person, argument: str) -> None:
    await finding.find(work, person, argument)


async def found(work: Work, person: Person, press: FindOpen) -> None:
    await finding.open_one(work, person, press.graduate)


def on_queue(said: QueueCard, _: Facts) -> Keyboard:
    more = [Button("queue_more", _page(said, Only.ALL, 0))] if said.rest else []
    return [*doing(said.case, said.verbs), *_parts(said), *more]


def on_done(_: CaseSettled | CaseReviewed | CaseBindingDone | CaseHandedOn, __: Facts) -> Keyboard:
    """Forty of them are an afternoon: the next one is one press away."""
    return [Button("queue_next", QueueOpen())]


def on_list(said: QueueList, facts: Facts) -> Keyboard:
    numbers = [
        Button(
            "queue_number",
            CaseDo(verb=Verb.CARD, case=one["case"].id),
            words={"number": one["case"].number},
            small=True,
        )
        for one in facts["waiting"]
    ]
    further = turns(said.page, said.pages, lambda n: _page(said, said.only, n))
    return [*numbers, *further, *_parts(said)]


def _parts(said: QueueCard | QueueList) -> list[Button]:
    return [
        Button(f"queue_{part.value}", _page(said, part, 0), words={"count": count}, small=True)
        for part, count in zip(said.parts, said.counts, strict=True)
    ]


def _page(said: QueueCard | QueueList, only: Only | CaseKind, page: int) -> QueuePart:
    return QueuePart(view=said.view, only=only, page=page)


def on_many(_: FindMany, facts: Facts) -> Keyboard:
    return [
        Button("find_one", FindOpen(graduate=one.id), words={"name": one.name, "unit": unit.name})
        for one, unit in facts["found"]
    ]


def on_one(said: FindCard, facts: Facts) -> Keyboard:
    call = [Button("todo_call", TodoOpen(graduate=said.graduate))] if said.callable else []
    numbers = [
        Button("queue_number", CaseDo(verb=Verb.CARD, case=case.id), words={"number": case.number})
        for case in facts["listed"]
    ]
    return [*call, *numbers]


def routes(to: Routes) -> None:
    to.command("queue", asked)
    to.command("find", sought)
    to.press(QueueOpen, opened)
    to.press(QueuePart, turned)
    to.press(FindOpen, found)
    to.text(AskingWhom, finding.typed)
    to.shows(QueueCard, on_queue)
    to.shows(QueueList, on_list)
    to.shows(CaseSettled, on_done)
    to.shows(CaseReviewed, on_done)
    to.shows(CaseBindingDone, on_done)
    to.shows(CaseHandedOn, on_done)
    to.shows(FindMany, on_many)
    to.shows(FindCard, on_one)
