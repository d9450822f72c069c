"""What the texts about disputes ask beyond the rows their ids name."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer
from models.case import Case
from models.dispute import Dispute, Statement, StatementKind
from models.messages.dispute import DisputeAdded, DisputeAlert, DisputeWithdrawalAlert
from reports.facts import About, asks
from reports.readers import away_until, moved_on

WORDS = (StatementKind.STATEMENT, StatementKind.OBJECTION, StatementKind.WITHDRAWAL)
MANY = 200


async def statements(session: AsyncSession, dispute: Dispute) -> Sequence[Statement]:
    """What its owner may read, the newest in the order said; not whether somebody was pressed."""
    found = await session.exec(
        select(Statement)
        .where(Statement.dispute_id == dispute.id, col(Statement.kind).in_(WORDS))
        .order_by(col(Statement.said_at).desc())
        .limit(MANY)
    )
    return found.all()[::-1]


@asks(DisputeAlert)
async def _alert(about: About, message: DisputeAlert) -> dict[str, Any]:
    """Whether the account that disputed is verified, and whether the first contact is due today."""
    dispute = await about.session.get_one(Dispute, message.dispute)
    case = await about.session.get_one(Case, message.case)
    answer = await about.session.get(Answer, dispute.answer_id) if dispute.answer_id else None
    calendar = about.rules.calendar
    due_on = calendar.local(case.first_contact_by).date()
    return {
        "verified": answer is None or answer.verified,
        "today": due_on == calendar.local(about.now).date(),
        "away": await away_until(about, case),
        "elsewhere": await moved_on(about, case.id, message.reader, owned=True),
    }


@asks(DisputeWithdrawalAlert)
async def _withdrawn(about: About, message: DisputeWithdrawalAlert) -> dict[str, Any]:
    return {"elsewhere": await moved_on(about, message.case, message.reader)}


@asks(DisputeAdded)
async def _added(about: About, message: DisputeAdded) -> dict[str, Any]:
    return {"statement": await about.session.get_one(Statement, message.statement)}
