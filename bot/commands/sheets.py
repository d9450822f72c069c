"""What every import of a file offers, how it is on record, and what is said of the lines it refuses."""

from argparse import ArgumentParser
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from actions import roster
from actions.sheets import Refused, digest_of
from bot.commands.desk import Desk
from bot.commands.talk import offers_json
from bot.commands.words import said, word
from models.person import Person

LISTED = 20


def takes_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--yes", action="store_true")
    offers_json(parser)


@asynccontextmanager
async def on_record(
    desk: Desk, kind: str, path: Path, counts: Mapping[str, int]
) -> AsyncIterator[tuple[Person, UUID]]:
    """By whom, and as which import; finished with what it came to, if it comes to its end."""
    digest = digest_of(path)
    async with desk.works.begin() as work:
        by = await desk.operator(work)
        batch = await roster.begin(work, by, kind=kind, name=path.name, digest=digest, cohort=None)
    yield by, batch.id
    async with desk.works.begin() as work:
        await roster.finish(work, by, batch.id, dict(counts))


def reason_text(one: Refused) -> str:
    return word(f"reason_{one.reason}")


def refused_facts(refused: Sequence[Refused]) -> list[dict[str, Any]]:
    return [{"row": one.line, "column": one.column, "reason": reason_text(one)} for one in refused]


def refused_lines(unknown: Sequence[str], refused: Sequence[Refused]) -> Iterator[str]:
    """Columns nobody knows, then the first lines that were not taken."""
    if unknown:
        yield said("roster_unknown_columns", columns=said("between").join(unknown))
    for one in refused[:LISTED]:
        yield said("roster_refused", row=one.line, column=one.column, reason=reason_text(one))
