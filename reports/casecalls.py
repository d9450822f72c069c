"""What a call about a case shows: numbers for whoever may reach the graduate, and what calls have found."""

from typing import Any

from sqlmodel import select

from models.case import Case
from models.dispute import Dispute
from models.graduate import Destination
from models.messages.casecalls import CaseCall
from reports.calls import numbers
from reports.facts import About, asks
from reports.readers import kept_away, reads_still


@asks(CaseCall)
async def _call(about: About, said: CaseCall) -> dict[str, Any]:
    """Around a dispute the employer is the one of the version that is disputed."""
    case = await about.session.get_one(Case, said.case)
    facts = await numbers(about, said.graduate)
    dispute = (await about.session.exec(select(Dispute).where(Dispute.case_id == case.id))).first()
    if dispute is not None:
        facts["registered"] = await about.session.get(Destination, dispute.destination_id)
    away = await kept_away(about, said.graduate, said.reader)
    facts["telling"] = dispute is not None and dispute.closed_at is not None and dispute.told_at is None
    return facts | {"elsewhere": away or not await reads_still(about, case.id, said.reader)}
