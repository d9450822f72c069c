"""`quxiang` and `python -m bot`: finds the command, runs it, turns an expected failure into a sentence."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

# Each module is imported only when its command is asked for: Telegram's libraries cost seconds.
COMMANDS = {
    "run": "run",
    "demo": "demo",
    "doctor": "doctor",
    "migrate": "migrate",
    "check-rules": "check_rules",
    "roster": "roster",
    "official": "official",
    "complaints": "complaints",
    "suspects": "suspects",
    "staff": "staff",
    "invitations": "invitations",
    "campaign": "campaign",
    "sms": "sms",
    "pause": "pause",
    "resume": "pause",
    "status": "status",
    "unreachable": "unreachable",
    "snapshot": "snapshot",
    "support": "support",
    "rehearse": "rehearse",
    "calendar": "calendar",
    "report": "report",
    "audit": "audit",
    "backup": "backup",
    "restore": "backup",
}


def main(argv: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    # What is imported stays: to look for garbage among it, now and at the end, is a third of a short command.
    gc.disable()
    arguments = _parser(given).parse_args(given)
    if argv is None:
        gc.freeze()
    gc.enable()
    try:
        return int(asyncio.run(arguments.go(arguments)))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except _expected() as error:
        from bot.commands.failures import explained

        known = explained(error)
        if known is None:
            raise
        sentence, status = known
        print(sentence, file=sys.stderr)
        return status


def _expected() -> tuple[type[BaseException], ...]:
    """Looked up only once something was raised."""
    from bot.commands.failures import EXPECTED

    return EXPECTED


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="quxiang")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    first = next((word for word in given if not word.startswith("-")), "")
    modules = [COMMANDS[first]] if first in COMMANDS else dict.fromkeys(COMMANDS.values())
    for module in modules:
        if find_spec(f"bot.commands.{module}") is not None:
            import_module(f"bot.commands.{module}").add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
