"""A campaign's cards and reminders with the answers to them, and the consent of a second person."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import campaigns
from actions.work import Work
from handlers import ask
from handlers.routes import Button, Facts, Keyboard, Routes, Small
from models.campaign import CampaignState
from models.messages.campaign import (
    CampaignAsItIs,
    CampaignAsk,
    CampaignConsent,
    CampaignReminder,
    CampaignSnoozed,
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
    campaign: UUID
    to: CampaignState


async def agreed(work: Work, person: Person, press: Agreed) -> None:
    await campaigns.agree(work, person, press.campaign)


async def seconded(work: Work, person: Person, press: Seconded) -> None:
    await campaigns.name_second(work, person, press.campaign, press.number)


async def done(work: Work, person: Person, press: CampaignDo) -> None:
    await campaigns.moved_in_chat(work, person, press.campaign, press.to)


def card(said: CampaignAsk | CampaignReminder | CampaignSnoozed, facts: Facts) -> Keyboard:
    """The answers of the card itself, so that one press suffices."""
    if said.verified:
        return ask.answers_to(said.destination, facts)
    return [
        *ask.statuses(said.destination),
        ask.button("ask_not_me", said.destination, ask.Choice.NOT_ME),
    ]


def consent(said: CampaignConsent, _: Facts) -> Keyboard:
    return [Button("campaign_agree", Agreed(campaign=said.campaign))]


def as_it_is(said: CampaignAsItIs, facts: Facts) -> Keyboard:
    state = facts["campaign"].state
    pause = Button("campaign_pause", CampaignDo(campaign=said.campaign, to=CampaignState.PAUSED))
    resume = Button("campaign_resume", CampaignDo(campaign=said.campaign, to=CampaignState.RUNNING))
    return {CampaignState.RUNNING: [pause], CampaignState.PAUSED: [resume]}.get(state)


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
    to.shows(CampaignAsk, card)
    to.shows(CampaignReminder, card)
    to.shows(CampaignSnoozed, card)
    to.shows(CampaignConsent, consent)
    to.shows(CampaignAsItIs, as_it_is)
    to.shows(BroadcastSecond, colleagues)
