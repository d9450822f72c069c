"""A file of leads: whom it names and what is new first, then one case after another."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from actions import lead_rows
from actions.lead_rows import LeadComparison, Taken, people_of
from actions.sheets import LeadRow, Lines, Refused, refused_path, write_refused
from bot.commands.desk import Desk, opened
from bot.commands.paced import Paced
from bot.commands.sheets import LISTED, on_record, reason_text, refused_facts, refused_lines
from bot.commands.talk import may_write, show
from bot.commands.words import said
from models.case import CaseKind, Channel
from rules import Rules

COST = 12.0


class Reading(Protocol):
    def __call__(self, path: Path, *, rules: Rules) -> Lines[LeadRow]: ...


@dataclass
class Plan:
    """What the file would add."""

    path: Path
    name: str
    comparison: LeadComparison
    rows: int = 0
    headers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    refused: list[Refused] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "new": self.comparison.new,
            "changed": 0,
            "unchanged": self.comparison.unchanged,
            "conflicts": len(self.comparison.left_out),
            "not_found": len(self.comparison.nobody),
            "refused": refused_facts(self.refused),
        }

    @property
    def counts(self) -> dict[str, int]:
        facts = self.facts
        return facts | {"refused": len(self.refused)}


async def imported(
    arguments: Namespace, reading: Reading, name: str, kind: CaseKind, channel: Channel | None = None
) -> int:
    async with opened() as desk:
        lines = reading(arguments.file, rules=desk.works.rules)
        async with desk.works.reading() as session:
            people = await people_of(session)
        comparison = LeadComparison(people, desk.works.keys, kind, channel)
        plan = Plan(arguments.file, name, comparison, headers=lines.headers, unknown=lines.unknown)
        _compare(plan, lines)
        show(arguments, plan.facts, lines_of(plan))
        if arguments.dry_run or not (comparison.taken or plan.refused):
            return 0
        if not may_write(arguments, said("leads_question", count=len(comparison.taken))):
            return 1
        if plan.refused:
            write_refused(refused_path(plan.path), plan.headers, plan.refused, reason_text)
        if comparison.taken:
            await _taken_over(desk, plan)
    return 0


def _compare(plan: Plan, lines: Lines[LeadRow]) -> None:
    for line in lines:
        plan.rows += 1
        if isinstance(line, Refused):
            plan.refused.append(line)
        else:
            plan.comparison.take(line)


async def _taken_over(desk: Desk, plan: Plan) -> None:
    async with on_record(desk, plan.name, plan.path, plan.counts) as (by, import_id):
        paced: Paced[Taken] = Paced(desk.works)
        for some in paced.batches(plan.comparison.taken, lambda _: COST):
            async with paced.begin() as work:
                await lead_rows.apply(work, by, import_id, some)


def lines_of(plan: Plan) -> Iterator[str]:
    yield said("leads_diff", file=plan.path.name, **plan.counts)
    yield from refused_lines(plan.unknown, plan.refused)
    for left in [*plan.comparison.left_out[:LISTED], *plan.comparison.nobody[:LISTED]]:
        yield said(f"leads_{left.why}", row=left.line)
