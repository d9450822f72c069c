"""`quxiang campaign`: looked at first, launched, paused, resumed, cancelled, counted."""

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import campaigns, coverage
from actions.staff import find
from actions.units import find_unit
from actions.work import Work
from bot.commands.campaign_samples import rendered, rendered_text
from bot.commands.desk import Desk, opened
from bot.commands.status import door_line
from bot.commands.talk import Declined, may_write, offers_json, show
from bot.commands.words import locale, said, word
from models.broadcast import text_of
from models.campaign import TEXT, Campaign, CampaignState
from models.graduate import Graduate
from models.messages.campaign import Number
from models.staff import Staff
from models.unit import Unit
from reports import broadcasts as text_report
from reports import campaigns as report

if TYPE_CHECKING:
    from bot.commands import Commands

MOVES = {"pause": campaigns.pause, "resume": campaigns.resume, "cancel": campaigns.cancel}
NAMED = 20


def add_to(commands: "Commands") -> None:
    verbs = commands.add_parser("campaign").add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list")
    offers_json(listing)
    listing.set_defaults(go=list_all)
    for verb, go in (("preview", preview), ("launch", launch)):
        _named(verbs.add_parser(verb), go)
    counted = _named(verbs.add_parser("status"), status)
    counted.add_argument("--by-channel", action="store_true", help="telegram, sms, email: each by itself")
    counted.add_argument("--list", choices=[one.value for one in Number], help="the names behind a number")
    for verb in MOVES:
        _named(verbs.add_parser(verb), move).set_defaults(verb=verb)


def _named(parser: ArgumentParser, go: Any) -> ArgumentParser:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--cohort", type=int)
    parser.add_argument("--unit", default="", metavar="PATH")
    parser.add_argument("--second", metavar="工号")
    parser.add_argument("--yes", action="store_true")
    offers_json(parser)
    parser.set_defaults(go=go)
    return parser


