"""`quxiang suspects import`: a list of suspects from above, a case for each match."""

from argparse import Namespace
from typing import TYPE_CHECKING

from actions.sheets import read_suspects
from bot.commands.lead_import import imported
from bot.commands.sheets import takes_file
from models.case import CaseKind, Channel

if TYPE_CHECKING:
    from bot.commands import Commands

FROM = [Channel.MINISTRY.value, Channel.PROVINCE.value, Channel.THIRD_PARTY.value]


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("suspects").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("import")
    takes_file(parser)
    parser.add_argument("--from", dest="given_by", choices=FROM, required=True)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    channel = Channel(arguments.given_by)
    return await imported(arguments, read_suspects, f"suspects_{channel}", CaseKind.FINDING, channel)
