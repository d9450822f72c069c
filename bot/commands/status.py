"""`quxiang status`: the same numbers as `/status`."""

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said, word
from reports.status import channels, status

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("status")
    parser.add_argument("--unit", default="")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.reading() as session:
        unit = await find_unit(session, arguments.unit)
        facts = await status(session, unit, desk.works.clock.now())
        doors = [(key, counts) for key, counts in (await channels(session, unit)).items() if counts["queued"]]
        show(arguments, facts, [unit.name, *lines_of(facts), *(door_line(*one) for one in doors)])
    return 0


def door_line(channel: str, counts: dict[str, int | bool] | dict[str, int]) -> str:
    """What is nothing is left out, as is whether it balances."""
    found = [f"{word(f'count_{name}')} {n}" for name, n in counts.items() if n and name != "balanced"]
    return f"{word(f'channel_{channel}')}{said('colon')}{said('between').join(found) or 0}"


def lines_of(facts: dict[str, Any], within: str = "") -> Iterator[str]:
    for key, value in facts.items():
        name = word(f"status_{key}")
        if isinstance(value, dict):
            yield f"{within}{name}"
            yield from lines_of(value, within + "  ")
        else:
            yield f"{within}{name}{said('colon')}{'—' if value is None else value}"
