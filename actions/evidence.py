"""What a graduate gives on the page: noted in the case it is for, or kept until somebody asks for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from actions import cases, clocks, evidence_shared, mine, rights
from actions.dispute_rows import open_of
from actions.records import NotBound
from actions.work import Refusal, Work
from models.base import UUID
from models.case import Case, CaseKind, NoteKind
from models.evidence import WITHDRAWN, Evidence, Fault, Media, withdrawn
from models.graduate import Graduate
from models.messages.evidence import EvidenceAdded, EvidenceGiven, EvidenceWithdrawn
from models.messages.general import Outdated
from models.person import Person
from rules.evidence import Paper

ONE_AT_A_TIME = "evidence"
# Nobody is accused: whoever looks at such a paper is told to look twice.
DOUBTFUL = "evidence_doubtful"


@dataclass(frozen=True)
class Offered:
    """A file that lies sealed in the data folder already; `came` and `kept` are digests without a key.
    `doubtful`: it calls itself a paper of an internship, which bears out no destination."""

    id: UUID
    media: Media
    size: int
    pages: int
    came: str
    kept: str
    doubtful: bool = False


async def give(
    work: Work,
    person: Person,
    graduate_id: UUID,
    paper: str,
    offered: Sequence[Offered],
    faults: Collection[Fault],
) -> set[UUID]:
    """Which of the files have a row from now on; the others belong to nobody."""
    graduate, verified = await mine.held(work, person, graduate_id)
    kind = work.rules.evidence.paper(paper)
    if not verified:
        raise NotBound
    if kind is None:
        raise Refusal(Outdated())
    if kind.refused:
        work.record("evidence_refused", by=person, graduate=graduate.id, paper=kind.key)
        _told(work, person, graduate, kind, faults=[Fault.INTERNSHIP])
        return set()
    # Two who give the same file at the same instant would not see each other's.
    await work.alone_at(ONE_AT_A_TIME)
    case = await _goes_to(work, person, graduate)
    new, same, full = await _sorted(work, graduate, case, offered)
    rows = [_row(work, person, graduate, case, kind, one) for one in new]
    work.session.add_all(rows)
    if rows:
        await work.session.flush()
        await _noted(work, person, graduate, case, len(rows))
        await evidence_shared.look(work, person, rows)
    doubtful = [one for one in new if one.doubtful]
    for one in doubtful:
        work.record(DOUBTFUL, by=person, subject=one.id, graduate=graduate.id)
    faults = [*faults, *[Fault.FULL] * full]
    _told(work, person, graduate, kind, case, len(rows), same, faults, len(doubtful))
    return {one.id for one in rows}


async def withdraw(work: Work, person: Person, evidence_id: UUID) -> None:
    """「撤回」: nobody opens it from now on; that it was given stays in the history."""
    query = select(Evidence, withdrawn()).where(Evidence.id == evidence_id).with_for_update(of=Evidence)
    found = (await work.session.exec(query)).first()
    if found is None:
        raise Refusal(Outdated())
    row, before = found
    graduate, verified = await mine.held(work, person, row.graduate_id)
    if not verified:
        raise NotBound
    if not before:
        work.record(WITHDRAWN, by=person, subject=row.id, graduate=graduate.id)
    work.say(person, EvidenceWithdrawn(graduate=graduate.id, paper=row.paper))


async def _room(work: Work, graduate_id: UUID) -> int:
    """How many more files of this graduate are kept."""
    held = select(func.count()).select_from(Evidence).where(Evidence.graduate_id == graduate_id)
    return max(0, work.rules.evidence.limits.files_of_one - (await work.session.exec(held)).one())


async def _sorted(
    work: Work, graduate: Graduate, case: Case | None, offered: Sequence[Offered]
) -> tuple[list[Offered], int, int]:
    """What is new, how many were given before for the same, and for how many there is no room."""
    known, new, same = await _known(work, graduate, case), [], 0
    for one in offered:
        digests = {_keyed(work, one.came), _keyed(work, one.kept)}
        if known & digests:
            same += 1
            continue
        known |= digests
        new.append(one)
    room = await _room(work, graduate.id)
    return new[:room], same, len(new[room:])


async def _known(work: Work, graduate: Graduate, case: Case | None) -> set[str]:
    same_place = Evidence.case_id == case.id if case else col(Evidence.case_id).is_(None)
    found = await work.session.exec(
        select(Evidence.digest, Evidence.kept_digest)
        .where(Evidence.graduate_id == graduate.id, same_place, ~withdrawn())
        .limit(work.rules.evidence.limits.files_of_one)
    )
    return {digest for pair in found.all() for digest in pair}


def _keyed(work: Work, digest: str) -> str:
    return work.keys.digest(f"evidence:{digest}")


def _row(
    work: Work, person: Person, graduate: Graduate, case: Case | None, kind: Paper, one: Offered
) -> Evidence:
    return Evidence(
        id=one.id,
        graduate_id=graduate.id,
        person_id=person.id,
        case_id=case.id if case else None,
        paper=kind.key,
        media=one.media,
        size=one.size,
        pages=one.pages,
        digest=_keyed(work, one.came),
        kept_digest=_keyed(work, one.kept),
        given_at=work.now,
        keep_until=years_after(work.now, work.rules.evidence.keep_years),
    )


def years_after(instant: datetime, years: int) -> datetime:
    """A 29 February that the year lacks is the 1 March: never kept shorter than promised."""
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, month=3, day=1)


async def _goes_to(work: Work, person: Person, graduate: Graduate) -> Case | None:
    """What comes while they dispute is for whoever looks into that, and for nobody else."""
    if dispute := await open_of(work, person, graduate):
        return await work.session.get_one(Case, dispute.case_id, with_for_update=True)
    wanted = [CaseKind(kind) for kind in work.rules.evidence.goes_to]
    found = await work.session.exec(
        select(Case)
        .where(Case.graduate_id == graduate.id, col(Case.kind).in_(wanted), col(Case.closed_at).is_(None))
        .order_by(col(Case.opened_at))
        .with_for_update()
    )
    return min(found.all(), key=lambda case: wanted.index(case.kind), default=None)


async def _noted(work: Work, person: Person, graduate: Graduate, case: Case | None, files: int) -> None:
    """Whoever asked for it, or has the dispute, hears at once; everybody else with their next list."""
    subject = case.id if case else None
    # A form without the tick that agrees to it is not read.
    work.record("evidence_given", by=person, subject=subject, graduate=graduate.id, files=files, agreed=True)
    if case is None:
        return
    awaited = case.waiting_since is not None or case.kind is CaseKind.DISPUTE
    await cases.note(work, case, NoteKind.EVIDENCE)
    clocks.go_on(work, case)
    owner = await cases.owner_of(work, case)
    if awaited and owner is not None:
        said = EvidenceAdded(case=case.id, graduate=graduate.id, reader=owner.id)
        await rights.tell(work, owner, said)


def _told(
    work: Work,
    person: Person,
    graduate: Graduate,
    kind: Paper,
    case: Case | None = None,
    kept: int = 0,
    same: int = 0,
    faults: Sequence[Fault] = (),
    doubtful: int = 0,
) -> None:
    said = EvidenceGiven(
        graduate=graduate.id,
        case=case.id if case and kept else None,
        paper=kind.key,
        kept=kept,
        same=same,
        faults=tuple(faults),
        doubtful=doubtful,
    )
    work.say(person, said)
