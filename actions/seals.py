"""Seals runs of events into a chain that shows a changed or missing row; nobody waits for its head."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.work import Work
from models.event import Event, Seal, Setting

BATCH = 500
FIRST = "0" * 64
HORIZON = "seal_horizon"
SNAPSHOT = text(
    "SELECT pg_snapshot_xmin(s)::text::bigint AS xmin, pg_snapshot_xmax(s)::text::bigint AS xmax, "
    "(SELECT COALESCE(MAX(id), 0) FROM event) AS newest FROM pg_current_snapshot() AS s"
)


@dataclass(frozen=True)
class Broken:
    """The first event that is not what was sealed; None where the chain itself was cut."""

    seal_id: int
    event_id: int | None


async def seal_batch(work: Work) -> bool:
    """One seal over the next settled run; True while there may be more."""
    last = await _last(work.session)
    before = last.last_id if last else 0
    query = select(Event).where(col(Event.id) > before).order_by(col(Event.id)).limit(BATCH)
    sure = await _horizon(work)
    if sure is not None:
        query = query.where(col(Event.id) <= sure)
    events = list(await work.session.exec(query))
    if not events:
        return False
    previous = last.digest if last else FIRST
    work.session.add(
        Seal(
            first_id=events[0].id or 0,
            last_id=events[-1].id or 0,
            count=len(events),
            digest=_digest(previous, events),
            previous=previous,
            marks=" ".join(f"{event.id}:{_mark(event)}" for event in events),
            sealed_at=work.now,
        )
    )
    return len(events) == BATCH


async def verify(session: AsyncSession) -> tuple[int, Broken | None]:
    """How many events stand sealed, and the first place where the chain does not hold."""
    previous, before, count = FIRST, 0, 0
    after = 0
    while seals := list(
        await session.exec(select(Seal).where(col(Seal.id) > after).order_by(col(Seal.id)).limit(BATCH))
    ):
        for seal in seals:
            events = await _run(session, before, seal)
            if seal.previous != previous or seal.digest != _digest(previous, events):
                return count, Broken(seal.id or 0, _suspect(seal, events))
            previous, before, count = seal.digest, seal.last_id, count + len(events)
        after = seals[-1].id or 0
    return count, None


async def _last(session: AsyncSession) -> Seal | None:
    return (await session.exec(select(Seal).order_by(col(Seal.id).desc()).limit(1).with_for_update())).first()


async def _run(session: AsyncSession, before: int, seal: Seal) -> list[Event]:
    return list(
        await session.exec(
            select(Event)
            .where(col(Event.id) > before, col(Event.id) <= seal.last_id)
            .order_by(col(Event.id))
            .execution_options(populate_existing=True)
        )
    )


async def _horizon(work: Work) -> int | None:
    """The last event below which nothing can still appear; None where one writer makes that certain.

    PostgreSQL gives out ids before their transactions commit: what stood when every transaction of an earlier
    look had not yet ended is trusted once they all have.
    """
    if work.session.get_bind().dialect.name != "postgresql":
        return None
    ends = (await work.session.execute(SNAPSHOT)).one()
    kept = await work.session.get(Setting, HORIZON)
    seen, open_below = map(int, kept.value.split(":")) if kept else (0, 0)
    sure = seen if ends.xmin >= open_below else 0
    if kept is None or (sure and ends.newest > seen):
        await work.session.merge(Setting(name=HORIZON, value=f"{ends.newest}:{ends.xmax}"))
    return sure


def _digest(previous: str, events: Iterable[Event]) -> str:
    whole = hashlib.sha256(previous.encode())
    for event in events:
        whole.update(_line(event).encode())
    return whole.hexdigest()


def _line(event: Event) -> str:
    ids = (event.actor_id, event.staff_id, event.subject_id, event.graduate_id)
    said = [
        event.id,
        event.at.isoformat(),
        event.kind,
        *(one.hex if one else None for one in ids),
        event.facts,
    ]
    return json.dumps(said, sort_keys=True, separators=(",", ":")) + "\n"


def _mark(event: Event) -> str:
    return hashlib.sha256(_line(event).encode()).hexdigest()[:8]


def _suspect(seal: Seal, events: list[Event]) -> int | None:
    """The first row that was changed, taken away or slipped in; None where the seal itself was."""
    sealed = dict(one.split(":") for one in seal.marks.split())
    found = {str(event.id): _mark(event) for event in events}
    differing = [int(key) for key in sealed.keys() | found.keys() if sealed.get(key) != found.get(key)]
    return min(differing, default=None)
