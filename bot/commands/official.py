"""`quxiang official import`: the national register's list, a diff first."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions import official
from actions.official import OFFICIAL
from actions.official_diff import Mismatch, OfficialComparison, Said, said_so_far
from actions.sheets import Refused, read_official, refused_path, write_refused
from bot.commands.desk import Desk, opened
from bot.commands.paced import Paced
from bot.commands.sheets import (
    LISTED,
    on_record,
    reason_text,
    refused_facts,
    refused_lines,
    takes_file,
)
from bot.commands.talk import may_write, show
from bot.commands.words import said
from models.official import Feedback

if TYPE_CHECKING:
    from bot.commands import Commands

PLAIN, FEEDBACK = 3.0, 20.0


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("official").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("import")
    takes_file(parser)
    parser.set_defaults(go=go)


@dataclass
class Plan:
    """What the list would change."""

    path: Path
    comparison: OfficialComparison
    rows: int = 0
    headers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    refused: list[Refused] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        comparison = self.comparison
        nobody = comparison.count(Mismatch.NOBODY)
        return {
            "rows": self.rows,
            "new": comparison.new,
            "changed": comparison.changed,
            "unchanged": comparison.unchanged,
            "conflicts": len(comparison.left_out) - nobody,
            "not_found": nobody,
            "disputed": sum(1 for one in comparison.said if one.feedback is Feedback.NEVER_SIGNED),
            "warnings": comparison.warnings,
            "refused": refused_facts(self.refused),
        }

    @property
    def counts(self) -> dict[str, int]:
        facts = self.facts
        return facts | {"refused": len(self.refused)}


async def go(arguments: Namespace) -> int:
    async with opened() as desk:
        plan = await compared(desk, arguments.file)
        show(arguments, plan.facts, lines_of(plan))
        if arguments.dry_run or not (plan.comparison.said or plan.refused):
            return 0
        if not may_write(arguments, said("official_question", count=len(plan.comparison.said))):
            return 1
        if plan.refused:
            write_refused(refused_path(plan.path), plan.headers, plan.refused, reason_text)
        if plan.comparison.said:
            await taken_over(desk, plan)
    return 0


async def compared(desk: Desk, path: Path) -> Plan:
    lines = read_official(path, rules=desk.works.rules)
    async with desk.works.reading() as session:
        plan = Plan(path, await said_so_far(session), headers=lines.headers, unknown=lines.unknown)
    for line in lines:
        plan.rows += 1
        if isinstance(line, Refused):
            plan.refused.append(line)
        else:
            plan.comparison.take(line)
    return plan


async def taken_over(desk: Desk, plan: Plan) -> None:
    async with on_record(desk, OFFICIAL, plan.path, plan.counts) as (by, import_id):
        paced: Paced[Said] = Paced(desk.works)
        for some in paced.batches(plan.comparison.said, lambda one: FEEDBACK if one.feedback else PLAIN):
            async with paced.begin() as work:
                await official.apply(work, by, import_id, some)


def lines_of(plan: Plan) -> Iterator[str]:
    yield said("official_diff", file=plan.path.name, **plan.counts)
    yield from refused_lines(plan.unknown, plan.refused)
    for left in plan.comparison.left_out[:LISTED]:
        yield said(f"official_{left.why}", row=left.line)