async def list_all(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.reading() as session:
        found = await report.listed(session)
        facts = [_facts(one) | await _of_text(session, one) for one in found]
        known = list(desk.works.rules.campaigns)
    lines = [_line(desk, one) for one in facts]
    show(arguments, {"known": known, "campaigns": facts}, lines or [said("campaign_none")])
    return 0


def _facts(one: Campaign) -> dict[str, Any]:
    return {
        "name": one.name,
        "cohort": one.cohort,
        "state": one.state.value,
        "launched_at": one.launched_at.isoformat(),
        "deadline_at": one.deadline_at.isoformat(),
    }


async def _of_text(session: AsyncSession, one: Campaign) -> dict[str, Any]:
    """Whom a text is for and when it begins; a campaign of the rules says neither."""
    text = await text_of(session, one)
    if text is None or text.starts_at is None:
        return {}
    segment = text.segment.key if text.segment else ""
    return {"segment": segment, "starts_at": text.starts_at.isoformat()}


def _line(desk: Desk, facts: dict[str, Any]) -> str:
    line = said("campaign_line", **facts, now=word(f"campaign_{facts['state']}"))
    if "segment" not in facts:
        return line
    segment = desk.works.rules.broadcasts.segment(facts["segment"])
    named = getattr(segment, locale(), facts["segment"])
    return line + said("campaign_text", segment=named, starts_at=facts["starts_at"])


async def preview(arguments: Namespace) -> int:
    if arguments.name.startswith(TEXT):
        return await _preview_text(arguments)
    async with opened() as desk, desk.works.reading() as session:
        _known(desk, arguments.name)
        unit = await find_unit(session, arguments.unit)
        cohort = await _cohort(session, arguments.cohort)
        rules, now = desk.works.rules, desk.works.clock.now()
        facts = await report.preview(session, rules, arguments.name, cohort, unit, now)
        gaps = await coverage.uncovered_units(session, rules.routing)
        facts["uncovered"] = [one.name for one in gaps if unit.covers(one)]
        facts["samples"] = await rendered(desk, session, cohort, unit)
    show(arguments, facts, _preview_lines(facts))
    return 0


async def _preview_text(arguments: Namespace) -> int:
    """Counted as of now, with the words as a graduate reads them."""
    async with opened() as desk:
        campaign_id = await named(desk, arguments)
        async with desk.works.reading() as session:
            campaign = await session.get_one(Campaign, campaign_id)
            text = await text_of(session, campaign)
            assert text is not None
            rules, now = desk.works.rules, desk.works.clock.now()
            facts = {"name": campaign.name, **await text_report.preview(session, rules, text, now)}
            facts["samples"] = await rendered_text(desk, session, text)
    show(arguments, facts, _text_lines(facts))
    return 0


def _text_lines(facts: dict[str, Any]) -> list[str]:
    lines = [said("campaign_text_preview", **facts), said("campaign_text_skipped", what=_reasons(facts))]
    return [*lines, said("campaign_text_ends", **facts), *(f"\n{one}" for one in facts["samples"])]


def _reasons(facts: dict[str, Any]) -> str:
    counts = {**facts["skipped"], **facts["unreachable"]}
    return said("between").join(f"{word(f'skip_{key}')} {n}" for key, n in counts.items() if n) or "0"


def _preview_lines(facts: dict[str, Any]) -> list[str]:
    lines = [said("campaign_preview", **facts), said("campaign_skipped", what=_reasons(facts))]
    lines.append(said("campaign_ends", **facts))
    if facts["second_person"]:
        lines.append(said("campaign_second"))
    if facts["uncovered"]:
        lines.append(_uncovered(facts["uncovered"]))
    return [*lines, *(f"\n{one}" for one in facts["samples"])]


def _uncovered(names: list[str]) -> str:
    shown = said("between").join(names[:NAMED])
    return said("campaign_uncovered", count=len(names), names=shown)


async def launch(arguments: Namespace) -> int:
    if arguments.name.startswith(TEXT):
        raise Declined(said("campaign_text_in_chat"))
    async with opened() as desk:
        _known(desk, arguments.name)
        async with desk.works.reading() as session:
            unit = await find_unit(session, arguments.unit)
            cohort = await _cohort(session, arguments.cohort)
            rules, now = desk.works.rules, desk.works.clock.now()
            facts = await report.preview(session, rules, arguments.name, cohort, unit, now)
        if not may_write(arguments, said("campaign_question", **facts)):
            return 1
        return await _launched(desk, arguments, cohort, unit)


async def _launched(desk: Desk, arguments: Namespace, cohort: int, unit: Unit) -> int:
    try:
        async with desk.works.begin() as work:
            second = await _second(work, arguments.second)
            operator = await desk.operator(work)
            campaign = await campaigns.launch(work, operator, arguments.name, cohort, unit, second=second)
            facts, waiting = _facts(campaign), campaign.state is CampaignState.WAITING
            asked = (
                await work.session.get(Staff, campaign.second_staff_id) if campaign.second_staff_id else None
            )
    except campaigns.Uncovered as refused:
        raise Declined(_uncovered(refused.names)) from refused
    except campaigns.AsItIs as refused:
        state = word(f"campaign_{refused.state.value}")
        raise Declined(said("campaign_as_it_is", cohort=cohort, state=state)) from refused
    except campaigns.Nobody as refused:
        raise Declined(said("campaign_nobody", cohort=cohort)) from refused
    except campaigns.NoSecond as refused:
        raise Declined(said("campaign_no_second", number=arguments.second)) from refused
    if waiting:
        number = asked.number if asked else None
        line = said("campaign_waits" if asked else "campaign_needs_second", number=number)
        show(arguments, {"waiting_for": number or "second"}, [line])
        return 0
    show(arguments, facts, [said("campaign_launched", **facts)])
    return 0


async def _second(work: Work, number: str | None) -> Staff | None:
    if number is None:
        return None
    found = await find(work, "", number)
    if found is None:
        raise Declined(said("campaign_no_second", number=number))
    return found


async def move(arguments: Namespace) -> int:
    async with opened() as desk:
        campaign_id = await named(desk, arguments)
        try:
            async with desk.works.begin() as work:
                moved = await MOVES[arguments.verb](work, await desk.operator(work), campaign_id)
                facts = _facts(moved) | await _of_text(work.session, moved)
        except campaigns.AsItIs as refused:
            state = word(f"campaign_{refused.state.value}")
            raise Declined(said("campaign_as_it_is", cohort=refused.cohort, state=state)) from refused
        line = _line(desk, facts)
    show(arguments, facts, [line])
    return 0


async def status(arguments: Namespace) -> int:
    async with opened() as desk:
        campaign_id = await named(desk, arguments)
        async with desk.works.reading() as session:
            campaign = await session.get_one(Campaign, campaign_id)
            if arguments.list:
                return await _names(arguments, session, campaign)
            facts = await report.numbers(session, campaign)
            channels = await report.by_channel(session, campaign)
            head = _line(desk, _facts(campaign) | await _of_text(session, campaign))
    lines = [f"{word(f'count_{key}')}{said('colon')}{value}" for key, value in facts.items()]
    doors = [door_line(*one) for one in channels.items()]
    if arguments.by_channel:
        show(arguments, channels, [head, *doors])
    else:
        used = [key for key, counts in channels.items() if counts["queued"]]
        show(arguments, facts, [head, *lines, *(doors if used != ["telegram"] else ())])
    return 0


async def _names(arguments: Namespace, session: AsyncSession, campaign: Campaign) -> int:
    """One line each as they come, so that a whole cohort needs no memory; as JSON, one list."""
    number, count = Number(arguments.list), 0
    async for graduate, unit, state, step, reason in report.names(session, campaign, number):
        facts = {
            "number": graduate.student_no or graduate.exam_no,
            "name": graduate.name,
            "unit": unit.name,
            "state": state,
            "step": step,
            "reason": reason,
        }
        if arguments.json:
            print("[" if count == 0 else ",", json.dumps(facts, ensure_ascii=False))
        else:
            print(*(one for one in facts.values() if one), sep="\t")
        count += 1
    if arguments.json:
        print("]" if count else "[]")
    return 0


async def named(desk: Desk, arguments: Namespace) -> UUID:
    _known(desk, arguments.name)
    async with desk.works.reading() as session:
        found = await report.latest(session, arguments.name, arguments.cohort)
    if found is None:
        raise Declined(said("campaign_not_launched", name=arguments.name))
    return found.id


def _known(desk: Desk, name: str) -> None:
    known = desk.works.rules.campaigns
    if name not in known and not name.startswith(TEXT):
        raise Declined(said("campaign_unknown", name=name, known=said("between").join(known)))


async def _cohort(session: AsyncSession, given: int | None) -> int:
    """The newest of the roster, unless one was named."""
    newest = given or (await session.exec(select(func.max(Graduate.cohort)))).one()
    if newest is None:
        raise Declined(said("campaign_nobody", cohort=""))
    return int(newest)
