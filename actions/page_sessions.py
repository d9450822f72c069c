"""Browsers that talk with us: begun, found again by their cookie, and ended; only digests are kept."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, update
from sqlmodel import col, delete, select

from actions.work import Work
from models.base import UUID, datetime
from models.messages import Say
from models.page import PageSession
from models.person import Person, Unreachable
from models.staff import Staff

COOKIE_BYTES = 32
KEPT = timedelta(hours=24)
BATCH = 1000
# Neither ended nor too old, and never a colleague's: their desk is not on this page.
# Asked with every request: built once, for building it costs as much as asking.
LIVE: tuple[ColumnElement[bool], ...] = (
    col(PageSession.digest) == bindparam("digest"),
    col(PageSession.ended_at).is_(None),
    col(PageSession.expires_at) > bindparam("now"),
    ~select(Staff.id).where(Staff.person_id == PageSession.person_id).exists(),
)
HELD = (
    select(PageSession, Person)
    .join(Person, col(Person.id) == col(PageSession.person_id))
    .where(*LIVE)
    .with_for_update()
)


def digest_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def of(cookie: str, now: datetime) -> dict[str, object]:
    """What `LIVE` asks for."""
    return {"digest": digest_of(cookie), "now": now}


async def held(work: Work, cookie: str) -> tuple[PageSession, Person] | None:
    """The browser's session and its person, locked as one who writes in a chat is."""
    found = await work.session.exec(HELD, params=of(cookie, work.now))
    return found.first()


def newcomer(work: Work) -> Person:
    """Answered for by nobody's chat, they are not enrolled in any way of writing to them."""
    person = Person(created_at=work.now, unreachable=Unreachable.NOT_ENROLLED, unreachable_at=work.now)
    work.session.add(person)
    return person


def begin(work: Work, person: Person) -> str:
    """A new session from now on this work's page; its cookie leaves the process here and nowhere else."""
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    work.page = PageSession(
        digest=digest_of(cookie), person=person, person_id=person.id, opened_at=work.now, expires_at=work.now
    )
    work.session.add(work.page)
    prolong(work, work.page)
    return cookie


def renew(work: Work, session: PageSession) -> str:
    """The same browser, a new cookie: one that was known before is worth nothing now."""
    cookie = secrets.token_urlsafe(COOKIE_BYTES)
    session.digest = digest_of(cookie)
    return cookie


def prolong(work: Work, session: PageSession) -> None:
    """So long after the last act, and never longer than so long after the first."""
    rules = work.rules.privacy.page
    idle = work.now + timedelta(minutes=rules.idle_minutes)
    session.expires_at = min(idle, session.opened_at + timedelta(hours=rules.longest_hours))


async def end_all(work: Work, person_id: UUID, *, but: PageSession | None = None) -> None:
    others = (col(PageSession.id) != but.id,) if but else ()
    await work.session.execute(
        update(PageSession)
        .where(col(PageSession.person_id) == person_id, col(PageSession.ended_at).is_(None), *others)
        .values(ended_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def show_only(work: Work, person_id: UUID, message: Say) -> None:
    """What other browsers of theirs show is not theirs to see any more."""
    await work.session.execute(
        update(PageSession)
        .where(col(PageSession.person_id) == person_id, col(PageSession.ended_at).is_(None))
        .values(shown=[message.model_dump(mode="json")])
        .execution_options(synchronize_session=False)
    )


async def move_all(work: Work, before: Person, now: Person) -> None:
    """Their browsers go on as the other account's."""
    await work.session.execute(
        update(PageSession)
        .where(col(PageSession.person_id) == before.id)
        .values(person_id=now.id)
        .execution_options(synchronize_session=False)
    )


async def forget(work: Work) -> bool:
    """One batch of browsers that are known no more, and with them what they showed."""
    over = select(PageSession.id).where(col(PageSession.expires_at) < work.now - KEPT).limit(BATCH)
    ids = (await work.session.exec(over)).all()
    if ids:
        await work.session.exec(delete(PageSession).where(col(PageSession.id).in_(ids)))
    return len(ids) == BATCH
