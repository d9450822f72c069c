"""Who, of those found for something, can be given it now: with an account here, and not away."""

from collections.abc import Collection, Iterable
from uuid import UUID

from actions.work import Work
from models.staff import Staff


def able(found: Iterable[Staff], besides: Collection[UUID] = ()) -> list[Staff]:
    """Those who have opened their link and are not left out, away or not."""
    return [one for one in found if one.person_id is not None and one.id not in besides]


def here(work: Work, found: Iterable[Staff], besides: Collection[UUID] = ()) -> list[Staff]:
    return [one for one in able(found, besides) if not one.is_away(work.now)]


def hearers(work: Work, found: Iterable[Staff], besides: Collection[UUID] = ()) -> list[Staff]:
    """All who are here; with everybody away all of them, rather than nobody."""
    every = able(found, besides)
    return here(work, every) or every


def nearest(work: Work, found: Iterable[Staff], besides: Collection[UUID] = ()) -> Staff | None:
    return next(iter(hearers(work, found, besides)), None)
