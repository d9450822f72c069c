"""`quxiang doctor`: what needs doing before and while people are asked; exit status 1 if anything does."""

from argparse import Namespace
from typing import TYPE_CHECKING

from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said
from bot.doctor import Finding, examine

if TYPE_CHECKING:
    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("doctor")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    async with opened() as desk:
        findings = [finding async for finding in examine(desk.settings, desk.works)]
    facts = [{"check": one.check, "sound": one.sound, "say": sentence(one)} for one in findings]
    marks = {True: said("doctor_mark_sound"), False: said("doctor_mark_trouble")}
    show(arguments, facts, [f"{marks[one.sound]} {sentence(one)}" for one in findings])
    return 0 if all(one.sound for one in findings) else 1


def sentence(finding: Finding) -> str:
    facts = finding.facts
    if "names" in facts:
        facts = facts | {"names": said("between").join(facts["names"])}
    return said(f"doctor_{finding.say}", **facts)
