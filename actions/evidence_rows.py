"""Which papers whoever works on a case may look at; asked before every button and every file."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from actions import routing
from actions.work import Work
from models.base import UUID
from models.case import KEPT_CLOSE, Case
from models.evidence import SHARED, Evidence, withdrawn
from models.graduate import Graduate

MANY = 60


async def of_case(work: Work, case: Case, reader: UUID) -> list[Evidence]:
    """For whoever reads the words of this case: its own papers, those its graduate gave outside disputes
    and complaints, and of a file that several gave each of theirs; none that is kept from them."""
    if await _in_the_dispute(work, case, reader):
        return []
    found = await work.session.exec(
        select(Evidence)
        .where(or_(col(Evidence.case_id) == case.id, *_besides(work, case)), ~withdrawn())
        .order_by(col(Evidence.given_at), col(Evidence.id))
        .limit(MANY)
    )
    return [one for one in found.all() if await _may_look(work, case, one, reader)]


def shared_with(case: Case) -> str | None:
    """How the digest begins of the file that the case is about."""
    why, _, digest = case.reason.partition(":")
    return digest if why == SHARED and digest else None


async def _in_the_dispute(work: Work, case: Case, reader: UUID) -> bool:
    """A dispute has its own rule; while it is open, whoever had a hand in it is kept from all else."""
    if case.graduate_id is None or case.kind in KEPT_CLOSE:
        return False
    return not await routing.may_reach(work, reader, case.graduate_id)


def _besides(work: Work, case: Case) -> Sequence[ColumnElement[bool]]:
    """Nothing that comes after its end is for a closed one."""
    if case.closed_at is not None:
        return []
    if (digest := shared_with(case)) is not None:
        return [col(one).startswith(digest) for one in (Evidence.digest, Evidence.kept_digest)]
    if case.graduate_id is None or case.kind.value not in work.rules.evidence.shown_in:
        return []
    kept_close = select(Case.id).where(col(Case.kind).in_(KEPT_CLOSE))
    open_to_all = or_(col(Evidence.case_id).is_(None), col(Evidence.case_id).not_in(kept_close))
    return [(col(Evidence.graduate_id) == case.graduate_id) & open_to_all]


async def _may_look(work: Work, case: Case, one: Evidence, reader: UUID) -> bool:
    """Another case's paper, or another graduate's, may be kept from whoever has this one."""
    if one.case_id not in (None, case.id):
        given_in = await work.session.get_one(Case, one.case_id)
        if given_in.kind in KEPT_CLOSE and reader in await routing.kept_from(work, given_in):
            return False
    if one.graduate_id == case.graduate_id:
        return True
    graduate = await work.session.get_one(Graduate, one.graduate_id)
    return reader not in await routing.around(work, graduate)
