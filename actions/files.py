"""Files sent in chat: not taken unless the rules allow it, explained, and remembered as evidence to come."""

from sqlmodel import col, select

from actions import cases, identity, rights
from actions.dispute_rows import open_of
from actions.heard import heard, keep
from actions.work import Work
from models.case import Case, CaseKind, NoteKind
from models.graduate import Graduate
from models.messages.heard import (
    FileNotExpected,
    FileNotTaken,
    FileStaff,
    FileTaken,
    HeardAnother,
    HeardNoWords,
)
from models.person import Person

PAPERS = frozenset({"document", "photo"})
FILE = "file"


async def sent(work: Work, person: Person, kind: str, file_id: str, caption: str = "") -> None:
    """Nothing is downloaded, whatever it is; words written under it are words like any others."""
    await _told(work, person, kind, file_id)
    if caption.strip():
        await heard(work, person, caption)


async def _told(work: Work, person: Person, kind: str, file_id: str) -> None:
    """Voice, video and the like cannot be read by anybody here."""
    bound = await identity.bindings(work, person)
    if kind not in PAPERS:
        work.say(person, HeardNoWords())
    elif bound:
        await _evidence(work, person, bound[0][1], file_id)
    elif await rights.is_staff(work, person):
        work.say(person, FileStaff())
    else:
        work.say(person, FileNotExpected())


async def _evidence(work: Work, person: Person, graduate: Graduate, file_id: str) -> None:
    case = await _case_of(work, person, graduate)
    work.record("file_offered", by=person, subject=case.id, graduate=graduate.id)
    if work.rules.privacy.files_in_chat:
        await work.session.flush()
        keep(work, person, graduate, file_id, routed=FILE).case_id = case.id
        work.say(person, FileTaken(graduate=graduate.id, case=case.id))
    else:
        work.say(person, FileNotTaken(graduate=graduate.id, case=case.id))


async def _case_of(work: Work, person: Person, graduate: Graduate) -> Case:
    """What comes while they dispute is for whoever looks into that, and for nobody else."""
    if dispute := await open_of(work, person, graduate):
        case = await work.session.get_one(Case, dispute.case_id)
        await cases.note(work, case, NoteKind.ANSWERED)
        owner = await cases.owner_of(work, case)
        if owner is not None:
            await rights.tell(work, owner, HeardAnother(case=case.id, graduate=graduate.id))
        return case
    return await _open_case(work, graduate) or await cases.open_case(
        work, CaseKind.EVIDENCE_PENDING, unit_id=graduate.unit_id, graduate=graduate
    )


async def _open_case(work: Work, graduate: Graduate) -> Case | None:
    found = await work.session.exec(
        select(Case)
        .where(
            Case.graduate_id == graduate.id,
            Case.kind == CaseKind.EVIDENCE_PENDING,
            col(Case.closed_at).is_(None),
        )
        .limit(1)
        .with_for_update()
    )
    return found.first()
