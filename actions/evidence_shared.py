"""A25: one file that several graduates gave is looked at by a person; the graduates hear nothing of it."""

from collections.abc import Sequence

from sqlmodel import col, or_, select

from actions import cases, identity
from actions.work import Work
from models.case import Case, CaseKind, CaseState, NoteKind
from models.evidence import SHARED, Evidence
from models.graduate import Graduate
from models.person import Person

RULE, LEAST = "A25", "graduates_at_least"
# So much of a digest stands in the reason of the case.
BEGINNING = 24
MANY = 200


async def look(work: Work, person: Person, rows: Sequence[Evidence]) -> None:
    rule = work.rules.anomalies[RULE]
    if not rule.enabled:
        return
    own = {graduate.id for _, graduate in await identity.bindings(work, person)}
    for row in rows:
        same = await _same(work, row)
        others = {one.graduate_id for one in same} - own
        # Who gave it before was counted then.
        before = any(one.graduate_id in own and one.id != row.id for one in same)
        if others and not before and len(others) + 1 >= rule.numbers[LEAST]:
            await _raise(work, row, min(same, key=lambda one: one.given_at))


async def _same(work: Work, row: Evidence) -> Sequence[Evidence]:
    digests = (row.digest, row.kept_digest)
    ways = or_(col(Evidence.digest).in_(digests), col(Evidence.kept_digest).in_(digests))
    return (await work.session.exec(select(Evidence).where(ways).limit(MANY))).all()


async def _raise(work: Work, row: Evidence, first: Evidence) -> None:
    """One case for one file, named by what it has in common with the one that came first."""
    common = row.kept_digest if row.kept_digest in (first.digest, first.kept_digest) else row.digest
    reason = f"{SHARED}:{common[:BEGINNING]}"
    work.record("evidence_shared", subject=row.id, graduate=row.graduate_id)
    if (case := await _open_case(work, reason)) is not None:
        await cases.note(work, case, NoteKind.EVIDENCE)
        return
    graduate = await work.session.get_one(Graduate, row.graduate_id)
    await cases.open_case(work, CaseKind.ANOMALY, unit_id=graduate.unit_id, graduate=graduate, reason=reason)


async def _open_case(work: Work, reason: str) -> Case | None:
    found = await work.session.exec(
        select(Case)
        .where(Case.kind == CaseKind.ANOMALY, Case.reason == reason, col(Case.state) != CaseState.CLOSED)
        .limit(1)
        .with_for_update()
    )
    return found.first()
