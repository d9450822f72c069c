"""`quxiang report`: the self-check record, or what the ministry asks in August, as a workbook."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.talk import Declined, offers_json, show
from bot.commands.words import said
from reports.august_paper import write_august
from reports.selfcheck import Paper, write_selfcheck

if TYPE_CHECKING:
    from bot.commands import Commands

TITLES = {"selfcheck": "paper_title", "august": "paper_august_title"}


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("report")
    parser.add_argument("kind", choices=list(TITLES))
    parser.add_argument("--unit", default="")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--as-of", type=aware)
    offers_json(parser)
    parser.set_defaults(go=go)


def aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("needs a time zone")
    return instant


async def go(arguments: Namespace) -> int:
    """What left the house, and how much of it, stands in the audit."""
    async with opened() as desk:
        works, rows = desk.works, 0
        as_of = arguments.as_of or works.clock.now()
        if arguments.kind == "august" and as_of > works.clock.now():
            raise Declined(said("report_later"))
        local = works.rules.calendar.local
        async with works.reading() as session:
            unit = await find_unit(session, arguments.unit)
            paper = Paper(session, unit, as_of, works.keys, lambda key: said(f"paper_{key}"), local)
            arguments.out.mkdir(parents=True, exist_ok=True)
            title = said(TITLES[arguments.kind])
            name = f"{title}-{unit.name.replace('/', '_')}-{local(as_of):%Y%m%d-%H%M}.xlsx"
            file = arguments.out / name
            if arguments.kind == "august":
                rows = await write_august(paper, file)
            else:
                await write_selfcheck(paper, file)
        async with works.begin() as work:
            by = await desk.operator(work)
            facts = {"of": arguments.kind, "as_of": as_of.isoformat(), "rows": rows}
            work.record("exported", by=by, subject=unit.id, **facts)
    facts = {"file": str(file), "as_of": as_of.isoformat()}
    show(arguments, facts, [said("report_written", file=file, as_of=f"{local(as_of):%Y-%m-%d %H:%M}")])
    return 0
