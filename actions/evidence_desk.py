"""A colleague looks at papers: a link made for them alone, good once and not long; every look is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select

from actions import desk, evidence_rows, rights
from actions.evidence import DOUBTFUL
from actions.invitations import digest_of
from actions.rights import Colleague, NotYours
from actions.work import Work
from models.base import UUID
from models.case import Case
from models.event import EVIDENCE, EVIDENCE_LIST, Event
from models.evidence import Evidence, EvidenceLink
from models.messages.cases import Verb
from models.messages.evidence import EvidenceFiles, EvidenceOpen
from models.person import Locale, Person
from models.staff import Staff
from models.unit import Unit


@dataclass(frozen=True)
class Looked:
    """One paper to be handed over, or a list of those there are."""

    case: Case
    locale: Locale
    paper: Evidence | None = None
    listed: EvidenceFiles | None = None


async def link(work: Work, person: Person, case_id: UUID) -> None:
    """「查看材料」"""
    who, case = await desk.doing(work, person, case_id, Verb.EVIDENCE)
    made = _link(work, who, case)
    work.session.add(made)
    work.record("evidence_link", by=person, subject=case.id, graduate=case.graduate_id)
    doubtful = await _doubtful(work, await evidence_rows.of_case(work, case, who.me.id))
    work.say(person, EvidenceOpen(case=case.id, link=made.id, until=made.expires_at, doubtful=doubtful))


async def _doubtful(work: Work, papers: Sequence[Evidence]) -> int:
    """How many of them were noted as calling themselves something that bears out no destination."""
    noted = select(func.count(func.distinct(col(Event.subject_id))))
    of_these = col(Event.subject_id).in_([one.id for one in papers])
    return (await work.session.exec(noted.where(of_these, Event.kind == DOUBTFUL))).one()


async def open_link(work: Work, code: str) -> Looked | None:
    """None for whatever opens nothing, and nobody hears why; the right is asked for once more."""
    found = await _live(work, code)
    if found is None:
        return None
    opened, person = found
    case = await work.session.get_one(Case, opened.case_id)
    who = await _reader(work, person, case)
    papers = await evidence_rows.of_case(work, case, who.me.id) if who else []
    if opened.evidence_id is not None:
        papers = [one for one in papers if one.id == opened.evidence_id]
    if who is None or not papers:
        return None
    opened.used_at = work.now
    if len(papers) == 1:
        await _viewed(work, who, case, papers[0].graduate_id, EVIDENCE, paper=papers[0].id.hex)
        return Looked(case, person.locale, paper=papers[0])
    for graduate in sorted({one.graduate_id for one in papers}):
        await _viewed(work, who, case, graduate, EVIDENCE_LIST)
    return Looked(case, person.locale, listed=_listed(work, who, case, papers))


async def _live(work: Work, code: str) -> tuple[EvidenceLink, Person] | None:
    found = await work.session.exec(
        select(EvidenceLink, Person)
        .join(Staff, col(Staff.id) == col(EvidenceLink.staff_id))
        .join(Person, col(Person.id) == col(Staff.person_id))
        .where(
            EvidenceLink.digest == digest_of(code),
            col(EvidenceLink.used_at).is_(None),
            col(EvidenceLink.expires_at) > work.now,
        )
        .with_for_update(of=EvidenceLink)
    )
    return found.first()


async def _reader(work: Work, person: Person, case: Case) -> Colleague | None:
    """A duty may have ended since, or the case gone to somebody else."""
    try:
        who = await rights.colleague(work, person)
    except NotYours:
        return None
    return who if (await desk.standing_of(work, who, case)).reads else None


def _listed(work: Work, who: Colleague, case: Case, papers: Sequence[Evidence]) -> EvidenceFiles:
    links = [_link(work, who, case, one) for one in papers]
    work.session.add_all(links)
    return EvidenceFiles(case=case.id, links=tuple(one.id for one in links))


def _link(work: Work, who: Colleague, case: Case, paper: Evidence | None = None) -> EvidenceLink:
    made = EvidenceLink(
        digest="",
        staff_id=who.me.id,
        case_id=case.id,
        evidence_id=paper.id if paper else None,
        made_at=work.now,
        expires_at=work.now + timedelta(minutes=work.rules.evidence.link_minutes),
    )
    made.digest = digest_of(work.keys.code(made.id))
    return made


async def _viewed(work: Work, who: Colleague, case: Case, graduate: UUID, what: str, **facts: str) -> None:
    """In the case, beside the looks at its card; and in /my of whoever gave it."""
    unit = await work.session.get_one(Unit, case.unit_id)
    desk.viewed(work, who, graduate, case.id, unit, what=what, **facts)
