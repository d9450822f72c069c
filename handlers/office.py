"""Staff look at the whole and steer it: numbers, coverage, the switch, a campaign, papers, the digest."""

from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import campaigns, digest, oversight, queue, switch, todo
from actions.work import Work
from handlers.campaign import CampaignFrom
from handlers.case import CaseDo
from handlers.complaint import August
from handlers.reach import Reach
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.campaign import CampaignState
from models.messages.cases import Verb
from models.messages.office import (
    BroadcastPreview,
    BroadcastSample,
    DigestCard,
    Listed,
    NewsCard,
    OfficeEscalated,
    OfficeOverdue,
    OfficeSwitch,
    ProgressCard,
    StatusCard,
    StatusList,
)
from models.person import Person
from reports import progress as _questions  # noqa: F401  counts what the texts show


class People(CallbackData, prefix="sp"):
    listed: Listed


class PeoplePage(CallbackData, prefix="spp"):
    view: UUID
    listed: Listed
    page: Small


class ProgressPage(CallbackData, prefix="pgp"):
    view: UUID
    page: Small


class SwitchAll(CallbackData, prefix="swa"):
    on: bool


class Sample(CallbackData, prefix="bcs"):
    unit: UUID
    cohort: Small


class SamplePage(CallbackData, prefix="bsp"):
    view: Small
    unit: UUID
    cohort: Small
    number: Small


class Launch(CallbackData, prefix="bcl"):
    unit: UUID
    cohort: Small
    name: str


class DigestBegin(CallbackData, prefix="dgb"):
    pass


class DigestNotice(CallbackData, prefix="dgn"):
    pass


class DigestList(CallbackData, prefix="dgl"):
    pass


async def status(work: Work, person: Person, _: str) -> None:
    await oversight.status(work, person)


async def people(work: Work, person: Person, press: People) -> None:
    await oversight.people(work, person, press.listed)


async def people_turned(work: Work, person: Person, press: PeoplePage) -> None:
    await oversight.turn(work, person, press.view, press.listed, press.page)


async def progress(work: Work, person: Person, _: str) -> None:
    await oversight.progress(work, person)


async def progress_turned(work: Work, person: Person, press: ProgressPage) -> None:
    await oversight.turn_progress(work, person, press.view, press.page)


async def pausing(work: Work, person: Person, _: str) -> None:
    await switch.show(work, person, resuming=False)


async def resuming(work: Work, person: Person, _: str) -> None:
    await switch.show(work, person, resuming=True)


async def switched(work: Work, person: Person, press: SwitchAll) -> None:
    await (switch.pause_all if press.on else switch.resume_all)(work, person)
    await switch.show(work, person, resuming=press.on)


async def sampled(work: Work, person: Person, press: Sample) -> None:
    await oversight.samples(work, person, press.unit, press.cohort)


async def sample_turned(work: Work, person: Person, press: SamplePage) -> None:
    await oversight.turn_samples(work, person, press.view, press.unit, press.cohort, press.number)


async def launched(work: Work, person: Person, press: Launch) -> None:
    await campaigns.launch_in_chat(work, person, press.name, press.cohort, press.unit)


async def report(work: Work, person: Person, _: str) -> None:
    await oversight.report(work, person)


async def begun(work: Work, person: Person, _: DigestBegin) -> None:
    await queue.show(work, person)


async def listed(work: Work, person: Person, _: DigestList) -> None:
    await todo.show(work, person)


async def worded(work: Work, person: Person, _: DigestNotice) -> None:
    await digest.class_notice(work, person)


def on_status(_: StatusCard, facts: Facts) -> Keyboard:
    numbers = facts["numbers"]
    counts = {
        "awaiting": numbers["awaiting"],
        **numbers["answers"],
        "not_enrolled": numbers["unreachable"]["not_enrolled"],
    }
    people = [
        Button(f"status_{one.value}", People(listed=one), words={"count": counts[one.value]})
        for one in Listed
        if counts[one.value]
    ]
    return [*people, Button("reach_open", Reach()), Button("august_open", August())]


