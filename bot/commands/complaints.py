"""`quxiang complaints import`: complaint leads that came through other doors."""

from argparse import Namespace
from typing import TYPE_CHECKING

from actions.sheets import read_complaints
from bot.commands.lead_import import imported
from bot.commands.sheets import takes_file
from models.case import CaseKind

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("complaints").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("import")
    takes_file(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    return await imported(arguments, read_complaints, "complaints", CaseKind.COMPLAINT)
