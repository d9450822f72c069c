"""What was looked into in a case, line by line; read-only."""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.case import Case, Note, NoteKind
from models.staff import Staff

ROUNDS = (NoteKind.REOPENED, NoteKind.RETURNED)
MOST = 6


async def looked_into(session: AsyncSession, case: Case) -> list[tuple[Note, Staff | None]]:
    """Of this round, the newest few in the order they were written: what a second person has to judge by."""
    begun = select(func.max(Note.at)).where(Note.case_id == case.id, col(Note.kind).in_(ROUNDS))
    since = (await session.exec(begun)).one()
    query = (
        select(Note, Staff)
        .outerjoin(Staff, col(Staff.id) == col(Note.staff_id))
        .where(Note.case_id == case.id, Note.kind == NoteKind.LOOKED_INTO)
    )
    if since is not None:
        query = query.where(col(Note.at) > since)
    rows = (await session.exec(query.order_by(col(Note.at).desc()).limit(MOST))).all()
    newest: list[tuple[Note, Staff | None]] = [(note, staff) for note, staff in rows]
    return newest[::-1]
