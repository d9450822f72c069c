"""`quxiang staff`: a single-use link for one colleague or for every counselor; the end of a duty."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from actions import staff
from actions.counselors import Named, counselors_of_roster
from actions.staff import DataEntryHeld, NumberNeeded
from actions.units import find_unit
from bot.commands.desk import Desk, opened
from bot.commands.links import links
from bot.commands.talk import Declined, offers_json, show
from bot.commands.words import said
from models.staff import Role
from models.unit import Unit
from reports.invitations import COUNSELORS, LinkSheet

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    verbs = commands.add_parser("staff").add_subparsers(metavar="VERB", required=True)
    parser = verbs.add_parser("invite")
    parser.add_argument("--role", choices=[role.value for role in Role], metavar="ROLE")
    parser.add_argument("--unit", action="append", metavar="PATH")
    parser.add_argument("--name")
    parser.add_argument("--number", metavar="工号")
    parser.add_argument("--from-roster", action="store_true")
    parser.add_argument("--out", type=Path, metavar="FILE.xlsx")
    parser.add_argument("--yes", action="store_true")
    offers_json(parser)
    parser.set_defaults(go=lambda arguments: _go(parser, arguments))
    ending = verbs.add_parser("end")
    ending.add_argument("--number", metavar="工号", required=True)
    ending.add_argument("--role", choices=[role.value for role in Role], metavar="ROLE", required=True)
    ending.add_argument("--unit", metavar="PATH", required=True)
    ending.add_argument("--yes", action="store_true")
    offers_json(ending)
    ending.set_defaults(go=end)


async def _go(parser: ArgumentParser, arguments: Namespace) -> int:
    if arguments.from_roster:
        if arguments.out is None:
            parser.error(said("staff_needs_out"))
        return await from_roster(arguments)
    if not (arguments.role and arguments.unit and arguments.name and arguments.name.strip()):
        parser.error(said("staff_needs"))
    return await invite(arguments)


async def invite(arguments: Namespace) -> int:
    async with opened() as desk:
        link = await links(desk.works, desk.settings)
        async with desk.works.reading() as session:
            units = [await find_unit(session, path) for path in arguments.unit]
        duties = [(Role(arguments.role), unit) for unit in units]
        code = await _invited(desk, arguments.name.strip(), arguments.number, duties)
    show(arguments, {"link": link(code)}, [link(code)])
    return 0


async def end(arguments: Namespace) -> int:
    """The duty is over; what waited on that desk goes to others."""
    async with opened() as desk:
        async with desk.works.reading() as session:
            unit = await find_unit(session, arguments.unit)
        async with desk.works.begin() as work:
            duty = await staff.duty_of(work, arguments.number, Role(arguments.role), unit)
            if duty is None:
                raise Declined(said("no_such_duty", number=arguments.number))
            await staff.end_duty(work, await desk.operator(work), duty.id)
    show(arguments, {"ended": True}, [said("duty_ended", number=arguments.number, unit=unit.name)])
    return 0


async def _invited(desk: Desk, name: str, number: str | None, duties: list[tuple[Role, Unit]]) -> str:
    try:
        async with desk.works.begin() as work:
            return await staff.invite(work, await desk.operator(work), name, number, duties)
    except DataEntryHeld as held:
        raise Declined(said("data_entry_held", name=held.holder, unit=held.unit)) from held
    except NumberNeeded as needed:
        raise Declined(said("staff_number_needed", name=name)) from needed


async def from_roster(arguments: Namespace) -> int:
    async with opened() as desk:
        link = await links(desk.works, desk.settings)
        async with desk.works.reading() as session:
            named = await counselors_of_roster(session)
        arguments.out.open("wb").close()
        with LinkSheet(arguments.out, COUNSELORS) as sheet:
            for one in named:
                code = await _counselor(desk, one)
                classes = "、".join(unit.name for unit in one.units)
                sheet.write([one.name, one.number or "", classes], link(code) if code else None)
        async with desk.works.reading() as session:
            bare = [unit.name for unit in await staff.classes_without_counselor(session)]
    facts = {"counselors": sheet.lines, "file": str(arguments.out), "without_account": bare}
    lines = [said("counselors_written", count=sheet.lines, file=arguments.out)]
    if bare:
        lines.append(said("classes_without", count=len(bare), names=said("between").join(bare)))
    show(arguments, facts, lines)
    return 0


async def _counselor(desk: Desk, one: Named) -> str | None:
    """Duties always; a link only for whoever has no account yet."""
    duties = [(Role.COUNSELOR, unit) for unit in one.units]
    async with desk.works.begin() as work:
        operator = await desk.operator(work)
        known = await staff.find(work, one.name, one.number)
        if known is None or known.person_id is None:
            return await staff.invite(work, operator, one.name, one.number, duties, known=known)
        await staff.assign(work, operator, known, duties)
    return None
