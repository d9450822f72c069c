"""`quxiang audit verify`: walks the chain of seals; names the first row that does not hold."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from actions.seals import verify
from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("audit").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("verify")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.reading() as session:
        count, broken = await verify(session)
    facts = {"sealed": count, "broken": broken.event_id if broken else None}
    show(arguments, facts, [] if broken else [said("audit_sound", count=count)])
    if broken:
        print(said("audit_broken", event=broken.event_id or "?", seal=broken.seal_id), file=sys.stderr)
    return 1 if broken else 0
