"""/todo: whom to call, one press to write down a call, and on to the next."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import calls, todo
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from handlers.task import buttons_of
from models.followup import CallAnsweredBy, CallFinding
from models.messages.queue import CallFindingAsked, CallTold, TodoCard, TodoList
from models.person import Person
from reports import calls as _questions  # noqa: F401  its questions answer what the cards show


class TodoPage(CallbackData, prefix="tp"):
    view: UUID
    page: Small


class TodoOpen(CallbackData, prefix="to"):
    graduate: UUID


class TodoBegin(CallbackData, prefix="tb"):
    pass


class CallBy(CallbackData, prefix="cb"):
    """`attempts` tells a second press on the same card from the next call."""

    graduate: UUID
    by: CallAnsweredBy
    attempts: Small


class CallFound(CallbackData, prefix="tdf"):
    graduate: UUID
    by: CallAnsweredBy
    finding: CallFinding
    attempts: Small


class CallWrong(CallbackData, prefix="cw"):
    call: UUID


async def asked(work: Work, person: Person, argument: str) -> None:
    await todo.show(work, person, argument)


async def turned(work: Work, person: Person, press: TodoPage) -> None:
    await todo.turn(work, person, press.view, press.page)


async def opened(work: Work, person: Person, press: TodoOpen) -> None:
    await todo.open_one(work, person, press.graduate)


async def begun(work: Work, person: Person, _: TodoBegin) -> None:
    await todo.begin(work, person)


async def answered(work: Work, person: Person, press: CallBy) -> None:
    await calls.answered(work, person, press.graduate, press.by, press.attempts)


async def found(work: Work, person: Person, press: CallFound) -> None:
    await calls.found(work, person, press.graduate, press.by, press.finding, press.attempts)


async def wrong(work: Work, person: Person, press: CallWrong) -> None:
    await calls.object(work, person, press.call)


def on_list(said: TodoList, facts: Facts) -> Keyboard:
    people = [
        Button("todo_one", TodoOpen(graduate=one.id), words={"name": one.name, "unit": unit.name})
        for one, unit, _, _, _ in facts["people"]
    ]
    further = turns(said.page, said.pages, lambda n: TodoPage(view=said.view, page=n))
    begin = [Button("todo_begin", TodoBegin())] if said.graduates else []
    return [*buttons_of(facts["duties"]), *begin, *people, *further]


def on_card(said: TodoCard, _: Facts) -> Keyboard:
    return [
        Button(f"call_{by.value}", CallBy(graduate=said.graduate, by=by, attempts=said.attempts))
        for by in CallAnsweredBy
    ]


def on_finding(said: CallFindingAsked, _: Facts) -> Keyboard:
    return [
        Button(
            f"call_{finding.value}",
            CallFound(graduate=said.graduate, by=said.answered_by, finding=finding, attempts=said.attempts),
        )
        for finding in CallFinding
    ]


def on_told(said: CallTold, _: Facts) -> Keyboard:
    return [Button("call_wrong", CallWrong(call=said.call))]


def routes(to: Routes) -> None:
    to.command("todo", asked)
    to.press(TodoPage, turned)
    to.press(TodoOpen, opened)
    to.press(TodoBegin, begun)
    to.press(CallBy, answered)
    to.press(CallFound, found)
    to.press(CallWrong, wrong)
    to.shows(TodoList, on_list)
    to.shows(TodoCard, on_card)
    to.shows(CallFindingAsked, on_finding)
    to.shows(CallTold, on_told)
