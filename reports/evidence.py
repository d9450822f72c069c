"""What a page of papers shows: what is needed, what was given, the ways to what may be opened; read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer, Claim, EmployerClaim, FieldClaim, SettledClaim, TypeClaim
from models.base import UUID
from models.case import KEPT_CLOSE, Case
from models.dispute import Dispute
from models.evidence import SHARED, Evidence, EvidenceLink, withdrawn
from models.graduate import Graduate
from models.messages.evidence import EvidenceAdded, EvidenceFiles, EvidenceOpen, EvidenceSheet
from models.unit import Unit
from reports.facts import About, asks, current_destination
from reports.readers import shut_out
from rules import Rules
from rules.evidence import Need
from rules.taxonomy import DestinationClass

GIVEN = 60
NAMED = 10


@dataclass(frozen=True)
class Wanted:
    """What one destination needs; `claimed` is the class that its graduate says it has, None what is
    registered. Without a need it needs nothing, unless nobody knows what it is."""

    need: Need | None
    claimed: DestinationClass | None = None
    unclear: bool = False


async def wanted(session: AsyncSession, rules: Rules, graduate: Graduate) -> list[Wanted]:
    """Of what is registered, and of what they answered instead."""
    registered = await current_destination(session, graduate)
    category = registered.category if registered else DestinationClass.UNKNOWN.value
    need = rules.evidence.need(registered.code if registered else None, category)
    found = [Wanted(need, unclear=need is None and category == DestinationClass.UNKNOWN)]
    answer = await session.get(Answer, graduate.answer_id) if graduate.answer_id else None
    claimed = _class_in(answer.claim) if answer else None
    if claimed is None or claimed.value == category:
        return found
    other = rules.evidence.need(None, claimed.value)
    return [*found, Wanted(other, claimed)] if other else found


def _class_in(claim: Claim | None) -> DestinationClass | None:
    match claim:
        case TypeClaim(cls=said) | SettledClaim(cls=said) | FieldClaim(field="class", value=said):
            return DestinationClass(said) if said in set(DestinationClass) else None
        case EmployerClaim():
            return DestinationClass.EMPLOYER
    return None


@asks(EvidenceSheet)
async def _sheet(about: About, said: EvidenceSheet) -> dict[str, Any]:
    graduate = await about.session.get_one(Graduate, said.graduate)
    dispute = select(Dispute.id).where(Dispute.graduate_id == graduate.id, col(Dispute.closed_at).is_(None))
    return {
        "wanted": await wanted(about.session, about.rules, graduate),
        "given": await given(about.session, graduate.id),
        "disputed": (await about.session.exec(dispute.limit(1))).first() is not None,
    }


async def given(session: AsyncSession, graduate: UUID) -> Sequence[tuple[Evidence, Case | None, bool]]:
    """With the case it was given for, and whether it was taken back since."""
    found = await session.exec(
        select(Evidence, Case, withdrawn())
        .outerjoin(Case, col(Case.id) == col(Evidence.case_id))
        .where(Evidence.graduate_id == graduate)
        .order_by(col(Evidence.given_at), col(Evidence.id))
        .limit(GIVEN)
    )
    return found.all()


@asks(EvidenceAdded)
async def _added(about: About, said: EvidenceAdded) -> dict[str, Any]:
    return {"elsewhere": await shut_out(about, said.case, said.reader)}


@asks(EvidenceOpen)
async def _open(about: About, said: EvidenceOpen) -> dict[str, Any]:
    return {"code": about.keys.code(said.link)}


@asks(EvidenceFiles)
async def _files(about: About, said: EvidenceFiles) -> dict[str, Any]:
    found = await about.session.exec(
        select(EvidenceLink, Evidence)
        .join(Evidence, col(Evidence.id) == col(EvidenceLink.evidence_id))
        .where(col(EvidenceLink.id).in_(said.links))
        .order_by(col(Evidence.given_at), col(Evidence.id))
    )
    return {"files": [(about.keys.code(link.id), paper) for link, paper in found.all()]}


async def shared_by(session: AsyncSession, case: Case) -> dict[str, Any]:
    """Who gave the file that the case is about; whoever gave it in a dispute or a complaint goes unnamed."""
    why, _, digest = case.reason.partition(":")
    if why != SHARED or not digest:
        return {"shared": [], "unnamed": 0}
    ways = or_(col(Evidence.digest).startswith(digest), col(Evidence.kept_digest).startswith(digest))
    found = await session.exec(
        select(Graduate, Unit, Case)
        .join(Evidence, col(Evidence.graduate_id) == col(Graduate.id))
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .outerjoin(Case, col(Case.id) == col(Evidence.case_id))
        .where(ways)
        .order_by(col(Evidence.given_at))
        .limit(GIVEN)
    )
    rows = found.all()
    named = {
        person.id: (person, unit)
        for person, unit, given_in in rows
        if given_in is None or given_in.kind not in KEPT_CLOSE or given_in.id == case.id
    }
    unnamed = {person.id for person, _, _ in rows} - named.keys()
    return {"shared": list(named.values())[:NAMED], "unnamed": len(unnamed)}
