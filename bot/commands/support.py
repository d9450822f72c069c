"""`quxiang support`: to how many help was offered, the log as a sheet, and logs drawn by lot to be read."""

import secrets
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from actions import support_lists
from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.report import aware
from bot.commands.talk import offers_json, show
from bot.commands.words import said, word
from models.graduate import Graduate
from models.support import Support
from models.unit import Unit
from reports.selfcheck import Paper
from reports.support import coverage
from reports.support_log import write_log

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("support").add_subparsers(metavar="COMMAND", required=True)
    status = _over(below.add_parser("status"))
    status.set_defaults(go=status_of)
    export = _over(below.add_parser("export"))
    export.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
    export.add_argument("--as-of", type=aware, metavar="INSTANT")
    export.set_defaults(go=exported)
    pick = _over(below.add_parser("pick"))
    pick.add_argument("--count", type=int, required=True, metavar="N")
    pick.add_argument("--seed", type=int, help="of an earlier draw, to see it again")
    pick.set_defaults(go=picked)


def _over(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("--unit", default="", metavar="PATH")
    offers_json(parser)
    return parser


async def status_of(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.reading() as session:
        unit = await find_unit(session, arguments.unit)
        facts = await coverage(session, unit)
    groups = [
        said("support_group", group=word(f"support_{name}"), offered=n["offered"], count=n["in"])
        for name, n in facts["groups"].items()
    ]
    show(arguments, facts, [said("support_head", unit=unit.name, **facts), *groups])
    return 0


async def exported(arguments: Namespace) -> int:
    """It holds what is sealed elsewhere, so that it is on record who took it out and when."""
    async with opened() as desk:
        works = desk.works
        local = works.rules.calendar.local
        async with works.begin() as work:
            unit = await find_unit(work.session, arguments.unit)
            as_of = arguments.as_of or work.now
            by = await desk.operator(work)
            work.record("support_exported", by=by, subject=unit.id, as_of=as_of.isoformat())
        async with works.reading() as session:
            paper = Paper(session, unit, as_of, works.keys, _word, local)
            lines = await write_log(paper, arguments.out)
    facts = {"file": str(arguments.out), "as_of": as_of.isoformat(), "lines": lines}
    moment = f"{local(as_of):%Y-%m-%d %H:%M}"
    show(arguments, facts, [said("support_exported", lines=lines, as_of=moment, file=arguments.out)])
    return 0


def _word(key: str) -> str:
    return word("between") if key == "between" else word(f"log_{key}")


async def picked(arguments: Namespace) -> int:
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(support_lists.SEEDS)
    async with opened() as desk:
        async with desk.works.reading() as session:
            unit = await find_unit(session, arguments.unit)
            drawn = await support_lists.lot(session, unit, max(0, arguments.count), seed)
            rows = await session.exec(
                select(Support.id, Graduate, Unit)
                .join(Graduate, col(Graduate.id) == col(Support.graduate_id))
                .join(Unit, col(Unit.id) == col(Graduate.unit_id))
                .where(col(Support.id).in_(drawn))
            )
            found = {one: (graduate, here) for one, graduate, here in rows}
        async with desk.works.begin() as work:
            support_lists.drawn(work, await desk.operator(work), unit, drawn, seed)
    people = [_about(*found[one]) for one in drawn]
    lines = ["\t".join(one.values()) for one in people]
    show(arguments, {"seed": seed, "picked": people}, [said("support_drawn", seed=seed), *lines])
    return 0


def _about(graduate: Graduate, unit: Unit) -> dict[str, Any]:
    number = graduate.student_no or graduate.exam_no or ""
    return {"number": number, "name": graduate.name, "unit": unit.name}
