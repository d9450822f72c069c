"""E-mail is ended, or wanted again, by a link in it: no session, and nobody but its reader has the link."""

import hmac
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.work import Work
from models.dispatch import Channel, Dispatch, Unsubscribed
from models.graduate import Graduate
from models.sealed import Keyring

MARK = 32


def token(keys: Keyring, dispatch_id: UUID) -> str:
    """Which mail it stood in, and that it was us who wrote it there."""
    return f"{dispatch_id.hex}{_mark(keys, dispatch_id)}"


def dispatch_of(keys: Keyring, token: str) -> UUID | None:
    try:
        found = UUID(hex=token[:32])
    except ValueError:
        return None
    return found if hmac.compare_digest(token[32:].encode(), _mark(keys, found).encode()) else None


def _mark(keys: Keyring, dispatch_id: UUID) -> str:
    return keys.digest(f"unsubscribe:{dispatch_id.hex}")[:MARK]


async def is_over(session: AsyncSession, keys: Keyring, token: str) -> bool:
    found = await session.exec(
        select(Unsubscribed.id)
        .join(Dispatch, col(Dispatch.graduate_id) == col(Unsubscribed.graduate_id))
        .where(Dispatch.id == dispatch_of(keys, token), col(Unsubscribed.ended_at).is_(None))
    )
    return found.first() is not None


async def end(work: Work, token: str) -> bool:
    """Whether there is such a mail; pressed twice, it changes nothing more."""
    graduate, dispatch = await _found(work, token)
    if graduate is None or dispatch is None:
        return False
    if await _live(work, graduate) is None:
        work.session.add(
            Unsubscribed(
                graduate_id=graduate.id,
                address_digest=dispatch.address_digest,
                dispatch_id=dispatch.id,
                at=work.now,
            )
        )
        work.record("mail_stopped", subject=dispatch.id, graduate=graduate.id)
    return True


async def begin_again(work: Work, token: str) -> bool:
    graduate, dispatch = await _found(work, token)
    if graduate is None or dispatch is None:
        return False
    if (live := await _live(work, graduate)) is not None:
        live.ended_at = work.now
        work.record("mail_wanted", subject=dispatch.id, graduate=graduate.id)
    return True


async def _found(work: Work, token: str) -> tuple[Graduate | None, Dispatch | None]:
    dispatch_id = dispatch_of(work.keys, token)
    dispatch = await work.session.get(Dispatch, dispatch_id) if dispatch_id else None
    if dispatch is None or dispatch.channel is not Channel.EMAIL:
        return None, None
    return await work.session.get_one(Graduate, dispatch.graduate_id, with_for_update=True), dispatch


async def _live(work: Work, graduate: Graduate) -> Unsubscribed | None:
    query = select(Unsubscribed).where(
        Unsubscribed.graduate_id == graduate.id, col(Unsubscribed.ended_at).is_(None)
    )
    return (await work.session.exec(query.with_for_update())).first()
