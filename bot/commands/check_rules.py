"""`quxiang check-rules`: reads every rule file and says which digest is in force."""

from argparse import Namespace
from typing import TYPE_CHECKING

from bot.commands.talk import offers_json, show
from bot.commands.words import said
from bot.settings import WrongSetting, read
from rules import load

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("check-rules")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    settings = read()
    if settings.rules is not None and not settings.rules.is_dir():
        raise WrongSetting(said("no_rules_folder", folder=settings.rules))
    rules = load(settings.rules)
    show(arguments, {"digest": rules.digest}, [said("rules_sound", digest=rules.digest[:12])])
    return 0
