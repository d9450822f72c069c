"""Before a campaign's message leaves: is it still for this person, and have they had another just now?"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, exists, func
from sqlmodel import col, select

from actions.delivery import Found, settle
from actions.ways import HEARD_BY_NOBODY
from actions.work import Work
from models.ask import Ask
from models.broadcast import Addressed, Broadcast, meant
from models.dispatch import Dispatch
from models.equation import looked_into, under_dispute
from models.graduate import Graduate
from models.messages import Lane
from models.messages.broadcast import BroadcastText
from models.messages.campaign import Why
from models.outgoing import Outgoing, Sending
from models.person import Binding

STILL = "still"
# Another message to the same person leaves in the same breath: its outcome says how long this one waits.
LOOK_AGAIN = timedelta(minutes=5)


async def hold_back(work: Work, found: Sequence[Found]) -> set[int | None]:
    """Those that end here because they are not meant any more, and those that wait; the others may go."""
    disputed = await _disputed(work, found)
    texts = [one for one in found if isinstance(one.row.message, BroadcastText) and one.campaign]
    if not texts:
        return disputed
    ended = await _not_meant(work, texts)
    left = [one for one in texts if one.row.id not in ended]
    return disputed | ended | await _too_soon(work, left, found)


async def _disputed(work: Work, found: Sequence[Found]) -> set[int | None]:
    """Heard on the telephone it is no answer and leaves the ask open: nobody is asked to confirm it."""
    asked = [one for one in found if one.ask and one.row.lane is Lane.CAMPAIGN]
    if not asked:
        return set()
    query = select(Ask.id).join(Graduate, col(Graduate.id) == col(Ask.graduate_id))
    query = query.where(col(Ask.id).in_({one.ask.id for one in asked if one.ask}), under_dispute())
    under = set((await work.session.exec(query)).all())
    ended = [one.row for one in asked if one.ask and one.ask.id in under]
    for row in ended:
        settle(row, Sending.SKIPPED, Why.DISPUTED.value, work.now)
    return {row.id for row in ended}


async def _not_meant(work: Work, texts: Sequence[Found]) -> set[int | None]:
    ended: set[int | None] = set()
    for campaign_id in {one.campaign.id for one in texts if one.campaign}:
        rows = [one.row for one in texts if one.campaign and one.campaign.id == campaign_id]
        fates = await _fates(work, campaign_id, [row.person_id for row in rows])
        for row in rows:
            if (fate := fates.get(row.person_id, Why.NO_LONGER)) != STILL:
                settle(row, Sending.SKIPPED, str(fate), work.now)
                ended.add(row.id)
    return ended


async def _fates(work: Work, campaign_id: UUID, people: Sequence[UUID]) -> dict[UUID, str]:
    """What was true when it was queued may not be now: they answered, disputed, or were taken off."""
    text = (await work.session.exec(select(Broadcast).where(Broadcast.campaign_id == campaign_id))).one()
    theirs = exists().where(
        col(Binding.graduate_id) == col(Graduate.id),
        col(Binding.person_id) == col(Addressed.person_id),
        col(Binding.ended_at).is_(None),
        col(Binding.verified),
    )
    fate = case(
        (col(Graduate.removed_at).is_not(None), Why.REMOVED.value),
        (looked_into(), Why.DISPUTED.value),
        (and_(theirs, *meant(text)), STILL),
        else_=Why.NO_LONGER.value,
    )
    rows = await work.session.exec(
        select(Addressed.person_id, fate)
        .join(Graduate, col(Graduate.id) == col(Addressed.graduate_id))
        .where(Addressed.campaign_id == campaign_id, col(Addressed.person_id).in_(people))
    )
    return dict(rows.all())


async def _too_soon(work: Work, texts: Sequence[Found], found: Sequence[Found]) -> set[int | None]:
    """It waits and is not skipped; what else is about to leave for the same person goes first."""
    latest = await last_accepted(work, [one.row.person_id for one in texts])
    others = Counter(one.row.person_id for one in found if one.row.lane is Lane.CAMPAIGN)
    waits: set[int | None] = set()
    for row in sorted((one.row for one in texts), key=lambda row: row.id or 0, reverse=True):
        if row.person_id in latest:
            free_at = latest[row.person_id] + work.rules.broadcasts.gap
        elif others[row.person_id] > 1:
            others[row.person_id] -= 1
            free_at = work.now + LOOK_AGAIN
        else:
            continue
        row.due_at = work.rules.quiet.next_allowed(free_at)
        waits.add(row.id)
    return waits


async def last_accepted(work: Work, people: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of them last got a campaign's message by any door, where that is less than the gap ago."""
    since = work.now - work.rules.broadcasts.gap
    told = await work.session.exec(
        select(Outgoing.person_id, func.max(col(Outgoing.settled_at)))
        .where(
            col(Outgoing.person_id).in_(people),
            col(Outgoing.lane) == Lane.CAMPAIGN,
            col(Outgoing.state) == Sending.ACCEPTED,
            col(Outgoing.settled_at) > since,
        )
        .group_by(col(Outgoing.person_id))
    )
    elsewhere = await work.session.exec(
        select(Binding.person_id, func.max(col(Dispatch.left_at)))
        .join(Dispatch, col(Dispatch.graduate_id) == col(Binding.graduate_id))
        .where(
            col(Binding.person_id).in_(people),
            col(Binding.ended_at).is_(None),
            col(Dispatch.state).not_in(HEARD_BY_NOBODY),
            col(Dispatch.left_at) > since,
        )
        .group_by(col(Binding.person_id))
    )
    found: dict[UUID, datetime] = {}
    for person_id, at in (*told, *elsewhere):
        if at is not None:
            found[person_id] = max(at, found.get(person_id, at))
    return found
