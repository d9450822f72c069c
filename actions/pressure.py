"""`有` to 「是否有人要求您签约或填报？」: one complaint, for the reviewer or discipline office only."""

from sqlmodel import col, select

from actions import cases, rights, routing
from actions.dispute_rows import Held, held
from actions.work import Work
from models.answer import Heard
from models.base import UUID
from models.case import PRESSURE, Case, CaseKind, Channel, NoteKind
from models.dispute import Dispute
from models.lead import Lead
from models.messages.dispute import DisputePressure, DisputePressureAlert
from models.messages.leads import LeadNews, PressureWordsAsked, PressureWordsKept
from models.person import Person
from models.staff import Staff
from models.steps.leads import TellingPressure
from models.unit import Unit

ROUTED = "pressure"


async def reported(work: Work, found: Held) -> None:
    """Opened once; told to its one reader, whose own words say for whom it is not."""
    if await case_of(work, found.dispute) is not None:
        return
    reader = await reader_of(work, found.dispute, found.case)
    case = await cases.open_case(
        work,
        CaseKind.COMPLAINT,
        unit_id=found.case.unit_id,
        graduate=found.graduate,
        reason=PRESSURE,
        owner=reader,
        counselor_may_see=False,
        chosen=True,
        channel=Channel.CHAT,
        parent=found.case,
        alert=False,
    )
    await _keep(work, found, case)
    if reader is None:
        await work.incident("pressure_without_reader", f"case {found.case.number}")
        return
    message = DisputePressureAlert(
        case=found.case.id, graduate=found.graduate.id, complaint=case.id, reader=reader.id
    )
    await rights.tell(work, reader, message)


async def changed(work: Work, found: Held) -> None:
    """Another answer by now: it is noted, and nothing is closed by it."""
    case = await case_of(work, found.dispute)
    if case is not None:
        await cases.note(work, case, NoteKind.ANSWERED)
        await _tell(work, case)


async def ask_again(work: Work, person: Person, dispute_id: UUID) -> None:
    """`修改这个回答`."""
    found = await held(work, person, dispute_id)
    asked = DisputePressure(dispute=found.dispute.id)
    work.say(person, asked, replaces=f"pressure:{found.dispute.id}")


async def begin_words(work: Work, person: Person, dispute_id: UUID) -> None:
    await held(work, person, dispute_id)
    person.ask_for(TellingPressure(dispute=dispute_id))
    work.say(person, PressureWordsAsked(dispute=dispute_id))


async def add_words(work: Work, person: Person, dispute_id: UUID, text: str) -> None:
    """Word for word, with the complaint alone: whoever owns the dispute does not read them there."""
    found = await held(work, person, dispute_id)
    case = await case_of(work, found.dispute)
    if case is None or not text.strip():
        work.say(person, PressureWordsAsked(dispute=dispute_id))
        return
    work.session.add(
        Heard(
            person=person,
            graduate_id=found.graduate.id,
            text=work.seal(text),
            case=case,
            routed=ROUTED,
            said_at=work.now,
        )
    )
    await cases.note(work, case, NoteKind.ANSWERED)
    work.record("pressure_words", by=person, subject=case.id, graduate=found.graduate.id)
    await _tell(work, case)
    person.close_step(TellingPressure.hat)
    work.say(person, PressureWordsKept(dispute=dispute_id))


async def case_of(work: Work, dispute: Dispute) -> Case | None:
    found = await work.session.exec(
        select(Case)
        .join(Lead, col(Lead.case_id) == col(Case.id))
        .where(Case.parent_id == dispute.case_id, Lead.digest == _digest(work, dispute))
    )
    return found.first()


async def reader_of(work: Work, dispute: Dispute, case: Case) -> Staff | None:
    """The owner where they are in such a role, so that no more people know than need to."""
    unit = await work.session.get_one(Unit, case.unit_id)
    out = await routing.left_out(work, dispute)
    readers = await routing.holders(work, work.rules.routing.pressure_to, unit)
    if any(one.id == case.owner_id and one.id not in out for one in readers):
        return await cases.owner_of(work, case)
    return await routing.reader_of_pressure(work, dispute, unit)


async def _keep(work: Work, found: Held, case: Case) -> None:
    out = await routing.left_out(work, found.dispute) | await routing.around(work, found.graduate)
    work.session.add(
        Lead(
            case=case,
            channel=Channel.CHAT,
            digest=_digest(work, found.dispute),
            hands=sorted(map(str, out)),
            at=work.now,
        )
    )
    await work.session.flush()


def _digest(work: Work, dispute: Dispute) -> str:
    return work.keys.digest(f"pressure\n{dispute.id.hex}")


async def _tell(work: Work, case: Case) -> None:
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await rights.tell(work, owner, LeadNews(case=case.id, reader=owner.id))
