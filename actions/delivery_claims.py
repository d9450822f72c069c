"""Which queued messages leave next: claimed by one process for half a minute, if anybody still wants them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.orm import load_only
from sqlalchemy.sql.elements import TextClause
from sqlmodel import col

from actions.delivery import KILL_SWITCH, Found, incident_once, settle, unwanted
from actions.text_delivery import hold_back
from actions.work import Work
from models.ask import Ask
from models.base import UUID
from models.campaign import HELD, Campaign
from models.event import Setting
from models.messages import Lane, Say
from models.outgoing import Outgoing, Sending
from models.person import Chat, Locale, Person

LANES = (Lane.REPLY, Lane.ALERT, Lane.CAMPAIGN)
# The first two pauses make 20 s: as long as they last a reply holds back those after it, and then no more.
HOLDING_TRIES = 2
MOVED_AT_ONCE = 500
# Literals, since with a bound value neither database would use its partial index.
DUE = text("outgoing.state = 'due'")
OF_CAMPAIGN = text("outgoing.lane = 'campaign'")
OF_NO_CAMPAIGN = text("outgoing.lane <> 'campaign'")
CLAIMED = text("outgoing.state = 'claimed'")
REAL_TIME = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '{} seconds')",
    "postgresql": "statement_timestamp() + interval '{} seconds'",
}
NOW: BindParameter[datetime] = bindparam("now")
BOT: BindParameter[int] = bindparam("bot")
# What a letter needs and what tells whether it is still wanted; the rest of so many rows would cost as
# much again.
TELLING = (
    load_only(
        Outgoing.person_id,  # type: ignore[arg-type]
        Outgoing.message,  # type: ignore[arg-type]
        Outgoing.lane,  # type: ignore[arg-type]
        Outgoing.state,  # type: ignore[arg-type]
        Outgoing.due_at,  # type: ignore[arg-type]
        Outgoing.replaces,  # type: ignore[arg-type]
        Outgoing.step,  # type: ignore[arg-type]
    ),
    load_only(Person.locale, Person.unreachable, Person.stopped_at),  # type: ignore[arg-type]
    load_only(Ask.state, Ask.deadline_at, Ask.snoozed_until),  # type: ignore[arg-type]
    load_only(Campaign.state),  # type: ignore[arg-type]
)
PLACE = load_only(
    Outgoing.person_id,  # type: ignore[arg-type]
    Outgoing.replaces,  # type: ignore[arg-type]
    Outgoing.state,  # type: ignore[arg-type]
    Outgoing.due_at,  # type: ignore[arg-type]
    Outgoing.message_id,  # type: ignore[arg-type]
)


@dataclass(frozen=True)
class Letter:
    """A claimed row with all that is needed to send it; `edits` is the message it takes the place of."""

    row_id: int
    person_id: UUID
    chat: int
    message: Say
    locale: Locale
    lane: Lane
    edits: int | None


def _real_time(work: Work, ahead: float = 0) -> ColumnElement[Any]:
    """The database's, for a lease is a promise between machines: no other clock counts."""
    return literal_column(REAL_TIME[work.session.get_bind().dialect.name].format(ahead))


async def claim(work: Work, name: str, lease: float, room: Mapping[Lane, int]) -> tuple[list[Letter], bool]:
    """Take so many due rows of each lane for this process, and say whether there may be more.

    Those that nobody wants any more end here."""
    found: list[Found] = []
    moved = False
    if lanes := [lane for lane in await _lanes_due(work) if room[lane] > 0]:
        # Locked rows are skipped; but two rows of one chat claimed at the same instant would pass each other.
        await work.alone_at(f"claim.{work.bot_id}")
    for lane in lanes:
        if lane is Lane.CAMPAIGN and not work.rules.quiet.allows(work.now):
            await _move_past_quiet(work)
            moved = True
        elif lane is Lane.CAMPAIGN:
            found += await _due_of_campaigns(work, room[lane])
        else:
            found += await _due(work, lane, room[lane])
    await _put_aside(work, [one.row for one in found if not isinstance(one.row.message, Say)])
    held = await hold_back(work, found)
    wanted = [one for one in found if one.row.id not in held and _still_wanted(work, one)]
    letters = await _letters(work, _one_step_each(wanted))
    if letters:
        await work.session.flush()
        await work.session.execute(
            update(Outgoing)
            .where(col(Outgoing.id).in_([letter.row_id for letter in letters]))
            .values(state=Sending.CLAIMED, claimed_by=name, lease_until=_real_time(work, lease)),
            execution_options={"synchronize_session": False},
        )
    return letters, moved or bool(found)


