"""/support: whom one helps, an entry in a few presses, helpers, and whether help was offered to everybody."""

from typing import Any
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import support_answers, support_desk, support_lists, support_log
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small, turns
from models.messages.support import (
    Listing,
    Part,
    SupportCard,
    SupportCheckAsked,
    SupportColleagues,
    SupportContentAsked,
    SupportCoverage,
    SupportDraft,
    SupportHelperAdded,
    SupportLastHelper,
    SupportLeft,
    SupportList,
    SupportOffer,
    SupportOffered,
    SupportPicked,
    SupportProgressAsked,
    SupportSaved,
    SupportSynced,
    SupportVerb,
    SupportYours,
)
from models.person import Person
from models.steps.support import AddingHelper, WritingSupport
from models.support import Content, Progress
from reports import support as _questions  # noqa: F401  its questions answer what the cards show


class SupportDo(CallbackData, prefix="su"):
    verb: SupportVerb
    support: UUID


class SupportListed(CallbackData, prefix="sul"):
    listing: Listing


class SupportPage(CallbackData, prefix="sup"):
    view: UUID
    listing: Listing
    page: Small


class SupportContent(CallbackData, prefix="suc"):
    support: UUID
    content: Content


class SupportProgress(CallbackData, prefix="sug"):
    support: UUID
    progress: Progress


class SupportCheck(CallbackData, prefix="suk"):
    support: UUID
    days: Small


class SupportPart(CallbackData, prefix="sut"):
    support: UUID
    part: Part


class SupportSave(CallbackData, prefix="sus"):
    support: UUID


class SupportWith(CallbackData, prefix="suw"):
    """Whose helper it is stands in the open question: two ids have no room in a button."""

    staff: UUID


class SupportWithPage(CallbackData, prefix="sux"):
    view: UUID
    page: Small


class SupportWanted(CallbackData, prefix="suy"):
    support: UUID
    wanted: bool


class SupportCovered(CallbackData, prefix="suo"):
    pass


class SupportCoveredPage(CallbackData, prefix="suq"):
    view: UUID
    page: Small


class SupportPick(CallbackData, prefix="sur"):
    pass


VERBS = {
    SupportVerb.LOG: support_log.begin,
    SupportVerb.OFFER: support_desk.offer,
    SupportVerb.ADD: support_desk.begin_adding,
    SupportVerb.LEAVE: support_desk.leave,
    SupportVerb.SYNC: support_desk.sync,
    SupportVerb.CARD: support_desk.open_card,
}


async def asked(work: Work, person: Person, argument: str) -> None:
    await support_lists.show(work, person, argument)


async def pressed(work: Work, person: Person, press: SupportDo) -> None:
    await VERBS[press.verb](work, person, press.support)


async def listed(work: Work, person: Person, press: SupportListed) -> None:
    await support_lists.listed(work, person, press.listing)


async def turned(work: Work, person: Person, press: SupportPage) -> None:
    await support_lists.turn(work, person, press.view, press.listing, press.page)


async def content(work: Work, person: Person, press: SupportContent) -> None:
    await support_log.content(work, person, press.support, press.content)


async def progress(work: Work, person: Person, press: SupportProgress) -> None:
    await support_log.progress(work, person, press.support, press.progress)


async def check(work: Work, person: Person, press: SupportCheck) -> None:
    await support_log.check(work, person, press.support, press.days)


async def part(work: Work, person: Person, press: SupportPart) -> None:
    await support_log.part(work, person, press.support, press.part)


async def saved(work: Work, person: Person, press: SupportSave) -> None:
    await support_log.save(work, person, press.support)


async def added(work: Work, person: Person, press: SupportWith) -> None:
    await support_desk.add(work, person, press.staff)


async def colleagues_turned(work: Work, person: Person, press: SupportWithPage) -> None:
    await support_desk.colleagues(work, person, press.view, press.page)


async def answered(work: Work, person: Person, press: SupportWanted) -> None:
    await support_answers.said(work, person, press.support, wanted=press.wanted)


async def covered(work: Work, person: Person, _: SupportCovered) -> None:
    await support_lists.coverage(work, person)


async def covered_turned(work: Work, person: Person, press: SupportCoveredPage) -> None:
    await support_lists.turn_coverage(work, person, press.view, press.page)


async def picked(work: Work, person: Person, _: SupportPick) -> None:
    await support_lists.pick(work, person)


def do(verb: SupportVerb, support: UUID) -> Button:
    return Button(f"support_{verb.value}", SupportDo(verb=verb, support=support))


def _people(facts: Facts) -> list[Button]:
    return [
        Button(
            "support_one",
            SupportDo(verb=SupportVerb.CARD, support=one["support"].id),
            words={"name": one["graduate"].name, "unit": one["unit"].name},
        )
        for one in facts["people"]
    ]


