"""/calendar: what is next and for whom; the office confirms a day, or sets the one that came from above."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import calendars
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.messages.calendar import CalendarCard, CalendarConfirmed, CalendarEvent
from models.person import Person
from models.steps.calendar import AskingOfficialDay
from reports import calendar as _questions  # noqa: F401  its questions answer what the cards show


class CalendarPage(CallbackData, prefix="clp"):
    view: UUID
    page: Small


class CalendarOpen(CallbackData, prefix="clo"):
    date: UUID


class CalendarConfirm(CallbackData, prefix="clc"):
    date: UUID


class CalendarSet(CallbackData, prefix="cls"):
    date: UUID


class CalendarBack(CallbackData, prefix="clb"):
    pass


async def asked(work: Work, person: Person, argument: str) -> None:
    await calendars.show(work, person, argument)


async def back(work: Work, person: Person, _: CalendarBack) -> None:
    await calendars.show(work, person)


async def turned(work: Work, person: Person, press: CalendarPage) -> None:
    await calendars.turn(work, person, press.view, press.page)


async def opened(work: Work, person: Person, press: CalendarOpen) -> None:
    await calendars.open_one(work, person, press.date)


async def confirmed(work: Work, person: Person, press: CalendarConfirm) -> None:
    await calendars.confirm_in_chat(work, person, press.date)


async def setting(work: Work, person: Person, press: CalendarSet) -> None:
    await calendars.ask_day(work, person, press.date)


def on_card(said: CalendarCard, facts: Facts) -> Keyboard:
    events = [
        Button(
            "calendar_one_of" if len(said.cohorts) > 1 else "calendar_one",
            CalendarOpen(date=one["row"].id),
            words={"title": one["title"], "title_en": one["title_en"], "cohort": str(one["row"].cohort)},
        )
        for one in (*facts["own"], *facts["others"])
    ]
    return [*events, *turns(said.page, said.pages, lambda n: CalendarPage(view=said.view, page=n))]


def on_event(said: CalendarEvent, facts: Facts) -> Keyboard:
    row, known = facts["calendar_date"], facts["one"]["known"]
    as_planned = row.confirmed_by_id is None and row.confirmed_at is None and known
    confirm = [Button("calendar_confirm", CalendarConfirm(date=row.id))] if as_planned else []
    other = [] if facts["one"]["event"].comes_round else [Button("calendar_set", CalendarSet(date=row.id))]
    return [*([*confirm, *other] if said.sets else []), Button("calendar_back", CalendarBack())]


def on_confirmed(_: CalendarConfirmed, __: Facts) -> Keyboard:
    return [Button("calendar_back", CalendarBack())]


def routes(to: Routes) -> None:
    to.command("calendar", asked)
    to.press(CalendarBack, back)
    to.press(CalendarPage, turned)
    to.press(CalendarOpen, opened)
    to.press(CalendarConfirm, confirmed)
    to.press(CalendarSet, setting)
    to.text(AskingOfficialDay, calendars.day_typed)
    to.shows(CalendarCard, on_card)
    to.shows(CalendarEvent, on_event)
    to.shows(CalendarConfirmed, on_confirmed)