async def _lanes_due(work: Work) -> list[Lane]:
    *due, stop = (await work.session.execute(ANY_DUE, _here(work))).one()
    open_lanes = LANES[:1] if stop == "1" else LANES
    return [lane for lane, is_due in zip(LANES, due, strict=True) if is_due and lane in open_lanes]


def _here(work: Work) -> dict[str, Any]:
    """What a question with `_is_due` in it has to be told."""
    return {"now": work.now, "bot": work.bot_id}


def _not_held() -> ColumnElement[bool]:
    return col(Campaign.state).not_in(HELD)


def _one_due(campaign: Any) -> ColumnElement[bool]:
    of = _is_due(Lane.CAMPAIGN, col(Outgoing.campaign_id) == campaign)
    return exists(select(col(Outgoing.id)).where(of))


def _is_due(lane: Lane, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        DUE,
        OF_CAMPAIGN if lane is Lane.CAMPAIGN else OF_NO_CAMPAIGN,
        *which,
        col(Outgoing.lane) == lane,
        col(Outgoing.due_at) <= NOW,
        col(Outgoing.bot_id) == BOT,
    )


def _any_due() -> Any:
    """One question for all three lanes, and built once: nearly every pass of an idle process ends with it."""
    of_campaigns = exists().where(_not_held(), _one_due(col(Campaign.id)))
    stopped = select(col(Setting.value)).where(col(Setting.name) == KILL_SWITCH).scalar_subquery()
    return select(
        *(exists(select(col(Outgoing.id)).where(_is_due(lane))) for lane in LANES[:2]),
        or_(_one_due(None), of_campaigns),
        stopped,
    )


ANY_DUE = _any_due()


def _may_go(lane: Lane) -> list[ColumnElement[bool]]:
    """One chat has one row in flight; a reply that failed holds back the replies after it for a while."""
    busy = select(col(Outgoing.person_id)).where(CLAIMED).correlate(None)
    conditions: list[ColumnElement[bool]] = [col(Outgoing.person_id).not_in(busy)]
    if lane is Lane.REPLY:
        held = (
            select(col(Outgoing.person_id))
            .where(DUE, OF_NO_CAMPAIGN, col(Outgoing.lane) == lane, col(Outgoing.due_at) > NOW)
            .where(col(Outgoing.attempts).between(1, HOLDING_TRIES))
            .correlate(None)
        )
        conditions.append(col(Outgoing.person_id).not_in(held))
    return conditions


async def _due_of_campaigns(work: Work, limit: int) -> list[Found]:
    """Those first that have waited longest; of one that is held nothing is looked at."""
    since = select(func.min(col(Outgoing.due_at)))
    since = since.where(_is_due(Lane.CAMPAIGN, col(Outgoing.campaign_id) == col(Campaign.id)))
    earliest = since.correlate(Campaign).scalar_subquery()
    waiting = select(col(Campaign.id)).where(_not_held(), earliest.is_not(None)).order_by(earliest)
    found: list[Found] = []
    for campaign in (None, *(await work.session.execute(waiting, _here(work))).scalars()):
        if (left := limit - len(found)) > 0:
            found += await _due(work, Lane.CAMPAIGN, left, col(Outgoing.campaign_id) == campaign)
    return found


