"""自查记录: one workbook in three sections (records, problems, how they were handled) as of one instant."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from xlsxwriter import Workbook

from models.answer import Answer
from models.case import Case, CaseState
from models.dispute import Dispute
from models.graduate import Destination, Graduate
from models.sealed import Keyring
from models.staff import Staff
from models.unit import Unit, UnitKind
from reports.checks import Check, Result, checks_of, deciding, of_version, version_of_case
from rules.parts import bare

ROWS = 500
MOST_IN_A_CELL = 32_767
RECORDS = (
    *("no", "college", "major", "class", "student_no", "name", "degree", "counselor"),
    *("code", "code_name", "employer", "uscc", "location", "position", "signed_on", "version"),
    *("ways", "result", "checked_at", "checker", "times"),
)
PROBLEMS = ("unit", "problem", "count", "share")
HANDLING = (
    *("case", "problem", "class", "student_no", "name", "enterer", "handler", "apart"),
    *("method", "finding", "outcome", "state", "closed_at", "reviewer"),
)


@dataclass
class Paper:
    """What every section needs: whom it is about, as of when, the words and the clock on the wall."""

    session: AsyncSession
    unit: Unit
    as_of: datetime
    keys: Keyring
    words: Callable[[str], str]
    local: Callable[[datetime], datetime]
    names: dict[UUID, list[tuple[UnitKind, str]]] = field(default_factory=dict)

    def moment(self, instant: datetime | None) -> str:
        return f"{self.local(instant):%Y-%m-%d %H:%M}" if instant else ""

    def level(self, unit_id: UUID, *kinds: UnitKind) -> str:
        return next((name for kind, name in self.names.get(unit_id, ()) if kind in kinds), "")

    def path(self, unit_id: UUID) -> str:
        return "/".join(name for _, name in self.names.get(unit_id, ())) or self.unit.name


async def write_selfcheck(paper: Paper, file: Path) -> Path:
    """Row by row into the file; every cell is text, so nothing in it is ever a formula."""
    paper.names = await names_of_units(paper.session)
    with Workbook(str(file), {"constant_memory": True}) as book:
        problems: Counter[tuple[UUID, str]] = Counter()
        people: Counter[UUID] = Counter()
        await _section(paper, book, "records", RECORDS, _records(paper, problems, people))
        await _count_cases(paper, problems)
        await _section(paper, book, "problems", PROBLEMS, _problems(paper, problems, people))
        await _section(paper, book, "handling", HANDLING, _handling(paper))
    return file


async def _section(
    paper: Paper, book: Workbook, name: str, columns: Sequence[str], rows: AsyncIterator[list[str]]
) -> None:
    sheet = book.add_worksheet(paper.words(name))
    write_line(
        sheet, 0, [paper.words("title"), paper.unit.name, paper.words("as_of"), paper.moment(paper.as_of)]
    )
    write_line(sheet, 1, [paper.words(column) for column in columns])
    line = 2
    async for row in rows:
        write_line(sheet, line, row)
        line += 1


def write_line(sheet: Any, line: int, cells: list[str]) -> None:
    for place, cell in enumerate(cells):
        if cell:
            sheet.write_string(line, place, cell[:MOST_IN_A_CELL])


async def _records(
    paper: Paper, problems: Counter[tuple[UUID, str]], people: Counter[UUID]
) -> AsyncIterator[list[str]]:
    number = 0
    async for some in _people(paper):
        checks = await checks_of(paper.session, [graduate for graduate, _ in some], paper.as_of)
        for graduate, destination in some:
            number += 1
            mine = of_version(checks.get(graduate.id, []), destination)
            last = deciding(mine, destination) if mine else None
            result = last.result(destination) if last else Result.UNCHECKED
            people[graduate.unit_id] += 1
            if result is not Result.TRUE:
                problems[graduate.unit_id, f"result_{result}"] += 1
            yield [str(number), *_who(paper, graduate), *_what(destination), *_how(paper, mine, last, result)]


def _who(paper: Paper, graduate: Graduate) -> list[str]:
    unit = graduate.unit_id
    return [
        paper.level(unit, UnitKind.COLLEGE, UnitKind.RESIDENTIAL),
        paper.level(unit, UnitKind.MAJOR),
        paper.level(unit, UnitKind.CLASS),
        graduate.student_no or "",
        graduate.name,
        graduate.degree or "",
        graduate.counselor or "",
    ]


def _what(destination: Destination) -> list[str]:
    signed = destination.signed_on.isoformat() if destination.signed_on else ""
    return [
        destination.code or "",
        destination.code_name or "",
        destination.employer or destination.school or "",
        destination.uscc or "",
        destination.location or "",
        destination.position or "",
        signed,
        str(destination.number),
    ]


def _how(paper: Paper, checks: list[Check], last: Check | None, result: Result) -> list[str]:
    word = paper.words(f"result_{result}")
    if last is None:
        return ["", word, "", "", "0"]
    ways = paper.words("between").join(dict.fromkeys(paper.words(f"way_{one.way}") for one in checks))
    return [ways, word, paper.moment(last.at), last.by or paper.words("themselves"), str(len(checks))]


async def _people(paper: Paper) -> AsyncIterator[list[tuple[Graduate, Destination]]]:
    """With the version that stood then; class by class."""
    for unit_id in await _units_below(paper):
        after = ""
        while some := await _some_of(paper, unit_id, after):
            yield some
            after = some[-1][0].roster_key


async def _some_of(paper: Paper, unit_id: UUID, after: str) -> list[tuple[Graduate, Destination]]:
    stood = (
        select(func.max(Destination.number))
        .where(Destination.graduate_id == Graduate.id, col(Destination.registered_at) <= paper.as_of)
        .correlate(Graduate)
        .scalar_subquery()
    )
    rows = await paper.session.exec(
        select(Graduate, Destination)
        .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
        .where(
            Graduate.unit_id == unit_id,
            col(Graduate.roster_key) > after,
            col(Graduate.removed_at).is_(None),
            col(Destination.number) == stood,
        )
        .order_by(col(Graduate.roster_key))
        .limit(ROWS)
    )
    return list(rows)


async def _units_below(paper: Paper) -> list[UUID]:
    units = await paper.session.exec(
        select(Unit.id).where(col(Unit.path).startswith(paper.unit.path)).order_by(col(Unit.path))
    )
    return list(units)


async def _count_cases(paper: Paper, problems: Counter[tuple[UUID, str]]) -> None:
    counted = await paper.session.exec(
        select(Case.unit_id, Case.kind, func.count())
        .where(col(Case.unit_id).in_(_below(paper)), col(Case.opened_at) <= paper.as_of)
        .group_by(col(Case.unit_id), col(Case.kind))
    )
    for unit_id, kind, count in counted:
        problems[unit_id, f"case_{kind}"] += count


async def _problems(
    paper: Paper, problems: Counter[tuple[UUID, str]], people: Counter[UUID]
) -> AsyncIterator[list[str]]:
    for (unit_id, problem), count in sorted(
        problems.items(), key=lambda one: (paper.path(one[0][0]), one[0][1])
    ):
        share = f"{100 * count / people[unit_id]:.2f}%" if people[unit_id] else ""
        yield [paper.path(unit_id), paper.words(problem), str(count), share]


async def _handling(paper: Paper) -> AsyncIterator[list[str]]:
    """By number; whoever handled it stands beside whoever entered the record."""
    staff = {one.id: one for one in await paper.session.exec(select(Staff))}
    after = 0
    while some := await _some_cases(paper, after):
        for case, graduate, destination in some:
            yield _handled(paper, case, graduate, destination, staff)
        after = some[-1][0].number


async def _some_cases(paper: Paper, after: int) -> list[tuple[Case, Graduate | None, Destination | None]]:
    rows = await paper.session.exec(
        select(Case, Graduate, Destination)
        .outerjoin(Graduate, col(Graduate.id) == col(Case.graduate_id))
        .outerjoin(Dispute, col(Dispute.case_id) == col(Case.id))
        .outerjoin(Answer, col(Answer.id) == col(Case.answer_id))
        .outerjoin(Destination, col(Destination.id) == version_of_case())
        .where(
            col(Case.unit_id).in_(_below(paper)),
            col(Case.opened_at) <= paper.as_of,
            col(Case.number) > after,
        )
        .order_by(col(Case.number))
        .limit(ROWS)
    )
    return list(rows)


def _handled(
    paper: Paper,
    case: Case,
    graduate: Graduate | None,
    destination: Destination | None,
    staff: dict[UUID, Staff],
) -> list[str]:
    if case.for_few:
        return [paper.words("withheld"), paper.words(f"case_{case.kind}")]
    closed = case.closed_at is not None and case.closed_at <= paper.as_of
    reviewer = staff.get(case.reviewer_id) if case.reviewer_id and closed else None
    state = case.state if closed or case.state is not CaseState.CLOSED else CaseState.AWAITING_REVIEW
    settled = case.settled_at is not None and case.settled_at <= paper.as_of
    handling = (case.closer_id if settled else None) or case.owner_id
    handler = staff.get(handling) if handling else None
    return [
        str(case.number),
        paper.words(f"case_{case.kind}"),
        paper.level(case.unit_id, UnitKind.CLASS),
        (graduate.student_no or "") if graduate else "",
        graduate.name if graduate else "",
        (destination.enterer or "") if destination else "",
        handler.name if handler else "",
        paper.words(f"apart_{_apart(handler, destination)}"),
        paper.words(f"method_{case.method}") if case.method and settled else "",
        paper.keys.open(case.finding) if case.finding and settled else "",
        paper.words(f"outcome_{case.outcome}") if case.outcome and settled else "",
        paper.words(f"state_{state}"),
        paper.moment(case.closed_at) if closed else "",
        reviewer.name if reviewer else "",
    ]


def _apart(handler: Staff | None, destination: Destination | None) -> str:
    """Whether the handler is somebody other than who entered the record; told apart as in routing."""
    if handler is None or destination is None:
        return "unknown"
    if handler.number and destination.enterer_no:
        return "yes" if handler.number != destination.enterer_no else "no"
    if key := bare(destination.enterer or ""):
        return "yes" if bare(handler.name) != key else "no"
    return "unknown"


def _below(paper: Paper) -> Any:
    return select(Unit.id).where(col(Unit.path).startswith(paper.unit.path))


async def names_of_units(session: AsyncSession) -> dict[UUID, list[tuple[UnitKind, str]]]:
    """Of every unit: the names from below the school down to it."""
    units = list(await session.exec(select(Unit).order_by(col(Unit.path))))
    names: dict[UUID, list[tuple[UnitKind, str]]] = {}
    for unit in units:
        above = names.get(unit.parent_id, []) if unit.parent_id else []
        is_root = unit.kind in (UnitKind.SCHOOL, UnitKind.PROVINCE)
        names[unit.id] = above if is_root else [*above, (unit.kind, unit.name)]
    return names
