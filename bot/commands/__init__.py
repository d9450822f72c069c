"""The command line: one module per command with `add_to(commands)`; `go` gives the exit status.

    def add_to(commands: Commands) -> None:
        parser = commands.add_parser("status")
        parser.add_argument("--json", action="store_true")
        parser.set_defaults(go=go)

    async def go(arguments: Namespace) -> int:
        async with opened() as desk, desk.works.begin() as work:
            operator = await desk.operator(work)
            ...

What cannot be done raises `Declined(sentence)` (exit status 1); see `desk.py` for the rest.
"""

from argparse import ArgumentParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Commands = _SubParsersAction[ArgumentParser]
