"""Takes over what the national register says; a dispute filed there becomes a dispute here."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from actions import cases, destinations, disputes, registering
from actions.official_diff import Said
from actions.work import Work
from models.answer import Source
from models.case import Case, CaseKind, CaseState
from models.dispute import Dispute
from models.graduate import Graduate
from models.official import Feedback, OfficialState
from models.person import Person

OFFICIAL = "official"
REASON = "register_feedback"


async def apply(work: Work, by: Person, import_id: UUID, said: Sequence[Said]) -> None:
    """One more line of the register's history per graduate; feedback is acted upon once per version."""
    found = await work.session.exec(
        select(Graduate)
        .where(col(Graduate.id).in_([one.graduate_id for one in said]))
        .order_by(col(Graduate.id))
        .with_for_update()
    )
    graduates = {graduate.id: graduate for graduate in found}
    for one in said:
        await _take(work, by, import_id, graduates[one.graduate_id], one)


async def _take(work: Work, by: Person, import_id: UUID, graduate: Graduate, said: Said) -> None:
    work.session.add(
        OfficialState(
            graduate=graduate,
            state=said.state,
            feedback=said.feedback,
            confirmed_at=said.confirmed_at,
            import_id=import_id,
            imported_at=work.now,
        )
    )
    graduate.official, graduate.official_at = said.state, work.now
    work.record("official_state", by=by, subject=import_id, graduate=graduate.id, state=said.state.value)
    await registering.official_came(work, graduate, said.state, said.feedback)
    if said.feedback is Feedback.NEVER_SIGNED:
        await _dispute(work, graduate)
    elif said.feedback is Feedback.WRONG_INFO:
        await _wrong_info(work, graduate)


async def _dispute(work: Work, graduate: Graduate) -> None:
    """Nobody asked to pass the counselor by: who owns it follows from the record, as always."""
    destination = await destinations.current(work, graduate)
    filed = await work.session.exec(
        select(Dispute.id)
        .where(Dispute.destination_id == destination.id, Dispute.source == Source.REGISTER)
        .limit(1)
    )
    if filed.first() is None:
        await disputes.file(
            work, None, graduate, destination, without_counselor=False, source=Source.REGISTER
        )


async def _wrong_info(work: Work, graduate: Graduate) -> None:
    standing = await work.session.exec(
        select(Case.id)
        .where(
            Case.graduate_id == graduate.id,
            Case.kind == CaseKind.CHANGE_REQUEST,
            Case.reason == REASON,
            col(Case.state) != CaseState.CLOSED,
        )
        .limit(1)
    )
    if standing.first() is None:
        await cases.open_case(
            work, CaseKind.CHANGE_REQUEST, unit_id=graduate.unit_id, graduate=graduate, reason=REASON
        )
