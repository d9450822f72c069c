"""Personal links: made, opened, used, revoked; only the digest of a link's code is ever kept.

A printed link has 64 characters. A text message has room for 70 in all, so its link has 12 of 58 that nobody
mixes up: 70 bits. Guessed over the network against a hundred thousand live links, a hit would take some
10^16 tries of a page that slows everybody down; and whoever hits still meets the four digits, three tries and
a lock, before anything personal is shown. With the database itself at hand the digests of short codes are
worth less than those of long ones: that is why the digits are asked of every link, and why links end.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import rights
from actions.work import Work
from models.graduate import Graduate
from models.messages import Say
from models.messages.enrol import EnrolLinkExpired, EnrolLinkRevoked, EnrolLinkUsed
from models.person import Binding, Person, Unreachable
from models.staff import Invitation, Role, Staff
from models.unit import Unit, UnitKind

CODE_BYTES = 48
# Neither 0 and O nor 1, I and l: it may be read out on the telephone.
SHORT_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SHORT = 12
MANY_UNITS = 50_000
MAKERS = (Role.OFFICE, Role.EMPLOYMENT_OFFICER)


@dataclass(frozen=True)
class Invited:
    """One line of the sheet: the code leaves the process there and nowhere else."""

    graduate: Graduate
    code: str


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def make(work: Work, *, graduate: Graduate | None = None, staff: Staff | None = None) -> str:
    """A new link; earlier ones live on until one is used, revoked or too old."""
    code = secrets.token_urlsafe(CODE_BYTES)
    _kept(work, code, graduate=graduate, staff=staff)
    return code


def make_short(work: Work, graduate: Graduate) -> tuple[str, Invitation]:
    """As `make`, for a text message."""
    code = "".join(secrets.choice(SHORT_ALPHABET) for _ in range(SHORT))
    return code, _kept(work, code, graduate=graduate)


def _kept(
    work: Work, code: str, *, graduate: Graduate | None = None, staff: Staff | None = None
) -> Invitation:
    invitation = Invitation(
        digest=digest_of(code),
        graduate=graduate,
        staff=staff,
        made_at=work.now,
        expires_at=work.now + timedelta(days=work.rules.privacy.invitation_days),
    )
    work.session.add(invitation)
    return invitation


async def find(work: Work, code: str) -> Invitation | None:
    """The invitation behind a link, locked."""
    return (
        await work.session.exec(
            select(Invitation).where(Invitation.digest == digest_of(code)).with_for_update()
        )
    ).first()


async def held_by_another(work: Work, invitation: Invitation, person: Person) -> bool:
    """Used or opened from another account; whoever then chose another way holds nothing."""
    holder_id = invitation.used_by_id
    if holder_id is None or holder_id == person.id:
        return False
    if invitation.used_at is not None:
        return True
    holder = await work.session.get_one(Person, holder_id)
    return holder.unreachable is not Unreachable.DECLINED


def over(work: Work, invitation: Invitation, *, here: bool = False) -> Say | None:
    """Why a link cannot be used any more; None while it can.

    A chat it lets in once; `here`, on the page, it tells whose digits to ask for, again and again."""
    if invitation.used_at is not None and not here:
        return EnrolLinkUsed()
    if invitation.revoked_at is not None:
        return EnrolLinkRevoked()
    return EnrolLinkExpired() if invitation.expires_at <= work.now else None


def use(work: Work, invitation: Invitation, person: Person) -> None:
    invitation.used_by_id, invitation.used_at = person.id, work.now


async def revoke_all(work: Work, graduate: Graduate) -> None:
    """Those used before as well: on the page they would still open."""
    await work.session.execute(
        update(Invitation)
        .where(col(Invitation.graduate_id) == graduate.id, col(Invitation.revoked_at).is_(None))
        .values(revoked_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def revoke_others(work: Work, used: Invitation) -> None:
    """One link of several was used; the rest end with it."""
    mine = (
        col(Invitation.graduate_id) == used.graduate_id
        if used.graduate_id
        else col(Invitation.staff_id) == used.staff_id
    )
    await work.session.execute(
        update(Invitation)
        .where(mine, col(Invitation.id) != used.id, _unused())
        .values(revoked_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def revoke(work: Work, ids: Collection[UUID]) -> None:
    """The list they stood in is not used."""
    await work.session.execute(
        update(Invitation)
        .where(col(Invitation.id).in_(ids), _unused())
        .values(revoked_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def classes_under(session: AsyncSession, unit: Unit) -> list[Unit]:
    """The units that hold graduates not yet enrolled."""
    waiting = select(Graduate.unit_id).where(_not_enrolled()).distinct()
    return list(
        await session.exec(
            select(Unit)
            .where(col(Unit.path).startswith(unit.path), col(Unit.id).in_(waiting))
            .order_by(col(Unit.path))
            .limit(MANY_UNITS)
        )
    )


async def colleges(session: AsyncSession, units: Sequence[Unit]) -> dict[UUID, str]:
    """The college over each of these units, by name."""
    found = await session.exec(
        select(Unit)
        .where(col(Unit.kind).in_((UnitKind.COLLEGE, UnitKind.RESIDENTIAL)))
        .order_by(col(Unit.path).desc())
        .limit(MANY_UNITS)
    )
    over = list(found)
    return {unit.id: next((one.name for one in over if one.covers(unit)), "") for unit in units}


async def invite_some(
    work: Work, by: Person, unit: Unit, *, after: str, limit: int, revoke: bool
) -> list[Invited]:
    """The next few of one class by roster key: short transactions, so that nobody waits for a long list."""
    await rights.must(work, by, MAKERS, unit)
    found = await work.session.exec(
        select(Graduate)
        .where(Graduate.unit_id == unit.id, col(Graduate.roster_key) > after, _not_enrolled())
        .order_by(col(Graduate.roster_key))
        .limit(limit)
    )
    graduates = list(found)
    if revoke:
        await _revoke(work, graduates)
    work.record("invited", by=by, subject=unit.id, count=len(graduates), revoked=revoke)
    return [Invited(graduate, make(work, graduate=graduate)) for graduate in graduates]


async def _revoke(work: Work, graduates: Sequence[Graduate]) -> None:
    await work.session.execute(
        update(Invitation)
        .where(col(Invitation.graduate_id).in_([graduate.id for graduate in graduates]), _unused())
        .values(revoked_at=work.now)
        .execution_options(synchronize_session=False)
    )


def _unused() -> ColumnElement[bool]:
    return col(Invitation.used_at).is_(None) & col(Invitation.revoked_at).is_(None)


def _not_enrolled() -> ColumnElement[bool]:
    """Nobody verified answers for them; an unverified account may be a stranger's."""
    enrolled = (
        select(Binding.id)
        .where(Binding.graduate_id == Graduate.id, col(Binding.ended_at).is_(None), col(Binding.verified))
        .exists()
    )
    return col(Graduate.removed_at).is_(None) & ~enrolled
