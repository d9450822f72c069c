"""Which updates were taken in: remembered for as long as Telegram may bring one again, and no longer."""

from datetime import timedelta

from sqlmodel import col, delete, select

from actions.work import Work
from models.event import Incoming

# Telegram brings an update again for 24 hours; after a quiet week its numbers begin anew, anywhere.
REMEMBERED = timedelta(hours=48)
BATCH = 1000


async def forget(work: Work) -> bool:
    """One batch of what cannot come again; whether there may be more."""
    old = select(Incoming.id).where(col(Incoming.at) < work.now - REMEMBERED).limit(BATCH)
    ids = (await work.session.exec(old)).all()
    if ids:
        await work.session.exec(delete(Incoming).where(col(Incoming.id).in_(ids)))
    return len(ids) == BATCH
