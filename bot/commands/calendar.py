"""`quxiang calendar show`: the official dates of a preset, as the rules have them."""

from argparse import Namespace
from datetime import date
from typing import TYPE_CHECKING

from bot.commands.talk import Declined, offers_json, show
from bot.commands.words import said
from bot.settings import read
from rules import Event, load

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("calendar").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("show")
    parser.add_argument("--preset")
    parser.add_argument("--on", type=date.fromisoformat)
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    calendar = load(read().rules).calendar
    name = arguments.preset or calendar.default_preset
    try:
        preset = calendar.preset(name)
    except LookupError as error:
        known = said("between").join(calendar.presets)
        raise Declined(said("no_preset", name=name, known=known)) from error
    events = preset.on(arguments.on) if arguments.on else preset.events
    facts = {
        "preset": name,
        "source": preset.source,
        "events": [one.model_dump(mode="json", exclude_defaults=True) for one in events],
    }
    show(arguments, facts, [f"{name}  {preset.source}", *map(line_of, events)])
    return 0


def line_of(event: Event) -> str:
    days = [day for day in (event.start, event.end, event.due) if day]
    when = " – ".join(f"{day:%m-%d}" for day in days) or event.due_md or event.freq or "—"
    return f"{when:<14} {event.kind:<10} {event.key}"
