"""`quxiang snapshot`: the facts that were frozen, the newest first, and one of them in full."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from actions.units import find_unit
from bot.commands.desk import opened
from bot.commands.status import lines_of
from bot.commands.talk import Declined, offers_json, show
from bot.commands.words import said, word
from models.snapshot import Snapshot, SnapshotKind
from reports.snapshots import newest

if TYPE_CHECKING:
    from bot.commands import Commands

LISTED = 400


def add_to(commands: "Commands") -> None:
    below = commands.add_parser("snapshot").add_subparsers(metavar="COMMAND", required=True)
    listed = below.add_parser("list")
    _which(listed)
    listed.set_defaults(go=list_them)
    shown = below.add_parser("show")
    _which(shown)
    shown.add_argument("--on", type=date.fromisoformat, help="of this day; the newest otherwise")
    shown.set_defaults(go=show_one)


def _which(parser: ArgumentParser) -> None:
    parser.add_argument("--unit", default="")
    parser.add_argument("--cohort", type=int)
    parser.add_argument("--kind", type=SnapshotKind, choices=list(SnapshotKind))
    offers_json(parser)


async def list_them(arguments: Namespace) -> int:
    _, rows, local = await _found(arguments)
    facts = [_about(row) for row in rows]
    show(arguments, facts, [_line(row, local) for row in rows] or [said("snapshot_none")])
    return 0


async def show_one(arguments: Namespace) -> int:
    name, rows, local = await _found(arguments)
    wanted = [row for row in rows if arguments.on in (None, local(row.at).date())]
    if not wanted:
        raise Declined(said("snapshot_none"))
    row = wanted[0]
    left_out = said("between").join(word(f"status_{one}") for one in row.facts["left_out"])
    head = said(
        "snapshot_head",
        unit=name,
        cohort=row.cohort,
        kind=word(f"snapshot_kind_{row.kind.value}"),
        at=f"{local(row.at):%Y-%m-%d %H:%M}",
        taken=f"{local(row.taken_at):%Y-%m-%d %H:%M}",
    )
    show(arguments, _about(row) | {"facts": row.facts}, [head, *lines_of(row.facts | {"left_out": left_out})])
    return 0


async def _found(arguments: Namespace) -> tuple[str, list[Snapshot], Callable[[datetime], datetime]]:
    async with opened() as desk, desk.works.reading() as session:
        unit = await find_unit(session, arguments.unit)
        rows = await newest(session, unit, cohort=arguments.cohort, kind=arguments.kind, limit=LISTED)
        return unit.name, list(rows), desk.works.rules.calendar.local


def _about(row: Snapshot) -> dict[str, Any]:
    return {
        "cohort": row.cohort,
        "kind": row.kind.value,
        "at": row.at.isoformat(),
        "taken_at": row.taken_at.isoformat(),
        "rules_digest": row.rules_digest,
    }


def _line(row: Snapshot, local: Callable[[datetime], datetime]) -> str:
    return said(
        "snapshot_line",
        at=f"{local(row.at):%Y-%m-%d %H:%M}",
        kind=word(f"snapshot_kind_{row.kind.value}"),
        cohort=row.cohort,
        roster=row.facts["roster"],
        answered=sum(row.facts["answers"].values()),
        open=row.facts["disputes"]["open"],
    )
