"""What the texts about questions inside a case show beyond the rows their ids name; read-only."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import Case, Note
from models.messages.asking import CaseQuestion, CaseReplied, CaseReplyMoved, CaseReplyShown
from models.messages.cases import CaseLetter
from models.unit import Unit
from reports.facts import About, asks
from reports.queue import college_of
from reports.readers import reads_still


@asks(CaseLetter)
async def _letter(about: About, said: CaseLetter) -> dict[str, Any]:
    return await _written(about.session, said)


@asks(CaseQuestion)
async def _question(about: About, said: CaseQuestion) -> dict[str, Any]:
    return await _written(about.session, said)


@asks(CaseReplyShown)
async def _shown(about: About, said: CaseReplyShown) -> dict[str, Any]:
    reply = about.rules.replies.get(said.key)
    return {"wording": reply.worded("en" if said.english else "zh_CN") if reply else ""}


@asks(CaseReplied)
async def _replied(about: About, said: CaseReplied) -> dict[str, Any]:
    note = await about.session.get_one(Note, said.note)
    return {"note": note, "elsewhere": not await reads_still(about, said.case, said.reader)}


@asks(CaseReplyMoved)
async def _moved(about: About, said: CaseReplyMoved) -> dict[str, Any]:
    return {"asked_in": await about.session.get_one(Case, said.asked_in)}


async def _written(session: AsyncSession, said: CaseLetter | CaseQuestion) -> dict[str, Any]:
    case = await session.get_one(Case, said.case)
    unit = await session.get_one(Unit, case.unit_id)
    return {
        "note": await session.get_one(Note, said.note),
        "college": await college_of(session, unit),
    }
