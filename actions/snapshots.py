"""Snapshots: due by the calendar, counted as of their instant in bounded batches, and frozen by unit."""

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert
from sqlmodel import col, select

from actions import as_of
from actions.calendars import event_of, in_force
from actions.work import Work
from models.calendar import CalendarDate
from models.graduate import Graduate
from models.snapshot import Snapshot, SnapshotKind, SnapshotRun
from models.unit import Unit
from rules import Event
from rules.presets import Dates

PEOPLE = 150
UNITS = 200
MANY = 20_000


async def take(work: Work) -> bool:
    """One batch of the oldest that is due; a week of downtime only makes more batches."""
    run = await _oldest(work)
    if run is None:
        return await _lay_out(work)
    if run.counted_at is None:
        await _count(work, run)
    elif not await _freeze(work, run):
        run.done_at, run.counts = work.now, {}
        work.record("snapshot_taken", subject=run.id, cohort=run.cohort, of=run.kind.value)
    return True


async def _oldest(work: Work) -> SnapshotRun | None:
    query = select(SnapshotRun).where(col(SnapshotRun.done_at).is_(None)).order_by(col(SnapshotRun.at))
    return (await work.session.exec(query.limit(1).with_for_update(skip_locked=True))).first()


async def _lay_out(work: Work) -> bool:
    """What has come due since the last of its kind: the final one since there was a roster to count."""
    begun = select(CalendarDate.cohort, func.min(CalendarDate.applied_at)).group_by(col(CalendarDate.cohort))
    applied = dict((await work.session.exec(begun)).all())
    runs = [
        SnapshotRun(cohort=cohort, kind=kind, at=at)
        for cohort, there_at in await _there(work)
        for kind, at in await _due(work, cohort, there_at, applied.get(cohort))
    ]
    work.session.add_all(runs)
    return bool(runs)


async def _there(work: Work) -> list[tuple[int, datetime]]:
    """Each cohort, since when: from one to the next by the index, where a grouping reads everybody."""
    found: list[tuple[int, datetime]] = []
    lowest = select(Graduate.cohort).order_by(col(Graduate.cohort)).limit(1)
    first = select(func.min(Graduate.created_at))
    cohort = (await work.session.exec(lowest)).first()
    while cohort is not None:
        there_at = (await work.session.exec(first.where(col(Graduate.cohort) == cohort))).one()
        found.append((cohort, there_at))
        cohort = (await work.session.exec(lowest.where(col(Graduate.cohort) > cohort))).first()
    return found


async def _due(
    work: Work, cohort: int, there_at: datetime, applied_at: datetime | None
) -> list[tuple[SnapshotKind, datetime]]:
    """The others since a calendar was applied: without one nothing says when they are due."""
    begun = {SnapshotKind.FINAL: there_at}
    if applied_at is not None:
        begun |= dict.fromkeys((SnapshotKind.DAILY, SnapshotKind.WEEKLY), applied_at)
    rules, until = work.rules.snapshots, work.now - work.rules.snapshots.take_after
    last = select(SnapshotRun.kind, func.max(SnapshotRun.at)).where(SnapshotRun.cohort == cohort)
    known = dict((await work.session.exec(last.group_by(col(SnapshotRun.kind)))).all())
    dated = await _dated(work, cohort)
    return [
        (kind, at)
        for kind, since in begun.items()
        for at in rules.instants(
            kind.value, work.rules.calendar, dated, cohort, known.get(kind, since), until
        )
    ]


async def _dated(work: Work, cohort: int) -> list[tuple[Event, Dates]]:
    """Of the calendar in use, else of the usual one."""
    rows = [(row, event_of(work, row)) for row in await in_force(work, cohort)]
    if not rows:
        usual = work.rules.calendar.preset()
        return [(event, usual.dates(event, cohort)) for event in usual.events]
    return [(event, Dates(row.starts_on, row.due_on)) for row, event in rows if event is not None]


async def _count(work: Work, run: SnapshotRun) -> None:
    """Through the cohort by id: who comes later than the instant is seen and not counted."""
    query = select(Graduate.id).where(col(Graduate.cohort) + 0 == run.cohort)
    if run.after_id is not None:
        query = query.where(col(Graduate.id) > run.after_id)
    ids: Sequence[UUID] = (await work.session.exec(query.order_by(col(Graduate.id)).limit(PEOPLE))).all()
    counts = deepcopy(run.counts)  # changed in place it would look unchanged
    for unit_id, facts in (await as_of.count(work.session, ids, run.at)).items():
        as_of.add(counts.setdefault(unit_id.hex, {}), facts)
    run.counts = counts
    if ids:
        run.after_id = ids[-1]
    if len(ids) < PEOPLE:
        run.counts, run.counted_at = await _at_every_level(work, run), work.now


async def _at_every_level(work: Work, run: SnapshotRun) -> as_of.Facts:
    """Of a unit as of all that lies under it; the school has its own even where nobody was there yet."""
    units = await work.session.exec(select(Unit).limit(MANY))
    every: defaultdict[str, as_of.Facts] = defaultdict(dict)
    for unit in units:
        if unit.parent_id is None:
            every[unit.id.hex] |= {}
        if mine := run.counts.get(unit.id.hex):
            for above in unit.ids_above:
                as_of.add(every[above.hex], mine)
    return dict(every)


async def _freeze(work: Work, run: SnapshotRun) -> bool:
    """Some more units; False when all have theirs."""
    same = (Snapshot.cohort == run.cohort, Snapshot.kind == run.kind, Snapshot.at == run.at)
    done = {one.hex for one in await work.session.exec(select(Snapshot.unit_id).where(*same))}
    rows = [
        {
            "id": uuid4(),
            "cohort": run.cohort,
            "unit_id": UUID(unit),
            "kind": run.kind,
            "at": run.at,
            "taken_at": work.now,
            "rules_digest": work.rules.digest,
            "facts": as_of.whole(facts),
        }
        for unit, facts in sorted(run.counts.items())
        if unit not in done
    ][:UNITS]
    if rows:
        await work.session.execute(insert(Snapshot), rows)
    return bool(rows)
