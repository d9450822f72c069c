"""`quxiang demo`: the whole product against the built-in sandbox."""

import os
from argparse import Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.commands import Commands

PORT = 8080


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("demo")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or PORT))
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    from bot.demo import run_demo

    return int(await run_demo(port=arguments.port, check=arguments.check))