def on_people(said: StatusList, _: Facts) -> Keyboard:
    def page(number: int) -> PeoplePage:
        return PeoplePage(view=said.view, listed=said.listed, page=number)

    return turns(said.page, said.pages, page, "office")


def on_progress(said: ProgressCard, _: Facts) -> Keyboard:
    further = turns(said.page, said.pages, lambda n: ProgressPage(view=said.view, page=n), "office")
    return [*further, *([Button("reach_open", Reach())] if said.reach else [])]


def on_switch(said: OfficeSwitch, facts: Facts) -> Keyboard:
    """Pausing and resuming name the campaigns that can be, then everything."""
    to = CampaignState.RUNNING if said.resuming else CampaignState.PAUSED
    verb = "resume" if said.resuming else "pause"
    each = [
        Button(
            f"office_{verb}_one" if one.number is None else f"office_{verb}_text",
            CampaignFrom(campaign=one.id, to=to),
            words={"cohort": one.cohort, "number": one.number},
        )
        for one in facts["listed"]
    ]
    everything = [Button(f"office_{verb}_all", SwitchAll(on=not said.resuming))]
    return [*each, *(everything if facts["all_paused"] == said.resuming else [])]


def on_preview(said: BroadcastPreview, facts: Facts) -> Keyboard:
    sample = Button("broadcast_sample", Sample(unit=said.unit, cohort=said.cohort))
    launch = Button("broadcast_launch", Launch(unit=said.unit, cohort=said.cohort, name=said.name))
    return [
        *([sample] if facts["preview"]["to_ask"] else []),
        *([] if said.uncovered else [launch]),
    ]


def on_sample(said: BroadcastSample, _: Facts) -> Keyboard:
    def page(label: str, number: int) -> Button:
        return Button(label, SamplePage(view=said.view, unit=said.over, cohort=said.cohort, number=number))

    before = [page("office_before", said.number - 1)] if said.number else []
    return [*before, *([page("office_after", said.number + 1)] if said.number + 1 < said.numbers else [])]


def on_digest(said: DigestCard, _: Facts) -> Keyboard:
    return [
        Button("digest_begin", DigestBegin()),
        *([Button("digest_list", DigestList())] if said.unanswered else []),
        *([Button("digest_notice", DigestNotice())] if said.unanswered else []),
    ]


def on_news(_: NewsCard, __: Facts) -> Keyboard:
    return [Button("digest_begin", DigestBegin())]


def on_case(said: OfficeOverdue | OfficeEscalated, _: Facts) -> Keyboard:
    return [Button("office_open_case", CaseDo(verb=Verb.CARD, case=said.case))]


def routes(to: Routes) -> None:
    for name, act in (
        ("status", status),
        ("progress", progress),
        ("pause", pausing),
        ("resume", resuming),
        ("report", report),
    ):
        to.command(name, act)
    to.press(People, people)
    to.press(PeoplePage, people_turned)
    to.press(ProgressPage, progress_turned)
    to.press(SwitchAll, switched)
    to.press(Sample, sampled)
    to.press(SamplePage, sample_turned)
    to.press(Launch, launched)
    to.press(DigestBegin, begun)
    to.press(DigestList, listed)
    to.press(DigestNotice, worded)
    to.shows(StatusCard, on_status)
    to.shows(StatusList, on_people)
    to.shows(ProgressCard, on_progress)
    to.shows(OfficeSwitch, on_switch)
    to.shows(BroadcastPreview, on_preview)
    to.shows(BroadcastSample, on_sample)
    to.shows(DigestCard, on_digest)
    to.shows(NewsCard, on_news)
    to.shows(OfficeOverdue, on_case)
    to.shows(OfficeEscalated, on_case)
