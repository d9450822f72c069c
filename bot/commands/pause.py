"""`quxiang pause --all` and `quxiang resume --all`: the kill switch, within a second."""

from argparse import Namespace
from typing import TYPE_CHECKING

from actions import switch
from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    for verb in ("pause", "resume"):
        parser = commands.add_parser(verb)
        parser.add_argument("--all", action="store_true", required=True)
        parser.add_argument("--yes", action="store_true", help="accepted everywhere; a switch asks nothing")
        offers_json(parser)
        parser.set_defaults(go=go, verb=verb)


async def go(arguments: Namespace) -> int:
    pausing = arguments.verb == "pause"
    async with opened() as desk, desk.works.begin() as work:
        operator = await desk.operator(work)
        await (switch.pause_all if pausing else switch.resume_all)(work, operator)
    show(arguments, {"paused": pausing}, [said("paused_all" if pausing else "resumed_all")])
    return 0