def on_list(said: SupportList, facts: Facts) -> Keyboard:
    further = turns(
        said.page, said.pages, lambda n: SupportPage(view=said.view, listing=said.listing, page=n)
    )
    if said.listing is Listing.QUIET:
        return [*_people(facts), *further]
    quiet = [Button("support_quiet", SupportListed(listing=Listing.QUIET), words={"days": facts["days"]})]
    overseen = [*(quiet if said.quiet else []), Button("support_covered", SupportCovered())]
    pick = [Button("support_pick", SupportPick())] if said.inspects else []
    return [*_people(facts), *further, *overseen, *pick]


def on_card(said: SupportCard, facts: Facts) -> Keyboard:
    return [do(verb, said.support) for verb in said.verbs] if facts["sees"] else []


def on_content(said: SupportContentAsked, _: Facts) -> Keyboard:
    return _contents(said.support, Content)


def _contents(support: UUID, contents: Any) -> list[Button]:
    return [
        Button(f"support_content_{one.value}", SupportContent(support=support, content=one))
        for one in contents
    ]


def on_progress(said: SupportProgressAsked, _: Facts) -> Keyboard:
    return [
        Button(f"support_progress_{one.value}", SupportProgress(support=said.support, progress=one))
        for one in Progress
    ]


def on_check(said: SupportCheckAsked, facts: Facts) -> Keyboard:
    days = [
        Button("support_in", SupportCheck(support=said.support, days=n), words={"days": n})
        for n in facts["rules"].support.check_days
    ]
    return [*days, Button("support_no_day", SupportCheck(support=said.support, days=support_log.NEVER))]


def on_draft(said: SupportDraft, _: Facts) -> Keyboard:
    parts = [
        Button(f"support_part_{one.value}", SupportPart(support=said.support, part=one))
        for one in Part
        if one is not Part.TEXT
    ]
    more = Button("support_more", SupportDo(verb=SupportVerb.LOG, support=said.support))
    return [Button("support_save", SupportSave(support=said.support)), *parts, more]


def on_colleagues(said: SupportColleagues, facts: Facts) -> Keyboard:
    listed = [
        Button("support_colleague", SupportWith(staff=one.id), words={"name": one.name})
        for one in facts["listed"]
    ]
    return [
        *listed,
        *turns(said.page, said.pages, lambda n: SupportWithPage(view=said.view, page=n)),
        do(SupportVerb.CARD, said.support),
    ]


def on_news(
    said: SupportSaved
    | SupportHelperAdded
    | SupportYours
    | SupportLastHelper
    | SupportSynced
    | SupportOffered,
    _: Facts,
) -> Keyboard:
    return [do(SupportVerb.CARD, said.support)]


def on_left(_: SupportLeft, __: Facts) -> Keyboard:
    return [Button("support_mine", SupportListed(listing=Listing.MINE))]


def on_offer(said: SupportOffer, _: Facts) -> Keyboard:
    return [
        Button("support_yes", SupportWanted(support=said.support, wanted=True)),
        Button("support_no", SupportWanted(support=said.support, wanted=False)),
    ]


def on_coverage(said: SupportCoverage, _: Facts) -> Keyboard:
    return turns(said.page, said.pages, lambda n: SupportCoveredPage(view=said.view, page=n))


def on_picked(_: SupportPicked, facts: Facts) -> Keyboard:
    return _people(facts)


def routes(to: Routes) -> None:
    to.command("support", asked)
    to.press(SupportDo, pressed)
    to.press(SupportListed, listed)
    to.press(SupportPage, turned)
    to.press(SupportContent, content)
    to.press(SupportProgress, progress)
    to.press(SupportCheck, check)
    to.press(SupportPart, part)
    to.press(SupportSave, saved)
    to.press(SupportWith, added)
    to.press(SupportWithPage, colleagues_turned)
    to.press(SupportWanted, answered)
    to.press(SupportCovered, covered)
    to.press(SupportCoveredPage, covered_turned)
    to.press(SupportPick, picked)
    to.text(WritingSupport, support_log.typed)
    to.text(AddingHelper, support_desk.typed)
    _cards(to)


def _cards(to: Routes) -> None:
    to.shows(SupportList, on_list)
    to.shows(SupportCard, on_card)
    to.shows(SupportContentAsked, on_content)
    to.shows(SupportProgressAsked, on_progress)
    to.shows(SupportCheckAsked, on_check)
    to.shows(SupportDraft, on_draft)
    to.shows(SupportColleagues, on_colleagues)
    to.shows(SupportLeft, on_left)
    to.shows(SupportOffer, on_offer)
    to.shows(SupportCoverage, on_coverage)
    to.shows(SupportPicked, on_picked)
    to.shows(SupportSaved, on_news)
    to.shows(SupportHelperAdded, on_news)
    to.shows(SupportYours, on_news)
    to.shows(SupportLastHelper, on_news)
    to.shows(SupportSynced, on_news)
    to.shows(SupportOffered, on_news)