async def _due(work: Work, lane: Lane, limit: int, *which: ColumnElement[bool]) -> list[Found]:
    # The first few are found before anything is joined to them, or every due row would be. Replies leave in
    # the order of their ids (`+ 0`: not by walking the whole table); a campaign in that of its index.
    order = (col(Outgoing.due_at), col(Outgoing.id)) if lane is Lane.CAMPAIGN else (col(Outgoing.id) + 0,)
    first = (
        select(col(Outgoing.id))
        .where(_is_due(lane, *which), *_may_go(lane))
        .order_by(*order)
        .limit(limit)
        .correlate(None)
        .with_for_update(skip_locked=True)
    )
    found = await work.session.execute(
        select(Outgoing, Person, Ask, Campaign)
        .join(Person, col(Person.id) == col(Outgoing.person_id))
        .outerjoin(Ask, col(Ask.id) == col(Outgoing.ask_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Outgoing.campaign_id))
        .where(col(Outgoing.id).in_(first.scalar_subquery()))
        .options(*TELLING),
        _here(work),
    )
    rows = found.all()
    chats = await _chats(work, [person.id for _, person, _, _ in rows])
    return [Found(row, person, chats.get(person.id), ask, campaign) for row, person, ask, campaign in rows]


async def _chats(work: Work, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """By person alone: given the bot too, SQLite would walk all of its chats. Of two the newer one counts."""
    found = await work.session.execute(
        select(col(Chat.person_id), col(Chat.address), col(Chat.bot_id))
        .where(col(Chat.person_id).in_(person_ids))
        .order_by(col(Chat.created_at))
    )
    return {person_id: address for person_id, address, bot_id in found if bot_id == work.bot_id}


async def _put_aside(work: Work, rows: Sequence[Outgoing]) -> None:
    """Queued by an older release and not known any more: somebody looks into it, the rest goes on."""
    if not rows:
        return
    kind = type_coerce(col(Outgoing.message), JSON)["kind"].as_string()
    ids = [row.id for row in rows]
    named = dict(
        (await work.session.execute(select(col(Outgoing.id), kind).where(col(Outgoing.id).in_(ids)))).all()
    )
    for row in rows:
        settle(row, Sending.SKIPPED, f"unreadable: {named[row.id]}", work.now)
        await incident_once(work, "unreadable_message", f"{named[row.id]}")


def _still_wanted(work: Work, found: Found) -> bool:
    if found.row.state is not Sending.DUE:
        return False
    if why := unwanted(found, work.now):
        settle(found.row, *why, work.now)
    return why is None


def _one_step_each(wanted: Sequence[Found]) -> list[Found]:
    """Of two steps for one person the second stays due: once the first is taken, it waits for the gap."""
    stepped: set[UUID] = set()
    found = []
    for one in wanted:
        if one.row.lane is Lane.CAMPAIGN and one.row.step is not None:
            if one.row.person_id in stepped:
                continue
            stepped.add(one.row.person_id)
        found.append(one)
    return found


async def _letters(work: Work, wanted: list[Found]) -> list[Letter]:
    others = defaultdict(list)
    for other in await _same_place(work, [found.row for found in wanted if found.row.replaces]):
        others[other.person_id, other.replaces].append(other)
    letters = []
    for found in sorted(wanted, key=lambda one: (LANES.index(one.row.lane), one.row.id or 0)):
        row = found.row
        rivals = [other for other in others[row.person_id, row.replaces] if _rivals(row, other)]
        if any(_after(other, row) and other.due_at <= work.now for other in rivals):
            settle(row, Sending.SUPERSEDED, "replaced", work.now)
            continue
        for other in rivals:
            if other.state is Sending.DUE and _after(row, other):
                settle(other, Sending.SUPERSEDED, "replaced", work.now)
        letters.append(_letter(found, max(rivals, key=_sent_id, default=None)))
    return letters


def _letter(found: Found, sent: Outgoing | None) -> Letter:
    row = found.row
    assert row.id is not None
    assert found.chat is not None
    edits = sent.message_id if sent and sent.state is Sending.ACCEPTED else None
    return Letter(row.id, row.person_id, found.chat, row.message, found.person.locale, row.lane, edits)


def _rivals(row: Outgoing, other: Outgoing) -> bool:
    """Of two for one place, both still standing."""
    return other is not row and other.state is not Sending.SUPERSEDED


def _after(one: Outgoing, other: Outgoing) -> bool:
    return (one.id or 0) > (other.id or 0)


def _sent_id(row: Outgoing) -> int:
    return row.id or 0 if row.state is Sending.ACCEPTED else 0


async def _same_place(work: Work, rows: Collection[Outgoing]) -> list[Outgoing]:
    """Those due for the same place, and of those already sent for it the newest."""
    if not rows:
        return []
    place = (col(Outgoing.person_id), col(Outgoing.replaces))
    same = and_(
        col(Outgoing.bot_id) == work.bot_id,
        tuple_(*place).in_({(row.person_id, row.replaces) for row in rows}),
    )
    sent = (
        select(func.max(col(Outgoing.id)))
        .where(same, col(Outgoing.state) == Sending.ACCEPTED, col(Outgoing.message_id).is_not(None))
        .group_by(*place)
        .correlate(None)
    )
    found = await work.session.execute(
        select(Outgoing).where(same, or_(DUE, col(Outgoing.id).in_(sent.scalar_subquery()))).options(PLACE)
    )
    return list(found.scalars())


async def _move_past_quiet(work: Work) -> None:
    """A part at a time, since a whole cohort in one statement would hold the database for too long."""
    some = (
        select(col(Outgoing.id))
        .where(_is_due(Lane.CAMPAIGN))
        .params(_here(work))
        .limit(MOVED_AT_ONCE)
        .correlate(None)
        .with_for_update(skip_locked=True)
    )
    await work.session.execute(
        update(Outgoing)
        .where(col(Outgoing.id).in_(some.scalar_subquery()))
        .values(due_at=work.rules.quiet.next_allowed(work.now)),
        execution_options={"synchronize_session": False},
    )


async def take_over(work: Work, keep: Collection[int]) -> None:
    """Claims whose process did not come back: its journal is out of reach, so a campaign row is unknown."""
    lapsed = (CLAIMED, col(Outgoing.lease_until) < _real_time(work), col(Outgoing.id).not_in(keep))
    await _give_up(work, *lapsed, reason="taken_over")
    # Time goes on between the two: a campaign row whose lease ran out since is given up at the next look.
    await _take_back(work, *lapsed, col(Outgoing.lane) != Lane.CAMPAIGN)


async def recover(work: Work, names: Collection[str], begun: Collection[int]) -> None:
    """After a crash: what had begun and was never heard of is unknown, what had not goes back to due."""
    mine = and_(CLAIMED, col(Outgoing.claimed_by).in_(names))
    # Where the machine lost its power the claim itself may be gone, but the journal still knows.
    lost = and_(DUE, col(Outgoing.attempts) == 0)
    await _give_up(work, col(Outgoing.id).in_(begun), or_(mine, lost), reason="begun_without_outcome")
    await _take_back(work, mine)


async def _give_up(work: Work, *which: ColumnElement[bool] | TextClause, reason: str) -> None:
    await work.session.execute(
        update(Outgoing)
        .where(*which, col(Outgoing.lane) == Lane.CAMPAIGN)
        .values(state=Sending.UNKNOWN, reason=reason, settled_at=work.now, claimed_by=None, lease_until=None),
        execution_options={"synchronize_session": False},
    )


async def _take_back(work: Work, *which: ColumnElement[bool] | TextClause) -> None:
    await work.session.execute(
        update(Outgoing).where(*which).values(state=Sending.DUE, claimed_by=None, lease_until=None),
        execution_options={"synchronize_session": False},
    )
