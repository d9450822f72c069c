"""A campaign's cards and reminders with the answers to them, and the consent of a second person."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import campaign_people, campaigns
from actions.work import Work
from handlers import ask
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.answer import AnswerKind
from models.campaign import CampaignState
from models.messages.campaign import (
    CampaignAsItIs,
    CampaignAsk,
    CampaignConsent,
    CampaignPeople,
    CampaignReminder,
    CampaignSnoozed,
    CampaignStopped,
    Number,
    RegisterPointer,
)
from models.messages.office import BroadcastSecond
from models.person import Person
from reports import campaigns as _questions  # noqa: F401  counts what the texts show


class Agreed(CallbackData, prefix="cga"):
    campaign: UUID


class Seconded(CallbackData, prefix="cgs"):
    campaign: UUID
    number: Small


class CampaignDo(CallbackData, prefix="cgd"):
    """On the card itself, which stays where it is."""

    campaign: UUID
    to: CampaignState


class CampaignFrom(CallbackData, prefix="cgf"):
    """From another message: the card comes anew, below it."""

    campaign: UUID
    to: CampaignState


class Names(CallbackData, prefix="cgn"):
    campaign: UUID
    number: Number


class NamesPage(CallbackData, prefix="cgp"):
    view: Small
    campaign: UUID
    number: Number
    page: Small


async def agreed(work: Work, person: Person, press: Agreed) -> None:
    await campaigns.agree(work, person, press.campaign)


async def seconded(work: Work, person: Person, press: Seconded) -> None:
    await campaigns.name_second(work, person, press.campaign, press.number)


async def done(work: Work, person: Person, press: CampaignDo) -> None:
    await campaigns.moved_in_chat(work, person, press.campaign, press.to)


async def done_from(work: Work, person: Person, press: CampaignFrom) -> None:
    await campaigns.moved_in_chat(work, person, press.campaign, press.to, fresh=True)


async def names(work: Work, person: Person, press: Names) -> None:
    await campaign_people.show(work, person, press.campaign, press.number)


async def names_turned(work: Work, person: Person, press: NamesPage) -> None:
    await campaign_people.turn(work, person, press.view, press.campaign, press.number, press.page)


def card(said: CampaignAsk | CampaignReminder | CampaignSnoozed, facts: Facts) -> Keyboard:
    """The answers of the card itself, so that one press suffices."""
    if said.verified:
        return ask.answers_to(said.destination, facts)
    return [
        *ask.statuses(said.destination),
        ask.button("ask_not_me", said.destination, ask.Choice.NOT_ME),
    ]


def pointer(said: RegisterPointer, facts: Facts) -> Keyboard:
    """The claim stands beside one's own confirmation; of any other answer there is nothing to claim."""
    confirmed = facts["graduate"].answer is AnswerKind.CONFIRMED
    claim = ask.button("ask_register_confirmed", said.destination, ask.Choice.REGISTER_CONFIRMED)
    return [*([claim] if confirmed else []), ask.button("ask_show", said.destination, ask.Choice.SHOW)]


def consent(said: CampaignConsent, _: Facts) -> Keyboard:
    return [Button("campaign_agree", Agreed(campaign=said.campaign))]


def as_it_is(said: CampaignAsItIs, facts: Facts) -> Keyboard:
    pause = Button("campaign_pause", CampaignDo(campaign=said.campaign, to=CampaignState.PAUSED))
    resume = Button("campaign_resume", CampaignDo(campaign=said.campaign, to=CampaignState.RUNNING))
    cancel = Button("campaign_cancel", CampaignDo(campaign=said.campaign, to=CampaignState.CANCELLED))
    return [
        *{CampaignState.RUNNING: [pause], CampaignState.PAUSED: [resume]}.get(said.state, []),
        # Only a text: the check has asked people who have yet to answer.
        *([] if facts["campaign"].number is None or facts["campaign"].over else [cancel]),
        *(
            Button(
                f"campaign_{number.value}",
                Names(campaign=said.campaign, number=number),
                words={"count": count},
            )
            for number, count in facts["counts"].items()
        ),
    ]


def on_people(said: CampaignPeople, _: Facts) -> Keyboard:
    def page(number: int) -> NamesPage:
        return NamesPage(view=said.view, campaign=said.campaign, number=said.number, page=number)

    return turns(said.page, said.pages, page, "office")


def on_stopped(said: CampaignStopped, facts: Facts) -> Keyboard:
    if facts["campaign"].state is not CampaignState.PAUSED:
        return None
    return [Button("campaign_go_on", CampaignFrom(campaign=said.campaign, to=CampaignState.RUNNING))]


def colleagues(said: BroadcastSecond, facts: Facts) -> Keyboard:
    return [
        Button(
            "broadcast_colleague",
            Seconded(campaign=said.campaign, number=number),
            words={"name": one.name},
        )
        for number, one in enumerate(facts["people"])
    ]


def routes(to: Routes) -> None:
    to.press(Agreed, agreed)
    to.press(Seconded, seconded)
    to.press(CampaignDo, done)
    to.press(CampaignFrom, done_from)
    to.press(Names, names)
    to.press(NamesPage, names_turned)
    to.shows(CampaignAsk, card)
    to.shows(CampaignReminder, card)
    to.shows(CampaignSnoozed, card)
    to.shows(RegisterPointer, pointer)
    to.shows(CampaignConsent, consent)
    to.shows(CampaignAsItIs, as_it_is)
    to.shows(CampaignPeople, on_people)
    to.shows(CampaignStopped, on_stopped)
    to.shows(BroadcastSecond, colleagues)
