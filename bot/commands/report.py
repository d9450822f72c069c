"""`quxiang report selfcheck`: the self-check record as a workbook."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said
from reports.selfcheck import Paper, write_selfcheck

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("report")
    parser.add_argument("kind", choices=["selfcheck"])
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
    async with opened() as desk, desk.works.reading() as session:
        works = desk.works
        unit = await find_unit(session, arguments.unit)
        as_of = arguments.as_of or works.clock.now()
        local = works.rules.calendar.local
        paper = Paper(session, unit, as_of, works.keys, lambda key: said(f"paper_{key}"), local)
        arguments.out.mkdir(parents=True, exist_ok=True)
        name = f"{said('paper_title')}-{unit.name.replace('/', '_')}-{local(as_of):%Y%m%d-%H%M}.xlsx"
        file = await write_selfcheck(paper, arguments.out / name)
    facts = {"file": str(file), "as_of": as_of.isoformat()}
    show(arguments, facts, [said("report_written", file=file, as_of=f"{local(as_of):%Y-%m-%d %H:%M}")])
    return 0
