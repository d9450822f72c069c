"""How a command speaks with whoever typed it: facts or lines, a question, a refusal."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from bot.commands.words import said


class Declined(Exception):
    """Refused, for this reason; exit status 1."""


def show(arguments: Namespace, facts: object, lines: Iterable[str] = ()) -> None:
    """Facts as JSON where that was asked for, else the lines."""
    if getattr(arguments, "json", False):
        print(json.dumps(facts, ensure_ascii=False))
    else:
        for line in lines:
            print(line)


def may_write(arguments: Namespace, question: str) -> bool:
    """`--yes`, or a person at a terminal who says so; otherwise nothing is written, and that is said."""
    if getattr(arguments, "yes", False):
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(said("not_written"), file=sys.stderr)
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in {"y", "yes", "是"}:
        return True
    print(said("not_agreed"), file=sys.stderr)
    return False


def offers_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")
