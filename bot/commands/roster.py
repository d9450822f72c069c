"""`quxiang roster import`: a diff first, then the rows in short transactions."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from actions import roster
from actions.roster_diff import Change, Comparison, registered
from actions.roster_rows import ROSTER, Prepared
from actions.roster_units import Units
from actions.sheets import Refused, digest_of, read_roster, refused_path, write_refused
from bot.commands.desk import Desk, opened
from bot.commands.paced import Paced
from bot.commands.sheets import LISTED, reason_text, refused_facts, refused_lines, takes_file
from bot.commands.spool import Spool
from bot.commands.talk import Declined, may_write, show
from bot.commands.words import said

if TYPE_CHECKING:
    from bot.commands import Commands

# A changed row, or one that raises a case, takes about as many statements as this many new ones.
DEAR = 12.0


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("roster").add_subparsers(metavar="COMMAND", required=True)
    parser = below.add_parser("import")
    takes_file(parser)
    parser.add_argument("--cohort", type=int, required=True)
    parser.set_defaults(go=go)


@dataclass
class Plan:
    """What the file would change."""

    path: Path
    cohort: int
    comparison: Comparison
    spool: Spool = field(default_factory=Spool)
    rows: int = 0
    headers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    refused: list[Refused] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "new": self.comparison.new,
            "changed": self.comparison.changed,
            "unchanged": self.comparison.unchanged,
            "conflicts": len(self.comparison.conflicts),
            "warnings": self.comparison.warnings,
            "refused": refused_facts(self.refused),
        }

    @property
    def counts(self) -> dict[str, int]:
        facts = self.facts
        return facts | {"refused": len(self.refused)}


async def go(arguments: Namespace) -> int:
    async with opened() as desk:
        plan = await compared(desk, arguments.file, arguments.cohort)
        with closing(plan.spool):
            show(arguments, plan.facts, lines_of(plan))
            if arguments.dry_run or not (plan.spool.count or plan.refused):
                return 0
            if not may_write(arguments, said("roster_question", count=plan.spool.count)):
                return 1
            if plan.refused:
                write_refused(refused_path(plan.path), plan.headers, plan.refused, reason_text)
            if plan.spool.count:
                await taken_over(desk, plan)
    return 0


async def compared(desk: Desk, path: Path, cohort: int) -> Plan:
    """Reads the file outside any transaction."""
    if desk.works.rules.taxonomy.edition(cohort) is None:
        raise Declined(said("roster_no_cohort", cohort=cohort))
    lines = read_roster(path, rules=desk.works.rules, cohort=cohort)
    async with desk.works.reading() as session:
        plan = Plan(path, cohort, await registered(session, cohort))
    plan.headers, plan.unknown = lines.headers, lines.unknown
    for line in lines:
        plan.rows += 1
        if isinstance(line, Refused):
            plan.refused.append(line)
        elif change := plan.comparison.take(line):
            plan.spool.keep(change)
    return plan


async def taken_over(desk: Desk, plan: Plan) -> None:
    digest = digest_of(plan.path)
    async with desk.works.begin() as work:
        by = await desk.operator(work)
        batch = await roster.begin(
            work, by, kind=ROSTER, name=plan.path.name, digest=digest, cohort=plan.cohort
        )
        units = await Units.read(work.session)
    paced: Paced[Change] = Paced(desk.works)
    try:
        for changes in paced.batches(plan.spool, cost):
            rules, keys = desk.works.rules, desk.works.keys
            rows = [Prepared(change, plan.cohort, rules, keys) for change in changes]
            async with paced.begin() as work:
                await roster.apply(work, by, batch.id, plan.cohort, units, rows)
    except IntegrityError as error:
        if "unique" not in str(error.orig).lower():
            raise
        raise Declined(said("roster_other_import")) from error
    async with desk.works.begin() as work:
        await roster.finish(work, by, batch.id, plan.counts)


def cost(change: Change) -> float:
    cheap = change.graduate_id is None and not change.row.warnings
    return 1.0 if cheap else DEAR


def lines_of(plan: Plan) -> Iterator[str]:
    yield said("roster_diff", file=plan.path.name, cohort=plan.cohort, **plan.counts)
    yield from refused_lines(plan.unknown, plan.refused)
    for clash in plan.comparison.conflicts[:LISTED]:
        yield said(f"roster_{clash.clash}", row=clash.line, other=clash.other_line or "")
    if missing := sum(1 for _ in plan.comparison.missing()):
        yield said("roster_missing", count=missing)
