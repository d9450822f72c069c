"""Takes a roster over: units, graduates and versions of what is registered, a bounded batch a transaction."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from actions import again, cases, destinations, rights
from actions.roster_rows import CHECKED, PLAIN, REGISTERED, ROSTER, SEALED, Prepared
from actions.roster_units import Units
from actions.sheets import Oddity
from actions.units import school
from actions.work import Work
from models.case import Case, CaseKind, CaseState
from models.graduate import Destination, Graduate
from models.official import ImportBatch
from models.person import Person
from models.staff import Role

MAY_IMPORT = (Role.OFFICE,)
OF_THE_ROW = ("roster_key", "name_key", "fingerprint")
OF_THE_CLASS = frozenset({"counselor", "counselor_no", "unit"})
RAISES_CASE = (Oddity.UNKNOWN_CODE, Oddity.BAD_USCC)


async def begin(
    work: Work, by: Person, *, kind: str, name: str, digest: str, cohort: int | None
) -> ImportBatch:
    """A file's import; one that was stopped goes on where it stood."""
    await rights.must(work, by, MAY_IMPORT, await school(work.session))
    stopped = await work.session.exec(
        select(ImportBatch).where(
            ImportBatch.kind == kind,
            ImportBatch.file_digest == digest,
            col(ImportBatch.cohort).is_(None) if cohort is None else ImportBatch.cohort == cohort,
            col(ImportBatch.finished_at).is_(None),
        )
    )
    batch = stopped.first()
    if batch is None:
        batch = ImportBatch(
            kind=kind,
            file_digest=digest,
            file_name=name[:300],
            cohort=cohort,
            by_person_id=by.id,
            started_at=work.now,
        )
        work.session.add(batch)
    work.record("import_begun", by=by, subject=batch.id, of=kind)
    return batch


async def finish(work: Work, by: Person, import_id: UUID, counts: dict[str, int]) -> None:
    batch = await work.session.get_one(ImportBatch, import_id)
    batch.finished_at, batch.counts = work.now, json.dumps(counts)
    new, changed = counts["new"], counts["changed"]
    work.record("import_finished", by=by, subject=batch.id, of=batch.kind, new=new, changed=changed)


async def apply(
    work: Work, by: Person, import_id: UUID, cohort: int, units: Units, rows: Sequence[Prepared]
) -> None:
    """New ones in two statements, changed ones one by one; what the rows were warned of becomes cases."""
    unit_ids = [units.of(work.session, one.row) for one in rows]
    await work.session.flush()
    new = [(one, unit_id) for one, unit_id in zip(rows, unit_ids, strict=True) if one.is_new]
    await _insert(work, import_id, cohort, new)
    other_hands = {
        unit_id
        for one, unit_id in zip(rows, unit_ids, strict=True)
        if not one.is_new and await _update(work, by, import_id, one, unit_id)
    }
    for unit_id in sorted(other_hands):
        await again.mark(work, unit_id)
    for one in rows:
        await _raise_cases(work, one)


async def _insert(work: Work, import_id: UUID, cohort: int, new: Iterable[tuple[Prepared, UUID]]) -> None:
    people = [one.new_graduate(cohort, unit_id) | {"created_at": work.now} for one, unit_id in new]
    if not people:
        return
    versions = [one.first_destination(import_id) | {"registered_at": work.now} for one, _ in new]
    # Core, not the ORM's bulk insert: a third of the time for the same rows.
    await work.session.execute(insert(SQLModel.metadata.tables["graduate"]), people)
    await work.session.execute(insert(SQLModel.metadata.tables["destination"]), versions)


async def _update(work: Work, by: Person, import_id: UUID, one: Prepared, unit_id: UUID) -> bool:
    """Whether somebody else looks after them from now on."""
    query = select(Graduate).where(Graduate.id == one.graduate_id).with_for_update()
    graduate = (await work.session.exec(query)).one()
    kept = _checked_since(work, by, graduate, one)
    changed = [name for name in _differing(graduate, one, unit_id, work) if name not in kept]
    for name in {*changed, *_digests(kept), *OF_THE_ROW} & one.graduate.keys():
        setattr(graduate, name, one.graduate[name])
    if "phone" in changed:
        # Nobody has been rung there yet.
        graduate.tried_at = None
    was = {"was_unit": str(graduate.unit_id)} if graduate.unit_id != unit_id else {}
    graduate.unit_id, graduate.removed_at = unit_id, None
    fields = ",".join(changed)
    work.record("roster_changed", by=by, subject=import_id, graduate=graduate.id, fields=fields, **was)
    if await _differs_from_last(work, graduate, one):
        version = Destination(**one.destination, import_id=import_id, registered_at=work.now)
        await destinations.register(work, graduate, version)
    return not OF_THE_CLASS.isdisjoint(changed)


def _checked_since(work: Work, by: Person, graduate: Graduate, one: Prepared) -> set[str]:
    """Numbers that were checked after the roster's last word, and about which it says nothing new."""
    kept = set()
    for name in CHECKED:
        now, says = getattr(graduate, f"{name}_digest"), one.graduate[f"{name}_digest"]
        last = getattr(graduate, f"roster_{name}_digest")
        if now in (last, says):
            continue
        if says in (last, None):
            kept.add(name)
        else:
            work.record("contact_overruled", by=by, graduate=graduate.id, contact=name)
    return kept


def _digests(kept: set[str]) -> set[str]:
    """Where a checked number stays, what the roster said last stays too: an empty cell takes nothing back."""
    said = {f"roster_{name}_digest" for name in CHECKED if name not in kept}
    return said | {f"{name}_digest" for name in SEALED if name not in kept}


def _differing(graduate: Graduate, one: Prepared, unit_id: UUID, work: Work) -> list[str]:
    now = one.graduate
    changed = [name for name in PLAIN if getattr(graduate, name) != now[name]]
    changed += [name for name in SEALED if getattr(graduate, f"{name}_digest") != now[f"{name}_digest"]]
    if (work.open(graduate.hardship) or None) != one.row.hardship:
        changed.append("hardship")
    return [*changed, "unit"] if graduate.unit_id != unit_id else changed


async def _differs_from_last(work: Work, graduate: Graduate, one: Prepared) -> bool:
    """Against what the roster said last: a correction made since then is not undone by an old line."""
    last = (
        await work.session.exec(
            select(Destination)
            .where(Destination.graduate_id == graduate.id)
            .order_by((col(Destination.source) == ROSTER).desc(), col(Destination.number).desc())
            .limit(1)
        )
    ).first()
    if last is None:
        return True
    if (work.open(last.contact_name) or None) != one.row.contact_name:
        return True
    return any(getattr(last, name) != one.destination[name] for name in REGISTERED)


async def _raise_cases(work: Work, one: Prepared) -> None:
    """One open case per graduate and problem."""
    for oddity in {warning.kind for warning in one.row.warnings if warning.kind in RAISES_CASE}:
        graduate = await work.session.get_one(Graduate, one.graduate_id)
        standing = await work.session.exec(
            select(Case.id).where(
                Case.graduate_id == graduate.id,
                Case.kind == CaseKind.RECORD_PROBLEM,
                Case.reason == oddity.value,
                col(Case.state) != CaseState.CLOSED,
            )
        )
        if standing.first() is None:
            await cases.open_case(
                work,
                CaseKind.RECORD_PROBLEM,
                unit_id=graduate.unit_id,
                graduate=graduate,
                reason=oddity.value,
            )
