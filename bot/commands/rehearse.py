"""`quxiang rehearse`: a whole season on a made-up school, printed day by day."""

import gc
from argparse import ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.commands.calendar import known
from bot.commands.run import THRESHOLDS
from bot.commands.talk import Declined, offers_json, show
from bot.commands.words import said, word
from bot.settings import read
from rules import load

if TYPE_CHECKING:
    from bot.commands import Commands
    from bot.season import Season
    from bot.season.table import Day

PEOPLE, SEED = 60, 1


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("rehearse")
    parser.add_argument("--preset", required=True)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    parser.add_argument("--people", type=_some, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    offers_json(parser)
    parser.set_defaults(go=go)


def _some(text: str) -> int:
    if not 1 <= (number := int(text)) <= 500:
        raise ArgumentTypeError("1 to 500")
    return number


async def go(arguments: Namespace) -> int:
    from bot.season import rehearse

    rules = load(read().rules)
    known(rules.calendar, arguments.preset)
    if arguments.last < arguments.first:
        raise Declined(said("rehearse_backwards"))
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    season = await rehearse(
        rules,
        arguments.preset,
        arguments.first,
        arguments.last,
        people=arguments.people,
        seed=arguments.seed,
    )
    show(arguments, facts_of(season), lines_of(season))
    return 0


def facts_of(season: "Season") -> dict[str, Any]:
    return {
        "preset": season.preset,
        "from": season.first.isoformat(),
        "to": season.last.isoformat(),
        "people": season.people,
        "days": [{"day": day.isoformat(), **one.facts()} for day, one in season.days.items()],
        "total": season.total.facts(),
        "refused": season.refused,
    }


def lines_of(season: "Season") -> Iterator[str]:
    """One line a day; a day on which nothing happened has one, too."""
    yield said("rehearse_head", preset=season.preset, people=season.people)
    yield said("rehearse_columns")
    for day, one in season.days.items():
        yield _line(day.isoformat(), one)
    yield _line(word("rehearse_total"), season.total)


def _line(name: str, day: "Day") -> str:
    return said(
        "rehearse_day",
        day=name,
        opened=day.opened,
        closed=day.closed,
        met=day.met,
        missed=day.missed,
        answers=_counted(day.answers),
        messages=_counted(day.messages),
    )


def _counted(counts: Counter[str]) -> str:
    return " ".join(f"{name}:{n}" for name, n in sorted(counts.items())) or "-"
