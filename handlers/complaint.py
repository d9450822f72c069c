"""/complaint, a question at a time; and the graduate's own words about who asked them to sign."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import august, complaining, pressure
from actions.work import Work
from handlers.case import doing
from handlers.dispute import Add
from handlers.routes import Button, Facts, Keyboard, Routes
from models.case import Channel
from models.dispute import Pressure
from models.messages.cases import Verb
from models.messages.dispute import DisputePressureAlert, DisputePressureNoted
from models.messages.leads import (
    LeadChannelAsked,
    LeadNews,
    LeadNotFound,
    LeadPartAsked,
    LeadWhich,
    PressureWordsKept,
)
from models.person import Person
from models.steps.leads import LeadPart, TakingLead, TellingPressure
from reports import august as _august  # noqa: F401  counts what the card shows
from reports import leads as _questions  # noqa: F401


class LeadFrom(CallbackData, prefix="ldc"):
    channel: Channel


class LeadSkip(CallbackData, prefix="lds"):
    part: LeadPart


class LeadGraduate(CallbackData, prefix="ldg"):
    graduate: UUID


class LeadUnit(CallbackData, prefix="ldu"):
    unit: UUID


class LeadColleague(CallbackData, prefix="ldp"):
    staff: UUID


class PressureAgain(CallbackData, prefix="pra"):
    dispute: UUID


class PressureWords(CallbackData, prefix="prw"):
    dispute: UUID


class August(CallbackData, prefix="aug"):
    pass


async def asked(work: Work, person: Person, argument: str) -> None:
    await complaining.begin(work, person, argument)


async def channel_chosen(work: Work, person: Person, press: LeadFrom) -> None:
    await complaining.channel(work, person, press.channel)


async def skipped(work: Work, person: Person, press: LeadSkip) -> None:
    await complaining.skip(work, person, press.part)


async def graduate_chosen(work: Work, person: Person, press: LeadGraduate) -> None:
    await complaining.graduate_chosen(work, person, press.graduate)


async def unit_chosen(work: Work, person: Person, press: LeadUnit) -> None:
    await complaining.unit_chosen(work, person, press.unit)


async def colleague_chosen(work: Work, person: Person, press: LeadColleague) -> None:
    await complaining.colleague_chosen(work, person, press.staff)


async def typed(work: Work, person: Person, step: TakingLead, text: str) -> None:
    await complaining.typed(work, person, step, text)


async def pressure_again(work: Work, person: Person, press: PressureAgain) -> None:
    await pressure.ask_again(work, person, press.dispute)


async def pressure_words(work: Work, person: Person, press: PressureWords) -> None:
    await pressure.begin_words(work, person, press.dispute)


async def told(work: Work, person: Person, step: TellingPressure, text: str) -> None:
    await pressure.add_words(work, person, step.dispute, text)


async def august_asked(work: Work, person: Person, _: August) -> None:
    await august.show(work, person)


def channels(_: LeadChannelAsked, __: Facts) -> Keyboard:
    return [Button(f"lead_from_{one.value}", LeadFrom(channel=one)) for one in Channel]


def on_part(said: LeadPartAsked | LeadNotFound, _: Facts) -> Keyboard:
    return [] if said.part is LeadPart.WORDS else [_skip(said.part)]


def _skip(part: LeadPart) -> Button:
    return Button(f"lead_skip_{part.value}", LeadSkip(part=part))


def on_which(said: LeadWhich, facts: Facts) -> Keyboard:
    people = [
        Button("lead_graduate", LeadGraduate(graduate=one.id), words={"name": one.name, "unit": unit})
        for one, unit in facts["people"]
    ]
    units = [Button("lead_unit", LeadUnit(unit=one.id), words={"name": one.name}) for one in facts["places"]]
    staff = [
        Button(
            "lead_colleague", LeadColleague(staff=one.id), words={"name": one.name, "no": one.number or ""}
        )
        for one in facts["staff"]
    ]
    return [*people, *units, *staff, _skip(said.part)]


def on_news(said: LeadNews, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.CARD])


def on_pressure_alert(said: DisputePressureAlert, _: Facts) -> Keyboard:
    """The complaint, where there is one; what was said before there were any leads to the dispute."""
    return doing(said.complaint, [Verb.CLAIM, Verb.CARD]) if said.complaint else doing(said.case, [Verb.CARD])


def on_noted(said: DisputePressureNoted, _: Facts) -> Keyboard:
    if said.dispute is None:
        return []
    again = Button("pressure_again", PressureAgain(dispute=said.dispute))
    return [*_more(said.dispute), again] if said.said is Pressure.YES else [again]


def on_kept(said: PressureWordsKept, _: Facts) -> Keyboard:
    return _more(said.dispute)


def _more(dispute: UUID) -> list[Button]:
    """Two ways on with two readers."""
    return [Button("pressure_words", PressureWords(dispute=dispute)), Button("my_add", Add(dispute=dispute))]


def routes(to: Routes) -> None:
    to.command("complaint", asked)
    to.press(LeadFrom, channel_chosen)
    to.press(LeadSkip, skipped)
    to.press(LeadGraduate, graduate_chosen)
    to.press(LeadUnit, unit_chosen)
    to.press(LeadColleague, colleague_chosen)
    to.press(PressureAgain, pressure_again)
    to.press(PressureWords, pressure_words)
    to.press(August, august_asked)
    to.text(TakingLead, typed)
    to.text(TellingPressure, told)
    to.shows(LeadChannelAsked, channels)
    to.shows(LeadPartAsked, on_part)
    to.shows(LeadNotFound, on_part)
    to.shows(LeadWhich, on_which)
    to.shows(LeadNews, on_news)
    to.shows(DisputePressureAlert, on_pressure_alert)
    to.shows(DisputePressureNoted, on_noted)
    to.shows(PressureWordsKept, on_kept)
