"""`quxiang unreachable`: whom no message reaches and why, what to do next, and the names behind a number."""

import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from sqlmodel.ext.asyncio.session import AsyncSession

from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.talk import offers_json, show
from bot.commands.words import said, word
from models.person import OutOfReach
from models.unit import Unit
from reports import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.commands import Commands


def add_to(commands: "Commands") -> None:
    parser = commands.add_parser("unreachable")
    parser.add_argument("--unit", default="", metavar="PATH")
    parser.add_argument("--list", choices=[one.value for one in OutOfReach], help="the names behind a number")
    offers_json(parser)
    parser.set_defaults(go=go)


async def go(arguments: Namespace) -> int:
    async with opened() as desk, desk.works.reading() as session:
        unit = await find_unit(session, arguments.unit)
        if arguments.list:
            return await _names(arguments, session, unit)
        facts = await reach.ledger(session, [unit])
    show(arguments, facts, _lines(unit, facts))
    return 0


def _lines(unit: Unit, facts: dict[str, Any]) -> "Iterator[str]":
    yield said("reach_head", unit=unit.name, **{name: facts[name] for name in ("roster", "reachable")})
    for reason, count in facts["unreachable"].items():
        if count:
            what_next = said(f"next_{reason}")
            yield said("reach_line", reason=word(f"status_{reason}"), count=count, next=what_next)


async def _names(arguments: Namespace, session: AsyncSession, unit: Unit) -> int:
    """One line each as they come, so that a whole cohort needs no memory; as JSON, one list."""
    count = 0
    async for graduate, here in reach.names(session, unit, OutOfReach(arguments.list)):
        facts = {
            "number": graduate.student_no or graduate.exam_no,
            "name": graduate.name,
            "unit": here.name,
            "reason": arguments.list,
        }
        if arguments.json:
            print("[" if count == 0 else ",", json.dumps(facts, ensure_ascii=False))
        else:
            print(*(one for one in facts.values() if one), sep="\t")
        count += 1
    if arguments.json:
        print("]" if count else "[]")
    return 0
