"""/broadcast: what to send, to whom, in which words, and when."""

from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from actions import broadcasts, campaigns, oversight
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small
from models.case import KEPT_CLOSE, CaseKind
from models.messages.broadcast import (
    BroadcastCases,
    BroadcastDraft,
    BroadcastMenu,
    BroadcastSegments,
    BroadcastUnits,
)
from models.person import Person
from models.steps.broadcast import ChoosingMoment, ChoosingUnit, WritingText
from reports import broadcasts as _questions  # noqa: F401  counts what the texts show

# A key of the rules; longer ones would not fit a button beside the rest.
Key = Annotated[str, Field(max_length=30)]


class Check(CallbackData, prefix="bck"):
    """The campaign of the rules."""


class Write(CallbackData, prefix="bcw"):
    """Words of one's own."""


class Show(CallbackData, prefix="bcv"):
    campaign: UUID


class ToSegment(CallbackData, prefix="bcg"):
    segment: Key


class ToCases(CallbackData, prefix="bcc"):
    segment: Key
    kind: CaseKind


class ToUnit(CallbackData, prefix="bcu"):
    unit: UUID


class Again(CallbackData, prefix="bca"):
    broadcast: UUID


class Start(CallbackData, prefix="bct"):
    """`minute` is that of the epoch, so that "tomorrow" pressed tomorrow is not another day; 0 is now."""

    broadcast: UUID
    minute: Small


async def menu(work: Work, person: Person, _: str) -> None:
    await broadcasts.menu(work, person)


async def checked(work: Work, person: Person, _: Check) -> None:
    await oversight.broadcast(work, person)


async def writing(work: Work, person: Person, _: Write) -> None:
    await broadcasts.segments(work, person)


async def shown(work: Work, person: Person, press: Show) -> None:
    await campaigns.show(work, person, press.campaign)


async def to_segment(work: Work, person: Person, press: ToSegment) -> None:
    await broadcasts.segment(work, person, press.segment)


async def to_cases(work: Work, person: Person, press: ToCases) -> None:
    await broadcasts.cases(work, person, press.segment, press.kind)


async def to_unit(work: Work, person: Person, press: ToUnit) -> None:
    await broadcasts.unit(work, person, press.unit)


async def again(work: Work, person: Person, press: Again) -> None:
    await broadcasts.again(work, person, press.broadcast)


async def started(work: Work, person: Person, press: Start) -> None:
    await broadcasts.start(work, person, press.broadcast, press.minute)


def on_menu(said: BroadcastMenu, facts: Facts) -> Keyboard:
    check = [Button("broadcast_check", Check(), words={"cohort": said.cohort})] if said.checks else []
    texts = [
        Button("broadcast_show", Show(campaign=campaign.id), words={"number": campaign.number})
        for campaign, _ in facts["listed"]
    ]
    return [*check, Button("broadcast_write", Write()), *texts]


def on_segments(_: BroadcastSegments, facts: Facts) -> Keyboard:
    return [
        Button("broadcast_segment", ToSegment(segment=one.key), words={"zh_CN": one.zh_CN, "en": one.en})
        for one in facts["segments"]
    ]


def on_cases(said: BroadcastCases, _: Facts) -> Keyboard:
    kinds = (one for one in CaseKind if one not in KEPT_CLOSE)
    return [
        Button(f"broadcast_case_{kind.value}", ToCases(segment=said.segment, kind=kind)) for kind in kinds
    ]


def on_units(_: BroadcastUnits, facts: Facts) -> Keyboard:
    return [Button("broadcast_unit", ToUnit(unit=one.id), words={"name": one.name}) for one in facts["units"]]


def on_draft(said: BroadcastDraft, facts: Facts) -> Keyboard:
    """Now, or a moment that is offered; nothing to press where there is nobody to send it to."""
    write = Button("broadcast_again", Again(broadcast=said.broadcast))
    if not facts["preview"]["to_send"]:
        return [write]
    now = Button("broadcast_now", Start(broadcast=said.broadcast, minute=0))
    later = [
        Button(
            f"broadcast_in_{days}",
            Start(broadcast=said.broadcast, minute=int(at.timestamp()) // 60),
            words={"month": at.month, "day": at.day, "clock": f"{at:%H:%M}"},
        )
        for days, at in facts["moments"]
    ]
    return [now, *later, write]


def routes(to: Routes) -> None:
    to.command("broadcast", menu)
    to.press(Check, checked)
    to.press(Write, writing)
    to.press(Show, shown)
    to.press(ToSegment, to_segment)
    to.press(ToCases, to_cases)
    to.press(ToUnit, to_unit)
    to.press(Again, again)
    to.press(Start, started)
    to.text(ChoosingUnit, broadcasts.unit_typed)
    to.text(WritingText, broadcasts.text_typed)
    to.text(ChoosingMoment, broadcasts.moment_typed)
    to.shows(BroadcastMenu, on_menu)
    to.shows(BroadcastSegments, on_segments)
    to.shows(BroadcastCases, on_cases)
    to.shows(BroadcastUnits, on_units)
    to.shows(BroadcastDraft, on_draft)
