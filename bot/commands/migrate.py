"""`quxiang migrate`: brings the database to the newest schema."""

from argparse import Namespace
from typing import TYPE_CHECKING

from bot.commands.desk import reached
from bot.commands.words import said
from bot.migrate import migrate
from bot.settings import read

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    commands.add_parser("migrate").set_defaults(go=go)


async def go(_: Namespace) -> int:
    async with reached(read()) as database:
        await migrate(database)
    print(said("migrated"))
    return 0
