"""How long papers stay: as long as promised, and while a case of their graduate is open or young."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal
from sqlmodel import col, delete, or_, select

from actions.evidence_shared import BEGINNING
from actions.work import Work
from models.case import Case, CaseKind
from models.evidence import SHARED, Evidence, EvidenceLink

BATCH = 100
DIGESTS = (Evidence.digest, Evidence.kept_digest)


async def let_go(work: Work) -> bool:
    """One batch of rows nobody needs; their files go with the next sweep. Whether there may be more."""
    await _forget_links(work)
    found = await work.session.exec(
        select(Evidence)
        .where(col(Evidence.keep_until) <= work.now, col(Evidence.given_at) <= _promised(work), ~_held(work))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    if rows:
        ids = [one.id for one in rows]
        await work.session.exec(delete(EvidenceLink).where(col(EvidenceLink.evidence_id).in_(ids)))
    for row in rows:
        work.record("evidence_let_go", subject=row.id, graduate=row.graduate_id)
        await work.session.delete(row)
    return len(rows) == BATCH


def _held(work: Work) -> ColumnElement[bool]:
    """Nothing goes while somebody may still ask for it, nor sooner after the last case than promised."""
    lasting = or_(col(Case.closed_at).is_(None), col(Case.closed_at) > _promised(work))
    of_theirs = select(Case.id).where(col(Case.graduate_id) == col(Evidence.graduate_id), lasting).exists()
    # The case about a file that several gave names only one of them.
    about_files = select(Case.reason).where(Case.kind == CaseKind.ANOMALY, lasting)
    reasons = [literal(f"{SHARED}:").concat(func.substr(one, 1, BEGINNING)) for one in DIGESTS]
    return or_(of_theirs, *(one.in_(about_files) for one in reasons))


def _promised(work: Work) -> datetime:
    """By the rules as they are today: a promise that grew holds for what was given before, too."""
    return _years_before(work.now, work.rules.evidence.keep_years)


def _years_before(instant: datetime, years: int) -> datetime:
    try:
        return instant.replace(year=instant.year - years)
    except ValueError:
        return instant.replace(year=instant.year - years, day=28)


async def _forget_links(work: Work) -> None:
    await work.session.exec(delete(EvidenceLink).where(col(EvidenceLink.expires_at) <= work.now))
