"""`quxiang invitations`: one personal link per graduate not yet enrolled, as a sheet to hand out."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from actions import invitations
from actions.invitations import Invited
from actions.units import find_unit
from bot.commands.desk import Desk, opened
from bot.commands.links import Link, links
from bot.commands.talk import offers_json, show
from bot.commands.words import said
from models.unit import Unit, UnitKind
from reports.invitations import GRADUATES, LinkSheet

if TYPE_CHECKING:
    from bot.commands import Commands

# With its QR codes drawn outside, one batch stays well under the 100 ms a writer may take.
BATCH = 50


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("invitations")
    parser.add_argument("--unit", required=True, metavar="PATH")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.xlsx")
    parser.add_argument("--revoke", action="store_true")
    parser.add_argument("--yes", action="store_true")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    async with opened() as desk:
        link = await links(desk.works, desk.settings)
        async with desk.works.reading() as session:
            unit = await find_unit(session, arguments.unit)
            classes = await invitations.classes_under(session, unit)
        named = await _named(desk, classes)
        arguments.out.open("wb").close()
        with LinkSheet(arguments.out, GRADUATES) as sheet:
            for one in sorted(classes, key=lambda one: named[one.id]):
                await _class(desk, one, named[one.id], sheet, link, revoke=arguments.revoke)
    facts = {"links": sheet.lines, "file": str(arguments.out)}
    show(arguments, facts, [said("links_written", count=sheet.lines, file=arguments.out)])
    return 0


async def _class(
    desk: Desk, unit: Unit, named: tuple[str, str], sheet: LinkSheet, link: Link, *, revoke: bool
) -> None:
    after = ""
    while batch := await _batch(desk, unit, after, revoke=revoke):
        for one in batch:
            sheet.write([*named, one.graduate.student_no or "", one.graduate.name], link(one.code))
        after = batch[-1].graduate.roster_key


async def _batch(desk: Desk, unit: Unit, after: str, *, revoke: bool) -> list[Invited]:
    async with desk.works.begin() as work:
        operator = await desk.operator(work)
        return await invitations.invite_some(work, operator, unit, after=after, limit=BATCH, revoke=revoke)


async def _named(desk: Desk, classes: list[Unit]) -> dict[object, tuple[str, str]]:
    """College and class by name; a graduate held by the college itself has no class."""
    async with desk.works.reading() as session:
        above = await invitations.colleges(session, classes)
    return {
        one.id: (above.get(one.id, ""), one.name if one.kind is UnitKind.CLASS else "") for one in classes
    }
